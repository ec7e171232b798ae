"""The draft of a notification says what the rows say; what nobody wrote down is a gap to be filled in."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.clock import Clock, ClockState, before_detection, for_profile
from bot.domain.facts import EXAMPLE
from bot.domain.incident import Incident
from bot.domain.person import Audience
from bot.domain.regime import Regime
from bot.domain.runbook import Runbook, StepPlan
from bot.domain.step import Step, StepState
from bot.domain.template import frame
from bot.domain.when import told
from bot.domain.wording.clocks import Case, doubt, on_step, regime_card
from bot.domain.wording.notifications import draft
from bot.domain.wording.steps import actions
from tests.world import library

NOON = datetime(2026, 11, 20, 12, 0, 40, tzinfo=UTC)
REGIMES = {regime.id: regime for regime in library().regimes.regimes}
INCIDENT = Incident.model_construct(
    id=1, reference="INC-2026-0007", category="application_failure", severity=1, drill=False, latest="", known="The desktop is down",
    runbook_title="Loss of an application", runbook_version="2.0", detected_at=NOON, declared_at=NOON + timedelta(minutes=9),
)  # fmt: skip
NOTHING = EXAMPLE.model_copy(update={"actions": "", "relocated": 0, "tier1_below_mbco": 0, "seats_lost": 0})


def case(key: str = "dora_19", *traits: str, **anchors: datetime) -> Case:
    """A regime of an Irish organisation in the incident."""
    plan: Regime = for_profile(REGIMES[key], traits, "IE", "Europe/Dublin")
    made = [
        Clock(id=n, incident_id=1, regime=key, stage=stage.id, position=n, plan=plan, state=ClockState.NOT_STARTED)
        for n, stage in enumerate(plan.stages)
    ]
    return Case(INCIDENT, made, anchors, words=library().regimes.anchors)


def drafted(about: Case, facts=NOTHING, contact: str = "Ana Reyes, +44 113 496 0100") -> str:
    return told(draft(about, about.regime.stages[0], facts, contact, NOON), "Europe/Dublin", NOON)


def test_of_an_hour_in_which_nothing_was_done_it_claims_nothing():
    said = drafted(case())
    assert "Action taken: [to be filled in: what was done so far; no step of the plan is recorded as done]" in said
    assert "When it was classified as major: [to be filled in: when that was]" in said
    assert "Users: [to be filled in: how many customers or records" in said
    assert "Cause and full extent: [to be filled in: only what is established by now; no speculation]" in said
    for claim in ("in place", "being served", "rerouted", "told where to work"):
        assert claim not in said
    assert "Contact: [to be filled in" in drafted(case(), contact="")


def test_steps_that_were_done_stand_in_it_with_when_they_last_were_and_it_stays_short():
    def step(n, state=StepState.DONE, **more):
        plan = StepPlan(id=f"S{n}", title=f"Step {n}", owner="OPS", phase=more.pop("phase", "serve"), **more)
        return Step(
            id=n, incident_id=1, key=plan.id, position=n, plan=plan, state=state, assignee=None, due_at=None,
            ended_at=NOON - timedelta(minutes=n), ended_by="S001" if n < 9 else "bot",
        )  # fmt: skip

    quiet = [
        step(3, restricted=True),
        step(4, StepState.SKIPPED),
        step(5, phase="stand_down"),
        step(6, kind="decision"),
    ]
    again = step(2).model_copy(update={"id": 20, "key": "S2_again_1", "ended_at": NOON})
    done = actions([step(1), step(2), again, *quiet, step(9)])
    said = drafted(case(), NOTHING.model_copy(update={"actions": done}))
    assert "Fri 20 Nov 11:51 GMT Step 9; Fri 20 Nov 11:59 GMT Step 1; Fri 20 Nov 12:00 GMT Step 2\n" in said
    assert not [n for n in (3, 4, 5, 6) if f"Step {n}" in said]
    long = actions([step(n) for n in range(1, 400)])
    assert long.startswith("369 earlier ones; ")
    assert long.count(";") == 30


def test_moments_stand_in_their_order_and_one_before_the_detection_is_a_gap():
    said = drafted(case(classified=NOON + timedelta(hours=2), aware=NOON - timedelta(hours=1)))
    lines = [line for line in said.splitlines() if line.startswith(("Detected", "When"))]
    assert lines == [
        "Detected: Fri 20 Nov 12:00 GMT",
        "When we became aware of it: Fri 20 Nov 11:00 GMT [to be filled in: this is before we detected it; put right the one "
        "that is wrong]",
        "When it was classified as major: Fri 20 Nov 14:00 GMT",
    ]


@pytest.mark.parametrize(
    ("anchor", "seconds", "minutes"), [("aware", 0, 0), ("aware", 40, 0), ("aware", -20, 0), ("aware", 41, 1), ("classified", 3640, 60), ("occurred", 3640, 0)]
)  # fmt: skip
def test_a_moment_before_anybody_noticed_is_asked_about(anchor, seconds, minutes):
    """Declared forty seconds past noon: whoever types 12:00 means that very minute."""
    at = (NOON - timedelta(seconds=seconds)).replace(second=0)
    assert before_detection(anchor, at, NOON) == timedelta(minutes=minutes)


def test_the_question_names_both_times_and_what_can_be_done():
    at = NOON.replace(hour=9, minute=55, second=0)
    card = doubt(case(), "aware", at, timedelta(minutes=125), "20 Nov 2026 09:55 GMT").read_in("Europe/Dublin", NOON)
    assert (
        "You say that you became aware of it Fri 20 Nov 09:55 GMT. That is 2 h 5 min before the incident was noticed"
        in card.plain()
    )
    yes, other = card.buttons
    sure = i.SetAnchor(incident=1, regime="dora_19", anchor="aware", at="20 Nov 2026 09:55 GMT", sure=True)
    assert (i.decode(yes.intent), i.decode(other.intent).at) == (sure, None)


def test_the_weekend_rule_stands_on_the_card_and_in_triage_and_an_exemption_does_too():
    relief = "A deadline on a weekend day or public holiday (IE) is put off to noon of the next business day."
    assert regime_card(case(), NOON).plain().count(relief) == 1, "once for all stages"
    asked = on_step(Card(title="NT4"), 1, case().clocks, NOON).plain()
    assert "a deadline on a weekend or holiday is put off to noon of the next business day" in asked
    exempt = regime_card(case("dora_19", "no_weekend_relief"), NOON).plain()
    assert (exempt.count(relief), exempt.count("A weekend or holiday does not put it off: you are exempt")) == (1, 2)
    assert "weekend" not in regime_card(case("gdpr_33"), NOON).plain()


@pytest.mark.parametrize("book", [pytest.param(book, id=book.category) for book in library()])
def test_no_message_to_a_regulator_says_that_something_was_done_unless_a_step_was(book: Runbook):
    texts = [m.text for s in book.steps for m in s.messages if m.audience is Audience.REGULATOR]
    facts = NOTHING.model_copy(update={"values": book.values, "known": "", "latest": ""})
    for text in texts:
        assert "nothing is recorded as done yet" in frame(text, facts)
        assert "Reroute contacts (Ana)" in frame(text, facts.model_copy(update={"actions": "Reroute contacts (Ana)"}))
        for claim in (
            "rerouted",
            "isolated",
            "revoked",
            "kept",
            "was stopped",
            "answered first",
            "were called",
            "being served",
        ):
            assert claim not in frame(text, facts)
