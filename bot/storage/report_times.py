"""When those who move are to report: read by what is alike, moved by one statement for all alike."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from bot.domain.move import MoveState
from bot.domain.report_time import Due
from bot.storage import tables as t
from bot.storage.columns import Utc
from bot.storage.database import Db, Work


def _untold(plan_id: int, wave: int | None) -> sa.ColumnElement[bool]:
    c = t.moves.c
    mine = sa.and_(c.plan_id == plan_id, c.state.in_((MoveState.PROPOSED, MoveState.APPROVED)))
    return mine if wave is None else sa.and_(mine, c.wave == wave)


async def dues(db: Db, plan_id: int, wave: int | None = None) -> list[Due]:
    """Return what the untold of a plan, or of one wave of it, are to be told, each once for all alike."""
    m, p, s = t.moves.c, t.people.c, t.sites.c
    joined = t.moves.join(t.people, p.id == m.person_id).join(t.sites, s.id == m.destination_id)
    query = sa.select(m.report_at, s.kind, p.shift, p.tz).select_from(joined).distinct()
    rows = await db.rows(query.where(_untold(plan_id, wave), m.report_at.is_not(None)))
    return [Due(row["report_at"], row["kind"], row["shift"], row["tz"]) for row in rows]


async def move(work: Work, plan_id: int, wave: int | None, times: Mapping[Due, datetime]) -> None:
    """Write new report times: one statement for each shift and kind of destination, however many people."""
    m, p, s = t.moves.c, t.people.c, t.sites.c
    alike: dict[tuple[str, str, str], dict[datetime, datetime]] = defaultdict(dict)
    for due, new in times.items():
        alike[due.kind, due.shift, due.tz][due.at] = new
    for (kind, shift, tz), later in alike.items():
        cases = [(m.report_at == old, sa.literal(new, Utc())) for old, new in later.items()]
        theirs = sa.and_(
            _untold(plan_id, wave),
            m.report_at.in_(later),
            m.destination_id.in_(sa.select(s.id).where(s.kind == kind)),
            m.person_id.in_(sa.select(p.id).where(p.shift == shift, p.tz == tz)),
        )
        await work.run(sa.update(t.moves).where(theirs).values(report_at=sa.case(*cases, else_=m.report_at)))
