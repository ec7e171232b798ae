"""The product around one fresh database: its desk, its real dispatcher, and a console that notes when it took what."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot import app
from bot.chat.console.sender import ConsoleMessenger
from bot.clock import SystemClock
from bot.domain.delivery import Outgoing, Sent
from bot.domain.pace import Pace
from bot.engine import rooms
from bot.engine.ticker import Engine
from bot.operations.desk import Desk
from bot.storage.database import Store
from bot.storage.runbooks import load_all
from bot.storage.shelf import Shelf
from tests.bench.databases import PLATFORM, policy


class Noted(ConsoleMessenger):
    """The console's sender; notes when its first message was accepted, and how many have been."""

    first_at: float | None = None
    accepted = 0

    async def send(self, batch: Sequence[Outgoing]) -> list[Sent]:
        """Send, and note it."""
        sent = await super().send(batch)
        if self.first_at is None:
            self.first_at = time.perf_counter()
        self.accepted += len(sent)
        return sent


@dataclass
class Scene:
    """A desk, its dispatcher, its console."""

    desk: Desk
    engine: Engine
    console: Noted
    _loop: asyncio.Task[None] | None = None

    def run(self) -> None:
        """Let the dispatcher run as it does in the product: woken by every commit."""
        self._loop = asyncio.create_task(self.engine.send_forever())

    async def rest(self) -> None:
        """Stop the dispatcher."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
            self._loop = None

    async def settle(self) -> None:
        """Open rooms and send until nothing is left."""
        for _ in range(3):
            await rooms.sweep(self.desk, self.engine.messengers)
            await self.engine.dispatcher.drain()


@asynccontextmanager
async def opened(store: Store, pace: Pace | None = None) -> AsyncIterator[Scene]:
    """Build the product's inside on a store, as bot/app.py does; pace: the console's, else it has no limit."""
    rules, clock, woken = policy(pace), SystemClock(), asyncio.Event()
    books = load_all(app.ROOT / "runbooks", rules)
    desk = Desk(store, clock, rules, Shelf(books), (PLATFORM,), lambda *_: "http://127.0.0.1/board", woken.set)
    console = Noted(store, clock)
    scene = Scene(desk, Engine(desk, {PLATFORM: console}, woken), console)
    app.set_aside()
    try:
        yield scene
    finally:
        await scene.rest()
