"""The pages of drills: everything that they show, read once."""

from collections.abc import Sequence

from bot.domain.drill import AHEAD, DrillState
from bot.domain.drill_action import Action, ActionState
from bot.domain.drill_score import Score
from bot.domain.drill_view import CategoryRow, DrillPage, DrillsView, Finding, row
from bot.domain.wording import drill_scores as score_words
from bot.domain.wording import injects as inject_words
from bot.domain.wording.drill_scores import due_categories
from bot.operations.desk import Desk
from bot.operations.drills import outside_hours
from bot.storage import drill_actions, drills, injects, people
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
        categories=tuple(rows), findings=await _findings(db, await drill_actions.opened(db)),
    )  # fmt: skip


async def one(desk: Desk, db: Db, reference: str) -> DrillPage | None:
    """Return the page of one drill; None while it is not scored, because it tells what would be right."""
    drill = await drills.named(db, reference)
    if drill is None or drill.score is None:
        return None
    runs = await injects.of(db, drill.id)
    names = await people.named(db, {run.answered_by for run in runs if run.answered_by})
    hours = "out of hours" if await outside_hours(desk, db, drill) else "in hours"
    section = score_words.section(drill, Score.model_validate(drill.score), hours, inject_words.table(runs, names))
    found = await _findings(db, await drill_actions.of(db, drill.id))
    return DrillPage(
        organisation=desk.policy.organisation, zone=desk.policy.tz, now=db.now, section=section,
        row=row(drill, desk.library.readiness.bands), findings=found,
    )  # fmt: skip


async def _findings(db: Db, actions: Sequence[Action]) -> tuple[Finding, ...]:
    names = await people.named(db, {action.owner for action in actions})
    return tuple(
        Finding(
            text=a.text, reference=a.reference, owner=names.get(a.owner, a.owner), due_on=a.due_on,
            late=a.state is ActionState.OPEN and a.due_on < db.now.date(), done=a.state is ActionState.DONE,
        )
        for a in actions
    )  # fmt: skip
