"""Shifts: when somebody is at work, in minutes from now, whatever their time zone."""

import re
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Windows = tuple[tuple[int, int], ...]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SHIFT = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? (\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_DAY_MIN = 24 * 60
_AHEAD_DAYS = 8


def known(shift: str) -> bool:
    """Whether a shift can be read: "" is any time, else such as "mon-fri 08:00-16:00"."""
    return not shift or _read(shift) is not None


@lru_cache(maxsize=10_000)
def _read(shift: str) -> tuple[frozenset[int], int, int] | None:
    """Return the days, and the minutes after midnight when work starts and ends; after 1440 is the next day."""
    found = _SHIFT.fullmatch(shift.casefold().strip())
    if found is None or not {found[1], found[2] or found[1]} <= set(DAYS):
        return None
    first, last = DAYS.index(found[1]), DAYS.index(found[2] or found[1])
    start, end = int(found[3]) * 60 + int(found[4]), int(found[5]) * 60 + int(found[6])
    if start >= _DAY_MIN or end > _DAY_MIN:
        return None
    days = frozenset((first + n) % 7 for n in range((last - first) % 7 + 1))
    return days, start, end if end > start else end + _DAY_MIN


@lru_cache(maxsize=10_000)
def windows(shift: str, tz: str, now: datetime) -> Windows:
    """Return the spans of work of the next days, in minutes from now; none when the shift is any time or unreadable."""
    read = _read(shift) if shift else None
    if read is None:
        return ()
    days, start, end = read
    midnight = now.astimezone(ZoneInfo(tz)).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    found = []
    for n in range(-1, _AHEAD_DAYS):
        day = midnight + timedelta(days=n)
        if day.weekday() in days:
            begins, ends = ((day + timedelta(minutes=m)).replace(tzinfo=ZoneInfo(tz)) for m in (start, end))
            found.append((_minutes(now, begins), _minutes(now, ends)))
    return tuple(span for span in found if span[1] > 0)


def _minutes(now: datetime, at: datetime) -> int:
    return int((at - now).total_seconds() // 60)


def on_shift(shift: str, tz: str, now: datetime) -> bool:
    """Whether somebody with this shift is at work now; who works at any time, or when nobody can read, is."""
    spans = windows(shift, tz, now.replace(second=0, microsecond=0))
    return not known(shift) or not shift or any(begins <= 0 < ends for begins, ends in spans)


def at_work(spans: Windows, minutes: int, least: int) -> int:
    """Return the first minute from this one on when at least so much of a shift is left."""
    for begins, ends in spans:
        at = max(begins, minutes)
        if ends - at >= min(least, ends - begins):
            return at
    return minutes
