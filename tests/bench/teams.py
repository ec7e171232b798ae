"""How fast Teams is told: 10,000 stored conversations at its limit of 50 a second, by the product's own loop.

python -m tests.bench.teams [--people 10000]
"""

import asyncio
from argparse import ArgumentParser, Namespace
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from rich.console import Console

from bot import app
from bot.clock import Clock, SystemClock
from bot.domain.delivery import DeliveryState, Subject
from bot.storage import tables as t
from bot.storage.database import Store, connect, sqlite_url
from bot.storage.migration import migrate
from tests.fakes.teams import client
from tests.fakes.teams.client import Teams
from tests.teams_world import TeamsWorld, keys_of, linked, settings_of, users
from tests.world import library, product_settings

_BATCH = 1000
MOST_SECONDS = 240


async def measure(url: str, folder: Path, people: int) -> dict[str, float]:
    """Send a message to everybody through the outbox; return what it took."""
    store = connect(sqlite_url(str(folder / "bench.db")))
    teams = await queued(store, url, people)
    try:
        return await _sent(store, teams, people)
    finally:
        await store.close()


async def queued(store: Store, url: str, people: int) -> Teams:
    """Put a message to each of a crowd into the outbox of a fresh database; the tenant keeps its limits from now on."""
    crowd = [{"aad": f"crowd-{n}", "name": f"P {n}", "email": f"p{n}@example.org"} for n in range(people)]
    teams = client.tenant(url, [*users(), *crowd])
    await migrate(store)
    await linked(store, teams)
    world = TeamsWorld(store, teams=teams)
    await world.opens()
    await world.person("S001").types('/disaster declare facility_loss leeds sev1 "fire"')
    await world.settles()
    await _queue(world, teams.url, people)
    await world.closes()
    await teams.change(talked=True, limited=True, tokens=[], began=None, issued=0, calls=[])
    return teams


def product(store: Store, teams: Teams, clock: Clock) -> app.Product:
    """Return the product on the fake Teams, with the pace that ships."""
    chosen = settings_of(teams)
    policy = chosen.policy.model_copy(update={"paces": product_settings().policy.paces})
    chosen = chosen.model_copy(update={"policy": policy})
    return app.build(chosen, store, library(), "bench", clock=clock, teams_keys=keys_of(teams))


async def _queue(world: TeamsWorld, service: str, people: int) -> None:
    now = world.now
    async with world.store.work(now) as work:
        await work.run(sa.delete(t.teams_chats).where(t.teams_chats.c.address.like("crowd-%")))
        for start in range(0, people, _BATCH):
            ids = [f"crowd-{n}" for n in range(start, min(start + _BATCH, people))]
            chats = [
                {"address": i, "user_id": f"29:{i}", "conversation": f"a:{i}", "service_url": service,
                 "state": "reached", "at": now} for i in ids
            ]  # fmt: skip
            await work.add_all(t.teams_chats, chats)
            card = {"title": "Leeds is closed", "text": ["Work from Bradford."]}
            out = {"incident_id": 1, "platform": "teams", "subject": Subject.CARD, "card": card, "drill": False,
                   "outside": False, "priority": 50, "state": DeliveryState.QUEUED, "queued_at": now}  # fmt: skip
            await work.add_all(t.deliveries, [out | {"address": i} for i in ids])


async def _sent(store: Store, teams: Teams, people: int) -> dict[str, float]:
    """Let the product's own loop send, as it does in earnest."""
    built = product(store, teams, SystemClock())
    assert built.on_teams is not None
    sending = asyncio.create_task(built.engine.send_forever())
    while await _waiting(store):
        await asyncio.sleep(1)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    await built.on_teams.messenger.close()
    seen = await teams.see("all")
    refused = sum(call[2] == 429 for call in seen["calls"])
    return {"people": people, "seconds": round(seen["took"], 1), "refused": refused, "tokens": seen["issued"]}


async def _waiting(store: Store) -> int:
    left = sa.select(sa.func.count()).where(t.deliveries.c.state.in_((DeliveryState.QUEUED, DeliveryState.SENDING)))
    async with store.read(SystemClock().now()) as db:
        return int(await db.value(left))


def measured(people: int = 10_000) -> dict[str, float]:
    """Return what telling so many took, in seconds."""
    with TemporaryDirectory() as folder, client.running() as url:
        return asyncio.run(measure(url, Path(folder), people))


def shown(found: dict[str, float], out: Console) -> None:
    """Print it and whether the aim was met."""
    words = f"{found['people']:,} people in {found['seconds']} s; {found['refused']} times 429, {found['tokens']} token"
    out.print(f"[bold]Teams[/] {words}", highlight=False)
    met = found["seconds"] <= MOST_SECONDS and found["tokens"] == 1
    out.print(f"  {'[green]met[/]' if met else '[red]not met[/]'}  in at most {MOST_SECONDS} s, with one token\n")


def main() -> None:
    """Measure, print."""
    parser = ArgumentParser(prog="python -m tests.bench.teams")
    parser.add_argument("--people", type=int, default=10_000)
    asked: Namespace = parser.parse_args()
    shown(measured(asked.people), Console())


if __name__ == "__main__":
    main()
