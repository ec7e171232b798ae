"""Cells of the roster's files: each reader turns text into a value, or says what would be right."""

import re
import unicodedata
from collections.abc import Callable, Collection
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain import calendars
from bot.domain.language import CODES
from bot.domain.nearest import nearest
from bot.domain.text import clean, one_line
from bot.domain.zones import zones

Reader = Callable[[str], Any]
LONGEST_LINE = 200
LONGEST_LIST = 1000
MOST_ITEMS = 50
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,59}")
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{3,24}")
_LINK = re.compile(r"https?://[^\s<>\"]+")
_NUMBER = re.compile(r"-?[0-9]{1,9}")
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_YES = {"yes", "y", "true", "1"}
_NO = {"no", "n", "false", "0"}


class Wrong(Exception):
    """A cell that can't be read; the text says what would be right."""


def suggest(word: str, words: Collection[str]) -> str:
    """Return "did you mean 'leeds'?", or the words there are."""
    if like := nearest(word, words):
        return f"did you mean {like!r}?"
    some = sorted(words)[:8]
    return f"there is {', '.join(some)}{' …' if len(words) > len(some) else ''}" if some else "there is none yet"


def hidden(text: str) -> str:
    """Return "U+0007" when text holds a control or direction-changing character, "" when it holds none."""
    if text.isprintable():
        return ""
    kept = {"\t", *clean(text)}
    return next((f"U+{ord(c):04X}" for c in text if c not in kept and unicodedata.category(c) in _HIDDEN), "")


def guarded(cell: str, limit: int) -> None:
    """Refuse what no column may hold: too much text, control characters, line breaks."""
    if len(cell) > limit:
        raise Wrong(f"at most {limit:,} characters, this has {len(cell):,}")
    if "\n" in cell or "\r" in cell:
        raise Wrong("one line of text; take the line break out")
    if sign := hidden(cell):
        raise Wrong(f"plain text; take the control character {sign} out")


def line(cell: str) -> str:
    """Read one line of text; markup in it is just text."""
    return cell if cell.isascii() and cell.isprintable() and "  " not in cell else one_line(cell)


def key(cell: str) -> str:
    """Read an id."""
    if not _KEY.fullmatch(cell):
        raise Wrong("an id of letters, digits and . _ : - (at most 60, a letter or digit first), such as A00012")
    return cell


def whole(low: int, high: int) -> Reader:
    """Return the reader of a whole number from low to high."""

    def read(cell: str) -> int:
        if not _NUMBER.fullmatch(cell) or not low <= int(cell) <= high:
            raise Wrong(f"a whole number from {low:,} to {high:,}, written without commas")
        return int(cell)

    return read


def yes_or_no(cell: str) -> bool:
    """Read a yes or a no."""
    word = cell.casefold()
    if word not in _YES | _NO:
        raise Wrong("yes or no")
    return word in _YES


def day(cell: str) -> date:
    """Read a date."""
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise Wrong("a date written year-month-day, such as 2026-03-31") from None


def iso_day(cell: str) -> str:
    """Read a date that is kept as text."""
    return day(cell).isoformat()


@cache
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def zone(cell: str) -> str:
    """Read a time zone's name."""
    if not _is_zone(cell):
        raise Wrong(f"a time zone such as Europe/London; {suggest(cell, zones())}")
    return cell


def country(cell: str) -> str:
    """Read a country's two letters."""
    if cell.upper() not in calendars.countries():
        raise Wrong(f"two letters such as GB; {suggest(cell.upper(), calendars.countries())}")
    return cell.upper()


def language(cell: str) -> str:
    """Read a language's two letters."""
    if cell.lower() not in CODES:
        raise Wrong("two letters such as de")
    return cell.lower()


def one_of(words: Collection[str]) -> Reader:
    """Return the reader of one of these words."""

    def read(cell: str) -> str:
        if cell.casefold() not in words:
            raise Wrong(f"one of {', '.join(words)}; {suggest(cell, words)}")
        return cell.casefold()

    return read


def shaped(pattern: re.Pattern[str], example: str) -> Reader:
    """Return the reader of text in the shape of an example."""

    def read(cell: str) -> str:
        if not pattern.fullmatch(cell):
            raise Wrong(f"such as {example}")
        return cell

    return read


directory_id = shaped(_GUID, "6b1f0c2e-93a4-4d0e-8f7b-2c5d9e1a7f30")
email = shaped(_EMAIL, "ana.brown@example.org")
phone = shaped(_PHONE, "+44 113 496 0123")
link = shaped(_LINK, "https://scripts.example.org/billing")


def items(cell: str) -> list[str]:
    """Return what stands between semicolons."""
    found = [item for item in (part.strip() for part in cell.split(";")) if item]
    if len(found) > MOST_ITEMS:
        raise Wrong(f"at most {MOST_ITEMS} items, this has {len(found)}")
    return found


def several(item: Reader) -> Reader:
    """Return the reader of a list, its items between semicolons."""

    def read(cell: str) -> tuple[Any, ...]:
        found = tuple(item(part) for part in items(cell))
        if len(set(found)) < len(found):
            raise Wrong("each item once")
        return found

    return read


def pairs(low: int, high: int, example: str) -> Reader:
    """Return the reader of a list of name:number."""
    number = whole(low, high)

    def read(cell: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for part in items(cell):
            name, colon, value = part.rpartition(":")
            if not colon or name in found:
                raise Wrong(f"each name once with its number, such as {example}")
            found[key(name)] = number(value.strip())
        return found

    return read
