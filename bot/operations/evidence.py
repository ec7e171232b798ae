"""Evidence, taken at its word but in the form that the step asks for."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.refusal import Refused
from bot.domain.runbook import EvidenceKind

_TIME = re.compile(r"^([01]?\d|2[0-3])[:.]([0-5]\d)$")
_NUMBER = re.compile(r"^-?\d{1,12}(?:[.,]\d{1,6})?\s*%?$")


def parse(kind: EvidenceKind, text: str, tz: str, now: datetime) -> str:
    """Return the evidence as it is kept; raises Refused with what is wrong beside the field."""
    match kind:
        case EvidenceKind.NUMBER if not _NUMBER.match(text):
            raise _wrong("This step asks for a number, such as 42.")
        case EvidenceKind.LINK if not re.match(r"^https?://\S+$", text):
            raise _wrong("This step asks for a link that starts with https://.")
        case EvidenceKind.TIME:
            return _time(text, tz, now)
        case _:
            return text


def _time(text: str, tz: str, now: datetime) -> str:
    found = _TIME.match(text.strip())
    if not found:
        raise _wrong("This step asks for a time, such as 14:05.")
    zone = now.astimezone(ZoneInfo(tz)).strftime("%Z")
    return f"{int(found[1]):02d}:{found[2]} {zone}"


def _wrong(text: str) -> Refused:
    return Refused(text, fields={"evidence": text})
