"""The weekly digest: on its day and at its time on the wall, whatever the clocks do; what it says fits one glance."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.card import Image
from bot.domain.chart_png import drawn
from bot.domain.digest import Contact, Digest, DigestRow, Drilled, Drills, Reading, changed, following, reading_of
from bot.domain.policy import Weekly
from bot.domain.readiness import Questionnaire
from bot.domain.readiness_score import Given, audit
from bot.domain.runbook import Category
from bot.domain.wording.digests import digest_card
from tests.world import START, product_settings

TODAY = date(2026, 11, 9)
POLICY = product_settings().policy
WEEK = timedelta(days=7)


def weekly(**rules):
    return POLICY.model_copy(update={"digest": Weekly.model_validate(rules)})


@pytest.mark.parametrize(
    ("rules", "after", "then"),
    [
        ({}, "2026-11-02T07:59+00:00", "2026-11-02T08:00+00:00"),
        ({}, "2026-11-02T08:00+00:00", "2026-11-09T08:00+00:00"),
        ({}, "2027-03-22T08:00+00:00", "2027-03-29T07:00+00:00"),  # the Sunday between, clocks went forward
        ({}, "2026-10-19T07:00+00:00", "2026-10-26T08:00+00:00"),  # and back
        ({"weekday": "sunday", "at": "01:30"}, "2027-03-21T12:00+00:00", "2027-03-28T01:30+00:00"),  # 01:30 is jumped over
        ({"weekday": "sunday", "at": "01:30"}, "2026-10-20T12:00+00:00", "2026-10-25T00:30+00:00"),  # 01:30 comes twice
        ({"weekday": "sunday", "at": "01:30"}, "2026-10-25T00:30+00:00", "2026-11-01T01:30+00:00"),
        ({"tz": "Asia/Manila"}, "2026-11-01T23:59+00:00", "2026-11-02T00:00+00:00"),
        ({"tz": "Pacific/Auckland", "weekday": "friday", "at": "06:00"}, "2026-12-30T00:00+00:00", "2026-12-31T17:00+00:00"),
    ],
)  # fmt: skip
def test_when_the_next_one_goes_out(rules, after, then):
    assert following(weekly(**rules), datetime.fromisoformat(after)) == datetime.fromisoformat(then)


def test_never_is_never():
    assert following(weekly(weekday="never"), datetime(2026, 1, 1, tzinfo=UTC)) is None


@given(
    st.integers(0, 730 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes)),
    st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Manila", "America/Santiago"]),
    st.times().map(lambda t: time(t.hour, t.minute)),
    st.sampled_from(["monday", "saturday", "sunday"]),
)
def test_one_a_week_whatever_the_clocks_do(after, tz, at, weekday):
    rules = weekly(weekday=weekday, at=at, tz=tz)
    first = following(rules, after)
    assert after < first <= after + WEEK + timedelta(hours=2)
    weeks = {first.astimezone(ZoneInfo(tz)).isocalendar()[:2]}
    for _ in range(55):
        then = following(rules, first)
        assert abs(then - first - WEEK) <= timedelta(hours=2)
        there = then.astimezone(ZoneInfo(tz))
        assert there.isocalendar()[:2] not in weeks
        weeks.add(there.isocalendar()[:2])
        first = then


def found(before: Reading | None = None, **more) -> Digest:
    asked = [
        {"id": "T8", "question": "Back-ups?", "why": "", "evidence": "", "owner": "LOG", "every": "3 months", "categories": ["data_loss"]},
        {"id": "P1", "question": "Do people know?", "why": "", "evidence": "", "owner": "OPS", "every": "3 months", "categories": ["demand_surge"]},
    ]  # fmt: skip
    form = Questionnaire.model_validate({"questions": asked})
    given_ = {("T8", ""): Given(score=1, on=TODAY), ("P1", ""): Given(score=3, on=TODAY)}
    seen = audit(form, {}, given_, {Category.DEMAND_SURGE: TODAY}, TODAY)
    row = DigestRow(id=1, state="sent", due_at=datetime(2026, 11, 2, 8, tzinfo=UTC), reading=before) if before else None
    base = {
        "on": TODAY, "audit": seen, "reading": reading_of(seen, {"A": "1"}), "before": row, "overdue": 0, "ahead": 0,
        "first": (), "gaps": 0, "lapsed": (), "contact": Contact(none=0, few=0, people=120), "drills": Drills(),
        "changes": (),
    }  # fmt: skip
    return Digest(**base | more)


def test_the_score_with_its_change_worked_by_hand():
    # T8 1 of 4 and P1 3 of 4, both fresh and of one weight: (1 + 3) / 8 = 50.
    was = Reading(
        overall=46, categories={Category.DATA_LOSS: 30, Category.DEMAND_SURGE: 60, Category.ACCESS_DENIED: None}
    )
    card = digest_card(found(was), None)
    assert card.title == "Readiness this week: 50 of 100, amber, +4 since the last digest"
    assert "Worst off is data loss: 25 of 100, red." in card.text
    facts = {fact.label: fact.value for fact in card.facts}
    assert facts["Since the last digest"] == "fell: data loss by 5 to 25; rose: demand surge by 15 to 75"
    assert facts["Unreachable"] == "nobody: all have 2 proven ways or more"
    whole, worst, second, *rest = card.image.bars
    assert [(bar.label, bar.value, bar.was) for bar in (whole, worst, second)] == [
        ("All together", 50, 46), ("Data loss", 25, 30), ("Demand surge", 75, 60),
    ]  # fmt: skip
    assert {bar.value for bar in rest} == {None}
    assert "All together 50, Data loss 25, Demand surge 75" in card.image.alt


def test_an_empty_register_says_so_and_the_first_has_nothing_to_compare_with():
    empty = audit(Questionnaire(), {}, {}, {}, TODAY)
    card = digest_card(found(audit=empty, reading=reading_of(empty, {})), None)
    assert "nothing to score yet" in card.title and card.image is None
    assert any("The register is empty" in text for text in card.text)
    assert "Since the last digest" not in [fact.label for fact in card.facts]
    assert "this is the first" in digest_card(found(), None).plain()


def test_what_is_said_of_drills_vendors_and_plans():
    drills = Drills(
        ended=(Drilled(reference="EX-2026-0001", what="tabletop", percent=80), Drilled(reference="EX-2026-0002", what="roll-call", percent=None)),
        undrilled=1, findings=3, late=1,
    )  # fmt: skip
    card = digest_card(found(drills=drills, lapsed=("Kestrel",), gaps=2, overdue=4, changes=tuple("abcdef")), None)
    facts = {fact.label: fact.value for fact in card.facts}
    assert facts["Drills"] == (
        "EX-2026-0001 tabletop 80\N{NO-BREAK SPACE}%; EX-2026-0002 roll-call not scored; none planned; "
        "1 category not practised for too long; 3 findings open, 1 late"
    )
    assert facts["Vendors' evidence expired"] == "Kestrel"
    assert facts["Due"] == "4 overdue, 0 more in the next 7 days; 2 things nobody owns"
    few = digest_card(found(contact=Contact(none=3, few=4, people=1200)), None)
    assert "3 of 1,200 people with no proven way; 1 more has fewer than 2" in few.plain()
    assert facts["Plan changes"] == "a; b; c; d; 2 more"
    assert changed({"A": "1", "B": "1", "C": "1"}, {"A": "1", "B": "2", "D": "1"}) == [
        "D is new",
        "B was changed",
        "C is gone",
    ]


def test_the_chart_is_a_small_picture_that_differs_with_what_it_shows():
    image = digest_card(found(Reading(overall=46)), None).image
    png = drawn(image)
    assert png.startswith(b"\x89PNG") and len(png) < 14_000, len(png)
    assert drawn(Image(title="", alt="", bars=image.bars[:3])) != png
