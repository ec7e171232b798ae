"""Queries of injects."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.inject import MOVES_TO, InjectState, Judgement, Run
from bot.storage import tables as t
from bot.storage.database import Db, Work

_RUN = [t.injects.c[name] for name in Run.model_fields]


def _run(row: Any) -> Run:
    return Run.model_validate(dict(row))


async def add(work: Work, rows: Iterable[dict[str, Any]]) -> None:
    """Write injects."""
    await work.add_all(t.injects, list(rows))


async def find(db: Db, inject: int) -> Run | None:
    """Return an inject."""
    row = await db.first(sa.select(*_RUN).where(t.injects.c.id == inject))
    return _run(row) if row else None


async def of(db: Db, drill: int) -> list[Run]:
    """Return a drill's injects in their order."""
    query = sa.select(*_RUN).where(t.injects.c.drill_id == drill).order_by(t.injects.c.position)
    return [_run(row) for row in await db.rows(query)]


async def waiting(db: Db, drill: int) -> list[Run]:
    """Return the injects of a drill that are not out yet, the next one first."""
    return [run for run in await of(db, drill) if run.state is InjectState.WAITING]


async def due(db: Db) -> list[int]:
    """Return the drills that run, with their clock going, and have an inject due."""
    c, d = t.injects.c, t.drills.c
    going = sa.and_(d.state == "running", d.paused_at.is_(None))
    query = sa.select(d.id).select_from(t.injects.join(t.drills, d.id == c.drill_id)).distinct()
    return await db.column(query.where(going, c.state == InjectState.WAITING, c.due_at <= db.now).order_by(d.id))


async def to_settle(db: Db) -> list[Run]:
    """Return the injects that are out and whose question has been answered since."""
    c, s = t.injects.c, t.steps.c
    query = sa.select(*_RUN).select_from(t.injects.join(t.steps, s.id == c.step_id))
    rows = await db.rows(query.where(c.state == InjectState.POSTED, s.state == "done").order_by(c.id))
    return [_run(row) for row in rows]


async def move(work: Work, run: Run, state: InjectState, **values: Any) -> bool:
    """Take an inject to another state; False when somebody else moved it first."""
    if state not in MOVES_TO[run.state]:
        return False
    c = t.injects.c
    where = sa.and_(c.id == run.id, c.state == run.state)
    return await work.run(sa.update(t.injects).where(where).values(state=state, **values)) == 1


async def judge(work: Work, run: Run, judgement: Judgement | None, by: str) -> bool:
    """Write how good an answer was; False when somebody changed that meanwhile."""
    c = t.injects.c
    same = c.judgement.is_(None) if run.judgement is None else c.judgement == run.judgement
    change = sa.update(t.injects).where(c.id == run.id, same).values(judgement=judgement, judged_by=by)
    return await work.run(change) == 1


async def write(work: Work, inject: int, **values: Any) -> None:
    """Write named columns."""
    await work.run(sa.update(t.injects).where(t.injects.c.id == inject).values(**values))


async def put_off(work: Work, times: Collection[tuple[Run, datetime]]) -> None:
    """Give injects that wait still new times."""
    c = t.injects.c
    for run, due_at in times:
        where = sa.and_(c.id == run.id, c.state == InjectState.WAITING)
        await work.run(sa.update(t.injects).where(where).values(due_at=due_at))


async def of_several(db: Db, drills: Collection[int]) -> set[int]:
    """Return those of these drills that have injects."""
    return set(await db.column(sa.select(t.injects.c.drill_id).where(t.injects.c.drill_id.in_(drills)).distinct()))
