"""How counts went over time."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.chart import Point
from bot.domain.course import reached_for_good, shares_over_time

NOON = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def test_a_minute_counts_at_its_end_but_never_after_now():
    points = shares_over_time([(at(0), 5), (at(3), 10)], at(0.5), 20, at(3.75))
    assert points == (
        Point(minute=0, percent=0),
        Point(minute=0.5, percent=25),
        Point(minute=3.2, percent=75),
        Point(minute=3.2, percent=75),
    )


def test_nobody_asked_is_no_share():
    assert {p.percent for p in shares_over_time([(at(0), 5)], NOON, 0, at(9))} == {0}


def test_a_level_is_reached_when_it_was_reached_for_good():
    assert reached_for_good([(at(5), 3), (at(9), 4)], 0, 7) == at(10)
    assert reached_for_good([(at(5), 7), (at(9), -1), (at(20), 2)], 0, 7) == at(21)
    assert reached_for_good([(at(5), 7), (at(9), -1)], 0, 7) is None
    assert reached_for_good([(at(5), 7)], 8, 8) is None
    assert reached_for_good([], 0, 1) is None


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 9)), max_size=40), st.integers(0, 300))
def test_lines_only_rise_and_stay_within_the_whole(changes, total):
    ordered = [(at(minute), n) for minute, n in sorted(changes)]
    points = shares_over_time(ordered, NOON, total, at(600))
    assert [p.percent for p in points] == sorted(p.percent for p in points)
    assert [p.minute for p in points] == sorted(p.minute for p in points)
    assert 0 <= points[-1].percent <= 100
