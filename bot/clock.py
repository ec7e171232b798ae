"""The only place that knows what time it is."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Something that tells the time; tests hand in one that they move by hand."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC. Somebody may set it forward or back."""

    def steady(self) -> float:
        """Return seconds since some moment; nobody can set them."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)

    def steady(self) -> float:
        """Return seconds since some moment; nobody can set them, and a machine that sleeps counts on."""
        return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass
class LedClock:
    """A clock that goes by another one, which is asked now and then: machines that share that one share the time.

    Between two answers it goes by steady time, so it is nothing to it when somebody sets the machine's own clock.
    """

    own: Clock = field(default_factory=SystemClock)
    _told: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC; before the first answer, by the machine's own clock."""
        if self._told is None:
            return self.own.now()
        moment, heard = self._told
        return moment + timedelta(seconds=self.own.steady() - heard)

    def steady(self) -> float:
        """Return seconds since some moment; nobody can set them."""
        return self.own.steady()

    def follow(self, moment: datetime, asked: float, heard: float) -> float:
        """Take the other's time, read between two steady moments; return by how many seconds this one was wrong.

        What lies between the earliest and the latest that it can be now is right as it is: nothing jumps to and fro.
        """
        since = timedelta(seconds=self.own.steady() - heard)
        earliest, latest = moment + since, moment + since + timedelta(seconds=heard - asked)
        right = min(max(self.now(), earliest), latest)
        wrong = (self.now() - right).total_seconds()
        if wrong or self._told is None:
            self._told = right, self.own.steady()
        return wrong
