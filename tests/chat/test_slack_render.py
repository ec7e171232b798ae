"""Every card fits Slack, whatever people wrote; and what a form asks comes back as it was filled in."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from bot.chat.slack import blocks as b
from bot.chat.slack import forms, render
from bot.chat.teams.elements import Reader as TeamsReader
from bot.chat.teams.render import About, drawn
from bot.domain.card import Button, Card, Choice, Fact, Field, FieldKind, Form, Table
from bot.domain.intent import Declare, Help, Steps, encode
from bot.domain.when import at, day_and_time, soon
from tests.cards import CARDS, FORMS
from tests.fakes.slack.limits import check_message, check_view, walk
from tests.pages import made_up

READER = b.Reader("Europe/London", datetime(2026, 11, 2, 9, 0, tzinfo=UTC))
ANA = TeamsReader("Europe/London", READER.now, user="29:ana")
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
SLOW = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def markup(blocks: list[dict[str, Any]]) -> list[str]:
    """Every text that Slack would read as markup."""
    return [one["text"] for one in walk(blocks) if one.get("type") == "mrkdwn"]


def said(blocks: list[dict[str, Any]]) -> str:
    return "".join(one["text"] for one in walk(blocks) if isinstance(one.get("text"), str))


@SLOW
@given(CARDS)
def test_every_card_fits_in_a_message(card: Card) -> None:
    shown = render.message(card, READER, mark=2**62)
    check_message(shown.text, shown.blocks, None)
    assert not markup(shown.blocks)
    assert not set("<>") & set(shown.text.replace("&lt;", "").replace("&gt;", ""))
    values = [one["value"] for one in walk(shown.blocks) if one.get("type") == "button"]
    assert all(shown.kept.get(value, value).startswith("{") for value in values), "a button lost its intent"


@SLOW
@given(CARDS)
def test_every_card_fits_in_a_modal(card: Card) -> None:
    kept: dict[str, str] = {}
    view = forms.modal(card, READER, "C1", kept)
    check_view(view, {"modal"})
    assert not markup(view["blocks"])
    intent, room = forms.about(view)
    assert room == "C1"
    if card.form is not None:
        assert kept.get(intent, intent) == card.form.intent


@SLOW
@given(FORMS)
def test_a_form_is_read_back_with_its_fields(form: Any) -> None:
    view = forms.modal(Card(title="x", form=form), READER, None, {})
    read = {f.name: f for f in forms.form_of(view, form.intent).fields}
    choosing = (FieldKind.ONE, FieldKind.MANY)
    asked = [f for f in form.fields if f.options or f.kind not in choosing]
    assert list(read) == [f.name for f in asked]
    for field in asked:
        typed = field.kind in (FieldKind.LINE, FieldKind.PARAGRAPH)
        kinds = (FieldKind.LINE, FieldKind.PARAGRAPH) if typed else (field.kind,)
        assert read[field.name].kind in kinds
        assert read[field.name].required is field.required


def test_the_banner_is_first_and_last_and_buttons_survive_a_flood_of_words() -> None:
    card = Card(
        title="t" * 400, banner="EXERCISE", text=("word " * 900,) * 30, footer="end",
        buttons=tuple(Button(label=f"b{n}", intent=encode(Help())) for n in range(12)),
    )  # fmt: skip
    shown = render.message(card, READER)
    check_message(shown.text, shown.blocks, None)
    assert said(shown.blocks[:1]) == said(shown.blocks[-1:]) == "EXERCISE"
    labels = [one["text"]["text"] for one in walk(shown.blocks) if one.get("type") == "button"]
    assert labels == [f"b{n}" for n in range(12)]
    assert "Shortened to what fits here" in said(shown.blocks)


def test_peoples_words_are_never_markup() -> None:
    words = "<!channel> *now* <@U1> & <https://evil.example|bank>"
    shown = render.message(
        Card(title=words, text=(words,), facts=(Fact(label=words, value=words),), footer=words), READER
    )
    assert shown.text.startswith("&lt;!channel&gt;")
    assert all(one.get("type") != "mrkdwn" for one in walk(shown.blocks))
    assert [one["url"] for one in walk(shown.blocks) if one.get("type") == "link"] == ["https://evil.example|bank"] * 3


def test_long_tables_are_paged_and_say_what_is_left_out() -> None:
    rows = tuple((f"Agent {n}", "Leeds", str(n)) for n in range(700))
    shown = render.message(
        Card(title="Roll", tables=(Table(columns=("Name", "Site", "No"), rows=rows, numeric=(2,)),)), READER
    )
    text = said(shown.blocks)
    assert "Agent 0 " in text
    assert "more rows: the board shows them all" in text
    check_message(shown.text, shown.blocks, None)


@pytest.mark.parametrize("renderer", ["slack", "teams"])
@pytest.mark.parametrize("width", [8, 40, 120])
def test_every_row_of_a_long_table_is_reached_by_turning_the_pages(renderer: str, width: int) -> None:
    rows = tuple((f"Agent {n:03}", "x" * width, str(n)) for n in range(173))
    whole = Card(title="Steps", again=encode(Steps()), tables=(Table(columns=("Name", "What", "No"), rows=rows),))
    seen: set[str] = set()
    start, turns = 0, 0
    while start >= 0:
        card, turns = whole.evolve(row=start), turns + 1
        native: Any = render.message(card, READER).blocks if renderer == "slack" else drawn(card, ANA, About())
        words = json.dumps(native)
        seen |= set(re.findall(r"Agent \d{3}", words))
        following = re.findall(r'\\"kind\\":\\"rows\\".*?\\"start\\":(\d+)', words.replace("\\\\", "\\"))
        start = max((int(n) for n in following if int(n) > start), default=-1)
        assert "more row" not in words
    assert len(seen) == 173
    assert 1 < turns < 40


def test_an_intent_too_long_for_a_button_is_kept_under_a_name() -> None:
    intent = encode(Declare(known="x" * 2000))
    shown = render.message(Card(title="t", buttons=(Button(label="Another one: declare it", intent=intent),)), READER)
    (value,) = [one["value"] for one in walk(shown.blocks) if one.get("type") == "button"]
    assert shown.kept == {value: intent}
    assert value.startswith(render.KEPT)


def test_a_row_of_buttons_says_which_delivery_it_belongs_to() -> None:
    shown = render.message(Card(title="t", buttons=(Button(label="b", intent=encode(Help())),)), READER, mark=77)
    assert [render.delivery_of(block["block_id"]) for block in shown.blocks if block["type"] == "actions"] == [77]
    assert [render.delivery_of(name) for name in (None, "", "b0", "d", "dx.1", "d1e9.0", f"d{9**40}.0")] == [None] * 7


@pytest.mark.parametrize("state", [{}, {"said": None}, {"said": {"type": "plain_text_input", "value": None}}])
def test_an_empty_field_is_empty(state: dict[str, Any]) -> None:
    assert forms.values_of({"state": {"values": {"known": state}}}) == {"known": []}


def test_a_made_up_modals_fields_hold_what_was_said_and_what_is_wrong() -> None:
    card = made_up.declare_form(wrong=True)
    view = forms.modal(card, READER, None, {})
    check_view(view)
    assert card.form is not None
    for field in card.form.fields:
        if field.error:
            assert f"{forms.ERROR}{field.error}" in json.dumps(view["blocks"], ensure_ascii=False)


def test_ten_thousand_choices_stay_within_a_views_size_and_what_is_left_out_is_said() -> None:
    options = tuple(
        Choice(value=f"A{n:05}", label=f"Site of the name {n} " + "x" * 50, hint="é" * 75) for n in range(10_000)
    )
    field = Field(name="sites", label="Where", kind=FieldKind.MANY, options=options)
    whom = field.evolve(name="person", kind=FieldKind.SEARCH, dataset="people", value=("A00777",))
    view = forms.modal(Card(title="x", form=Form(intent=encode(Help()), fields=(field, whom))), READER, None, {})
    check_view(view)
    assert "more do not fit here: name yours in the typed command." in json.dumps(view)
    (search,) = [one for one in walk(view) if one.get("type") == "external_select"]
    assert search["initial_option"]["value"] == "A00777"


def test_text_is_cut_as_slack_counts_it() -> None:
    assert b.size(b.short("🔥" * 100, 75)) <= 75
    assert b.short("   ", 10) == "–"
    long = "🔥" * 5000
    assert all(b.size(piece) <= b.TEXT for piece in b.pieces(long))
    assert "".join(b.pieces(long)) == long


def test_times_stand_in_each_readers_zone_where_slack_can_and_in_words_elsewhere() -> None:
    noon = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    card = Card(
        title=f"Due {at(noon)}", text=(f"Be ready by {soon(noon)}, at the desk",), footer=f"until {at(noon)}",
        facts=(Fact(label="Due", value=day_and_time(noon)),),
        tables=(Table(columns=("Step", "Due"), rows=(("LS1", at(noon)),)),),
    )  # fmt: skip
    shown = render.message(card, READER)
    dates = [(one["timestamp"], one["fallback"]) for one in walk(shown.blocks) if one.get("type") == "date"]
    assert dates == [(noon.timestamp(), "Wed 1 Jul 13:00 BST")] * 2
    text = said(shown.blocks)
    for part in ("Due 13:00 BST", "until 13:00 BST", "LS1  │ 13:00 BST", ", at the desk"):
        assert part in text
    assert "\ue000" not in json.dumps([shown.blocks, shown.text], ensure_ascii=False)
