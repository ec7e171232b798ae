"""Plans of moves: proposed, approved, replaced; when their next wave goes, and what made them stale."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.domain.difference import Place
from bot.domain.move import HOLDS_SEAT, MoveState, PlanKind, PlanState
from bot.storage import tables as t
from bot.storage.database import Db, Work

_WRITTEN_IN = timedelta(minutes=15)  # a plan that is not whole after so long never will be


async def begin(work: Work, incident: int, *, by: str, kind: PlanKind) -> int:
    """Write a plan whose moves follow; return its id. It stands for nothing, and below zero, until it is proposed."""
    lowest = await work.value(sa.select(sa.func.min(t.plans.c.version)).where(t.plans.c.incident_id == incident))
    values = {"version": min(lowest or 0, 0) - 1, "made_by": by, "made_at": work.now, "kind": kind}
    return await work.add(t.plans, incident_id=incident, state=PlanState.SUPERSEDED, **values)


async def propose(work: Work, plan_id: int, *, step: int | None, summary: Mapping[str, Any]) -> int:
    """Make a plan whose moves are all there its incident's proposal, the only one; return its version."""
    c = t.plans.c
    incident = sa.select(c.incident_id).where(c.id == plan_id).scalar_subquery()
    proposed = sa.and_(c.incident_id == incident, c.state == PlanState.PROPOSED)
    await work.run(sa.update(t.plans).where(proposed).values(state=PlanState.SUPERSEDED))
    newest = int(await work.value(sa.select(sa.func.max(c.version)).where(c.incident_id == incident)))
    version = max(newest, 0) + 1
    values = {"version": version, "state": PlanState.PROPOSED, "step_id": step, "summary": summary}
    await work.run(sa.update(t.plans).where(c.id == plan_id).values(**values, made_at=work.now))
    return version


def _left(now: datetime) -> sa.Select[tuple[int]]:
    """The moves that no plan in force has: of replaced proposals, and of plans that were never whole."""
    c, m = t.plans.c, t.moves.c
    whole = sa.or_(c.version > 0, c.made_at < now - _WRITTEN_IN)
    old = sa.select(c.id).where(c.state == PlanState.SUPERSEDED, whole)
    return sa.select(m.id).where(m.plan_id.in_(old), m.state.in_((MoveState.PROPOSED, MoveState.UNPLACED)))


async def left_over(db: Db) -> bool:
    """Whether moves are left that no plan in force has."""
    return bool(await db.value(sa.select(sa.exists(_left(db.now)))))


async def drop(work: Work, most: int) -> int:
    """Remove at most so many moves that no plan in force has; return how many."""
    return await work.run(sa.delete(t.moves).where(t.moves.c.id.in_(_left(work.now).limit(most))))


async def find(db: Db, plan_id: int) -> Any | None:
    """Return a plan's row."""
    return await db.first(sa.select(t.plans).where(t.plans.c.id == plan_id))


async def latest(db: Db, incident: int, *states: PlanState, kind: PlanKind | None = None) -> Any | None:
    """Return an incident's newest plan, among those in these states and of this kind when some are named."""
    query = sa.select(t.plans).where(t.plans.c.incident_id == incident).order_by(t.plans.c.version.desc()).limit(1)
    query = query.where(t.plans.c.version > 0)
    query = query.where(t.plans.c.kind == kind) if kind else query
    return await db.first(query.where(t.plans.c.state.in_(states)) if states else query)


async def of(db: Db, incident: int) -> Sequence[Any]:
    """Return the rows of an incident's plans, the first version first."""
    c = t.plans.c
    return await db.rows(sa.select(t.plans).where(c.incident_id == incident, c.version > 0).order_by(c.version))


async def approve(work: Work, plan_id: int, by: str) -> bool:
    """Call a plan approved; False when somebody else did. No wave of an older plan goes out by itself any more."""
    c = t.plans.c
    where = sa.and_(c.id == plan_id, c.state == PlanState.PROPOSED)
    values = {"state": PlanState.APPROVED, "approved_by": by, "approved_at": work.now}
    if not await work.run(sa.update(t.plans).where(where).values(**values)):
        return False
    mine = sa.select(c.incident_id).where(c.id == plan_id).scalar_subquery()
    await work.run(sa.update(t.plans).where(c.incident_id == mine, c.id != plan_id).values(wave_due_at=None))
    return True


