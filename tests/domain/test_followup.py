"""The chase ladder: each rung once, a pause takes the missed ones together, an answer ends it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.followup import CHASED, Chase, decide, groups, starts, written
from bot.domain.notice import RecipientState
from bot.domain.policy import Rung

SENT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LADDER = (Rung(after_min=5, by="resend"), Rung(after_min=10, by="lead"), Rung(after_min=30, by="safety_officer"))
WAITING = RecipientState.WAITING


def at(minutes: float) -> datetime:
    return SENT + timedelta(minutes=minutes)


def ways(chase: Chase) -> list[str]:
    return [rung.by.value for rung in chase.does]


@pytest.mark.parametrize(
    ("rung", "minutes", "by", "again"),
    [
        (0, 4.9, [], 5), (0, 5, ["resend"], 10), (1, 9, [], 10), (1, 10, ["lead"], 30), (2, 30, ["safety_officer"], None),
        (0, 12, ["resend", "lead"], 30), (0, 999, ["resend", "lead", "safety_officer"], None),
    ],
)  # fmt: skip
def test_what_is_due_is_done_and_after_a_pause_nobody_is_left_out(rung, minutes, by, again):
    chase = decide(WAITING, rung, SENT, LADDER, at(minutes))
    assert (ways(chase), chase.next_at) == (by, at(again) if again is not None else None)


@pytest.mark.parametrize(
    ("rung", "minutes", "by", "again"),
    [(0, 0, ["lead"], 30), (2, 10, [], 30), (2, 30, ["safety_officer"], None)],
)
def test_whom_no_message_reaches_is_called_by_their_lead_at_once(rung, minutes, by, again):
    chase = decide(RecipientState.UNREACHABLE, rung, SENT, LADDER, at(minutes))
    assert (ways(chase), chase.next_at) == (by, at(again) if again is not None else None)
    assert starts(LADDER, 1).lost.after == timedelta(0)
    assert starts(LADDER[:1], 1).lost.after is None


@pytest.mark.parametrize("state", [s for s in RecipientState if s not in CHASED])
def test_nobody_is_chased_who_does_not_owe_an_answer(state):
    assert decide(state, 0, SENT, LADDER, at(60)) == ((), None, 0)


def test_an_audience_without_a_ladder_is_left_alone():
    assert starts((), 1).direct == (0, None)
    assert decide(WAITING, 0, SENT, (), at(60)) == ((), None, 0)
    assert starts(LADDER, 1).direct == (0, timedelta(minutes=5))


GROUPED = (
    Rung(after_min=0, by="group"), Rung(after_min=1, by="direct", severities=(1,)),
    Rung(after_min=3, by="direct", severities=(2, 3)), *LADDER,
)  # fmt: skip


@pytest.mark.parametrize(("severity", "minutes", "rung"), [(1, 1, 2), (2, 3, 3)])
def test_the_group_comes_first_then_the_person_sooner_the_worse_it_is(severity, minutes, rung):
    assert groups(GROUPED, severity)
    begin = starts(GROUPED, severity)
    assert begin.posted == (1, timedelta(minutes=minutes))
    assert begin.direct == (3, timedelta(minutes=5)), "who has no channel was written to at once"
    assert begin.lost == (0, timedelta(0))
    soon = decide(WAITING, 1, SENT, GROUPED, at(minutes), severity)
    assert (ways(soon), soon.next_at, soon.rung) == (["direct"], at(5), rung)
    assert ways(decide(WAITING, 1, SENT, GROUPED, at(6), severity)) == ["resend"], "missed messages are sent as one"


def test_who_was_only_written_to_has_not_been_chased():
    assert (written(LADDER), written(GROUPED)) == (0, 3)
    assert not groups(LADDER, 1)


ladders = st.lists(st.integers(0, 300), min_size=1, max_size=6).map(
    lambda minutes: tuple(Rung(after_min=m, by="resend") for m in sorted(minutes))
)


@given(ladders, st.lists(st.floats(0, 400), max_size=40))
def test_however_often_one_looks_no_rung_is_done_twice(ladder, looks):
    rung = done = 0
    for minutes in sorted(looks):
        chase = decide(WAITING, rung, SENT, ladder, at(minutes))
        after = chase.rung
        assert (bool(chase.does)) == (after > rung)
        assert chase.next_at is None or chase.next_at > at(minutes)
        assert (chase.next_at is None) == (after == len(ladder))
        done += bool(chase.does)
        rung = after
    assert done <= len(ladder)
