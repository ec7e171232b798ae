"""Leases, and what keeps them true when somebody sets the clock: forward it ends none, back it prolongs none."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.storage import deliveries
from bot.storage.database import Work

_log = structlog.get_logger()
LEASE = timedelta(seconds=60)
SPARE = timedelta(seconds=5)  # before a lease ends everything that was begun under it has ended
_ALL = timedelta(seconds=15)  # by then every machine has heard that the clock that they share was set
_JUMP = 1.0  # seconds; less than that is a clock that is put right little by little


@dataclass
class Watch:
    """Compares the clock with steady time: whoever held a lease when it was set forward has a lease's time to end."""

    clock: Clock
    _ahead: float = 0.0
    _until: float = 0.0

    def __post_init__(self) -> None:
        """Begin to watch."""
        self._wall, self._steady = self.clock.now(), self.clock.steady()

    async def look(self, work: Work) -> datetime:
        """Return the moment by which leases are judged now; of what waits, put right what a clock set back prolongs."""
        jumped = self._jumped()
        if jumped:
            _log.warning("the clock was set", seconds=round(jumped))
        await deliveries.shorten(work, work.now + LEASE, tried=jumped < 0)
        return work.now - timedelta(seconds=self._ahead)

    def _jumped(self) -> float:
        """Return by how many seconds the clock was set since the last look, and keep in mind what is still ahead."""
        wall, steady = self.clock.now(), self.clock.steady()
        jumped = (wall - self._wall).total_seconds() - (steady - self._steady)
        self._wall, self._steady = wall, steady
        if steady >= self._until:
            self._ahead = 0.0
        if abs(jumped) < _JUMP:
            return 0.0
        self._ahead = max(0.0, self._ahead + jumped)
        self._until = steady + (LEASE + _ALL).total_seconds()
        return jumped
