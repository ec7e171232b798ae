"""A report's words are shown as they were said, in Markdown and in HTML, whatever they hold."""

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.domain.card import Fact, Table
from bot.domain.report import Chart, Quote, Report, Section, html, markdown, plain
from bot.domain.text import clean

NASTY = (
    "<script>alert(1)</script> **bold** _x_ `code` [a](http://evil.example) ![i](x) | cell\n# heading\n- item\n"
    "1. one\n> quote\n---\n===\n    code\n~~gone~~ &amp; \\* www.evil.example https://evil.example @everyone $x$ <b>"
)
WORDS = st.text(max_size=80).map(clean) | st.lists(st.sampled_from(NASTY.split()), max_size=9).map(" ".join)
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def report(words: str, *, drill: bool = False) -> Report:
    table = Table(columns=(words, "n"), rows=((words, "1"), ("", "2")), caption=words, numeric=(1,))
    chart = Chart(svg="<svg></svg>", file="INC-answers.svg", alt=words)
    section = Section(
        title=words, text=(words,), facts=(Fact(label=words, value=words),), tables=(table,), chart=chart,
        quotes=(Quote(heading=words, text=words),),
    )  # fmt: skip
    return Report(reference="INC-2026-0001", title=words, drill=drill, sections=(section,))


def squeezed(text: str) -> str:
    return "".join(text.split())


class Tags(HTMLParser):
    """The tags and the words of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list) -> None:  # noqa: ARG002 - the parser asks for it
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@given(WORDS)
@example(NASTY)
@example("a\n\n\nb")
def test_words_stay_words_in_markdown(words: str):
    shown = Tags(PARSER.render(plain(words)))
    assert set(shown.tags) <= {"p", "br"}
    assert squeezed("".join(shown.words)) == squeezed(words)


@pytest.mark.parametrize("address", ["https://evil.example", "www.evil.example", "mailto:a@evil.example"])
def test_an_address_is_no_link(address: str):
    assert "\\" in plain(address)


@given(WORDS)
@example(NASTY)
def test_the_document_has_the_same_shape_whatever_is_said(words: str):
    filled = words or "x"
    assert Tags(PARSER.render(markdown(report(filled)))).tags.count("td") == 4
    assert Tags(html(report(filled))).tags.count("td") == 4
    for render in (html, lambda r: PARSER.render(markdown(r))):
        tags = set(Tags(render(report(filled))).tags)
        assert not tags & {"script", "a", "b", "code", "s"}


def test_markdown_names_its_chart_and_html_holds_it():
    made = report("x")
    assert "![x](INC-answers.svg)" in markdown(made)
    assert "<svg></svg>" in html(made)
    assert made.charts[0].file == "INC-answers.svg"


def test_the_html_file_needs_nothing_else():
    page = html(report("x"))
    assert "default-src 'none'" in page
    assert not any(word in page for word in ("http://", "https://", "src=", "<link", "<script"))


def test_a_drill_says_so_first_and_last():
    for text in (markdown(report("x", drill=True)), html(report("x", drill=True))):
        assert text.count("EXERCISE – this is a drill") == 2
    assert "EXERCISE" not in markdown(report("x")) + html(report("x"))
