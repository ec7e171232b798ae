"""What becomes of waiting steps."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.facts import EXAMPLE, Facts
from bot.domain.progress import Change, advance, waits_for
from bot.domain.runbook import Phase, StepPlan
from bot.domain.step import ENDED, Step, StepState

READY, DONE, WAITING, NOT_APPLICABLE = StepState.READY, StepState.DONE, StepState.WAITING, StepState.NOT_APPLICABLE


def step(key: str, state: StepState = WAITING, phase: Phase = Phase.ACTIVATE, n: int = 0, **plan: object) -> Step:
    made = StepPlan.model_validate({"id": key, "title": key, "phase": phase, "owner": "IC", **plan})
    position = n or sum(map(ord, key))
    return Step(
        id=position, incident_id=1, key=key, position=position, plan=made, state=state, assignee=None, due_at=None
    )


def told(steps: Sequence[Step], facts: Facts = EXAMPLE) -> dict[str, str]:
    keys = {s.id: s.key for s in steps}
    return {keys[change.step_id]: change.state.value for change in advance(steps, facts)}


def applied(steps: Sequence[Step], changes: Sequence[Change]) -> list[Step]:
    new = dict(changes)
    return [s.model_copy(update={"state": new.get(s.id, s.state)}) for s in steps]


def test_a_step_is_ready_when_all_that_it_waits_for_has_ended() -> None:
    steps = [step("LS1", DONE), step("LS2", READY), step("LS3", after=["LS1"]), step("NT1", after=["LS1", "LS2"])]
    assert told(steps) == {"LS3": "ready"}
    assert [s.key for s in waits_for(steps[3], steps)] == ["LS2"]


def test_a_skipped_step_lets_the_next_one_through() -> None:
    assert told([step("LS1", StepState.SKIPPED), step("NT1", after=["LS1"])]) == {"NT1": "ready"}


def test_a_step_that_does_not_apply_lets_through_what_waits_for_it() -> None:
    steps = [
        step("Q3", when="unaccounted > 900"),
        step("Q3_more", after=["Q3"], when='answers.Q3 == "yes"'),
        step("RL1", after=["Q3_more"]),
    ]
    assert told(steps) == {"Q3": "not_applicable", "Q3_more": "not_applicable", "RL1": "ready"}


def test_the_answer_of_a_decision_chooses_what_follows() -> None:
    steps = [
        step("Q1", DONE),
        step("SM2", after=["Q1"], when='answers.Q1 == "callback"'),
        step("SM3", after=["Q1"], when='answers.Q1 == "open"'),
    ]
    facts = EXAMPLE.model_copy(update={"answers": {"Q1": "callback"}})
    assert told(steps, facts) == {"SM2": "ready", "SM3": "not_applicable"}


def test_a_condition_that_is_waited_for_keeps_a_step_waiting() -> None:
    steps = [step("Q4", once="minutes_since_declared >= 15", when="acknowledged_percent < 60")]
    early = EXAMPLE.model_copy(update={"minutes_since_declared": 14, "acknowledged_percent": 10})
    later = early.model_copy(update={"minutes_since_declared": 15})
    assert told(steps, early) == {}
    assert told(steps, later) == {"Q4": "ready"}
    assert told(steps, later.model_copy(update={"acknowledged_percent": 80})) == {"Q4": "not_applicable"}


def test_the_return_waits_until_the_incident_is_recovering() -> None:
    steps = [
        step("RR1", phase=Phase.RECOVER),
        step("SD1", phase=Phase.STAND_DOWN, when="severity == 1"),
        step("SU1", phase=Phase.SUSTAIN),
    ]
    assert told(steps) == {"SU1": "ready"}
    assert told(steps, EXAMPLE.model_copy(update={"state": "recovering"})) == {
        "RR1": "ready",
        "SD1": "ready",
        "SU1": "ready",
    }


def test_a_condition_that_fails_never_loses_the_step() -> None:
    assert told([step("X1", when="nobody_knows > 1"), step("X2", once="nobody_knows")]) == {
        "X1": "ready",
        "X2": "ready",
    }


def test_a_step_that_waits_for_one_that_is_not_there_is_not_lost() -> None:
    assert told([step("A1", after=["gone"])]) == {"A1": "ready"}


STATES = st.sampled_from(list(StepState))
WHENS = st.sampled_from(["", "drill", "not drill", "severity == 1"])
PHASES = st.sampled_from([Phase.ACTIVATE, Phase.RECOVER])


@st.composite
def runs(draw: st.DrawFn) -> list[Step]:
    made: list[Step] = []
    for n in range(1, draw(st.integers(1, 12)) + 1):
        after = draw(st.lists(st.integers(1, 12).map("S{}".format), max_size=3))  # rings and gaps too
        made.append(step(f"S{n}", draw(STATES), draw(PHASES), n=n, after=after, when=draw(WHENS)))
    return made


@given(runs(), st.sampled_from(["active", "recovering"]))
def test_advancing_again_changes_nothing(steps: list[Step], state: str) -> None:
    facts = EXAMPLE.model_copy(update={"state": state})
    assert advance(applied(steps, advance(steps, facts)), facts) == []


@given(runs())
def test_only_waiting_steps_change_and_each_once(steps: list[Step]) -> None:
    changes = advance(steps, EXAMPLE)
    assert len({c.step_id for c in changes}) == len(changes)
    assert {c.step_id for c in changes} <= {s.id for s in steps if s.state is WAITING}
    states = {s.key: s.state for s in applied(steps, changes)}
    for changed in (s for s in steps if s.id in {c.step_id for c in changes}):
        assert all(states.get(key, DONE) in ENDED for key in changed.plan.after)
