"""Queries of drills' findings."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bot.domain.drill_action import Action, ActionState
from bot.storage import tables as t
from bot.storage.database import Db, Work

_OF_DRILL = ("reference", "sample")
_COLUMNS = [
    *(t.drill_actions.c[name] for name in Action.model_fields if name not in _OF_DRILL),
    *(t.drills.c[name] for name in _OF_DRILL),
]
_ALL = sa.select(*_COLUMNS).select_from(t.drill_actions.join(t.drills, t.drills.c.id == t.drill_actions.c.drill_id))


async def add(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write findings."""
    await work.add_all(t.drill_actions, rows)


async def find(db: Db, action: int) -> Action | None:
    """Return a finding."""
    row = await db.first(_ALL.where(t.drill_actions.c.id == action))
    return Action.model_validate(dict(row)) if row else None


async def of(db: Db, drill: int) -> list[Action]:
    """Return a drill's findings."""
    rows = await db.rows(_ALL.where(t.drill_actions.c.drill_id == drill).order_by(t.drill_actions.c.id))
    return [Action.model_validate(dict(row)) for row in rows]


async def opened(db: Db, limit: int = 100) -> list[Action]:
    """Return the findings that are open, the most urgent first."""
    c = t.drill_actions.c
    rows = await db.rows(_ALL.where(c.state == ActionState.OPEN).order_by(c.due_on, c.id).limit(limit))
    return [Action.model_validate(dict(row)) for row in rows]


async def due(db: Db) -> list[Action]:
    """Return the open findings whose reminder is due; nobody is chased over sample data."""
    c = t.drill_actions.c
    where = sa.and_(c.state == ActionState.OPEN, c.next_at <= db.now, ~t.drills.c.sample)
    return [Action.model_validate(dict(row)) for row in await db.rows(_ALL.where(where).order_by(c.next_at, c.id))]


async def remind(work: Work, action: Action, next_at: Any) -> bool:
    """Count a reminder; False when somebody else sent it first, or it is closed."""
    c = t.drill_actions.c
    where = sa.and_(c.id == action.id, c.state == ActionState.OPEN, c.chased == action.chased)
    values = {"chased": action.chased + 1, "next_at": next_at}
    return await work.run(sa.update(t.drill_actions).where(where).values(**values)) == 1


async def end(work: Work, action: Action, by: str, evidence: str) -> bool:
    """Close a finding; False when it was closed before."""
    c = t.drill_actions.c
    where = sa.and_(c.id == action.id, c.state == ActionState.OPEN)
    values = {"state": ActionState.DONE, "ended_at": work.now, "ended_by": by, "evidence": evidence, "next_at": None}
    return await work.run(sa.update(t.drill_actions).where(where).values(**values)) == 1
