"""Seats from volume: the field's vectors, and what must hold of every load."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import erlang

VECTORS = [
    (10, 11, 180, 20, 0.6821, 0.3896, 122.8),
    (10, 14, 180, 20, 0.1741, 0.8884, 7.84),
    (48, 55, 240, 15, 0.2387, 0.8459, 8.18),
]


@pytest.mark.parametrize(("load", "agents", "handling", "within", "wait", "level", "answer"), VECTORS)
def test_the_field_s_vectors(load, agents, handling, within, wait, level, answer) -> None:
    assert erlang.waits(load, agents) == pytest.approx(wait, abs=5e-5)
    assert erlang.service_level(load, agents, handling, within) == pytest.approx(level, abs=5e-5)
    assert erlang.answer_s(load, agents, handling) == pytest.approx(answer, abs=0.05)


def test_seats_for_two_hundred_contacts_an_hour() -> None:
    load = erlang.load(200, 60, 180)
    assert load == 10
    assert erlang.seats(load, 180, 20, 0.80) == 14
    assert erlang.with_absence(14, 0.3) == 20


def test_too_few_agents_never_catch_up() -> None:
    assert (erlang.waits(10, 10), erlang.service_level(10, 9, 180, 20), erlang.answer_s(10, 10, 180)) == (1.0, 0.0, inf)
    assert erlang.waits(0, 1) == 0


@given(st.floats(0.1, 5000), st.integers(10, 3600), st.integers(0, 600), st.floats(0.01, 0.99))
def test_the_fewest_seats_suffice_and_one_less_does_not(load: float, handling: int, within: int, level: float) -> None:
    enough = erlang.seats(load, handling, within, level)
    assert erlang.service_level(load, enough, handling, within) >= level
    assert enough == int(load) + 1 or erlang.service_level(load, enough - 1, handling, within) < level
