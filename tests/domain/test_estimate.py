"""The honest estimate: never too soon, in order, and the same as sending it message by message would take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.estimate import Estimate, Route, Standing
from bot.domain.wording.delivery import why_held
from bot.domain.wording.notices import how_reached
from bot.domain.wording.slack import INSTALLATION

routes = st.builds(
    Route,
    platform=st.just("slack"),
    rate=st.floats(0.5, 60),
    ahead=st.integers(0, 500),
    posts=st.integers(1, 80),
    posted=st.integers(0, 5000),
    direct=st.integers(0, 5000),
)


@given(st.lists(routes, min_size=1, max_size=3))
def test_a_half_is_reached_before_90_percent_and_that_before_all(found):
    estimate = Estimate(routes=tuple(found))
    times = [estimate.until(percent) for percent in (50, 90, 100)]
    assert times == sorted(times)
    assert times[-1] <= max(r.seconds(r.posts + r.direct) for r in found) + 1e-6


@given(st.integers(1, 2000), st.floats(0.5, 60), st.integers(0, 500))
def test_direct_messages_take_as_long_as_the_pace_says(people, rate, ahead):
    estimate = Estimate(routes=(Route(platform="slack", rate=rate, ahead=ahead, direct=people),))
    assert estimate.until(100) == pytest.approx((ahead + people) / rate, rel=1e-3, abs=0.01)
    assert estimate.until(50) == pytest.approx((ahead + people / 2) / rate, rel=1e-3, abs=0.01)


def test_ten_thousand_people_by_channel_and_directly():
    direct = Estimate(routes=(Route(platform="slack", rate=10, direct=10_000),), lost=311)
    group = Estimate(routes=(Route(platform="slack", rate=10, posts=80, posted=10_000),))
    assert (direct.until(100), group.until(100)) == (pytest.approx(1000), pytest.approx(8))
    assert (
        how_reached(direct) == ", 311 have no address; takes about 17 minutes (half in 9 minutes, 90 % in 15 minutes)"
    )
    assert how_reached(group) == ": 80 channels first; takes about 10 seconds"


def test_nobody_takes_no_time():
    assert Estimate().until(100) == 0


def test_a_lane_that_is_held_says_what_to_do_about_it():
    row = Standing(platform="slack", waiting=3, seconds=60, held_for=60, why="token_revoked")
    assert why_held(row).endswith(": token_revoked. " + INSTALLATION["token_revoked"].rstrip("."))
    assert why_held(row.evolve(why="429")).endswith("its limit is reached")
