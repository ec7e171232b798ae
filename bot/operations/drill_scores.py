"""How a drill went, against the thresholds: for its report, and for whoever asks when it has ended."""

from bot.domain.drill import Drill, out_of_hours
from bot.domain.drill_figures import figures
from bot.domain.drill_score import Score, score
from bot.domain.report import Section
from bot.domain.story import Story
from bot.domain.wording import drill_actions as action_words
from bot.domain.wording import drill_scores as wording
from bot.domain.wording import injects as inject_words
from bot.operations.desk import Desk
from bot.storage import clocks, drill_actions, drills, injects, people
from bot.storage.database import Db


async def measured(desk: Desk, db: Db, drill: Drill, told: Story) -> Score:
    """Return the marks of a drill as its rows stand."""
    runs = await injects.of(db, drill.id)
    return score(figures(drill, told, await clocks.of(db, told.incident.id), runs), desk.policy.drills)


async def section(desk: Desk, db: Db, told: Story) -> Section | None:
    """Return the part of a report that says what a drill showed; None for what is none."""
    drill = await drills.of_incident(db, told.incident.id)
    if drill is None:
        return None
    hours = desk.policy.drills.hours
    outside = out_of_hours(told.incident.declared_at, told.zone, hours.from_, hours.until)
    runs = await injects.of(db, drill.id)
    found = await drill_actions.of(db, drill.id)
    names = await people.named(db, {r.answered_by for r in runs if r.answered_by} | {action.owner for action in found})
    when = "out of hours" if outside else "in hours"
    tables = (inject_words.table(runs, names), action_words.table(found, names, db.now.date()))
    return wording.section(drill, await measured(desk, db, drill, told), when, *tables)
