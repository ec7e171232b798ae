"""Pages: whatever people write is shown as text, and everything that can be pressed says what it is."""

import re
from collections import Counter
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from bot.domain import card as c
from bot.domain.board import BoardView, ClosedRow, IncidentBoard, NoticeCount, QueueRow, StepRow, StepsCount
from bot.domain.board_roll import RollCount
from bot.domain.console import ConsoleView, Conversation, Message, PeopleGroup, PersonRow, Place, Simulation, Suggestion
from bot.domain.incident import IncidentState
from bot.web import render

NOW = datetime(2026, 6, 14, 13, 42, tzinfo=UTC)
NASTY = "<script>alert(1)</script><img src=x onerror=y> & \" ' {{ 7*7 }} </textarea></title>"
WORDS = st.text(max_size=60) | st.sampled_from([NASTY, "https://a.example/?b=<i>&c='\"", "\n\n", "]]>"])
VOID = {"input", "meta", "link", "br", "path", "circle"}


class Outline(HTMLParser):
    """What a page is made of: its tags, ids, labels, texts; and whether every tag is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every such tag."""
        return [attrs for name, attrs in self.tags if name == tag]

    def shape(self) -> Counter[str]:
        """Return how many of each tag there are, without what words become: links, lines and their bold beginnings."""
        return Counter(name for name, has in self.tags if name not in {"a", "b"} and has.get("class") != "line")


def fields(words: str, kinds: tuple[c.FieldKind, ...] = tuple(c.FieldKind)) -> tuple[c.Field, ...]:
    """One field of every kind, each with these words wherever words can stand."""
    choices = tuple(c.Choice(value=f"{words}{i}", label=words, hint=words) for i in range(2))
    return tuple(
        c.Field(name=f"{k}-{words}", label=words, kind=k, hint=words, error=words, value=(words,), options=choices)
        for k in kinds
    )


def card(words: str, tone: c.Tone = c.Tone.BAD) -> c.Card:
    """A card with everything, and these words wherever words can stand."""
    return c.Card(
        title=words,
        tone=tone,
        banner=words,
        text=(words,),
        footer=words,
        facts=(c.Fact(label=words, value=words, tone=tone),),
        meters=(c.Meter(label=words, value=812, total=1200, tone=tone),),
        tables=(c.Table(columns=(words, "n"), rows=((words, "1"),), caption=words, numeric=(1,)),),
        image=c.Image(title=words, series=(c.Series(label=words, points=()),), alt=words),
        buttons=(
            c.Button(label=words, intent="x"),
            c.Button(label=words, intent="y", style=c.Style.DANGER, confirm=words),
        ),
        form=c.Form(intent="z", fields=fields(words), submit=words),
    )


def drawn(words: str) -> Outline:
    """The card with these words, as HTML."""
    return Outline(render.card_html(card(words), post="/api", hidden={"message": words}, key=words))


@given(WORDS.filter(lambda w: w.strip() != ""))
def test_no_words_ever_become_markup(words: str) -> None:
    page = drawn(words)
    assert page.open == []
    assert page.shape() == drawn("plain").shape()
    assert all(set(a) <= {"href", "rel"} for a in page.of("a"))
    assert all((a["href"] or "").startswith(("http://", "https://", "tel:+", "#")) for a in page.of("a"))


@given(st.text(max_size=200))
def test_people_read_what_was_written(words: str) -> None:
    shown = "".join(Outline(f"<p>{render.said(words)}</p>").words)
    assert shown == unescape(str(escape(words)))


def test_addresses_become_links_and_nothing_else_does() -> None:
    assert str(render.said("see https://a.example/x?y=1&z=2.")) == (
        'see <a href="https://a.example/x?y=1&amp;z=2" rel="noopener noreferrer nofollow">'
        "https://a.example/x?y=1&amp;z=2</a>."
    )
    assert "<a" not in render.said("javascript:alert(1) ftp://x www.example.org")


def test_a_number_can_be_called_with_one_touch() -> None:
    assert str(render.said("Call +44 7700 900331.")) == 'Call <a href="tel:+447700900331">+44 7700 900331</a>.'
    assert "<a" not in render.said("2+44 7700 900331 x +12 a+44 7700 900331")


