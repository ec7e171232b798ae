"""Queries of duties and their history."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.drill import EXERCISES
from bot.domain.duty import Duty, DutyState, Record
from bot.storage import tables as t
from bot.storage.database import Db, Work

_DUTY = [t.duties.c[name] for name in Duty.model_fields]
_RECORD = [t.duty_records.c[name] for name in Record.model_fields]
BATCH = 500


def _duty(row: Any) -> Duty:
    return Duty.model_validate(dict(row))


async def standing(db: Db) -> list[Duty]:
    """Return every duty that is not retired, the soonest first."""
    c = t.duties.c
    query = sa.select(*_DUTY).where(c.state != DutyState.RETIRED).order_by(c.due_on, c.id)
    return [_duty(row) for row in await db.rows(query)]


async def every(db: Db) -> list[Duty]:
    """Return every duty, those that are retired too."""
    return [_duty(row) for row in await db.rows(sa.select(*_DUTY).order_by(t.duties.c.id))]


async def find(db: Db, key: int) -> Duty | None:
    """Return a duty by id."""
    row = await db.first(sa.select(*_DUTY).where(t.duties.c.id == key))
    return _duty(row) if row else None


async def due(db: Db) -> list[Duty]:
    """Return those whose moment has come, in order."""
    c = t.duties.c
    query = sa.select(*_DUTY).where(c.next_at <= db.now, c.state != DutyState.RETIRED)
    return [_duty(row) for row in await db.rows(query.order_by(c.next_at, c.id).limit(BATCH))]


async def add(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write new duties; what is there already stays."""
    await work.add_missing(t.duties, [dict(row) for row in rows])


async def put(work: Work, was: Duty, **values: Any) -> bool:
    """Change a duty; False when somebody else changed its state or its moment first."""
    c = t.duties.c
    same = c.next_at.is_(None) if was.next_at is None else c.next_at == was.next_at
    where = sa.and_(c.id == was.id, c.state == was.state, same)
    return await work.run(sa.update(t.duties).where(where).values(**values)) == 1


async def record(work: Work, duty: int, **values: Any) -> int:
    """Add a line to a duty's history."""
    return await work.add(t.duty_records, duty_id=duty, **{"at": work.now, **values})


async def history(db: Db, duty: int, limit: int = 20) -> list[Record]:
    """Return a duty's history, the newest first."""
    c = t.duty_records.c
    query = sa.select(*_RECORD).where(c.duty_id == duty).order_by(c.at.desc(), c.id.desc()).limit(limit)
    return [Record.model_validate(dict(row)) for row in await db.rows(query)]


async def all_records(db: Db, limit: int) -> list[Record]:
    """Return the history of every duty, the newest first."""
    c = t.duty_records.c
    query = sa.select(*_RECORD).order_by(c.at.desc(), c.id.desc()).limit(limit)
    return [Record.model_validate(dict(row)) for row in await db.rows(query)]


async def newest(db: Db, kinds: Collection[str] = ()) -> dict[int, Record]:
    """Return the newest record of each duty, by duty."""
    c, d = t.duty_records.c, t.duties.c
    last = sa.select(sa.func.max(c.id)).group_by(c.duty_id)
    query = sa.select(*_RECORD).where(c.id.in_(last))
    if kinds:
        query = query.where(c.duty_id.in_(sa.select(d.id).where(d.kind.in_(kinds))))
    return {row["duty_id"]: Record.model_validate(dict(row)) for row in await db.rows(query)}


async def answers(db: Db) -> list[Any]:
    """Return every answer to a question ever given: key, subject, score, evidence_on, at; the oldest first."""
    c, d = t.duty_records.c, t.duties.c
    query = sa.select(d.key, d.subject, c.score, c.evidence_on, c.at).select_from(
        t.duty_records.join(t.duties, d.id == c.duty_id)
    )
    return list(await db.rows(query.where(d.kind == "question", c.score.is_not(None)).order_by(c.at, c.id)))


async def ended_since(db: Db, kind: str, since: datetime) -> list[str]:
    """Return how duties of a kind ended since a moment: one word for each time."""
    c, d = t.duty_records.c, t.duties.c
    joined = t.duty_records.join(t.duties, d.id == c.duty_id)
    query = sa.select(c.outcome).select_from(joined).where(d.kind == kind, c.at > since)
    return [str(word) for word in await db.column(query)]


async def is_sample(db: Db) -> bool:
    """Whether any of the history was made up for the demo."""
    query = sa.select(sa.literal(1)).where(t.duty_records.c.sample).limit(1)
    return bool(await db.value(query))


async def exercised(db: Db) -> dict[str, datetime]:
    """Return when each category was last exercised, by whatever drill went through its runbook to the end."""
    d, c = t.drills.c, t.incidents.c
    held = sa.select(d.category, d.started_at.label("at")).where(d.state == "done", d.kind.in_(EXERCISES))
    known = sa.select(d.incident_id).where(d.incident_id.is_not(None))
    declared = sa.select(c.category, c.declared_at.label("at")).where(
        c.drill, c.state == "stood_down", c.id.not_in(known)
    )
    both = sa.union_all(held, declared).subquery()
    query = sa.select(both.c.category, sa.func.max(both.c.at).label("at")).group_by(both.c.category)
    return {row["category"]: row["at"] for row in await db.rows(query) if row["at"] is not None}


async def retire(work: Work, ids: Collection[int]) -> None:
    """Ask no more for these: the question, the system or the site is gone. Their history stays."""
    gone = {"state": DutyState.RETIRED, "next_at": None}
    await work.run(sa.update(t.duties).where(t.duties.c.id.in_(ids)).values(**gone))
