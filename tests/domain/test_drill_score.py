"""The score of a drill: hand-worked against the thresholds, and what must hold whatever was measured."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.drill import DrillKind, DrillState, out_of_hours
from bot.domain.drill_action import Action, ActionState, first_reminder, next_reminder
from bot.domain.drill_score import Figures, Gauge, Part, score
from bot.domain.policy import DrillRules, Hours
from bot.domain.runbook import Category
from bot.domain.wording import drill_scores as wording
from tests.domain.drilling import drill

RULES = DrillRules()
SHARES = st.integers(0, 20).flatmap(lambda of: st.builds(Part, n=st.integers(0, of), of=st.just(of)))
MINUTES = st.none() | st.integers(0, 300).map(float)
TIMES = st.lists(st.integers(0, 90).map(float), max_size=12).map(sorted).map(tuple)
FIGURES = st.builds(
    Figures, kind=st.sampled_from(DrillKind), asked=st.integers(0, 12), answered=TIMES, lasted=st.integers(0, 120),
    lost=st.none() | SHARES, roll=st.integers(0, 12), roll_answered=TIMES, roll_lasted=st.integers(0, 120),
    declared=MINUTES, notified=MINUTES, rto=MINUTES, restored=MINUTES, mbco=st.none() | SHARES,
    decisions=st.none() | SHARES, right=st.none() | SHARES, clocks=st.none() | SHARES,
)  # fmt: skip


def shown(figures: Figures) -> dict[str, str]:
    return {wording.name(m): f"{wording.value(m)} {'met' if m.met else 'missed'}" for m in score(figures, RULES).marks}


def test_a_notification_test_by_hand():
    """Ten asked: 6 within 15 minutes, 7 within 30, all but one within 60; one of ten has no address."""
    answered = (1, 2, 3, 5, 8, 15, 29, 45, 59)
    figures = Figures(kind="notification_test", asked=10, answered=answered, lasted=61, lost=Part(n=1, of=10))
    assert shown(figures) == {
        "Answered by 15 min": "60 % met",
        "Answered by 30 min": "70 % missed",
        "Answered by 60 min": "90 % missed",
        "Bad contacts": "10 % missed",
    }
    found = score(figures, RULES)
    assert found.percent == 25
    assert [mark.gauge for mark in found.missed] == [Gauge.ACKNOWLEDGED, Gauge.CONTACTS]
    assert "answered by 30 min: 70 %, wanted at least 80 %" in wording.mend(found.missed[0])


def test_a_full_relocation_by_hand():
    figures = Figures(
        kind="full_relocation", roll=4, roll_answered=(1, 2, 14, 31), roll_lasted=90, declared=12, notified=15,
        rto=60, mbco=Part(n=9, of=10), decisions=Part(n=4, of=5), right=Part(n=5, of=8), clocks=Part(n=2, of=3),
    )  # fmt: skip
    assert shown(figures) == {
        "Roll answered by 15 min": "75 % missed",
        "Roll resolved": "31 min missed",
        "Detected to declared": "12 min missed",
        "Declared to first message": "15 min met",
        "MBCO live within RTO": "90 % met",
        "Decisions taken in time": "80 % met",
        "Questions answered rightly": "62 % missed",
        "Clocks decided and counting": "67 % missed",
    }


def test_what_there_was_no_time_for_is_not_judged():
    figures = Figures(kind="notification_test", asked=10, answered=(1,) * 9, lasted=20)
    assert shown(figures) == {"Answered by 15 min": "90 % met", "Answered by 30 min": "90 % met"}
    assert score(Figures(kind="tabletop"), RULES).percent is None
    assert wording.summary(score(Figures(kind="tabletop"), RULES)) == "Nothing that has a threshold was measured."


@given(figures=FIGURES)
def test_every_score_is_a_share_and_every_mark_can_be_said(figures):
    found = score(figures, RULES)
    assert (found.percent is None) == (not found.marks)
    assert found.percent is None or 0 <= found.percent <= 100
    assert {m.gauge for m in found.missed} == {m.gauge for m in found.marks if not m.met}
    assert all(wording.mend(m) and wording.goal(m) for m in found.missed)
    chart = wording.chart(found, "x.svg")
    assert (chart is None) == (not found.marks)


@given(figures=FIGURES, sooner=st.integers(0, 50))
def test_answering_sooner_never_lowers_a_score(figures, sooner):
    better = tuple(max(0.0, after - sooner) for after in figures.answered)
    before, after = (score(f, RULES) for f in (figures, figures.model_copy(update={"answered": better})))
    met = [sum(m.met for m in one.marks if m.gauge is Gauge.ACKNOWLEDGED) for one in (before, after)]
    assert met[0] <= met[1]


def test_a_category_is_red_when_it_was_not_practised_for_long():
    past = [
        drill(category="facility_loss", kind="tabletop", ended_at=datetime(2024, 11, 3, tzinfo=UTC)),
        drill(category="data_loss", kind="functional", ended_at=datetime(2024, 11, 2, tzinfo=UTC)),
        drill(category="security_breach", kind="notification_test"),
        drill(category="demand_surge", kind="tabletop", state=DrillState.STOPPED),
    ]
    found = {c: fresh for c, _, fresh in wording.due_categories(past, date(2026, 11, 2), 24)}
    assert [c for c, fresh in found.items() if fresh] == [Category.FACILITY_LOSS]
    assert len(found) == len(Category)


@pytest.mark.parametrize(
    ("moment", "outside"),
    [("2026-11-02T09:00", False), ("2026-11-02T18:00", True), ("2026-11-07T10:00", True), ("2026-07-06T07:30", False)],
)
def test_out_of_hours_is_by_the_clock_of_the_place(moment, outside):
    hours = Hours()
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert out_of_hours(at, "Europe/London", hours.from_, hours.until) is outside


def test_a_finding_is_chased_before_it_is_due_when_it_is_and_then_again_and_again():
    due, tz = date(2026, 10, 26), "Europe/London"  # the day after clocks go back
    action = Action(
        id=1, drill_id=1, reference="EX", gauge="mbco", text="x", owner="S001", due_on=due, state=ActionState.OPEN,
        next_at=first_reminder(due, tz, 7),
    )  # fmt: skip
    seen = []
    while len(seen) < 4:
        seen.append((action.next_at.astimezone(UTC).isoformat()[:16], action.goes_up))
        again = next_reminder(action, action.next_at + timedelta(minutes=1), tz, 7)
        action = action.model_copy(update={"chased": action.chased + 1, "next_at": again})
    assert seen == [
        ("2026-10-19T08:00", False), ("2026-10-26T09:00", False), ("2026-11-02T09:00", True), ("2026-11-09T09:00", True),
    ]  # fmt: skip
