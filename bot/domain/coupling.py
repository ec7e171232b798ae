"""Contacts and agents move together: how many of the contacts the agents who are live can take, and what comes next.

Contacts that are moved before the agents who take them ring unanswered.
"""

from collections.abc import Sequence
from typing import NamedTuple

STEP = 10  # percent of the contacts at a time


class Line(NamedTuple):
    """One hit queue: had are the agents who took its contacts before; live, arrived and coming those who will."""

    name: str
    had: int
    live: int
    arrived: int = 0
    coming: int = 0


class Guard(NamedTuple):
    """How far contacts and agents are. moved and can are percent; target is the next share, None when all are moved.

    missing: live agents that the target still needs; arrived: those who are there and not logged in yet.
    """

    moved: int
    had: int
    live: int
    arrived: int
    target: int | None
    missing: int

    @property
    def can(self) -> int:
        """How many percent of the contacts the live agents can take."""
        return min(100, self.live * 100 // self.had) if self.had else 100

    @property
    def ahead(self) -> bool:
        """Whether contacts were moved before the agents who take them are live."""
        return self.moved > self.can


def guard(lines: Sequence[Line], moved: int) -> Guard:
    """Return how far contacts may follow; a queue's agents beyond those it had before take no contacts of others."""
    had = sum(line.had for line in lines)
    live = sum(min(line.live, line.had) for line in lines)
    target = min(100, moved // STEP * STEP + STEP) if moved < 100 else None
    needed = -(-had * (target or 0) // 100)
    return Guard(moved, had, live, sum(line.arrived for line in lines), target, max(0, needed - live))
