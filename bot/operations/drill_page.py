"""The page of drills: everything that it shows, read once."""

from bot.domain.drill import AHEAD, DrillState
from bot.domain.drill_view import CategoryRow, DrillsView, Finding, row
from bot.domain.wording.drill_scores import due_categories
from bot.operations.desk import Desk
from bot.storage import drill_actions, drills, people
from bot.storage.database import Db


async def view(desk: Desk, db: Db, reader: str) -> DrillsView:
    """Return the page; a drill that nobody is told of beforehand is seen by those who may declare."""
    me = await people.find(db, reader) if reader else None
    sees = me is not None and bool(set(me.roles) & set(desk.policy.may_declare))
    coming = [d for d in await drills.in_state(db, AHEAD) if d.announced or sees]
    past = await drills.in_state(db, set(DrillState) - AHEAD)
    months, bands, today = desk.policy.drills.category_months, desk.library.readiness.bands, db.now.date()
    rows = [CategoryRow(name=c, at=at, fresh=fresh) for c, at, fresh in due_categories(past, today, months)]
    rows.sort(key=lambda r: (r.fresh, r.at.timestamp() if r.at else 0))
    return DrillsView(
        organisation=desk.policy.organisation, zone=desk.policy.tz, now=db.now, months=months, bands=bands,
        coming=tuple(row(d, bands) for d in coming[::-1]), past=tuple(row(d, bands) for d in past),
        categories=tuple(rows), findings=await _findings(db),
    )  # fmt: skip


async def _findings(db: Db) -> tuple[Finding, ...]:
    open_ = await drill_actions.opened(db)
    names = await people.named(db, {action.owner for action in open_})
    return tuple(
        Finding(
            text=a.text, reference=a.reference, owner=names.get(a.owner, a.owner), due_on=a.due_on,
            late=a.due_on < db.now.date(),
        )
        for a in open_
    )  # fmt: skip
