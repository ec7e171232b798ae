"""Messages for a crowd in the outbox of an incident, on the fake Slack or against a sink; what sending them takes."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bot import app
from bot.domain.delivery import DeliveryState, Outcome, Outgoing, Sent, Sought, Subject
from bot.domain.pace import Pace
from bot.settings import Settings
from bot.storage import tables as t
from bot.storage.database import Store
from bot.storage.migration import migrate
from tests.fakes.slack.client import Slack, workspace
from tests.slack_chat import accounts
from tests.slack_stories import GENEROUS, linked
from tests.world import World, keys_of, library, on_slack, roster

UNLIMITED = Pace(floor=100_000, start=100_000, cap=100_000)
_ROWS = 2000


def users(n: int) -> list[str]:
    """Return the accounts of a crowd."""
    return [f"UC{number:06d}" for number in range(n)]


def peopled_workspace(base: str, crowd: int) -> Slack:
    """Make a workspace with the small contact centre and a crowd, which takes whatever comes."""
    extra = [{"id": user, "name": user} for user in users(crowd)]
    return workspace(base, [*accounts(roster()), *extra], **GENEROUS)


async def declared(store: Store, slack: Slack) -> None:
    """Fill a fresh database with an incident, all of whose own messages are sent."""
    await migrate(store)
    await linked(store, slack)
    world = World(store, slack=slack)
    await world.opens()
    await world.person("S001").types('/disaster declare facility_loss leeds sev1 "fire"')
    await world.settles()
    await world.closes()


async def queue(store: Store, now: datetime, addresses: Sequence[str], platform: str = "slack") -> None:
    """Put a message to each address into the outbox."""
    card = {"title": "Leeds is closed", "text": ["Work from Bradford today.", "Your lead is Ana, +44 113 496 0100."]}
    row = {"incident_id": 1, "platform": platform, "subject": Subject.CARD, "card": card, "drill": False,
           "outside": False, "priority": 50, "state": DeliveryState.QUEUED, "queued_at": now}  # fmt: skip
    for start in range(0, len(addresses), _ROWS):
        async with store.work(now) as work:
            await work.add_all(t.deliveries, [row | {"address": a} for a in addresses[start : start + _ROWS]])


async def left(store: Store) -> int:
    """Return how many messages are still to be sent."""
    c = t.deliveries.c
    query = sa.select(sa.func.count()).where(c.state.in_(("queued", "sending", "unknown")), c.address.is_not(None))
    async with store.engine.connect() as db:
        return int((await db.execute(query)).scalar() or 0)


async def until_sent(store: Store) -> None:
    """Wait until nothing is left; looking costs nothing beside what is measured."""
    waits = sa.select(sa.literal(1)).where(t.QUEUED, t.deliveries.c.address.is_not(None)).limit(1)
    under_way = sa.select(sa.literal(1)).select_from(t.deliveries).where(t.UNDER_WAY).limit(1)
    while await _any(store, waits) or await _any(store, under_way):
        await asyncio.sleep(0.02)


async def _any(store: Store, query: sa.Select[tuple[int]]) -> bool:
    async with store.engine.connect() as db:
        return (await db.execute(query)).first() is not None


def product(store: Store, slack: Slack, pace: Pace, **how: object) -> app.Product:
    """Return the product on the fake Slack, with a pace."""
    chosen: Settings = on_slack()
    policy = chosen.policy.model_copy(update={"paces": {**chosen.policy.paces, "slack": pace}})
    settings = chosen.model_copy(update={"policy": policy})
    return app.build(settings, store, library(), "bench", slack_keys=keys_of(slack), **how)


class Sink:
    """A platform that takes everything at once: what is left is the engine's own cost."""

    platform, tenant, at_once, remembers = "slack", "", 1, True

    async def send(self, batch: Sequence[Outgoing]) -> list[Sent]:
        """Take it."""
        await asyncio.sleep(0)
        return [Sent(delivery_id=one.delivery_id, outcome=Outcome.SENT, external_id="x") for one in batch]

    async def found(self, sought: Sequence[Sought]) -> dict[int, str | None]:
        """Nothing is ever unknown here."""
        return {one.delivery_id: None for one in sought}

    async def open_room(self, name: str, people: Sequence[str]) -> str:
        """Open a room."""
        return f"room:{name}:{len(people)}"

    async def invite(self, address: str, people: Sequence[str]) -> None:
        """Bring people in: it costs nothing here."""
