"""Evidence, taken at its word but in the form that the step asks for."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain import typed_time
from bot.domain.refusal import Refused
from bot.domain.runbook import EvidenceKind

_TIME = re.compile(r"^([01]?\d|2[0-3])[:.]([0-5]\d)$")
_NUMBER = re.compile(r"^-?\d{1,12}(?:[.,]\d{1,6})?\s*%?$")
_LINK = re.compile(r"^(?:https?://[^\s/]+\S*|\\\\[^\s\\]+\\.+)$")  # a page, or a file on a share
_YES = frozenset({"ok", "okay", "yes", "y", "done", "true", "signed", "signed off"})
_MOST_REFERENCE = 200


def parse(kind: EvidenceKind, text: str, tz: str, now: datetime) -> str:
    """Return the evidence as it is kept; raises Refused with what is wrong beside the field."""
    text = text.strip()
    match kind:
        case EvidenceKind.NONE:
            return text
        case EvidenceKind.TIME:
            return _time(text, tz, now)
        case _ if not _FORMS[kind](text):
            raise _wrong(_ASKS[kind])
        case _:
            return text


def _says(text: str) -> bool:
    return any(c.isalnum() for c in text)


_FORMS: Mapping[EvidenceKind, Callable[[str], object]] = {
    EvidenceKind.TEXT: _says,
    EvidenceKind.ANSWER: _says,
    EvidenceKind.NUMBER: _NUMBER.match,
    EvidenceKind.REFERENCE: lambda text: _says(text) and len(text) <= _MOST_REFERENCE,
    EvidenceKind.LINK: _LINK.match,
    EvidenceKind.SIGN_OFF: lambda text: sum(c.isalpha() for c in text) >= 2 and text.lower().strip(".!") not in _YES,
}
_ASKS: Mapping[EvidenceKind, str] = {
    EvidenceKind.TEXT: "This step asks for a few words.",
    EvidenceKind.ANSWER: "It asks for an answer, in a sentence or two.",
    EvidenceKind.NUMBER: "This step asks for a number, such as 42.",
    EvidenceKind.REFERENCE: "This step asks for a reference, such as a case number; at most 200 characters.",
    EvidenceKind.LINK: "This step asks for a link to a file: one that starts with https://, or \\\\server\\folder.",
    EvidenceKind.SIGN_OFF: "This step asks for a sign-off: write who signed, and for what.",
}


def _time(text: str, tz: str, now: datetime) -> str:
    zone = ZoneInfo(tz)
    if found := _TIME.match(text):
        return f"{int(found[1]):02d}:{found[2]} {now.astimezone(zone):%Z}"
    try:
        there = typed_time.parse(text, tz, now).astimezone(zone)
    except ValueError:
        raise _wrong(f"This step asks for a time, such as {typed_time.EXAMPLES}.") from None
    return there.strftime("%H:%M %Z" if there.date() == now.astimezone(zone).date() else "%-d %b %H:%M %Z")


def _wrong(text: str) -> Refused:
    return Refused(text, fields={"evidence": text})
