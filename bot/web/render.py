"""HTML from view models: one Jinja environment, its filters, and a card as HTML.

Knows nothing of any web framework. Every value is escaped; a name that is missing is an error.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.domain.board import (
    delivery_status,
    relative_words,
    seats,
    soonest,
    step_status,
    tier_1,
)
from bot.domain.board_roll import roll_parts
from bot.domain.card import Card, Tone
from bot.domain.chart import answers_chart, chart_keys, coverage_bar, coverage_chart, meter_bar, parts_bar, shares
from bot.domain.chart_readiness import readiness_chart
from bot.domain.chart_seats import seat_key, seat_map
from bot.domain.console import Speed, days
from bot.domain.headline import headline
from bot.domain.readiness import Kind
from bot.domain.readiness_score import why_capped
from bot.domain.report import Chart
from bot.domain.text import plural
from bot.domain.wording.delivery import why_held
from bot.domain.wording.readiness import day, gain, scored
from bot.domain.wording.shown import often, words

_DRAWN = (
    answers_chart,
    chart_keys,
    coverage_bar,
    coverage_chart,
    meter_bar,
    parts_bar,
    readiness_chart,
    seat_key,
    seat_map,
)
PAGES = Path(__file__).with_name("pages")
STATIC = Path(__file__).with_name("static")
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,:;!?)\]}]|(?<![\w+])\+\d[\d ]{7,16}\d(?!\w)")
_LABEL = re.compile(r"([A-Z][^:.!?]{2,40}:) ")
_SIGNS = {Tone.PLAIN: ("", ""), Tone.GOOD: ("✓", "Good"), Tone.WARN: ("!", "Attention"), Tone.BAD: ("▲", "Urgent")}


@cache
def environment() -> Environment:
    """Return the environment that all pages share."""
    made = Environment(
        loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters |= {"number": number, "percent": percent, "plural": _plural, "said": said, "clock": clock}
    made.filters |= {"prose": prose}
    made.filters |= {"reader": reader, "relative": relative, "sign": sign, "ident": ident, "in_days": _in_days}
    made.filters |= {"tone": Tone}
    made.globals |= {
        f.__name__: f for f in (headline, roll_parts, seats, soonest, tier_1, step_status, delivery_status, why_held)
    }
    made.filters |= {"day": day, "words": words, "known": known, "often": often}
    made.globals |= {"gain": gain, "scored": scored, "why_capped": why_capped, "Kind": Kind}
    made.globals |= {"shares": shares, "asset": asset, "card_html": card_html, "Speed": Speed}
    made.globals |= {draw.__name__: _drawn(draw) for draw in _DRAWN}
    made.globals |= {"drawn": _drawn(_svg)}
    return made


def page(name: str, /, **context: object) -> str:
    """Return one template filled in: a whole page, or the fragment that a page includes under the same name."""
    return environment().get_template(name).render(context)


def card_html(card: Card, *, post: str = "", hidden: Mapping[str, str] | None = None, key: str = "card") -> Markup:
    """Return a card as HTML.

    post: the address before "/press" and "/submit"; empty for a card that can only be read.
    hidden: what every press and form sends along. key: makes ids on the page unique.
    Fields are sent as "field.NAME", so that they never clash with what is hidden.
    """
    drawn = page("card_alone.html", card=card, post=post, hidden=dict(hidden or {}), key=ident(key))
    return Markup(drawn)  # noqa: S704


@cache
def asset(name: str) -> str:
    """Return the address of a static file; it changes whenever the file does."""
    return f"/static/{name}?v={sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def number(n: int) -> str:
    """Return 1200 as "1,200"."""
    return f"{n:,}"


def percent(value: int, total: int) -> str:
    """Return the whole percent, rounded down so that 100 means all: "67 %"."""
    return f"{value * 100 // total if total else 0}\N{NO-BREAK SPACE}%"


def known(answer: bool | None) -> str:  # noqa: FBT001 - a filter of pages
    """Return what is known: yes, no or not known."""
    return "not known" if answer is None else ("yes" if answer else "no")


def ident(text: object) -> str:
    """Return text as something that can stand in an id."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", str(text))


