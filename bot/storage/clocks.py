"""Regulatory clocks and their anchors."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.clock import MOVES_TO, TICKING, Clock
from bot.domain.incident import OPEN, IncidentState
from bot.storage import tables as t
from bot.storage.database import Db, Work

_CLOCK = [t.clocks.c[name] for name in Clock.model_fields]


def _clock(row: Any) -> Clock:
    return Clock.model_validate(row)


async def of(db: Db, incident: int, regime: str | None = None) -> list[Clock]:
    """Return an incident's clocks in the table's order, or those of one regime."""
    query = sa.select(*_CLOCK).where(t.clocks.c.incident_id == incident)
    if regime is not None:
        query = query.where(t.clocks.c.regime == regime)
    return [_clock(r) for r in await db.rows(query.order_by(t.clocks.c.position, t.clocks.c.id))]


async def add(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write new clocks."""
    await work.add_all(t.clocks, rows)


async def put(work: Work, was: Clock, now: Clock, **values: Any) -> bool:
    """Bring a clock to what it is now; False when somebody else changed its state first, or it can't become so."""
    if now.state is not was.state and now.state not in MOVES_TO[was.state]:
        return False
    c = t.clocks.c
    where = sa.and_(c.id == was.id, c.state == was.state)
    timed = {"started_at": now.started_at, "due_at": now.due_at, "reminded": now.reminded}
    return await work.run(sa.update(t.clocks).where(where).values(state=now.state, **timed, **values)) == 1


async def ticking(db: Db) -> list[Clock]:
    """Return every clock with a deadline not met: of real incidents even after their end, of drills until it."""
    i, c = t.incidents.c, t.clocks.c
    goes_on = sa.and_(i.state != IncidentState.CANCELLED, sa.or_(~i.drill, i.state.in_(OPEN)))
    query = sa.select(*_CLOCK).select_from(t.clocks.join(t.incidents, i.id == c.incident_id))
    query = query.where(c.due_at.is_not(None), c.state.in_(TICKING), goes_on).order_by(c.due_at, c.id)
    return [_clock(r) for r in await db.rows(query)]


async def remind(work: Work, clock: Clock, reminded: int) -> bool:
    """Count reminders; False when somebody else reminded first, or the deadline is another one by now."""
    c = t.clocks.c
    where = sa.and_(c.id == clock.id, c.state == clock.state, c.reminded == clock.reminded, c.due_at == clock.due_at)
    return await work.run(sa.update(t.clocks).where(where).values(reminded=reminded)) == 1


async def anchors(db: Db, incident: int) -> dict[str, dict[str, datetime]]:
    """Return an incident's anchors by regime and name."""
    c = t.anchors.c
    found: dict[str, dict[str, datetime]] = {}
    for row in await db.rows(sa.select(c.regime, c.name, c.at).where(c.incident_id == incident)):
        found.setdefault(row["regime"], {})[row["name"]] = row["at"]
    return found


async def anchor(work: Work, incident: int, regime: str, name: str, at: datetime, by: str) -> None:
    """Enter an anchor, in place of the one there was; the journal has both."""
    c = t.anchors.c
    await work.run(sa.delete(t.anchors).where(c.incident_id == incident, c.regime == regime, c.name == name))
    row = {"incident_id": incident, "regime": regime, "name": name, "at": at}
    await work.run(sa.insert(t.anchors).values(**row, entered_by=by, entered_at=work.now))
