"""A tabletop by hand: what counts as right, what a decision becomes, how what is late moves what follows."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.clock import Clock, ClockState
from bot.domain.drill_figures import at_stake, in_order
from bot.domain.inject import Judgement, Run, judged, right, shifted, unanswered
from bot.domain.runbook import StepKind
from bot.domain.step import Step, StepState
from bot.domain.tabletop import Inject, Verdict, question_of, resolved
from tests.domain.drilling import drill
from tests.world import library

TOLD = library().tabletops["fire_on_floor_two"]
BOOK = library().get("facility_loss")
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
SAID = st.sampled_from([None, *Judgement])


def run(inject: Inject, *, judgement: Judgement | None = None, at: datetime = NOW) -> Run:
    return Run(
        id=1, drill_id=1, key=inject.id, position=1, plan=inject, state="posted", due_at=at, judgement=judgement,
    )  # fmt: skip


def step(state: StepState, ready: datetime | None = NOW) -> Step:
    plan = question_of(TOLD.injects[0], 1)
    return Step(
        id=1, incident_id=1, key="INJ1", position=1, plan=plan, state=state, assignee=None, due_at=None, ready_at=ready
    )


def test_a_decision_of_the_runbook_is_asked_as_it_is_there_where_nobody_works_the_runbook():
    asked = resolved(TOLD, BOOK, worked=False).inject("calls")
    assert (asked.to, asked.decision) == ("OPS", "")
    assert [reply.label for reply in asked.options if reply.right] == ["Tier 1 first"]
    assert question_of(asked, 3).kind is StepKind.DECISION
    worked = resolved(TOLD, BOOK, worked=True).inject("calls")
    assert question_of(worked, 3) is None
    assert judged(worked, "tier_1_first") is Judgement.RIGHT
    assert judged(worked, "all_queues") is Judgement.WRONG


def test_what_was_never_asked_is_not_held_against_anybody():
    first, open_ = TOLD.injects[0], TOLD.injects[1]
    assert judged(open_, "whatever") is Judgement.OPEN
    assert unanswered(first, step(StepState.READY)) is Judgement.WRONG
    assert unanswered(open_, step(StepState.SKIPPED)) is Judgement.WRONG
    assert unanswered(first, step(StepState.WAITING, None)) is None
    assert unanswered(first, step(StepState.NOT_APPLICABLE)) is None
    assert unanswered(first, None) is None


def test_the_share_that_is_right_by_hand():
    """Right, right, partly, wrong and one that nobody has judged: five of eight half points."""
    said = [Judgement.RIGHT, Judgement.RIGHT, Judgement.PARTLY, Judgement.WRONG, Judgement.OPEN, None]
    found = right(run(TOLD.injects[0], judgement=one) for one in said)
    assert (found.n, found.of, found.percent) == (5, 8, 62.5)
    assert right([]) is None


@given(st.lists(SAID, max_size=9), st.integers(0, 8))
def test_a_better_answer_never_lowers_the_share(said, which):
    better = [
        Judgement.RIGHT if n == which and one in set(Judgement) - {Judgement.OPEN} else one
        for n, one in enumerate(said)
    ]
    before, after = (right(run(TOLD.injects[0], judgement=one) for one in those) for those in (said, better))
    assert before is None or before.percent <= after.percent


@given(st.lists(st.integers(0, 300), min_size=1).map(sorted), st.integers(-300, 300))
def test_what_waits_keeps_its_distances(minutes, by):
    waiting = [run(TOLD.injects[0], at=NOW + timedelta(minutes=m)) for m in minutes]
    moved = [at for _, at in shifted(waiting, timedelta(minutes=by))]
    assert [b - a for a, b in pairwise(moved)] == [timedelta(minutes=b - a) for a, b in pairwise(minutes)]


def test_a_clock_is_right_when_it_is_decided_as_the_story_wants():
    said = (
        ("uk", "running"),
        ("uk", "not_reportable"),
        ("visa", "not_reportable"),
        ("visa", "triage"),
        ("x", "not_started"),
    )
    clocks = [Clock.model_construct(regime=regime, state=ClockState(state)) for regime, state in said]
    assert in_order(clocks, {}).n == 3, "decided, and counting where it is reportable"
    assert in_order(clocks, {"uk": Verdict.REPORTABLE}).n == 2
    assert in_order(clocks, {"uk": Verdict.REPORTABLE, "visa": Verdict.REPORTABLE}).n == 1
    assert in_order([], {}) is None
    assert at_stake(drill(kind="functional"), clocks) == clocks
    assert [c.regime for c in at_stake(drill(tabletop=library().tabletops["ransomware_on_monday"]), clocks)] == []
    asks = TOLD.model_copy(update={"clocks": {"uk": Verdict.REPORTABLE}})
    assert [c.regime for c in at_stake(drill().evolve(tabletop=asks), clocks)] == ["uk", "uk"]
    assert not at_stake(drill(), clocks[3:4]), "a table that decides on none is not held to it"


def test_every_tabletop_that_ships_asks_something_and_says_what_is_right():
    told = library().tabletops
    assert {"facility_loss", "security_breach", "workforce_loss", "application_failure"} <= {
        t.category for t in told.values()
    }
    for one in told.values():
        for inject in resolved(one, library().get(one.category), worked=False).injects:
            assert not inject.question or inject.expected()
            assert inject.to in ("", *_ROLES)


_ROLES = ("IC", "OPS", "PLAN", "LOG", "FIN", "PIO", "SO", "LNO", "REG", "VM")
