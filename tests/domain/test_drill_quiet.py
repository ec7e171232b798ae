"""A drill that was forgotten: asked about, and ended only after it was asked about in vain."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.drill_quiet import Then, then
from bot.domain.policy import DrillRules

BEGUN = datetime(2026, 11, 2, 9, tzinfo=UTC)
RULES = DrillRules(quiet_hours=4, end_hours=12)
HOURS = st.integers(0, 2000).map(lambda minutes: timedelta(minutes=minutes))


def at(hours: float) -> datetime:
    return BEGUN + timedelta(hours=hours)


def test_it_is_asked_about_and_then_ends():
    assert then(BEGUN, None, at(3.9), RULES) is Then.GOES_ON
    assert then(BEGUN, None, at(4), RULES) is Then.ASKED
    assert then(BEGUN, at(4), at(15.9), RULES) is Then.GOES_ON
    assert then(BEGUN, at(4), at(16), RULES) is Then.ENDED


def test_whatever_is_done_in_it_begins_anew():
    assert then(at(5), at(4), at(8.9), RULES) is Then.GOES_ON
    assert then(at(5), at(4), at(9), RULES) is Then.ASKED


def test_while_its_clock_is_held_it_is_asked_about_again_and_does_not_end():
    assert then(BEGUN, None, at(3.9), RULES, held=True) is Then.GOES_ON
    assert then(BEGUN, at(4), at(15.9), RULES, held=True) is Then.GOES_ON
    assert then(BEGUN, at(4), at(16), RULES, held=True) is Then.ASKED


@given(HOURS, HOURS)
def test_it_never_ends_unasked_however_long_nothing_ran(ago, asked_ago):
    now = BEGUN + timedelta(days=3)
    assert then(now - ago, None, now, RULES) is not Then.ENDED
    if asked_ago < timedelta(hours=12):
        assert then(now - ago, now - asked_ago, now, RULES) is not Then.ENDED
