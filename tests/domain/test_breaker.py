"""The breaker: what opens a way, when it is tried, what closes it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import breaker
from bot.domain.pace import LONGEST, Lane

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LANE = Lane(platform="email", tenant="", rate=5, tokens=5, refilled_at=NOW)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def failing(lane: Lane, *seconds: float) -> Lane:
    for at in seconds:
        lane = breaker.after(lane, later(at), sent=0, troubles=1, why="unreachable")
    return lane


def test_a_blip_opens_nothing_and_lasting_trouble_does():
    assert failing(LANE, 0, 1, 2, 3, 9).down_since is None
    assert failing(LANE, 0, 10).down_since is None
    down = failing(LANE, 0, 5, 10)
    assert down.down_since == later(10)
    assert down.held_until == later(25)
    assert breaker.down(down, later(24)) and not breaker.down(down, later(25))


def test_one_message_that_is_taken_closes_it_at_once():
    down = failing(LANE, 0, 5, 10)
    closed = breaker.after(down, later(26), sent=1, troubles=0)
    assert (closed.down_since, closed.held_until, closed.troubles, closed.why) == (None, None, 0, "")
    assert breaker.after(failing(LANE, 0, 5), later(6), sent=1, troubles=3).troubles == 0


def test_one_alone_tries_it_and_the_longer_it_is_down_the_rarer():
    down = failing(LANE, 0, 5, 10)
    assert breaker.most(down, 250) == 1
    assert breaker.most(LANE, 250) == 250
    assert breaker.tried(down, later(25)).held_until == later(40)
    assert breaker.tried(LANE, NOW) == LANE
    pauses = []
    for _ in range(8):
        at = down.held_until
        down = breaker.after(down, at, sent=0, troubles=1)
        pauses.append((down.held_until - at).total_seconds())
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (15, 120)


def test_trouble_long_ago_is_another_one():
    assert failing(LANE, 0, 5, 700).down_since is None


@settings(max_examples=25)
@given(st.lists(st.tuples(st.floats(0, 200), st.integers(0, 3), st.integers(0, 3)), max_size=30))
def test_it_is_always_tried_again_soon(events):
    lane, now = LANE, NOW
    for wait, sent, troubles in events:
        now += timedelta(seconds=wait)
        lane = breaker.after(lane, now, sent=sent, troubles=troubles)
        assert lane.held_until is None or lane.held_until - now <= min(breaker.LONGEST, LONGEST)
        assert (lane.down_since is None) or not sent
