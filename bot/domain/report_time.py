"""Report times of people who are told later than their plan counted on."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.domain.place import SiteKind
from bot.domain.relocation_shift import at_work, windows
from bot.domain.relocation_terms import Rules

_ROUND_MIN = 5
_MINUTE = timedelta(minutes=1)


class Due(NamedTuple):
    """What people alike were to be told: when to report, at what kind of destination, and the shift that they work."""

    at: datetime
    kind: SiteKind
    shift: str
    tz: str


def rounded(at: datetime) -> datetime:
    """Return the next round time, because people remember these."""
    over = timedelta(minutes=at.minute % _ROUND_MIN, seconds=at.second, microseconds=at.microsecond)
    return at - over + timedelta(minutes=_ROUND_MIN) if over else at


def lateness(assumed: datetime, now: datetime) -> timedelta:
    """Return how much later than their plan assumed people are told; what rounding takes up anyway is nothing."""
    late = now - assumed
    return late if late >= timedelta(minutes=_ROUND_MIN) else timedelta()


def moved(dues: Iterable[Due], late: timedelta, now: datetime, rules: Rules) -> dict[Due, datetime]:
    """Return the new times of those who can't keep theirs, being told now, so much later than their plan assumed.

    Whoever has time enough keeps theirs, such as those who report for their next shift.
    """
    return {due: _later(due, late, now, rules) for due in dues if due.at < now + _enough(due, rules)}


def _enough(due: Due, rules: Rules) -> timedelta:
    """What anybody needs at most from being told until they are there."""
    return _MINUTE * (rules.notice_min + (0 if due.kind is SiteKind.HOME else rules.max_travel_min))


def _later(due: Due, late: timedelta, now: datetime, rules: Rules) -> datetime:
    spans = () if rules.call_in else windows(due.shift, due.tz, now)
    minutes = -(-(due.at + late - now) // _MINUTE)
    return rounded(now + _MINUTE * at_work(spans, minutes, rules.shift_left_min))
