"""Queries of drills."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.domain.drill import MOVES_TO, Drill, DrillState, reference
from bot.storage import tables as t
from bot.storage.database import Db, Work

_DRILL = [t.drills.c[name] for name in Drill.model_fields]


def _drill_of(row: Any) -> Drill:
    return Drill.model_validate(dict(row))


async def next_reference(db: Db, year: int | None = None) -> str:
    """Return the name of the next drill, of this year unless said."""
    year, c = year or db.now.year, t.drills.c
    of_year = c.reference.like(f"EX-{year}-%")
    count = await db.value(sa.select(sa.func.count()).select_from(t.drills).where(of_year))
    return reference(year, int(count) + 1)


async def add(work: Work, **values: Any) -> Drill:
    """Write a new drill."""
    key = await work.add(t.drills, **values)
    return _drill_of({**values, "id": key})


async def find(db: Db, drill: int) -> Drill | None:
    """Return a drill."""
    row = await db.first(sa.select(*_DRILL).where(t.drills.c.id == drill))
    return _drill_of(row) if row else None


async def of_incident(db: Db, incident: int) -> Drill | None:
    """Return the drill that an incident belongs to."""
    row = await db.first(sa.select(*_DRILL).where(t.drills.c.incident_id == incident))
    return _drill_of(row) if row else None


async def due(db: Db) -> list[Drill]:
    """Return the drills to be looked at: planned ones whose time has come, and those that play a tabletop."""
    c = t.drills.c
    come = sa.and_(c.state == DrillState.PLANNED, c.planned_at <= db.now)
    query = sa.select(*_DRILL).where(sa.or_(come, sa.and_(c.state == DrillState.RUNNING, c.scenario != "")))
    return [_drill_of(row) for row in await db.rows(query.order_by(c.planned_at, c.id))]


async def in_state(db: Db, states: Collection[DrillState], limit: int = 200) -> list[Drill]:
    """Return the drills in these states, the newest first."""
    c = t.drills.c
    query = sa.select(*_DRILL).where(c.state.in_(states)).order_by(c.planned_at.desc(), c.id.desc())
    return [_drill_of(row) for row in await db.rows(query.limit(limit))]


async def move(work: Work, drill: Drill, state: DrillState, **values: Any) -> bool:
    """Take a drill to another state; False when somebody else moved it first."""
    if state not in MOVES_TO[drill.state]:
        return False
    c = t.drills.c
    where = sa.and_(c.id == drill.id, c.state == drill.state)
    return await work.run(sa.update(t.drills).where(where).values(state=state, **values)) == 1


async def pause(work: Work, drill: Drill, paused_at: datetime | None) -> bool:
    """Hold a running drill's clock, or let it go on; False when somebody else did."""
    c = t.drills.c
    same = c.paused_at.is_(None) if drill.paused_at is None else c.paused_at == drill.paused_at
    where = sa.and_(c.id == drill.id, c.state == DrillState.RUNNING, same)
    return await work.run(sa.update(t.drills).where(where).values(paused_at=paused_at)) == 1


async def running_since(db: Db, moment: datetime) -> list[Drill]:
    """Return the drills that have run since before a moment."""
    c = t.drills.c
    query = sa.select(*_DRILL).where(c.state == DrillState.RUNNING, c.started_at <= moment)
    return [_drill_of(row) for row in await db.rows(query.order_by(c.id))]


async def held_since(db: Db, moment: datetime) -> list[Drill]:
    """Return the drills that should have begun before a moment, and are held."""
    c = t.drills.c
    query = sa.select(*_DRILL).where(c.state == DrillState.HELD, c.planned_at <= moment)
    return [_drill_of(row) for row in await db.rows(query.order_by(c.id))]


async def ask(work: Work, drill: Drill) -> bool:
    """Note that those who run a drill are asked whether it still goes on; False when another machine asked."""
    c = t.drills.c
    same = c.asked_at.is_(None) if drill.asked_at is None else c.asked_at == drill.asked_at
    where = sa.and_(c.id == drill.id, c.state == DrillState.RUNNING, same)
    return await work.run(sa.update(t.drills).where(where).values(asked_at=work.now)) == 1


async def named(db: Db, name: str) -> Drill | None:
    """Return a drill by its reference."""
    row = await db.first(sa.select(*_DRILL).where(t.drills.c.reference == name.upper()))
    return _drill_of(row) if row else None


async def write(work: Work, drill: int, **values: Any) -> None:
    """Write named columns."""
    await work.run(sa.update(t.drills).where(t.drills.c.id == drill).values(**values))


async def ended_since(db: Db, since: datetime) -> list[Drill]:
    """Return the drills that were gone through since a moment, the oldest first."""
    c = t.drills.c
    query = sa.select(*_DRILL).where(c.state == DrillState.DONE, c.ended_at > since).order_by(c.ended_at, c.id)
    return [_drill_of(row) for row in await db.rows(query)]


async def unscored(db: Db, patience: timedelta) -> list[Drill]:
    """Return the drills that were gone through and are not scored yet; patience: how long a judgement is waited for."""
    c, i = t.drills.c, t.injects.c
    open_ = sa.exists().where(i.drill_id == c.id, i.judgement == "open")
    where = sa.and_(c.state == DrillState.DONE, c.score.is_(None), c.incident_id.is_not(None))
    where = sa.and_(where, sa.or_(~open_, c.ended_at <= db.now - patience))
    return [_drill_of(row) for row in await db.rows(sa.select(*_DRILL).where(where).order_by(c.id))]


async def keep_score(work: Work, drill: int, score: dict[str, Any]) -> bool:
    """Write a drill's score; False when somebody else did."""
    c = t.drills.c
    where = sa.and_(c.id == drill, c.score.is_(None))
    return await work.run(sa.update(t.drills).where(where).values(score=score)) == 1
