"""What a kind of drill runs of each runbook: never more, never moves where none are practised, never an empty message."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.drill import EXERCISES, INSIDE, DrillKind, narrowed, scope, too_late, usual
from bot.domain.person import OUTSIDE
from bot.domain.runbook import StepKind
from tests.world import library

SPEAKS = (StepKind.NOTIFY, StepKind.ROLL_CALL)


@pytest.mark.parametrize("kind", DrillKind)
def test_every_runbook_is_narrowed_to_what_a_kind_practises(kind):
    for book in library():
        found = narrowed(kind, book, usual(kind))
        assert found.steps
        told = {m.audience for step in found.steps for m in step.messages} - OUTSIDE - {"unplaced", "everyone"}
        assert told <= set(usual(kind))
        assert all(step.messages for step in found.steps if step.kind in SPEAKS)
        moves = [step for step in found.steps if step.kind is StepKind.RELOCATE]
        assert not moves or kind is DrillKind.RELOCATION


def test_a_full_relocation_for_everybody_is_the_runbook_itself():
    for book in library():
        assert narrowed(DrillKind.RELOCATION, book, INSIDE) is book


def test_only_exercises_count_clocks_and_only_some_have_sitreps():
    assert {kind for kind in DrillKind if scope(kind).clocks} == EXERCISES
    assert {kind for kind in DrillKind if scope(kind).sitreps} == EXERCISES - {DrillKind.TABLETOP}
    assert scope(DrillKind.NOTIFICATION).team == ()


@pytest.mark.parametrize(
    ("late_min", "seconds", "dropped"), [(0, 5, False), (0, 60, True), (60, 3659, False), (60, 3660, True)]
)
def test_a_drill_is_called_off_by_whole_minutes_never_by_the_beat_that_looks(late_min, seconds, dropped):
    planned = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    assert too_late(planned, planned + timedelta(seconds=seconds), late_min) is dropped