async def set_wave_due(work: Work, plan_id: int, old: datetime | None, new: datetime | None) -> bool:
    """Write when a plan's next wave goes out by itself (None: never); False when somebody else did meanwhile."""
    c = t.plans.c
    was = c.wave_due_at == old if old is not None else c.wave_due_at.is_(None)
    query = sa.update(t.plans).where(c.id == plan_id, c.state == PlanState.APPROVED, was)
    return await work.run(query.values(wave_due_at=new)) == 1


async def mark(work: Work, row: Mapping[str, Any], **said: object) -> None:
    """Keep something more with a plan's summary."""
    summary = {**row["summary"], **said}
    await work.run(sa.update(t.plans).where(t.plans.c.id == row["id"]).values(summary=summary))


async def waves_due(db: Db, now: datetime) -> Sequence[Any]:
    """Return the plans whose next wave is due."""
    c = t.plans.c
    query = sa.select(t.plans).where(c.wave_due_at <= now, c.state == PlanState.APPROVED)
    return await db.rows(query.order_by(c.wave_due_at, c.id))


async def know_lost(work: Work, plan_id: int, lost: int) -> bool:
    """Write down how many lost places the planners know of; False when they know of so many."""
    c = t.plans.c
    query = sa.update(t.plans).where(c.id == plan_id, c.lost_known < lost).values(lost_known=lost)
    return await work.run(query) == 1


async def set_stale(work: Work, plan_id: int, why: Mapping[str, str]) -> None:
    """Write why a plan is stale: words by kind; nothing for one that is not."""
    await work.run(sa.update(t.plans).where(t.plans.c.id == plan_id).values(stale=dict(why)))


async def waves(db: Db, plan_id: int) -> dict[int, dict[str, int]]:
    """Return how many moves of each wave are in which state."""
    c = t.moves.c
    query = sa.select(c.wave, c.state, sa.func.count().label("n")).where(
        c.plan_id == plan_id, c.state != MoveState.UNPLACED
    )
    found: dict[int, dict[str, int]] = {}
    for row in await db.rows(query.group_by(c.wave, c.state).order_by(c.wave)):
        found.setdefault(row["wave"], {})[row["state"]] = row["n"]
    return found


async def given_back(db: Db, plan_id: int) -> dict[str, int]:
    """Return how many seats of each destination a plan's people gave back, because they can't come or go elsewhere."""
    c = t.moves.c
    gone = c.state.in_((MoveState.FAILED, MoveState.RELEASED))
    query = sa.select(c.destination_id, sa.func.count().label("n")).where(c.plan_id == plan_id, gone)
    rows = await db.rows(query.where(c.destination_id.is_not(None)).group_by(c.destination_id))
    return {row["destination_id"]: row["n"] for row in rows}


async def report_times(db: Db, plan_id: int) -> tuple[datetime, datetime] | None:
    """Return when the first and the last of a plan's people are to report; None where nobody is."""
    c = t.moves.c
    ends = sa.func.min(c.report_at).label("first"), sa.func.max(c.report_at).label("last")
    row = await db.first(sa.select(*ends).where(c.plan_id == plan_id, c.state != MoveState.RELEASED))
    return (row["first"], row["last"]) if row and row["first"] else None


async def places(db: Db, incident: int) -> dict[str, Place]:
    """Return where everybody goes by the newest plan: the moves that stand, and a proposal's where there is one."""
    c, p = t.moves.c, t.plans.c
    newest = sa.select(p.id).where(p.incident_id == incident, p.state == PlanState.PROPOSED, p.kind == PlanKind.MOVE)
    columns = (c.person_id, c.destination_id, c.queue_id)
    proposed = c.plan_id.in_(newest)
    standing = sa.select(*columns).where(c.incident_id == incident, c.state.in_(HOLDS_SEAT))
    found = {row["person_id"]: (row["destination_id"], row["queue_id"]) for row in await db.rows(standing)}
    for row in await db.rows(sa.select(*columns).where(proposed)):
        if row["destination_id"] is None:
            found.pop(row["person_id"], None)
        else:
            found[row["person_id"]] = (row["destination_id"], row["queue_id"])
    return found
