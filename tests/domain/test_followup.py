"""The chase ladder: each rung once, a pause takes the missed ones together, an answer ends it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.followup import CHASED, decide, first_after
from bot.domain.notice import RecipientState
from bot.domain.policy import ChaseBy, Rung

SENT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LADDER = (Rung(after_min=5, by="resend"), Rung(after_min=10, by="lead"), Rung(after_min=30, by="safety_officer"))
WAITING = RecipientState.WAITING


def at(minutes: float) -> datetime:
    return SENT + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("rung", "minutes", "by", "again"),
    [
        (0, 4.9, None, 5), (0, 5, ChaseBy.RESEND, 10), (1, 9, None, 10), (1, 10, ChaseBy.LEAD, 30),
        (2, 30, ChaseBy.SAFETY_OFFICER, None), (0, 12, ChaseBy.LEAD, 30), (0, 999, ChaseBy.SAFETY_OFFICER, None),
    ],
)  # fmt: skip
def test_what_is_due_is_done(rung, minutes, by, again):
    chase = decide(WAITING, rung, SENT, LADDER, at(minutes))
    assert (chase.by, chase.next_at) == (by, at(again) if again is not None else None)


@pytest.mark.parametrize(
    ("rung", "minutes", "by", "again"),
    [(0, 0, ChaseBy.LEAD, 30), (2, 10, None, 30), (2, 30, ChaseBy.SAFETY_OFFICER, None)],
)
def test_whom_no_message_reaches_is_called_by_their_lead_at_once(rung, minutes, by, again):
    chase = decide(RecipientState.UNREACHABLE, rung, SENT, LADDER, at(minutes))
    assert (chase.by, chase.next_at) == (by, at(again) if again is not None else None)
    assert first_after(LADDER, RecipientState.UNREACHABLE) == timedelta(0)
    assert first_after(LADDER[:1], RecipientState.UNREACHABLE) is None


@pytest.mark.parametrize("state", [s for s in RecipientState if s not in CHASED])
def test_nobody_is_chased_who_does_not_owe_an_answer(state):
    assert decide(state, 0, SENT, LADDER, at(60)) == (None, None, 0)


def test_an_audience_without_a_ladder_is_left_alone():
    assert first_after(()) is None
    assert decide(WAITING, 0, SENT, (), at(60)) == (None, None, 0)
    assert first_after(LADDER) == timedelta(minutes=5)


ladders = st.lists(st.integers(0, 300), min_size=1, max_size=6).map(
    lambda minutes: tuple(Rung(after_min=m, by="resend") for m in sorted(minutes))
)


@given(ladders, st.lists(st.floats(0, 400), max_size=40))
def test_however_often_one_looks_no_rung_is_done_twice(ladder, looks):
    rung = done = 0
    for minutes in sorted(looks):
        chase = decide(WAITING, rung, SENT, ladder, at(minutes))
        after = chase.rung
        assert (chase.by is not None) == (after > rung)
        assert chase.next_at is None or chase.next_at > at(minutes)
        assert (chase.next_at is None) == (after == len(ladder))
        done += chase.by is not None
        rung = after
    assert done <= len(ladder)
