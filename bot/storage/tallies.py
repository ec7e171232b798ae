"""Counts kept true by the unit of work, so that figures cost the same at any size."""

from collections import defaultdict

import sqlalchemy as sa

from bot.storage import tables as t
from bot.storage.database import Db

Counts = dict[str, dict[str, dict[str, int]]]


async def of(db: Db, incident: int) -> Counts:
    """Return {noun: {part: {state: n}}}; absent means none."""
    counts: Counts = defaultdict(lambda: defaultdict(dict))
    for row in await db.rows(sa.select(t.tallies).where(t.tallies.c.incident_id == incident)):
        if row["n"]:
            counts[row["noun"]][row["part"]][row["state"]] = row["n"]
    return counts


def total(counts: Counts, noun: str, *states: str) -> int:
    """Return how many of a noun are in these states; in any when none is named."""
    parts = counts.get(noun, {}).values()
    return sum(n for part in parts for state, n in part.items() if not states or state in states)
