"""How ready we are: cases worked by hand, and what must hold of any questionnaire with any answers."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.readiness import Kind, Question, Questionnaire, Scope, Standby, Subject, subjects
from bot.domain.readiness_score import EXERCISE, Audit, Band, Given, audit, freshness, why_capped
from bot.domain.runbook import Category
from tests.world import library

TODAY = date(2026, 11, 22)
SHIPPED = library().readiness
EXERCISED = {c: TODAY - timedelta(days=30) for c in Category}
SYSTEMS = {
    Scope.SYSTEM: (
        Subject(id="acd", name="Contact routing", standby=Standby.HOT),
        Subject(id="crm", name="Customer records", standby=Standby.COLD),
    )
}


def asks(key: str, *categories: str, **more) -> Question:
    said = {"question": f"{key}?", "why": "", "evidence": "", "owner": "LOG", "every": "6 months"}
    return Question.model_validate({"id": key, "categories": categories or ["all"], **said, **more})


def form(*questions: Question) -> Questionnaire:
    return Questionnaire(questions=questions)


def scored(
    questions: Questionnaire, answers: dict[str, int], *, ago: int = 0, register=SYSTEMS, exercised=EXERCISED, **more
) -> Audit:
    """The audit of answers written "T1" or "T1 acd", all of them so many days old."""
    pairs = {tuple((*key.split(), "")[:2]): n for key, n in answers.items()}
    on = TODAY - timedelta(days=ago)
    return audit(
        questions, register, {k: Given(score=n, on=on) for k, n in pairs.items()}, exercised, TODAY, more.get("by")
    )


@pytest.mark.parametrize(
    ("on", "fresh"),
    [
        (date(2026, 5, 22), 1.0),  # due today
        (date(2026, 5, 21), 1 - 0.5 * 1 / 184),  # due yesterday; from 21 May to 21 November are 184 days
        (date(2026, 2, 22), 1 - 0.5 * 92 / 184),  # due on 22 August, twice on 22 February: half way
        (date(2025, 11, 22), 0.5),  # twice the interval today
        (date(2025, 11, 21), 0.25),
        (date(2020, 1, 1), 0.25),
    ],
)
def test_an_answer_is_fresh_for_its_interval_half_at_twice_and_a_quarter_beyond(on, fresh):
    assert freshness(on, "6 months", TODAY) == pytest.approx(fresh, abs=0.003)


def test_scores_worked_by_hand():
    # 100 · (1·4·1 + 3·2·1) / (4 · (1 + 3)) = 62.5
    two = form(asks("A", weight=1), asks("B", weight=3))
    assert scored(two, {"A": 4, "B": 2}).overall.value == pytest.approx(62.5)
    # the second has no answer: 100 · 4 / 16 = 25
    assert scored(two, {"A": 4}).overall.value == pytest.approx(25)
    # all a year old, so at twice their interval: half of 62.5
    assert scored(two, {"A": 4, "B": 2}, ago=365).overall.value == pytest.approx(31.25)


def test_a_question_of_many_systems_weighs_no_more_than_one():
    # T is 4 at one system and 0 at the other: its mean is 2. 100 · (2 + 4) / 8 = 75
    found = scored(form(asks("T", of="system"), asks("A")), {"T acd": 4, "T crm": 0, "A": 4})
    assert found.overall.value == pytest.approx(75)


def test_each_category_has_the_questions_that_bear_on_it():
    found = scored(form(asks("A", "technology"), asks("B", "data_loss")), {"A": 4, "B": 1})
    assert found.categories[Category.NETWORK_FAILURE].value == 100
    assert found.categories[Category.DATA_LOSS].value == 25
    assert found.categories[Category.FACILITY_LOSS].value is None
    assert found.worst is Category.DATA_LOSS
    assert found.overall.value == pytest.approx(62.5)


def test_a_gate_below_two_keeps_its_categories_and_the_whole_from_green():
    # 100 · (19·4 + 1) / (4·20) = 96.25, and a gate at 1 caps it at 79
    one = form(asks("A", weight=19), asks("G", "technology", gate=True))
    found = scored(one, {"A": 4, "G": 1})
    assert found.overall.earned == pytest.approx(96.25)
    assert (found.overall.value, found.overall.band) == (79, Band.AMBER)
    assert why_capped(found.overall) == "G below 2"
    assert found.categories[Category.COMPONENT_FAILURE].band is Band.AMBER
    assert found.categories[Category.FACILITY_LOSS].band is Band.GREEN
    assert scored(one, {"A": 4, "G": 2}).overall.band is Band.GREEN


def test_without_an_exercise_for_a_year_nothing_is_above_sixty():
    one = form(asks("A"))
    found = scored(one, {"A": 4}, exercised={Category.DATA_LOSS: TODAY - timedelta(days=366)})
    assert found.overall.value == 60
    assert why_capped(found.overall) == "no exercise"
    assert found.raises[0].key == EXERCISE and found.raises[0].gain == 40
    recent = scored(one, {"A": 4}, exercised={Category.DATA_LOSS: TODAY - timedelta(days=364)})
    assert recent.overall.value == 100
    assert len(recent.undrilled) == 12, "one was drilled within 24 months, twelve never"


def test_an_overdue_plan_makes_the_question_about_plans_less_fresh():
    one = form(asks("X3", fresh_by="review"))
    assert scored(one, {"X3": 4}, by={Kind.REVIEW: [1.0, 1.0]}).overall.value == 100
    assert scored(one, {"X3": 4}, by={Kind.REVIEW: [1.0, 0.25]}).overall.value == pytest.approx(62.5)
    assert scored(one, {"X3": 4}, by={}).overall.value == 100


def test_what_would_raise_it_most_comes_first():
    found = scored(form(asks("A", weight=1), asks("B", weight=3), asks("C", weight=2)), {"A": 0, "B": 3, "C": 2})
    # what is missing to the best: A 1·4, B 3·1, C 2·2, each of 24; A and C alike, in the order of the file
    assert [(r.key, round(r.gain, 2)) for r in found.raises] == [("A", 16.67), ("C", 16.67), ("B", 12.5)]


def test_a_gate_that_holds_the_score_down_comes_before_what_only_earns():
    found = scored(form(asks("A", weight=20), asks("B", weight=2), asks("G", gate=True)), {"A": 4, "B": 0, "G": 1})
    assert [r.key for r in found.raises] == ["G", "B"]
    assert found.raises[0].gain == pytest.approx(100 * (80 + 4) / 92 - 79)


def test_an_empty_register_says_so_and_divides_by_nothing():
    none = scored(Questionnaire(), {})
    assert none.overall.value is None and none.overall.band is Band.NONE
    assert none.worst is None
    assert scored(form(asks("A")), {}).overall.value == 0
    no_systems = scored(form(asks("T", of="system")), {}, register={})
    assert no_systems.overall.value is None
    assert no_systems.empty == ("T",)


def test_hot_and_cold_standbys_are_asked_their_own_question():
    hot, cold = SHIPPED.question("T7"), SHIPPED.question("T8")
    assert [s.id for s in subjects(hot, SYSTEMS)] == ["acd"]
    assert [s.id for s in subjects(cold, SYSTEMS)] == ["crm"]


def test_the_questionnaire_has_every_item_of_the_checklists_with_its_gates():
    ids = [q.id for q in SHIPPED.questions]
    assert ids == [f"T{n}" for n in range(1, 9)] + [f"P{n}" for n in range(1, 8)] + [f"X{n}" for n in range(1, 14)]
    assert [q.id for q in SHIPPED.questions if q.gate] == ["T7", "T8", "P1", "P2", "X5", "X9", "X10"]
    assert SHIPPED.question("T8").every == "3 months" and SHIPPED.question("X5").every == "1 month"
    assert set(SHIPPED.question("T3").categories) == {
        Category.FACILITY_LOSS, Category.ACCESS_DENIED, Category.UTILITY_LOSS, Category.REGIONAL_DISASTER,
        Category.COMPONENT_FAILURE, Category.APPLICATION_FAILURE, Category.NETWORK_FAILURE,
    }  # fmt: skip


CATEGORY = st.lists(st.sampled_from([c.value for c in Category]), min_size=1, max_size=3)
QUESTIONS = st.lists(
    st.tuples(CATEGORY, st.integers(1, 5), st.booleans(), st.sampled_from(["1 week", "1 month", "12 months"])),
    min_size=1, max_size=6,
)  # fmt: skip
GIVENS = st.lists(st.tuples(st.none() | st.integers(0, 4), st.integers(0, 900)), min_size=6, max_size=6)


def any_audit(questions, givens, exercised_ago=None) -> Audit:
    asked = [
        asks(f"Q{n}", *some, weight=w, gate=gate, every=every) for n, (some, w, gate, every) in enumerate(questions)
    ]
    pairs = zip(asked, givens, strict=False)
    answers = {(q.id, ""): Given(score=s, on=TODAY - timedelta(days=d)) for q, (s, d) in pairs if s is not None}
    last = {} if exercised_ago is None else {Category.DATA_LOSS: TODAY - timedelta(days=exercised_ago)}
    return audit(form(*asked), {}, answers, last, TODAY)


def every_score(found: Audit) -> list[float]:
    return [one.value for one in (found.overall, *found.categories.values()) if one.value is not None]


@given(QUESTIONS, GIVENS, st.integers(0, 5), st.integers(0, 800))
def test_better_evidence_never_lowers_a_score(questions, givens, at, exercised):
    before = any_audit(questions, givens, exercised)
    score, ago = givens[at]
    better = [*givens[:at], (min(4, (score if score is not None else -1) + 1), ago), *givens[at + 1 :]]
    after = any_audit(questions, better, exercised)
    assert all(b >= a - 1e-9 for a, b in zip(every_score(before), every_score(after), strict=True))


@given(QUESTIONS, GIVENS, st.integers(0, 5), st.integers(1, 500))
def test_older_evidence_never_raises_a_score(questions, givens, at, more):
    score, ago = givens[at]
    older = [*givens[:at], (score, ago + more), *givens[at + 1 :]]
    before, after = any_audit(questions, givens, 30), any_audit(questions, older, 30)
    assert all(b <= a + 1e-9 for a, b in zip(every_score(before), every_score(after), strict=True))


@given(QUESTIONS, GIVENS, st.none() | st.integers(0, 800))
def test_gates_cap_and_no_gain_is_promised_that_does_not_come(questions, givens, exercised):
    found = any_audit(questions, givens, exercised)
    if any(item.fails for item in found.items):
        assert found.overall.value <= 79 and found.overall.band is not Band.GREEN
    if exercised is None or exercised > 366:
        assert found.overall.value <= 60
    assert all(0 <= value <= 100 for value in every_score(found))
    for promised in (r for r in found.raises if r.key != EXERCISE):
        n = int(promised.key[1:])
        after = any_audit(questions, [*givens[:n], (4, 0), *givens[n + 1 :]], exercised)
        assert after.overall.value == pytest.approx(found.overall.value + promised.gain)