def test_each_line_of_a_message_begins_with_what_it_is_about() -> None:
    shown = str(render.prose("Hello Ana,\nWhat to do: stay away.\n<i>: no"))
    assert shown == (
        '<span class="line">Hello Ana,</span><span class="line"><b>What to do:</b> stay away.</span>'
        '<span class="line">&lt;i&gt;: no</span>'
    )


@pytest.mark.parametrize("tone", list(c.Tone))
def test_every_card_is_drawn_whole(tone: c.Tone) -> None:
    html = render.card_html(card("words", tone), post="/api")
    assert html.count('class="banner"') == 2
    assert "812 of 1,200 (67\N{NO-BREAK SPACE}%)" in html
    assert Outline(html).open == []
    assert Outline(render.card_html(c.Card(title="only a title"))).open == []


def test_a_card_that_is_only_read_has_nothing_to_press() -> None:
    page = Outline(render.card_html(card("words")))
    assert not page.of("button") + page.of("form") + page.of("input")


def test_every_control_has_a_label_and_every_mistake_is_tied_to_its_field() -> None:
    page = drawn("words")
    ids = {a["id"] for _, a in page.tags if a.get("id")}
    assert len(ids) == sum("id" in a for _, a in page.tags)
    assert {a["for"] for a in page.of("label") if a.get("for")} <= ids
    for field in page.of("textarea") + [a for a in page.of("input") if a.get("type") == "text"]:
        assert field["aria-invalid"] == "true"
        assert field["id"] in {a.get("for") for a in page.of("label")}
        assert set((field["aria-describedby"] or "").split()) <= ids
    for group in page.of("fieldset"):
        assert set((group["aria-describedby"] or "").split()) <= ids


def test_fields_never_clash_with_what_is_hidden() -> None:
    form = c.Form(intent="x", fields=(c.Field(name="person", label="Who?"),))
    page = Outline(render.card_html(c.Card(title="t", form=form), post="/api", hidden={"person": "ana"}))
    assert [a["name"] for a in page.of("input")] == ["person", "field.person"]


def test_a_button_that_needs_to_be_sure_asks_without_any_script() -> None:
    html = render.card_html(
        c.Card(title="t", buttons=(c.Button(label="Stand down", intent="x", confirm="Sure?"),)), post="/api"
    )
    assert re.search(
        r"<details[^>]*>\s*<summary[^>]*>Stand down</summary>.*Sure\?.*<button[^>]*value=\"x\">", html, re.DOTALL
    )


@pytest.mark.parametrize(("options", "searched"), [(12, False), (13, True)])
def test_a_long_list_can_be_searched(options: int, searched: bool) -> None:
    many = tuple(c.Choice(value=str(i), label=f"Queue {i}") for i in range(options))
    field = c.Field(name="queues", label="Queues", kind=c.FieldKind.MANY, options=many, value=("3",))
    html = render.card_html(c.Card(title="t", form=c.Form(intent="x", fields=(field,))), post="/api")
    assert ("data-sieve" in html) is searched
    assert html.count(" checked") == 1


def test_choices_with_hints_are_all_shown_and_many_without_are_a_list() -> None:
    def shown(count: int, hint: str) -> str:
        options = tuple(c.Choice(value=str(i), label=f"o{i}", hint=hint) for i in range(count))
        return render.card_html(
            c.Card(
                title="t",
                form=c.Form(intent="x", fields=(c.Field(name="f", label="F", kind=c.FieldKind.ONE, options=options),)),
            ),
            post="/a",
        )

    assert shown(13, "why").count('type="radio"') == 13
    assert "<select" in shown(13, "")
    assert "<select" not in shown(5, "")


def test_times_stand_in_the_readers_zone_with_its_name() -> None:
    assert ">14:42 BST</time>" in render.clock(NOW, "Europe/London")
    assert ">19:12 IST</time>" in render.clock(NOW, "Asia/Kolkata")
    assert "Tue 1 Dec 2026 13:42 GMT" in render.clock(
        NOW.replace(month=12, day=1), "Europe/London", NOW.replace(year=2027)
    )
    assert render.zone_name(NOW, "Asia/Kathmandu") == "UTC+5:45"
    assert render.zone_name(NOW, "America/Sao_Paulo") == "UTC-3"
    assert "data-time" in render.reader(NOW, "UTC")


