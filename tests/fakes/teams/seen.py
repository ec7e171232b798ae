"""An Adaptive Card as the person before it reads it: words, buttons, fields."""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.chats import Asked
from tests.fakes.teams.cards import walk

_MACRO = re.compile(r"\{\{(DATE|TIME)\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)(?:, SHORT)?\)\}\}")
_BANNER = re.compile(r"^✗ ")


def words(card: Any, tz: str) -> str:
    """Return what stands on a card, line by line, as Teams would draw it for a reader in a zone."""
    return "\n".join(line for part in card["body"] for line in _lines(part, tz) if line.strip())


def _lines(part: Any, tz: str) -> list[str]:
    match part["type"]:
        case "RichTextBlock":
            return [_run(part, tz)]
        case "Container":
            return [line for item in part["items"] for line in _lines(item, tz)]
        case "ColumnSet":
            return [": ".join(" ".join(line for i in c["items"] for line in _lines(i, tz)) for c in part["columns"])]
        case "Table":
            return [" | ".join(_cell(cell, tz) for cell in row["cells"]) for row in part["rows"]]
        case _:
            return []


def _cell(cell: Any, tz: str) -> str:
    return " ".join(line for item in cell["items"] for line in _lines(item, tz)).strip()


def _run(part: Any, tz: str) -> str:
    return _MACRO.sub(lambda m: _time(m[1], m[2], tz), "".join(run["text"] for run in part["inlines"]))


def _time(kind: str, stamp: str, tz: str) -> str:
    there = datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).astimezone(ZoneInfo(tz))
    return there.strftime("%a %-d %b" if kind == "DATE" else "%H:%M %Z")


def buttons(card: Any) -> tuple[str, ...]:
    """Return the buttons, without the one that sends a form and the way back."""
    sets = [action for part in card["body"] if part["type"] == "ActionSet" for action in part["actions"]]
    return tuple(a["title"] for a in sets if _verb(a) != "send")


def _verb(action: Any) -> str:
    return str(action.get("verb") or (action.get("data") or {}).get("verb") or "")


def submit(card: Any) -> str:
    """Return the button that sends the form."""
    return next((a["title"] for a in walk(card) if a.get("type") in ("Action.Execute", "Action.Submit") and _verb(a) == "send"), "")  # fmt: skip


def fields(card: Any, tz: str) -> dict[str, Asked]:
    """Return the fields by name, each with the hint and the error that stand below it."""
    found: dict[str, Asked] = {}
    below: dict[str, list[str]] = {}
    last = ""
    for part in card["body"]:
        if str(part["type"]).startswith("Input."):
            last = part["id"].removeprefix("f.")
            found[last], below[last] = _asked(part), []
        elif last and part["type"] == "RichTextBlock":
            below[last].append(_run(part, tz))
    return {name: _with(asked, below[name]) for name, asked in found.items()}


def _asked(part: Any) -> Asked:
    value = part.get("value", "")
    many = part.get("isMultiSelect")
    said = tuple(v for v in value.split(",") if v) if many else ((value,) if value else ())
    options = {c["value"]: c["title"].replace(" – ", " ", 1) for c in part.get("choices", ())}
    return Asked(part["label"], "", "", said, options)


def _with(asked: Asked, lines: list[str]) -> Asked:
    error = next((_BANNER.sub("", line) for line in lines if line.startswith("✗ ")), "")
    hint = next((line for line in lines if not line.startswith("✗ ")), "")
    return Asked(asked.label, hint, error, asked.value, asked.options)
