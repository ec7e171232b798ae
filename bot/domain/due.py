"""Due times as runbooks write them: "T+15m", "D+10m", "after: LS3 +20m", "50% of rto"."""

import calendar
import re
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from bot.domain.card import Frozen

_DURATION = re.compile(r"(?:(\d{1,4})\s*d)?\s*(?:(\d{1,4})\s*h)?\s*(?:(\d{1,5})\s*m(?:in)?)?")
_EVERY = re.compile(r"(\d{1,3})\s*(day|week|month|year)s?")
_FROM_START = re.compile(r"([TD])\s*\+(.+)")
_AFTER = re.compile(r"after\s*:?\s*([A-Za-z][A-Za-z0-9_]*)(?:\s*\+(.+))?")
_OF_RTO = re.compile(r"(\d{1,3})\s*% of rto")
_FORMS = "T+15m (from declaration), D+10m (from detection), after: LS3 +20m, or 50% of rto"


class Anchor(StrEnum):
    """What a due time counts from."""

    NOTHING = "nothing"
    DECLARED = "declared"
    DETECTED = "detected"
    STEP = "step"
    RTO = "rto"


class Due(Frozen):
    """When something is due: offset after its anchor, or a percentage of the RTO after detection."""

    anchor: Anchor = Anchor.NOTHING
    offset: timedelta = timedelta()
    step: str = ""
    percent: int = 0


@lru_cache(maxsize=1024)
def duration(text: str) -> timedelta:
    """Return "15m", "2h", "1d" or "1h 30m" as a length of time; raises ValueError."""
    found = _DURATION.fullmatch(text.strip())
    if not found or not any(found.groups()):
        msg = f"{text!r} is no length of time; write 15m, 2h, 1d or 1h 30m"
        raise ValueError(msg)
    days, hours, minutes = (int(n or 0) for n in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def review_by(reviewed_on: date, every: str, times: int = 1) -> date:
    """Return the day by which a review is due again, or for the nth time: "6 months", "2 weeks"; raises ValueError."""
    found = _EVERY.fullmatch(every.strip())
    if not found:
        msg = f"{every!r} is no interval; write 30 days, 2 weeks, 6 months or 1 year"
        raise ValueError(msg)
    count, unit = int(found[1]) * times, found[2]
    if unit in ("day", "week"):
        return reviewed_on + timedelta(days=count * (7 if unit == "week" else 1))
    months = reviewed_on.year * 12 + reviewed_on.month - 1 + count * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(reviewed_on.day, last))


@lru_cache(maxsize=1024)
def parse(text: str) -> Due:
    """Return what a runbook's due says; empty text is never due; raises ValueError."""
    text = text.strip()
    if not text:
        return Due()
    if found := _FROM_START.fullmatch(text):
        anchor = Anchor.DECLARED if found[1] == "T" else Anchor.DETECTED
        return Due(anchor=anchor, offset=duration(found[2]))
    if found := _AFTER.fullmatch(text):
        return Due(anchor=Anchor.STEP, step=found[1], offset=duration(found[2] or "0m"))
    if found := _OF_RTO.fullmatch(text):
        return Due(anchor=Anchor.RTO, percent=int(found[1]))
    msg = f"{text!r} is no due time; write {_FORMS}"
    raise ValueError(msg)


def due_at(
    due: Due, declared_at: datetime, detected_at: datetime, ended: dict[str, datetime], rto_min: int | None
) -> datetime | None:
    """Return when it is due; None while that is not known (the step before has not ended, no queue has an RTO)."""
    match due.anchor:
        case Anchor.NOTHING:
            return None
        case Anchor.DECLARED:
            return declared_at + due.offset
        case Anchor.DETECTED:
            return detected_at + due.offset
        case Anchor.STEP:
            return ended[due.step] + due.offset if due.step in ended else None
        case Anchor.RTO:
            return None if rto_min is None else detected_at + timedelta(minutes=rto_min) * due.percent / 100
