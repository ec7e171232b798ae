"""How things stand now, for those who watch from outside: from tallies and lanes, never by counting rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from bot.domain.pace import Lane
from bot.operations.desk import Desk
from bot.storage import incidents, lanes, tallies
from bot.storage.claims import oldest

_NOUNS = ("delivery", "recipient", "roll", "repeat", "gone")


class Standing(NamedTuple):
    """How many of what are in which state in open incidents; the lanes; how old the oldest message in each queue is."""

    at: datetime
    incidents: int
    counts: Mapping[str, Mapping[str, int]]
    lanes: Sequence[Lane]
    oldest: Mapping[str, float]


async def standing(desk: Desk) -> Standing:
    """Return how things stand."""
    async with desk.read() as db:
        known = await lanes.of(db)
        ages = {p: await oldest(db, p) for p in sorted({*desk.platforms, *(lane.platform for lane in known)})}
        return Standing(
            at=db.now,
            incidents=len(await incidents.opened(db)),
            counts=await tallies.in_open_incidents(db, _NOUNS),
            lanes=known,
            oldest={p: (db.now - at).total_seconds() if at else 0.0 for p, at in ages.items()},
        )