def said(text: str) -> Markup:
    """Return people's words as text, web addresses and telephone numbers made links."""
    parts, at = [], 0
    for found in _LINK.finditer(text):
        parts += [escape(text[at : found.start()]), _link(found.group())]
        at = found.end()
    return Markup("").join([*parts, escape(text[at:])])


def prose(text: str) -> Markup:
    """Return a message's text line by line, what a line is about in bold: "What to do: stay away"."""
    lines = text.split("\n")
    return said(text) if len(lines) == 1 else Markup("").join(map(_line, lines))


def _line(text: str) -> Markup:
    label = _LABEL.match(text)
    head = Markup("<b>{}</b> ").format(label[1]) if label else Markup("")
    return Markup('<span class="line">{}{}</span>').format(head, said(text[label.end() if label else 0 :]))


def clock(at: datetime, zone: str, now: datetime | None = None) -> Markup:
    """Return a time in a known reader's zone, with the zone's name: 14:05 BST; the day too unless it is today."""
    return _time(at, zone, now, "")


def reader(at: datetime, zone: str, now: datetime | None = None) -> Markup:
    """Like clock, for a reader whose zone only their browser knows: the script shows theirs instead."""
    return _time(at, zone, now, " data-time")


def relative(at: datetime, now: datetime, past: str = "ago") -> Markup:
    """Return "in 12 min" or "8 min ago"; past: the word for what is over ("late")."""
    return Markup('<time datetime="{}" data-relative="{}">{}</time>').format(
        at.isoformat(timespec="seconds"), past, relative_words(at, now, past)
    )


def sign(tone: Tone) -> Markup:
    """Return the sign and the word that say a tone without colour; nothing for a plain one."""
    mark, word = _SIGNS[tone]
    shown = Markup('<span class="sign" aria-hidden="true">{}</span><span class="unseen">{}: </span>')
    return shown.format(mark, word) if mark else Markup("")


def zone_name(at: datetime, zone: str) -> str:
    """Return what a zone is called at that time: "BST", or "UTC+5:30" where it has no letters of its own."""
    there = at.astimezone(ZoneInfo(zone))
    name = there.tzname() or zone
    if name[0] not in "+-":
        return name
    hours, minutes = name[1:3].lstrip("0") or "0", name[3:5]
    return f"UTC{name[0]}{hours}" + (f":{minutes}" if minutes.strip("0") else "")


def _link(address: str) -> Markup:
    if address.startswith("+"):
        return Markup('<a href="tel:{}">{}</a>').format(address.replace(" ", ""), address)
    return Markup('<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>').format(address)


def _svg(chart: Chart) -> str:
    return chart.svg


def _drawn(draw: Callable[..., str]) -> Callable[..., Markup]:
    """The picture as markup: what draws it escapes every word."""
    return lambda *a, **more: Markup(draw(*a, **more))  # noqa: S704


def _plural(n: int, one: str, many: str | None = None) -> str:
    return plural(n, one, many)


def _in_days(messages: tuple[object, ...], zone: str, now: datetime) -> object:
    return days(messages, ZoneInfo(zone), now)  # type: ignore[arg-type]


def _time(at: datetime, zone: str, now: datetime | None, more: str) -> Markup:
    there = at.astimezone(ZoneInfo(zone))
    day = "" if now is None else _day(there, now.astimezone(ZoneInfo(zone)))
    shown = Markup('<time class="time" datetime="{}" title="{}"{}>{}{:%H:%M} {}</time>')
    sent = at.isoformat(timespec="seconds")
    return shown.format(sent, zone.replace("_", " "), Markup(more), day, there, zone_name(at, zone))  # noqa: S704


def _day(there: datetime, today: datetime) -> str:
    """The day before a time, left out when it is today; the year only when it is another."""
    if there.date() == today.date():
        return ""
    return f"{there:%a} {there.day} {there:%b} " + (f"{there.year} " if there.year != today.year else "")
