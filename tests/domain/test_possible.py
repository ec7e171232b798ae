"""What a condition can come out as: whatever it does come out as is among that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.facts import EXAMPLE
from bot.domain.possible import Span, number, outcomes, worlds
from bot.domain.template import holds

WORLD = {"seats_lost_percent": Span(0, 100), "minutes_since_declared": Span(20, 30), "severity": number(2), "drill": True,
         "answers": {"Q1": "a"}, "values": {"few": number(60), "kit": "badge"}, "live": Span(0, float("inf"))}  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "can_be"),
    [
        ("seats_lost_percent > 100", {False}), ("seats_lost_percent >= 0", {True}), ("seats_lost_percent > 3", {True, False}),
        ("100 < seats_lost_percent", {False}), ("0 <= seats_lost_percent <= 100", {True}), ("severity == 2", {True}),
        ("severity != 2", {False}), ("severity == 4", {False}), ("severity in [1, 2]", {True, False}), ("drill", {True}),
        ("not drill", {False}), ('answers.Q1 == "a"', {True}), ('answers["Q1"] == "b"', {False}), ("answers.Q2", {True, False}),
        ('answers.Q1 in ["a", "b"]', {True}), ('answers.Q1 not in ["a", "b"]', {False}), ("live >= values.few", {True, False}),
        ("minutes_since_declared >= values.few - 40", {True}), ("minutes_since_declared + 1 > 40", {False}),
        ("known", {True, False}), ("known == 'x' and severity == 3", {False}), ("known or drill", {True}), ("live", {True, False}),
        ("values.kit == 'badge'", {True}), ("live | round > 3", {True, False}), ("'x'", {True}), ("0", {False}),
    ],
)  # fmt: skip
def test_what_a_condition_can_come_out_as(condition, can_be):
    assert outcomes(condition, WORLD) == can_be


NAMES = st.sampled_from(
    ["severity", "seats_lost_percent", "minutes_since_declared", "live", "hours_to_rto", "values.few"]
)
NUMBERS = st.one_of(
    st.integers(-5, 120).map(str), NAMES, st.builds("({} {} {})".format, NAMES, st.sampled_from("+-"), NAMES)
)
WORDS = st.sampled_from(["answers.Q1", "'a'", "'b'", "known", "state"])
COMPARED = st.one_of(
    st.builds("{} {} {}".format, NUMBERS, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), NUMBERS),
    st.builds("{} {} {}".format, WORDS, st.sampled_from(["==", "!="]), WORDS),
    st.builds("{} {} [{}, {}]".format, WORDS, st.sampled_from(["in", "not in"]), WORDS, WORDS), st.just("drill"), NUMBERS,
)  # fmt: skip
CONDITIONS = st.recursive(
    COMPARED, lambda c: st.one_of(st.builds("({} and {})".format, c, c), st.builds("({} or {})".format, c, c), st.builds("not ({})".format, c))
)  # fmt: skip


@given(
    CONDITIONS, st.integers(1, 3), st.booleans(), st.integers(0, 100), st.integers(0, 300), st.sampled_from(["a", "b"])
)
def test_nothing_happens_that_can_not(condition, severity, drill, percent, count, answer):
    facts = EXAMPLE.model_copy(update={
        "severity": severity, "drill": drill, "seats_lost_percent": percent, "live": count, "minutes_since_declared": count,
        "hours_to_rto": count / 7, "answers": {"Q1": answer}, "values": {"few": 60},
    })  # fmt: skip
    known = {"answers": {"Q1": answer}, "values": {"few": number(60)}}
    world = next(w for w in worlds(**known) if w["severity"] == number(severity) and w["drill"] is drill)
    assert holds(condition, facts) in outcomes(condition, world)
