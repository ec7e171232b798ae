"""Small pieces of Adaptive Cards, and how much of a card is shown.

Text is drawn as runs, never as a TextBlock: a run knows no markdown, so people's words stay words.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.card import Tone
from bot.domain.text import clip
from bot.domain.when import Form, marked, told

MOST_BYTES = 28 * 1024
Native = dict[str, Any]
_LINK = re.compile(r"https?://[A-Za-z0-9\-._~:/?#@!$&*+,;=%]+[A-Za-z0-9\-_~/#=%]")
_MACRO_LIKE = re.compile(r"\{\{(?=\s*(?:DATE|TIME))", re.IGNORECASE)
_COLOURS = {Tone.GOOD: "Good", Tone.BAD: "Attention"}  # "Warning" is yellow on white: its sign says it
_SIGNS = {Tone.PLAIN: "", Tone.GOOD: "✅ ", Tone.WARN: "⚠️ ", Tone.BAD: "❗ "}


@dataclass(frozen=True)
class Reader:
    """Who reads: one person, whose zone is known, or a channel (user: ""), where Teams puts times into each zone."""

    tz: str
    now: datetime
    user: str = ""
    alone: bool = True

    def plain(self, text: str) -> str:
        """Return text with its times in one zone: for what Teams does not read macros in."""
        return told(text, self.tz, self.now)

    def told(self, text: str) -> str:
        """Return text with its times in the reader's zone, or as Teams' own notation for times."""
        safe = _MACRO_LIKE.sub("{\u200b{", text)
        return self.plain(safe) if self.alone else marked(safe, _macro)


def _macro(form: Form, moment: datetime) -> str:
    stamp = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    time = f"{{{{TIME({stamp})}}}}"
    return time if form is Form.AT else f"{{{{DATE({stamp}, SHORT)}}}} {time}"


@dataclass(frozen=True)
class Limits:
    """How much of a card is drawn: characters a text, pieces a part, rows, items, options, bytes of all buttons."""

    words: int
    pieces: int
    rows: int
    options: int
    actions: int
    fallback: bool = True
    hints: bool = True
    picture: bool = True


LEVELS = (
    Limits(words=4000, pieces=60, rows=60, options=200, actions=14_000),
    Limits(words=4000, pieces=60, rows=60, options=200, actions=14_000, picture=False),
    Limits(words=2000, pieces=30, rows=25, options=100, actions=10_000, picture=False),
    Limits(words=600, pieces=15, rows=10, options=60, actions=8_000, hints=False, picture=False),
    Limits(words=200, pieces=8, rows=5, options=25, actions=6_000, fallback=False, hints=False, picture=False),
    Limits(words=40, pieces=4, rows=3, options=8, actions=5_000, fallback=False, hints=False, picture=False),
)


def size(native: object) -> int:
    """Return how many bytes something takes on the wire."""
    return len(json.dumps(native, ensure_ascii=False, separators=(",", ":")).encode())


def line(text: str, **style: Any) -> Native:
    """Return one line of text; web addresses in it can be followed."""
    inlines: list[Native] = [
        {"type": "TextRun", "text": part, **style, **_followed(part)} for part in _parts(text) if part
    ]
    return {"type": "RichTextBlock", "inlines": inlines or [{"type": "TextRun", "text": " "}], "spacing": "Small"}


def _parts(text: str) -> Iterator[str]:
    done = 0
    for found in _LINK.finditer(text):
        yield text[done : found.start()]
        yield found[0]
        done = found.end()
    yield text[done:]


def _followed(part: str) -> Native:
    return {"selectAction": {"type": "Action.OpenUrl", "url": part}} if _LINK.fullmatch(part) else {}


def lines(text: str, limits: Limits, **style: Any) -> list[Native]:
    """Return a paragraph, a block for each of its lines: a run has no line ends."""
    return [line(each, **style) for each in clip(text, limits.words).split("\n")[: limits.pieces] if each.strip()]


def signed(text: str, tone: Tone) -> str:
    """Return a label with the sign that says its tone without colour."""
    return f"{_SIGNS[tone]}{text}"


def coloured(tone: Tone) -> Native:
    """Return the style of a run that bears a tone."""
    return {"color": _COLOURS[tone]} if tone in _COLOURS else {}


def columns(*parts: tuple[str, list[Native]]) -> Native:
    """Return elements side by side, each with its width."""
    each = [{"type": "Column", "width": width, "items": items} for width, items in parts]
    return {"type": "ColumnSet", "columns": each, "spacing": "Small"}
