"""The loop of one lane: claims as the pace allows, and has many messages under way at the same time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.domain.delivery import Delivery
from bot.engine.dispatcher import Dispatcher
from bot.engine.ports import Messenger
from bot.storage.database import explain

_log = structlog.get_logger()
IDLE_SECONDS = 5.0
GRACE = 5.0  # seconds that messages under way have to end when the process is told to stop
UNDER_WAY = 500  # messages claimed and not recorded yet, for each lane of each process


@dataclass
class LaneLoop:
    """Sends what one lane has; one message that takes long never holds back the others."""

    dispatcher: Dispatcher
    messenger: Messenger
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    turned_at: datetime | None = None
    _batches: dict[asyncio.Task[None], int] = field(default_factory=dict)

    async def run(self) -> None:
        """Send until cancelled; what is under way then may end, for a few seconds."""
        try:
            while True:
                await self._turn()
        finally:
            if self._batches:
                await asyncio.wait(self._batches, timeout=GRACE)
            for batch in self._batches:
                batch.cancel()
            await asyncio.gather(*self._batches, return_exceptions=True)

    async def _turn(self) -> None:
        self.turned_at = self.dispatcher.desk.clock.now()
        self.woken.clear()
        free = UNDER_WAY - sum(self._batches.values())
        if free <= 0:
            await asyncio.wait(self._batches, return_when=asyncio.FIRST_COMPLETED)
            return
        try:
            claimed = await self.dispatcher.claim(self.messenger, free)
        except Exception as error:  # noqa: BLE001 - the loop outlives a database that is away for a moment
            self._failed("claiming failed", error)
            await asyncio.sleep(1)
            return
        if claimed.deliveries:
            self._begin(claimed.deliveries)
        if claimed.next_at is not None or not claimed.deliveries:
            await self._wait(claimed.next_at)

    def _begin(self, deliveries: Sequence[Delivery]) -> None:
        batch = asyncio.create_task(self.dispatcher.deliver(self.messenger, deliveries))
        self._batches[batch] = len(deliveries)
        batch.add_done_callback(self._ended)

    def _ended(self, batch: asyncio.Task[None]) -> None:
        del self._batches[batch]
        if not batch.cancelled() and (error := batch.exception()) is not None:
            self._failed("sending failed", error)

    def _failed(self, what: str, error: BaseException) -> None:
        trouble, kind = explain(error), type(error).__name__
        _log.error(what, platform=self.messenger.platform, error=kind, why=trouble, exc_info=None if trouble else error)

    async def _wait(self, until: datetime | None) -> None:
        """Until somebody commits, the lane has room again, or some seconds are over; whichever is first."""
        seconds = IDLE_SECONDS
        if until is not None:
            seconds = min(seconds, max(0.001, (until - self.dispatcher.desk.clock.now()).total_seconds()))
        try:
            async with asyncio.timeout(seconds):  # wait_for can swallow a cancel that comes with the wake-up
                await self.woken.wait()
        except TimeoutError:
            return
