"""Counts kept true by the unit of work, so that figures cost the same at any size."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.incident import OPEN
from bot.domain.move import HOLDS_SEAT, MoveState
from bot.domain.roll import RollState
from bot.storage import tables as t
from bot.storage.database import Db

Counts = dict[str, dict[str, dict[str, int]]]
Times = dict[str, dict[str, list[tuple[datetime, int]]]]

# Counts by the minute in which they changed: a noun's state is the minute. Only charts and reports read them.
ANSWERED, SEATED = "answered", "seated"
_BY_MINUTE = (ANSWERED, SEATED)
# People by queue and shift, whom it did not hit: as many as there are shifts, so it is read only where it is shown.
SHIFT = "shift"
_APART = (*_BY_MINUTE, SHIFT)
BESIDE = "help_beside"  # calls for help of people whom it did not hit: the roll counts the others alone
FAILED = MoveState.FAILED.value
_MINUTE = "%Y-%m-%dT%H:%M"


def minute(now: datetime) -> str:
    """Return the minute under which something that happens now is counted."""
    return now.astimezone(UTC).strftime(_MINUTE)


async def of(db: Db, incident: int) -> Counts:
    """Return {noun: {part: {state: n}}}; absent means none. What is counted by the minute or shift is left out."""
    counts: Counts = defaultdict(lambda: defaultdict(dict))
    where = sa.and_(t.tallies.c.incident_id == incident, t.tallies.c.noun.not_in(_APART))
    for row in await db.rows(sa.select(t.tallies).where(where)):
        if row["n"]:
            counts[row["noun"]][row["part"]][row["state"]] = row["n"]
    return _as_it_ended(counts)


def _as_it_ended(counts: Counts) -> Counts:
    """Of an incident that is over, the moves as they stood at its end: its seats were given back then."""
    if "at_end" in counts:
        failed = {q: {FAILED: n[FAILED]} for q, n in counts["move"].items() if FAILED in n}
        counts["move"] = {q: {**failed.get(q, {}), **counts["at_end"].get(q, {})} for q in {*failed, *counts["at_end"]}}
    return counts


def total(counts: Counts, noun: str, *states: str) -> int:
    """Return how many of a noun are in these states; in any when none is named."""
    parts = counts.get(noun, {}).values()
    return sum(n for part in parts for state, n in part.items() if not states or state in states)


def need_help(counts: Counts) -> int:
    """Return how many wait for help, whether it hit them or not."""
    return total(counts, "roll", RollState.HELP) + total(counts, BESIDE)


async def by_minute(db: Db, incident: int) -> Times:
    """Return {noun: {part: [(the minute's beginning, change), …]}}, in order of time."""
    c = t.tallies.c
    times: Times = defaultdict(lambda: defaultdict(list))
    query = sa.select(t.tallies).where(c.incident_id == incident, c.noun.in_(_BY_MINUTE), c.n != 0)
    for row in await db.rows(query.order_by(c.state)):
        at = datetime.strptime(row["state"], _MINUTE).replace(tzinfo=UTC)
        times[row["noun"]][row["part"]].append((at, row["n"]))
    return times


def shift_of(row: Mapping[str, Any]) -> str:
    """Return the state under which somebody's shift is counted."""
    return f"{row['shift']}|{row['tz']}"


async def by_shift(db: Db, incident: int) -> dict[str, dict[str, int]]:
    """Return how many of each queue have which shift: {queue: {"mon-fri 08:00-16:00|Europe/London": n}}."""
    c = t.tallies.c
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in await db.rows(sa.select(c.part, c.state, c.n).where(c.incident_id == incident, c.noun == SHIFT)):
        found[row["part"]][row["state"]] = row["n"]
    return found


async def seats_held(db: Db) -> dict[int, dict[str, int]]:
    """Return how many seats of each destination each incident holds: {incident: {site: n}}."""
    c = t.tallies.c
    query = sa.select(c.incident_id, c.part, sa.func.sum(c.n).label("n"))
    query = query.where(c.noun == "seat", c.state.in_(HOLDS_SEAT))
    held: dict[int, dict[str, int]] = defaultdict(dict)
    for row in await db.rows(query.group_by(c.incident_id, c.part)):
        held[row["incident_id"]][row["part"]] = int(row["n"])
    return held


async def in_open_incidents(db: Db, nouns: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return {noun: {state: n}} over all incidents that are not over; every noun is there."""
    c = t.tallies.c
    opened = sa.select(t.incidents.c.id).where(t.incidents.c.state.in_(OPEN))
    query = sa.select(c.noun, c.state, sa.func.sum(c.n).label("n")).where(c.incident_id.in_(opened), c.noun.in_(nouns))
    counts: dict[str, dict[str, int]] = {noun: {} for noun in nouns}
    for row in await db.rows(query.group_by(c.noun, c.state)):
        counts[row["noun"]][row["state"]] = int(row["n"])
    return counts


async def stamp(db: Db) -> Sequence[object]:
    """Return what changes whenever a count of an open incident does."""
    c = t.tallies.c
    opened = sa.select(t.incidents.c.id).where(t.incidents.c.state.in_(OPEN))
    key = (c.incident_id, c.noun, c.part, c.state)
    query = sa.select(*key, c.n).where(c.incident_id.in_(opened), c.n != 0, c.noun != SHIFT).order_by(*key)
    return [tuple(row.values()) for row in await db.rows(query)]