def console(words: str) -> ConsoleView:
    """A room with everything in it."""
    ana = PersonRow(id="ana", name=words, about=words, unread=120)
    messages = (
        Message(id=1, at=NOW, author=ana, mine=True, text=words),
        Message(id=2, at=NOW, private=True, card=card(words), edited_at=NOW, repeats=1),
    )
    place = Place(key="room-5", name=words, topic=words, members=2, unread=1)
    chat = Conversation(
        person=ana,
        zone="Europe/London",
        places=(place,),
        place=place,
        messages=messages,
        pinned=messages[1],
        earlier=3,
        suggestions=(Suggestion(text=words),),
    )
    return ConsoleView(
        organisation=words,
        now=NOW,
        simulation=Simulation(people=9),
        query=words,
        found=40,
        groups=(PeopleGroup(title=words, people=(ana,)),),
        conversation=chat,
    )


def board(words: str) -> BoardView:
    """A board with everything in it."""
    hit = QueueRow(id="q", name=words, tier=1, live=1, mbco=2, full=3, hit=True, from_at=NOW, rto_at=NOW, mtpd_at=NOW)
    row = IncidentBoard(
        reference="INC-2026-0001",
        title=words,
        category=words,
        severity=1,
        drill=True,
        state=IncidentState.ACTIVE,
        phase=words,
        declared_at=NOW,
        commander=words,
        latest=words,
        latest_at=NOW,
        roll=RollCount(expected=9, help=1),
        queues=(hit,),
        notices=(NoticeCount(number=1, subject=words, audience=words, targeted=2, delivered=1, asks=True),),
        steps=StepsCount(total=1, open=1, next=(StepRow(title=words, owner=words, due_at=NOW),)),
    )
    closed = ClosedRow(reference="INC-2026-0009", title=words, drill=True, ended_at=NOW)
    return BoardView(organisation=words, zone="Europe/London", now=NOW, incidents=(row,), closed=(closed,))


def whole_pages(words: str) -> list[str]:
    """Every page, with these words."""
    view, all_open = console(words), board(words)
    return [
        render.page("console.html", view=view, stream="/s"),
        render.page("console.html", view=view.model_copy(update={"conversation": None}), stream=""),
        render.page("board.html", view=all_open, stream="/s", refresh=10),
        render.page("board_one.html", view=all_open, incident=all_open.incidents[0], stream="/s", refresh=10),
        render.page("error.html", status=404, title=words, text=words, instead=words, link="/board"),
        render.page("401.html"),
    ]


@pytest.mark.parametrize("number", range(6))
def test_pages_are_well_formed_and_safe_under_a_strict_policy(number: int) -> None:
    plain, nasty = (Outline(whole_pages(words)[number]) for words in ("plain", NASTY))
    assert nasty.open == []
    assert nasty.shape() == plain.shape()
    ids = Counter(a["id"] for _, a in nasty.tags if a.get("id"))
    assert [i for i, n in ids.items() if n > 1] == []
    assert not [a for _, a in nasty.tags if "style" in a or any(k.startswith("on") for k in a)]
    assert [a.get("src") for a in nasty.of("script")] == [render.asset("live.js")]


FRAGMENTS = {
    "console": ("people", "places", "pinned", "messages", "simulation"),
    "board": ("head", "queues", "people", "answers", "due", "steps", "told", "supply"),
}


@pytest.mark.parametrize(("page", "part"), [(p, f) for p, some in FRAGMENTS.items() for f in some])
def test_every_fragment_is_one_element_with_the_id_that_it_replaces(page: str, part: str) -> None:
    view = console("words") if page == "console" else board("words")
    given_incident = {} if isinstance(view, ConsoleView) else {"incident": view.incidents[0]}
    outline = Outline(render.page(f"{page}_{part}.html", view=view, **given_incident))
    tag, attrs = outline.tags[0]
    assert attrs["id"] == ("people-list" if (page, part) == ("console", "people") else part)
    assert "data-part" in attrs
    assert tag in {"div", "nav", "ol", "form", "section", "header"}


def test_the_board_says_no_open_incident_calmly() -> None:
    html = render.page("board.html", view=board("x").model_copy(update={"incidents": ()}), stream="", refresh=0)
    assert "No open incident" in html
    assert "INC-2026-0009" in html


def test_the_page_without_a_link_says_how_to_get_one() -> None:
    assert "/disaster board" in render.page("401.html")
