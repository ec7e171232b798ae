"""How reaching people goes: curves over time, as shares of all, and as a picture for a terminal."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.card import Frozen, Point
from bot.domain.estimate import Estimate, Step
from bot.domain.notice import Expected
from bot.domain.simulate import answered_within

_BLOCKS = " ▁▂▃▄▅▆▇█"


class Curve(Frozen):
    """One forecast: how many people, and which share was addressed and had answered so many minutes on."""

    people: int
    addressed: tuple[Point, ...]
    answered: tuple[Point, ...]
    messages: int
    refused: int


def share_over_time(times: Sequence[datetime], begun: datetime, total: int, points: int = 400) -> tuple[Point, ...]:
    """Return the share of all that was reached, in percent, at as many moments as a chart can show."""
    ordered, found = sorted(times), [Point(minute=0, percent=0)]
    every = max(1, len(ordered) // points)
    for n, at in enumerate(ordered, start=1):
        if n % every == 0 or n == len(ordered):
            found.append(Point(minute=(at - begun).total_seconds() / 60, percent=100 * n / max(1, total)))
    return tuple(found)


_GRID = (*range(31), *range(35, 61, 5), *range(70, 181, 10))  # minutes
_SLICES = 20
_LEAST_MINUTES = 15.0


def expected(found: Estimate) -> Expected:
    """Return which share of all is expected to have answered after so many minutes, in percent: (minute, percent).

    Messages go out as the estimate says; people answer as those do who play the demo (simulate.py).
    """
    people = found.people
    if not people:
        return ()
    return tuple((m, round(100 * sum(_answered(step, 60 * m) for step in found.steps) / people, 1)) for m in _GRID)


def _answered(step: Step, at: float) -> float:
    """How many of those whom one kind of message reaches have answered by then; it reaches them evenly."""
    begin, end, people = step
    reached = (begin + (end - begin) * (n + 0.5) / _SLICES for n in range(_SLICES))
    return people * sum(answered_within(at - moment) for moment in reached) / _SLICES


def cut(forecast: Expected, minutes: float) -> tuple[Point, ...]:
    """Return a forecast as far as it can be compared: up to now, and a quarter of an hour at least."""
    until = max(_LEAST_MINUTES, minutes)
    points = [Point(minute=m, percent=p) for m, p in forecast if m <= until]
    return (*points, Point(minute=until, percent=points[-1].percent)) if points else ()


def minutes_until(points: Sequence[Point], percent: float) -> float | None:
    """Return after how many minutes a share was reached; None for one that was not."""
    return next((point.minute for point in points if point.percent >= percent - 1e-9), None)


def drawn(points: Sequence[Point], minutes: float, wide: int = 60) -> str:
    """Return a curve as one line of blocks, from nothing to all, over so many minutes."""
    line = []
    for column in range(wide):
        until = minutes * (column + 1) / wide
        percent = max((p.percent for p in points if p.minute <= until), default=0.0)
        line.append(_BLOCKS[min(len(_BLOCKS) - 1, int(percent / 100 * (len(_BLOCKS) - 1) + 1e-9))])
    return "".join(line)
