"""Every card is a valid Adaptive Card that Teams takes, whatever people wrote; forms come back as filled in."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from bot.chat.teams import inputs
from bot.chat.teams.elements import Reader
from bot.chat.teams.render import About, drawn
from bot.domain.card import Button, Card, Choice, Field, FieldKind, Form, Item, Table
from bot.domain.intent import Declare, Help, encode
from bot.domain.when import at, day_and_time, soon
from tests.cards import CARDS
from tests.fakes.teams.cards import check, walk
from tests.pages import made_up

NOW = datetime(2026, 7, 2, 9, 0, tzinfo=UTC)
ANA = Reader("Europe/London", NOW, user="29:ana")
CHANNEL = Reader("Europe/London", NOW, alone=False)
SLOW = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
HELP = encode(Help())


def said(native: Any) -> str:
    return "\n".join("".join(run["text"] for run in one["inlines"] if isinstance(run, dict)) for one in walk(native) if one.get("type") == "RichTextBlock")  # fmt: skip


def actions(native: Any) -> list[dict[str, Any]]:
    return [one for part in native["body"] if part["type"] == "ActionSet" for one in part["actions"]]


@SLOW
@given(CARDS)
def test_every_card_is_valid_and_fits(card: Card) -> None:
    for reader, about in (
        (ANA, About(delivery=7, watching=("29:ana",))),
        (CHANNEL, About(room="19:x", back=True)),
        (ANA, About(inside=True)),
    ):
        native = drawn(card, reader, about)
        check(native)
        assert not [one for one in walk(native) if one.get("type") in ("TextBlock", "FactSet")], "read as markdown"
        if card.form is not None:
            assert [one["id"] for one in walk(native["body"]) if str(one.get("type")).startswith("Input.")] == [f"f.{f.name}" for f in card.form.fields]  # fmt: skip
            assert [a for a in actions(native) if "send" in (a.get("verb"), a.get("data", {}).get("verb"))]


@pytest.mark.parametrize(
    "card",
    [made_up.declare_form(wrong=True), made_up.incident_card(drill=True), made_up.agent_card(), made_up.step_card(), made_up.chart_card()],
)  # fmt: skip
def test_the_cards_of_every_day_are_drawn_whole(card):
    native = drawn(card, ANA, About(delivery=1))
    check(native)
    words = said(native)
    for part in (card.banner, card.title, *card.text, *(f.value for f in card.facts), *(c for t in card.tables for r in t.rows for c in r), card.footer):  # fmt: skip
        assert all(one in words for one in part.split("\n")), part
    assert len(actions(native)) == len(card.buttons) + (card.form is not None)


def test_peoples_words_are_no_markdown_and_no_macros():
    words = said(drawn(Card(title="**bold** {{DATE(2017-02-14T06:08:00Z)}} [x](http://evil.example)"), ANA, About()))
    assert "**bold**" in words
    assert "{{" not in words


def test_times_stand_in_the_readers_zone_or_as_a_macro():
    card = Card(title=at(NOW), text=(day_and_time(NOW), soon(NOW)))
    assert said(drawn(card, ANA, About())) == "10:00 BST\nThu 2 Jul 10:00 BST\n10:00 BST"
    stamp = "2026-07-02T09:00:00Z"
    both = f"{{{{DATE({stamp}, SHORT)}}}} {{{{TIME({stamp})}}}}"
    assert said(drawn(card, CHANNEL, About())) == f"{{{{TIME({stamp})}}}}\n{both}\n{both}"


def test_a_web_address_can_be_followed():
    native = drawn(Card(title="Board", text=("Open https://bot.example.org/board?key=a.b-c_d.",)), ANA, About())
    links = [
        run["selectAction"]["url"] for run in walk(native) if run.get("type") == "TextRun" and "selectAction" in run
    ]
    assert links == ["https://bot.example.org/board?key=a.b-c_d"]


def test_a_press_is_answered_in_place_and_falls_back_to_a_message():
    (press,) = actions(drawn(Card(title="x", buttons=(Button(label="Safe", intent=HELP),)), ANA, About(delivery=7)))
    assert (press["type"], press["verb"], press["data"]) == ("Action.Execute", "do", {"d": 7, "i": HELP})
    assert press["fallback"]["type"] == "Action.Submit"
    assert press["fallback"]["data"] == {"d": 7, "i": HELP, "verb": "do"}


def test_a_button_that_asks_for_more_opens_a_dialog_unless_told_not_to():
    card = Card(title="x", buttons=(Button(label="Done…", intent=HELP),))
    (press,) = actions(drawn(card, ANA, About()))
    assert press["data"]["msteams"] == {"type": "task/fetch"}
    (press,) = actions(drawn(card, ANA, About(dialogs=False)))
    assert press["type"] == "Action.Execute"


def test_a_button_that_asks_first_shows_what_it_would_do():
    card = Card(title="x", buttons=(Button(label="Stand down", intent=HELP, confirm="It ends the incident."),))
    (press,) = actions(drawn(card, ANA, About()))
    assert press["type"] == "Action.ShowCard"
    assert "It ends the incident." in said(press["card"])
    assert [a["title"] for a in actions(press["card"])] == ["Yes: Stand down"]


def test_each_line_of_a_list_has_its_own_buttons():
    items = tuple(
        Item(title=f"Ana {n}", text="+44 113", buttons=(Button(label="Safe", intent=HELP),)) for n in range(3)
    )
    native = drawn(Card(title="Call", items=items), ANA, About())
    check(native)
    assert len(actions(native)) == 3


def test_what_does_not_fit_is_said():
    rows = tuple((f"Person {n}", "x" * 50) for n in range(900))
    native = drawn(Card(title="Roll", tables=(Table(columns=("Who", "What"), rows=rows),)), ANA, About())
    check(native)
    assert "more rows" in said(native)


def test_only_sixty_watch_a_card():
    native = drawn(Card(title="x"), CHANNEL, About(watching=tuple(f"29:{n}" for n in range(100))))
    assert len(native["refresh"]["userIds"]) == 60


def test_a_form_is_read_back():
    options = (Choice(value="leeds", label="Leeds"), Choice(value="york", label="York"))
    fields = (
        Field(name="known", label="What", kind=FieldKind.PARAGRAPH, error="This is needed."),
        Field(name="sites", label="Where", kind=FieldKind.MANY, options=options, value=("leeds", "york")),
    )
    form = Form(intent=encode(Declare()), fields=fields)
    native = drawn(Card(title="x", form=form), ANA, About())
    text, error, choices = native["body"][1:4]
    assert text["id"] == "f.known" and "This is needed." in said(error) and choices["value"] == "leeds,york"
    data = {"f.known": "a, b", "f.sites": "leeds,york", "i": "x"}
    assert inputs.values(form, data) == {"known": ["a, b"], "sites": ["leeds", "york"]}
    assert inputs.values(form, {}) == {"known": [""], "sites": []}
