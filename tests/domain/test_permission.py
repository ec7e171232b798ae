"""Who may do what: everybody against every rule, and every no says who can."""

import pytest

from bot.domain.journal import Verb
from bot.domain.permission import RULES, Rule, Standing, check
from bot.domain.refusal import Refused, Why
from bot.domain.runbook import StepKind, StepPlan
from bot.domain.step import Step, StepState
from tests.world import library, product_settings, roster

POLICY = product_settings().policy
PEOPLE = {p.id: p for p in roster().people}
ROLES = {
    "IC": "S001",
    "DEP": "S003",
    "SCR": "S004",
    "OPS": "S005",
    "PLAN": "S007",
    "PIO": "S011",
    "SO": "S014",
    "REG": "S016",
}
PLAN = StepPlan(id="LS1", title="Evacuate", phase="life_safety", owner="SO", fallback=("OPS",))
STEP = Step(id=1, incident_id=1, key="LS1", position=1, plan=PLAN, state=StepState.READY, assignee="S009", due_at=None)
WHO = {
    "commander": "S001", "deputy": "S003", "scribe": "S004", "operations": "S005", "planner": "S007", "voice": "S011",
    "safety": "S014", "assignee": "S009", "staff": "S018", "compliance": "S016", "agent": "A00002", "outsider": "reg-data",
}  # fmt: skip
STAFF = {"commander", "deputy", "scribe", "operations", "planner", "voice", "safety", "assignee", "staff", "compliance"}
MAY = {
    Rule.ANYONE: set(WHO),
    Rule.STAFF: STAFF,
    Rule.DECLARER: {"commander", "deputy", "operations", "planner", "safety", "assignee", "compliance"},
    Rule.RESPONDER: STAFF - {"assignee", "staff"},
    Rule.COMMAND: {"commander", "deputy"},
    Rule.VOICE: {"commander", "deputy", "voice"},
    Rule.REGULATOR: {"commander", "deputy", "compliance"},
    Rule.LEADING: STAFF,
    Rule.STEP: {"commander", "deputy", "safety", "operations", "assignee"},
}


def standing(who: str, **more) -> Standing:
    names = {p: PEOPLE[p].name for p in ROLES.values()}
    return Standing(PEOPLE[WHO[who]], POLICY, ROLES, names, **more)


def may(rule: Rule, who: Standing) -> bool:
    """Whether an intent under this rule passes."""
    intent = next(kind for kind, its in RULES.items() if its is rule)
    try:
        check(intent.model_construct(), who)
    except Refused:
        return False
    return True


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("rule", MAY)
def test_the_matrix(rule, who):
    assert may(rule, standing(who, step=STEP if rule is Rule.STEP else None)) == (who in MAY[rule])


def test_who_may_approve_a_plan_is_whom_its_step_names():
    moves = [s for book in library() for s in book.steps if s.kind is StepKind.RELOCATE]
    assert len(moves) == 10
    for plan in moves:
        assert "You, operations or the commander approve" in plan.guidance and plan.owner == "PLAN"
        step = STEP.model_copy(update={"plan": plan, "assignee": None})
        can = {who for who in WHO if may(Rule.STEP, standing(who, step=step))}
        assert can == {"planner", "operations", "commander", "deputy"}


@pytest.mark.parametrize("who", WHO)
def test_anybody_speaks_for_themselves_and_some_for_others(who):
    assert may(Rule.LEAD, standing(who, for_self=True))
    assert may(Rule.LEAD, standing(who, for_self=False, leads=True))
    assert may(Rule.LEADING, standing(who, leads=True))
    others = {"commander", "deputy", "operations", "planner", "safety"}
    assert may(Rule.LEAD, standing(who, for_self=False)) == (who in others)


@pytest.mark.parametrize("kind", RULES, ids=lambda kind: kind.__name__)
def test_a_no_says_who_can_and_what_to_do(kind):
    rule, who = RULES[kind], standing("outsider", for_self=False, step=STEP)
    if rule is Rule.ANYONE:
        check(kind.model_construct(), who)
        return
    with pytest.raises(Refused) as no:
        check(kind.model_construct(), who)
    assert no.value.why is Why.FORBIDDEN
    assert no.value.text.endswith(".")
    assert POLICY.hotline in no.value.instead
    named = {
        Rule.COMMAND: "S001",
        Rule.VOICE: "S011",
        Rule.STEP: "S014",
        Rule.LEAD: "S014",
        Rule.REGULATOR: "S016",
        Rule.RESPONDER: "S001",
    }
    if rule in named:
        assert PEOPLE[named[rule]].name in no.value.text


def test_a_refusal_has_its_word_in_the_journal():
    assert Verb.REFUSED in set(Verb)
