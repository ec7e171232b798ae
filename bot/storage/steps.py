"""Steps of running runbooks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.step import LIVE, MOVES_TO, Step, StepState
from bot.storage import tables as t
from bot.storage.database import Db, Work

_STEP = [t.steps.c[name] for name in Step.model_fields]


def _step(row: Any) -> Step:
    return Step.model_validate(row)


async def find(db: Db, step: int) -> Step | None:
    """Return a step by id."""
    row = await db.first(sa.select(*_STEP).where(t.steps.c.id == step))
    return _step(row) if row else None


async def several(db: Db, ids: Sequence[int]) -> dict[int, Step]:
    """Return steps by id."""
    return {r["id"]: _step(r) for r in await db.rows(sa.select(*_STEP).where(t.steps.c.id.in_(set(ids))))}


async def of(db: Db, incident: int) -> list[Step]:
    """Return an incident's steps in the runbook's order."""
    query = sa.select(*_STEP).where(t.steps.c.incident_id == incident).order_by(t.steps.c.position, t.steps.c.id)
    return [_step(r) for r in await db.rows(query)]


async def add(work: Work, rows: Sequence[dict[str, Any]]) -> None:
    """Write new steps."""
    await work.add_all(t.steps, rows)


async def move(work: Work, step: Step, state: StepState, **values: Any) -> bool:
    """Take a step to another state; False when somebody else moved it first."""
    if state not in MOVES_TO[step.state]:
        return False
    c = t.steps.c
    where = sa.and_(c.id == step.id, c.state == step.state)
    return await work.run(sa.update(t.steps).where(where).values(state=state, **values)) == 1


async def write(work: Work, step: int, **values: Any) -> None:
    """Write named columns."""
    await work.run(sa.update(t.steps).where(t.steps.c.id == step).values(**values))


async def overdue(db: Db, now: datetime, most: int, limit: int) -> Sequence[Any]:
    """Return the incident and id of live steps past their due time, reminded of less often, the oldest first."""
    going = t.incidents.c.state != "cancelled"
    joined = t.steps.join(t.incidents, t.incidents.c.id == t.steps.c.incident_id)
    query = sa.select(t.steps.c.incident_id, t.steps.c.id).select_from(joined)
    query = query.where(going, t.steps.c.state.in_(LIVE), t.steps.c.due_at <= now, t.steps.c.reminded < most)
    return await db.rows(query.order_by(t.steps.c.due_at).limit(limit))


async def remind(work: Work, step: Step, reminded: int) -> bool:
    """Count reminders; False when somebody else reminded first."""
    c = t.steps.c
    where = sa.and_(c.id == step.id, c.reminded == step.reminded, c.state == step.state)
    return await work.run(sa.update(t.steps).where(where).values(reminded=reminded)) == 1
