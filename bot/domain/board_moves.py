"""The board's view of moves: waves, how far the seats of a place are, queues against their minimum over time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.domain.card import Frozen
from bot.domain.chart import Part, Point
from bot.domain.seat import SeatState, ledger
from bot.domain.text import plural

Changes = Sequence[tuple[datetime, int]]


class WaveRow(Frozen):
    """One wave of the plan in force: how many of its people are how far; due_at: when it goes out by itself."""

    number: int
    people: int
    told: int
    arrived: int
    live: int
    due_at: datetime | None = None

    @property
    def word(self) -> str:
        """How far the wave is, in a word."""
        if not self.told:
            return "not told yet"
        return "at work" if self.live == self.people else "under way"


def wave_row(number: int, states: Mapping[str, int], due_at: datetime | None) -> WaveRow:
    """Return a wave from how many of its moves are in which state; those that failed or were replaced have left it."""
    book = ledger(states)
    live = book[SeatState.LOGGED_IN] + book[SeatState.TAKING_CONTACTS]
    going = sum(n for state, n in states.items() if state not in ("failed", "released"))
    waiting = states.get("approved", 0) + states.get("proposed", 0)
    arrived = book[SeatState.ARRIVED] + live
    return WaveRow(
        number=number,
        people=going,
        told=going - waiting,
        arrived=arrived,
        live=live,
        due_at=due_at if waiting else None,
    )


def seat_parts(own: int, others: int, states: Mapping[str, int]) -> tuple[Part, ...]:
    """Return the taken seats of a place: its own people's, other incidents', and this one's by how far they are."""
    book = ledger(states)
    live = book[SeatState.LOGGED_IN] + book[SeatState.TAKING_CONTACTS]
    return (
        Part(label="at work there anyway", value=own, kind="own"),
        Part(label="of other incidents", value=others, kind="others"),
        Part(label="logged in", value=live, kind="live"),
        Part(label="arrived", value=book[SeatState.ARRIVED], kind="arrived"),
        Part(label="on the way", value=book[SeatState.CONFIRMED], kind="confirmed"),
        Part(label="held", value=book[SeatState.HELD], kind="held"),
    )


class Covered(NamedTuple):
    """A queue whose coverage is followed: live at the start, the least it needs, and how live changed."""

    start: int
    mbco: int
    changes: Changes


def coverage(queues: Sequence[Covered], since: datetime, until: datetime) -> tuple[Point, ...]:
    """Return how much of their minimum the queues had as time went on, in percent; above it counts as all of it."""
    wanted = sum(queue.mbco for queue in queues)
    if not wanted:
        return ()
    live = [queue.start for queue in queues]

    def percent() -> float:
        return sum(min(n, q.mbco) for n, q in zip(live, queues, strict=True)) * 100 / wanted

    events = sorted((at, number, n) for number, queue in enumerate(queues) for at, n in queue.changes)
    points = [Point(minute=0, percent=percent())]
    for at, number, n in events:
        live[number] += n
        points.append(Point(minute=_minutes(since, min(at + timedelta(minutes=1), until)), percent=percent()))
    return (*points, Point(minute=_minutes(since, until), percent=percent()))


class OffShift(NamedTuple):
    """How many of those who count as live are off at this hour, by their shifts."""

    off: int
    live: int

    @property
    def words(self) -> str:
        """The same in a sentence; nothing when nobody is."""
        them = f"{self.off:,} of the {plural(self.live, 'person', 'people')} who count as live"
        return f"{them} {'is' if self.off == 1 else 'are'} off at this hour, by their shifts" if self.off else ""


NOBODY = OffShift(0, 0)


def covered(queues: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Return how many seats of their minimum queues have live, and how many that is: (live, minimum) of each.

    What one has beyond its minimum makes up for nothing that another lacks.
    """
    rows = list(queues)
    return sum(min(live, least) for live, least in rows), sum(least for _, least in rows)


def _minutes(since: datetime, at: datetime) -> float:
    return max(0.0, round((at - since).total_seconds() / 60, 1))
