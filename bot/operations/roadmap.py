"""The way to resilience: what can be counted from the roster, counted."""

from bot.domain.agenda import standby
from bot.domain.place import SiteKind
from bot.domain.readiness import Goal, Measure, Standby
from bot.domain.readiness_view import Progress
from bot.domain.roadmap import Count, said
from bot.operations.agenda import today
from bot.operations.desk import Desk
from bot.storage import headcounts, places
from bot.storage.database import Db


async def progress(desk: Desk, db: Db) -> tuple[Progress, ...]:
    """Return every goal with how far it is."""
    wanted = {goal.measure for goal in desk.library.readiness.roadmap}
    counts = {measure: await _count(desk, db, measure) for measure in wanted}
    return tuple(_progress(goal, counts[goal.measure]) for goal in desk.library.readiness.roadmap)


def _progress(goal: Goal, found: Count | None) -> Progress:
    return Progress(goal=goal, percent=found.percent if found else None, said=said(goal, found))


async def _count(desk: Desk, db: Db, measure: Measure) -> Count | None:
    match measure:
        case Measure.TWO_QUEUES:
            return Count(await headcounts.cross_skilled(db), await headcounts.agents(db))
        case Measure.HOME_READY:
            on = today(desk, db.now)
            ready = await headcounts.ready_at_home(db, on, desk.policy.home_test_days)
            return Count(ready, await headcounts.agents(db))
        case Measure.HOT_STANDBY:
            systems = (await places.systems(db)).values()
            hot = sum(s.starts_by_itself and standby(s) is Standby.HOT for s in systems)
            return Count(hot, len(systems))
        case Measure.SEATS_ELSEWHERE:
            sites = (await places.sites(db)).values()
            elsewhere = sum(s.seats for s in sites if s.kind is not SiteKind.SITE)
            return Count(elsewhere, sum(s.seats for s in sites))
        case Measure.BY_HAND:
            return None
