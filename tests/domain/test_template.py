"""Templates: framed once for the incident, made personal for each reader, and never interpreting anybody's words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import template
from bot.domain.facts import EXAMPLE, EXAMPLE_DRILL, EXAMPLE_PERSON, FACT_NAMES, PERSON_NAMES, PersonFacts, described
from bot.domain.template import BadTemplate, frame, holds, literal, misspelt, personal, render, verbatim
from bot.domain.text import clean

PIECES = [
    "{{ hotline }}",
    "{first_name}",
    "{{first_name}}",
    "{destination",
    "}}",
    "{",
    "}",
    "{%",
    "%}",
    "{#",
    "\ue000",
    "fire",
    "\n",
    " ",
]
SPOKEN = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=12).map("".join).map(clean)


def test_a_message_is_framed_for_the_incident_and_then_for_each_reader() -> None:
    framed = frame("Hello {{ first_name }}, {{ sites }} is closed. Go to {{ destination }}.", EXAMPLE)
    assert framed == "Hello {first_name}, Leeds is closed. Go to {destination}."
    assert personal(framed, EXAMPLE_PERSON) == "Hello Maya, Leeds is closed. Go to Wakefield recovery centre."


def test_a_line_that_has_nothing_to_say_to_this_reader_is_left_out() -> None:
    text = "Where: {{ destination }}\nAddress: {{ destination_address }}\nLead: {{ team_lead }} {{ team_lead_phone }}"
    at_home = PersonFacts(destination="home", team_lead="Tom Reyes")
    assert render(text, EXAMPLE, at_home) == "Where: home\nLead: Tom Reyes"


def test_figures_are_said_as_people_say_them() -> None:
    facts = EXAMPLE.model_copy(update={"agents_expected": 8412})
    assert render("{{ agents_expected }} {{ hours_to_rto }} {{ drill }}", facts) == "8,412 3.5 no"


def test_what_was_not_said_yet_reads_as_empty() -> None:
    assert render("[{{ evidence.LS2 }}]", EXAMPLE) == "[]"
    assert not holds('answers.Q1 == "yes"', EXAMPLE)
    assert holds('answers.Q1 == "yes"', EXAMPLE.model_copy(update={"answers": {"Q1": "yes"}}))


@given(SPOKEN)
def test_whatever_somebody_types_stands_in_the_message_verbatim(spoken: str) -> None:
    facts = EXAMPLE.model_copy(update={"known": spoken, "latest": spoken})
    text = "{{ first_name }}:\n{{ known }}\n{% if drill %}-{% endif %}{{ latest }}\nGo to {{ destination }}"
    expected = f"Maya:\n{spoken}\n{spoken}\nGo to Wakefield recovery centre"
    assert render(text, facts, EXAMPLE_PERSON) == expected


@given(SPOKEN)
def test_a_persons_own_data_is_not_interpreted_either(spoken: str) -> None:
    person = PersonFacts(first_name=f"x{spoken}x")
    assert personal("Hello {first_name}!", person) == f"Hello x{spoken}x!"


@given(SPOKEN)
def test_a_reworded_text_frames_to_itself(spoken: str) -> None:
    assert frame(literal(spoken), EXAMPLE) == spoken


@given(SPOKEN)
def test_a_persons_words_in_a_templates_place_are_only_words_to_every_reader(spoken: str) -> None:
    assert render(verbatim(spoken), EXAMPLE, EXAMPLE_PERSON) == spoken


def test_a_reworded_text_may_move_the_names_about() -> None:
    reworded = literal("{first_name}, look: {{ hotline }} and {{first_name}} are just words.")
    assert render(reworded, EXAMPLE, EXAMPLE_PERSON) == "Maya, look: {{ hotline }} and {first_name} are just words."


def test_a_misspelt_name_in_a_reworded_text_is_found() -> None:
    assert misspelt("Dear {firstname}, {first_name}, {{ hotline }}, { x }") == ["firstname"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{{ sitez }}", "'sitez' is undefined"),
        ("{{ values.no }}", "no attribute 'no'"),
        ("{{ known", "not closed at the end"),
        ("{% for x in sites %}{% endfor %}", "for is not allowed"),
        ("{{ known.upper() }}", "not allowed"),
        ("{{ ''.__class__ }}", "have parts"),
        ("{{ known['x'] }}", "have parts"),
        ("{{ 'a' * 1000000000 }}", "mul is not allowed"),
        ("{{ 9 ** 9 ** 9 }}", "pow is not allowed"),
        ("{{ '%099999d' % 1 }}", "mod is not allowed"),
        ("{{ known | center(99999999) }}", "No filter named"),
        ("{% include 'x' %}", "include is not allowed"),
        ("{% macro x() %}{% endmacro %}", "macro is not allowed"),
        ("{{ first_name | upper }}", "can be shown, not tested or changed"),
        ("{% if destination %}x{% endif %}", "can be shown, not tested or changed"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("x" * 6001, "at most 6,000"),
    ],
)
def test_what_a_template_may_not_do_is_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(BadTemplate, match="(?i)" + says.replace("(", r"\(").replace("*", r"\*")):
        frame(text, EXAMPLE)


def test_a_message_that_grows_too_long_is_refused() -> None:
    with pytest.raises(BadTemplate, match=r"20,000 characters; at most 12,000"):
        frame("{{ known }}", EXAMPLE.model_copy(update={"known": "x" * 20_000}))


@pytest.mark.parametrize(
    "condition", ["sitez", "known < 3", "drill)", "drill }} {{ known", "range(9)", "values.none > 1", ""]
)
def test_a_condition_that_cannot_be_asked_is_refused(condition: str) -> None:
    with pytest.raises(BadTemplate):
        holds(condition, EXAMPLE)


def test_conditions_ask_the_facts() -> None:
    assert holds("seats_lost_percent > 20 or tier1_below_mbco > 0", EXAMPLE)
    assert holds("not drill and severity in [1, 2]", EXAMPLE)
    assert holds("drill", EXAMPLE_DRILL)


def test_names_and_parts_that_a_text_uses_are_known_without_rendering() -> None:
    text = "{% if drill %}{{ values.kit }}{% else %}{{ answers.Q1 }}{% endif %} {{ first_name }}"
    assert template.names_used(text) == {"drill", "values", "answers", "first_name"}
    assert template.parts_used(text, "values") == {"kit"}
    assert template.compared(template.asked('answers.Q1 == "a" or answers.Q2 in ["b"]'), "answers") == {
        ("Q1", "a"),
        ("Q2", "b"),
    }


def test_every_fact_is_described() -> None:
    rows = described()
    assert {name for name, _, _ in rows} == FACT_NAMES | PERSON_NAMES
    assert all(kind and meaning for _, kind, meaning in rows)
