"""How fast Teams is told: 10,000 stored conversations at its limit of 50 requests a second, in the fake's own time.

python -m tests.bench.teams [--people 10000] [--speed 4]
"""

import asyncio
import time
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from rich.console import Console

from bot import app
from bot.clock import Clock
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


@dataclass
class FastClock:
    """A clock that runs as much faster as the fake's."""

    speed: float
    began: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        """Return the moment."""
        past = (time.monotonic() - self.began) * self.speed
        return datetime(2026, 11, 2, 9, 0, tzinfo=UTC) + timedelta(seconds=past)

    def steady(self) -> float:
        """Return the seconds that went by."""
        return self.now().timestamp()


async def measure(url: str, folder: Path, people: int, speed: float) -> dict[str, float]:
    """Send a message to everybody through the outbox; return what it took."""
    store = connect(sqlite_url(str(folder / "bench.db")))
    teams = await queued(store, url, people, speed)
    try:
        return await _sent(store, teams, people, speed)
    finally:
        await store.close()


async def queued(store: Store, url: str, people: int, speed: float = 1.0) -> Teams:
    """Put a message to each of a crowd into the outbox of a fresh database; the tenant keeps its limits from now on."""
    crowd = [{"aad": f"crowd-{n}", "name": f"P {n}", "email": f"p{n}@example.org"} for n in range(people)]
    teams = client.tenant(url, [*users(), *crowd])
    await teams.change(speed=speed)
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


async def _sent(store, teams, people: int, speed: float) -> dict[str, float]:
    built = product(store, teams, FastClock(speed))
    while True:
        sent = await built.engine.dispatcher.run_once()
        seen = await teams.see("all") if not sent else None
        done = [c for c in seen["calls"] if c[2] == 200 and c[1].endswith("/activities")] if seen else []
        if len(done) >= people:
            break
        await asyncio.sleep(0.5 / speed if sent else 0.2 / speed)
    await built.on_teams.messenger.close()
    refused = sum(c[2] == 429 for c in seen["calls"])
    return {"people": people, "seconds": round(seen["took"], 1), "refused": refused, "tokens": seen["issued"]}


def measured(people: int = 10_000, speed: float = 4.0) -> dict[str, float]:
    """Return what telling so many took, in the fake's seconds; speed: how much faster than ours they pass."""
    with TemporaryDirectory() as folder, client.running() as url:
        return asyncio.run(measure(url, Path(folder), people, speed))


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
    parser.add_argument("--speed", type=float, default=4.0)
    asked: Namespace = parser.parse_args()
    shown(measured(asked.people, asked.speed), Console())


if __name__ == "__main__":
    main()
