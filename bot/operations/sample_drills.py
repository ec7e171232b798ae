"""A past year of drills for the demo, made up and marked so: they get better, and one category is red."""

from datetime import timedelta

from bot.domain.drill import DrillKind, DrillState, usual
from bot.domain.drill_score import KEEPERS, Figures, Part, score
from bot.domain.inject import right
from bot.domain.runbook import Category
from bot.domain.wording.drill_scores import mend
from bot.operations import sample_tabletops
from bot.operations.desk import Desk
from bot.storage import drill_actions, drills, people
from bot.storage.database import Work

K, C = DrillKind, Category
_ASKED = 40
# Days ago, kind, category, announced; how many of 40 answered by 15, 30, 60 minutes; who could not be reached;
# decisions in time and clocks in order, of ten; minutes to the first message. Nobody practised data loss.
_YEAR = (
    (352, K.NOTIFICATION, C.FACILITY_LOSS, True, (18, 26, 33), 4, None, None, None),
    (331, K.TABLETOP, C.FACILITY_LOSS, True, (), 0, 6, 4, None),
    (318, K.TABLETOP, C.ACCESS_DENIED, True, (), 0, 7, 10, None),
    (290, K.FUNCTIONAL, C.NETWORK_FAILURE, True, (), 0, 7, 6, 24),
    (262, K.NOTIFICATION, C.FACILITY_LOSS, False, (23, 30, 37), 2, None, None, None),
    (241, K.TABLETOP, C.SECURITY_BREACH, True, (), 0, 7, 7, None),
    (226, K.TABLETOP, C.UTILITY_LOSS, True, (), 0, 8, 10, None),
    (204, K.TABLETOP, C.LIFE_SAFETY_EVENT, False, (), 0, 8, 10, None),
    (186, K.VENDOR, C.VENDOR_FAILURE, True, (), 0, 9, 8, 17),
    (171, K.NOTIFICATION, C.FACILITY_LOSS, False, (25, 33, 38), 1, None, None, None),
    (150, K.TABLETOP, C.WORKFORCE_LOSS, True, (), 0, 9, 10, None),
    (127, K.TABLETOP, C.DEMAND_SURGE, True, (), 0, 9, 10, None),
    (108, K.FUNCTIONAL, C.APPLICATION_FAILURE, True, (), 0, 8, 9, 14),
    (80, K.NOTIFICATION, C.FACILITY_LOSS, False, (27, 35, 39), 1, None, None, None),
    (62, K.TABLETOP, C.REGIONAL_DISASTER, True, (), 0, 9, 10, None),
    (41, K.TABLETOP, C.COMPONENT_FAILURE, True, (), 0, 7, 10, None),
    (20, K.RELOCATION, C.FACILITY_LOSS, False, (26, 36, 39), 1, 8, 9, 11),
)


async def seed(desk: Desk) -> int:
    """Make up a year of drills unless there are some; return how many."""
    async with desk.work(alone=True) as work:
        able = await people.in_role(work, desk.policy.commander)
        if not able or await drills.in_state(work, set(DrillState), 1):
            return 0
        for one in _YEAR:
            await _live(desk, work, able[0].id, *one)
    return len(_YEAR)


async def _live(
    desk: Desk, work: Work, organiser: str, ago: int, kind: DrillKind, category: Category, announced: bool,  # noqa: FBT001
    answered: tuple[int, ...], lost: int, decisions: int | None, clocks: int | None, notified: float | None,
) -> None:  # fmt: skip
    """Write one drill as it would have been scored, and what it found; what was found long ago is closed."""
    at = work.now - timedelta(days=ago)
    tells = kind is K.TABLETOP and decisions is not None
    played = await sample_tabletops.play(desk, work, category, at, decisions or 0) if tells else None
    seen = _figures(kind, answered, lost, decisions, clocks, notified)
    found = score(seen.evolve(right=right(played.runs) if played else None), desk.policy.drills)
    drill = await drills.add(
        work, reference=await drills.next_reference(work, at.year), kind=kind, state=DrillState.DONE, category=category,
        severity=2, sites=["leeds"], systems=[], queues=[], audiences=list(usual(kind)), story="Sample data",
        objectives="\n".join(played.told.objectives) if played else "", announced=announced, organiser=organiser,
        made_at=at, planned_at=at, started_at=at,
        ended_at=at + timedelta(hours=2), allowed=[], score=found.model_dump(mode="json"), sample=True,
        scenario=played.scenario if played else "", tabletop=played.told.model_dump(mode="json") if played else None,
    )  # fmt: skip
    if played is not None:
        await sample_tabletops.keep(work, drill.id, played)
    due, over = (at + timedelta(days=desk.policy.drills.action_days)).date(), ago > 60
    ends = {"ended_at": at + timedelta(days=21), "ended_by": organiser, "evidence": "Sample data"} if over else {}
    rows = []
    for mark in found.missed:
        able = await people.in_role(work, KEEPERS[mark.gauge])
        rows.append({
            "drill_id": drill.id, "gauge": mark.gauge, "text": mend(mark), "owner": able[0].id if able else organiser,
            "due_on": due, "state": "done" if over else "open", "chased": 0, **ends,
        })  # fmt: skip
    await drill_actions.add(work, rows)


def _figures(
    kind: DrillKind, answered: tuple[int, ...], lost: int, decisions: int | None, clocks: int | None,
    notified: float | None,
) -> Figures:  # fmt: skip
    before, times = 0, []
    for minute, so_far in zip((10, 25, 50), answered, strict=False):
        times += [float(minute)] * (so_far - before)
        before = so_far
    return Figures(
        kind=kind, asked=_ASKED if answered else 0, answered=tuple(times), lasted=90,
        lost=Part(n=lost, of=_ASKED) if answered else None, notified=notified,
        decisions=Part(n=decisions, of=10) if decisions is not None else None,
        clocks=Part(n=clocks, of=10) if clocks is not None else None,
        rto=60 if kind is DrillKind.FUNCTIONAL else None, restored=52 if kind is DrillKind.FUNCTIONAL else None,
        mbco=Part(n=93, of=100) if kind is DrillKind.RELOCATION else None,
    )  # fmt: skip
