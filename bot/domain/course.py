"""How a count went over time: shares of people as a line, and when a level was reached."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.card import Point

Changes = Sequence[tuple[datetime, int]]
_MINUTE = timedelta(minutes=1)


def shares_over_time(changes: Changes, since: datetime, total: int, until: datetime) -> tuple[Point, ...]:
    """Return how large a share was reached when, from nothing at since to the level at until.

    changes: (the beginning of a minute, how many in it). A minute counts at its end: never promised too soon.
    """
    points, reached = [Point(minute=0, percent=0)], 0
    for at, n in changes:
        reached += n
        points.append(Point(minute=_minutes(since, min(at + _MINUTE, until)), percent=_percent(reached, total)))
    return (*points, Point(minute=_minutes(since, until), percent=points[-1].percent))


def reached_for_good(changes: Changes, start: int, wanted: int) -> datetime | None:
    """Return when a level last came up to what is wanted and stayed; None if it never was below, or still is."""
    level, at_last = start, None
    for at, n in changes:
        before, level = level, level + n
        if level < wanted:
            at_last = None
        elif before < wanted:
            at_last = at + _MINUTE
    return at_last


def _minutes(since: datetime, at: datetime) -> float:
    return max(0.0, round((at - since).total_seconds() / 60, 1))


def _percent(n: int, total: int) -> float:
    return min(100.0, n * 100 / total) if total else 0.0
