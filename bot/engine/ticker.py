"""The ticker: APScheduler as the heartbeat of a few sweeps. Due times are rows, so a missed beat loses nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.engine import letters, rooms
from bot.engine.dispatcher import Dispatcher
from bot.engine.lanes import LaneLoop
from bot.engine.ports import Messenger
from bot.operations import (
    clock_reminders,
    digest,
    drafting,
    drill_actions,
    drill_quiet,
    drills,
    figures,
    followups,
    helping,
    incidents,
    outreach,
    progress,
    reloading,
    reminders,
    replanning,
    rerouting,
    sitreps,
    staleness,
    waves,
)  # fmt: skip
from bot.operations.asking import Asker
from bot.operations.desk import Desk
from bot.storage.database import explain
from bot.storage.notify import listen

_log = structlog.get_logger()
GIVE_BACK_SECONDS = 3.0


@dataclass
class Engine:
    """The loops of one process: one that sends, and the sweeps."""

    desk: Desk
    messengers: Mapping[str, Messenger]
    woken: asyncio.Event
    dispatcher: Dispatcher = field(init=False)
    begun_at: datetime | None = None
    asker: Asker = field(init=False)
    last_tick: datetime | None = None
    ticks: dict[str, datetime] = field(default_factory=dict)
    loops: list[LaneLoop] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Give the engine its dispatcher, and what asks between disasters."""
        self.dispatcher = Dispatcher(self.desk, self.messengers)
        self.asker = Asker(self.desk)

    def sweeps(self) -> dict[str, tuple[float, Callable[[], Awaitable[int]]]]:
        """Return every sweep by name, with how many seconds lie between two of it."""
        return {
            "rooms": (1, lambda: rooms.sweep(self.desk, self.messengers)),
            "cards": (2, lambda: incidents.refresh_cards(self.desk)),
            "ways": (3, lambda: rerouting.sweep(self.desk)),
            "followups": (3, lambda: followups.sweep(self.desk)),
            "help": (15, lambda: helping.sweep(self.desk)),
            "sitreps": (3, lambda: sitreps.sweep(self.desk)),
            "reminders": (5, lambda: reminders.sweep(self.desk)),
            "clocks": (10, lambda: clock_reminders.sweep(self.desk)),
            "steps": (10, lambda: progress.sweep(self.desk)),
            "places": (30, lambda: replanning.sweep(self.desk)),
            "plans": (10, lambda: staleness.sweep(self.desk)),
            "drafts": (30, lambda: drafting.sweep(self.desk)),
            "waves": (5, lambda: waves.sweep(self.desk)),
            "figures": (10, lambda: figures.sweep(self.desk)),
            "drills": (5, lambda: drills.sweep(self.desk)),
            "forgotten": (60, lambda: drill_quiet.sweep(self.desk)),
            "scores": (10, lambda: drill_actions.score_ended(self.desk)),
            "findings": (60, lambda: drill_actions.chase(self.desk)),
            "runbooks": (2, lambda: reloading.sweep(self.desk)),
            "readiness": (60, self.asker.sweep),
            "digest": (60, lambda: digest.sweep(self.desk)),
            "letters": (2, lambda: letters.sweep(self.desk, self.messengers)),
            "addresses": (60, lambda: outreach.sweep(self.desk)),
            "unknown": (10, self.dispatcher.recover),
        }

    async def tick(self) -> None:
        """Run every sweep once: what tests do instead of waiting."""
        for name in self.sweeps():
            await self._sweep(name)

    async def _job(self, name: str) -> None:
        """A sweep that is cut short because the process stops is no fault: its rows are still due."""
        with suppress(asyncio.CancelledError):
            await self._sweep(name)

    async def _sweep(self, name: str) -> None:
        """A sweep that fails is logged and comes back at its next beat: its rows are still due."""
        try:
            with self.desk.meter.sweeping(name, self.desk.clock.now().timestamp()):
                await self.sweeps()[name][1]()
            self.last_tick = self.ticks[name] = self.desk.clock.now()
        except Exception as error:  # noqa: BLE001 - one sweep must not stop the others
            trouble = explain(error)  # then where it happened says nothing, and is said by every sweep
            _log.error("sweep failed", sweep=name, error=type(error).__name__, why=trouble, exc_info=not trouble)

    async def send_forever(self) -> None:
        """Send on every lane whenever rows wait; woken by every commit of this process."""
        self.loops = [LaneLoop(self.dispatcher, messenger) for messenger in self.messengers.values()]
        tasks = [asyncio.create_task(loop.run()) for loop in self.loops]
        try:
            while True:
                self.woken.clear()
                for loop in self.loops:
                    loop.woken.set()
                await self.woken.wait()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def run(self) -> None:
        """Run until cancelled."""
        self.begun_at = self.desk.clock.now()
        if self.desk.store.dialect == "sqlite":  # the only process there is, so nobody else is sending
            await self.dispatcher.take_over()
        scheduler = AsyncIOScheduler(timezone="UTC")
        for name, (seconds, _) in self.sweeps().items():
            scheduler.add_job(
                self._job,
                "interval",
                args=[name],
                seconds=seconds,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        scheduler.add_job(self._job, args=["unknown"])  # at once, but nothing waits for a platform to answer
        scheduler.start()
        listening = asyncio.create_task(listen(self.desk.store, self.woken.set)) if self._shared else None
        try:
            await self.send_forever()
        finally:
            scheduler.shutdown(wait=False)
            if listening is not None:
                listening.cancel()
            with suppress(TimeoutError):  # a database that does not answer keeps nobody from stopping
                async with asyncio.timeout(GIVE_BACK_SECONDS):
                    await self.dispatcher.give_back()

    @property
    def _shared(self) -> bool:
        """Whether other machines may work on the same database."""
        return self.desk.store.dialect == "postgresql"
