"""The tables of states: where each thing may go, that it ends, and that its end is final."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest

from bot.domain import drill, drill_action, incident, step
from bot.domain.incident import IncidentState, reference
from bot.domain.missing import last_of
from bot.domain.move import HOLDS_SEAT, LIVE, MoveState, may_follow, next_of
from bot.domain.runbook import StepPlan
from bot.domain.step import Step, StepState, again_of

TABLES = {
    "drill": (drill.MOVES_TO, drill.DrillState),
    "finding": (drill_action.MOVES_TO, drill_action.ActionState),
    "incident": (incident.MOVES_TO, IncidentState),
    "step": (step.MOVES_TO, StepState),
}
WAY = [MoveState.TOLD, MoveState.MOVING, MoveState.ARRIVED, MoveState.LOGGED_IN, MoveState.TAKING_CONTACTS]
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("name", TABLES)
def test_every_state_has_its_row_and_an_end_can_be_reached(name):
    table, states = TABLES[name]
    assert set(table) == set(states)
    ends = {state for state, then in table.items() if not then}
    for state in states:
        reached, todo = set(), [state]
        while todo:
            here = todo.pop()
            todo += [s for s in table[here] if s not in reached]
            reached.add(here)
        assert reached & ends
        assert state not in table[state]


def test_what_is_open_is_what_can_still_go_somewhere():
    assert {s for s, then in incident.MOVES_TO.items() if then} == incident.OPEN
    assert {s for s, then in step.MOVES_TO.items() if not then} == step.ENDED
    assert step.LIVE.isdisjoint(step.ENDED)


def test_a_stood_down_incident_never_comes_back():
    assert not incident.MOVES_TO[IncidentState.STOOD_DOWN] | incident.MOVES_TO[IncidentState.CANCELLED]


def test_a_move_only_goes_forward_or_out():
    for one, other in product(WAY, WAY):
        assert may_follow(one, other) == (WAY.index(other) > WAY.index(one))
    for state in WAY:
        assert may_follow(state, MoveState.FAILED)
        assert may_follow(state, MoveState.RELEASED)
    for state, then in product((MoveState.FAILED, MoveState.RELEASED), MoveState):
        assert not may_follow(state, then)


def test_the_next_report_is_one_stride_on():
    assert [(s, next_of(s)) for s in WAY] == [*pairwise(WAY), (MoveState.TAKING_CONTACTS, None)]
    assert next_of(MoveState.PROPOSED) is None


def test_who_holds_a_seat_and_who_works():
    assert {MoveState.APPROVED, *WAY} == HOLDS_SEAT
    assert LIVE <= HOLDS_SEAT
    assert not any(may_follow(MoveState.PROPOSED, s) for s in WAY)


@pytest.mark.parametrize(
    ("state", "due", "late"),
    [
        ("ready", -1, True),
        ("in_progress", -1, True),
        ("ready", 0, False),
        ("ready", 1, False),
        ("done", -1, False),
        ("waiting", -1, False),
    ],
)
def test_overdue(state, due, late):
    plan = StepPlan(id="X", title="x", phase="activate", owner="IC")
    when = NOW + timedelta(minutes=due)
    one = Step(id=1, incident_id=1, key="X", position=1, plan=plan, state=StepState(state), assignee=None, due_at=when)
    assert one.overdue(NOW) == late
    assert not one.model_copy(update={"due_at": None}).overdue(NOW)


def test_a_step_that_is_laid_out_again_is_named_by_how_often_never_by_its_key():
    plan, keys = StepPlan(id="Q3", title="x", phase="life_safety", owner="SO"), ["Q3"]
    keys += [again_of("Q3"), again_of(again_of("Q3"))]
    laid = [
        Step(id=n, incident_id=1, key=k, position=1, plan=plan, state="done", assignee=None, due_at=None)
        for n, k in enumerate(keys)
    ]
    assert [one.code for one in laid] == ["Q3", "Q3 (2)", "Q3 (3)"]
    assert laid[0].model_copy(update={"key": "ring_again_later"}).code == "ring_again_later"
    assert (last_of(laid, "Q3"), last_of(laid[:1], "LS1")) == (laid[2], None)


def test_references_read_like_references():
    assert reference(2026, 7) == "INC-2026-0007"
    assert reference(2026, 12345) == "INC-2026-12345"
