"""A clock's states, and its reminders: each threshold once, whoever sweeps and however late."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.card import Tone
from bot.domain.clock import (
    MOVES_TO,
    REPORTABLE,
    Clock,
    ClockState,
    Decision,
    for_profile,
    known_anchors,
    reminders_due,
    timed,
)
from bot.domain.regime import on_submission
from tests.world import library

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
REGIMES = {r.id: for_profile(r, (), "GB-ENG", "Europe/London") for r in library().regimes.regimes}
HOURS = st.integers(0, 24 * 40).map(lambda n: timedelta(hours=n))


def clocks(regime: str, state: ClockState = ClockState.TRIAGE) -> list[Clock]:
    """A regime's clocks, fresh."""
    plan = REGIMES[regime]
    return [
        Clock(id=n, incident_id=1, regime=regime, stage=stage.id, position=n, plan=plan, state=state)
        for n, stage in enumerate(plan.stages, 1)
    ]


def running(hours: int = 72) -> Clock:
    """A clock that runs for so many hours from nine."""
    update = {"state": ClockState.RUNNING, "started_at": START, "due_at": START + timedelta(hours=hours)}
    return clocks("uk_gdpr_33")[0].model_copy(update=update)


@given(
    st.sampled_from(sorted(REGIMES)),
    st.sampled_from(Decision),
    st.dictionaries(st.sampled_from(sorted(library().regimes.anchors)), HOURS),
)
def test_a_decision_and_anchors_make_one_allowed_state_and_never_a_guess(regime, decision, said):
    anchors = {name: START + after for name, after in said.items()}
    for was in clocks(regime):
        now = timed(was, known_anchors([was], anchors), decision)
        assert now.state in MOVES_TO[was.state]
        assert (now.state in REPORTABLE) == (decision is Decision.REPORTABLE)
        counts = any(name in anchors for name in was.what.anchors)
        assert (now.due_at is not None) == (counts and decision is not Decision.NOT_REPORTABLE)
        assert timed(now, known_anchors([now], anchors)) == now, "nothing changes when nothing is new"


def test_a_submission_starts_what_counts_from_it():
    first, second, final = clocks("nis2_23", ClockState.NOT_STARTED)
    filed = second.model_copy(update={"state": ClockState.SUBMITTED, "submitted_at": START, "reference": "K2"})
    anchors = known_anchors([first, filed, final], {})
    assert anchors == {on_submission("notification"): START}
    assert timed(final, anchors).state is ClockState.RUNNING
    assert timed(first, anchors).state is ClockState.NOT_STARTED
    assert timed(filed, anchors, Decision.NOT_REPORTABLE) == filed, "what was submitted stays submitted"


def test_reminders_at_a_half_a_quarter_a_tenth_then_late_by_the_hour_then_by_the_day():
    clock = running(100)
    when = {
        49: 0,
        50: 1,
        74: 1,
        75: 2,
        89: 2,
        90: 3,
        99: 3,
        100: 4,
        101: 5,
        106: 10,
        107: 10,
        123: 10,
        124: 11,
        148: 12,
    }
    assert {hour: reminders_due(clock, START + timedelta(hours=hour)) for hour in when} == when


def test_another_deadline_is_reminded_of_anew():
    clock = running().model_copy(update={"reminded": 2})
    assert timed(clock, {"aware": START}).reminded == 2
    assert timed(clock, {"aware": START + timedelta(hours=1)}).reminded == 0


@given(st.lists(HOURS, max_size=40), st.integers(1, 200))
def test_each_threshold_is_reminded_of_at_most_once(sweeps, hours):
    clock, sent = running(hours), 0
    for after in sorted(sweeps):
        rungs = reminders_due(clock, START + after)
        assert rungs >= clock.reminded, "no threshold is taken back"
        sent += rungs > clock.reminded
        clock = clock.model_copy(update={"reminded": rungs})
    assert sent <= clock.reminded


def test_only_what_ticks_is_overdue_or_reminded_of():
    late = START + timedelta(hours=100)
    for state in ClockState:
        clock = running().model_copy(update={"state": state})
        ticks = state in (ClockState.TRIAGE, ClockState.NOT_YET_KNOWN, ClockState.RUNNING)
        assert clock.overdue(late) == ticks
        assert bool(reminders_due(clock, late)) == ticks
    assert running().tone(late) is Tone.BAD
    assert running().tone(START) is Tone.PLAIN
    assert running().tone(START + timedelta(hours=40)) is Tone.WARN
