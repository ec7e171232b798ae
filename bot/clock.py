"""The only place that knows what time it is."""

import time
from datetime import UTC, datetime
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
        """Return seconds since some moment; nobody can set them."""
        return time.monotonic()
