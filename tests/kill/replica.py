"""One replica of the product as a forked process: the real engine; at a chosen write or send it is killed with SIGKILL."""

import asyncio
import os
import signal
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from mmap import mmap
from threading import Timer
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from bot import app
from bot.engine import dispatcher
from bot.storage.database import Store, connect
from tests.world import START

WRITE, SEND = 1, 2
_BATCH = 12  # of sixty messages each replica has its share
_WRITES = ("INSERT", "UPDATE", "DELETE")
Build = Callable[[Store, Any], app.Product]


@dataclass
class SharedClock:
    """A clock that all replicas of a run share; whoever plays can let time go by at once."""

    began: float = field(default_factory=time.monotonic)
    ahead: mmap = field(default_factory=lambda: mmap(-1, 8))

    def now(self) -> datetime:
        """Return the moment."""
        skipped = struct.unpack("d", self.ahead[:8])[0]
        return START + timedelta(seconds=time.monotonic() - self.began + skipped)

    def steady(self) -> float:
        """Return the seconds that went by."""
        return self.now().timestamp()

    def skip(self, seconds: float) -> None:
        """Let so much time go by."""
        self.ahead[:8] = struct.pack("d", seconds)


@dataclass
class Bomb:
    """Counts writes and sends; at the chosen one, or a moment after it, the process is gone. Read across processes."""

    at: int = 0
    delay: float = 0.0
    shared: mmap = field(default_factory=lambda: mmap(-1, 16))

    def tick(self, kind: int) -> None:
        """Note a write or a send; die at the chosen one."""
        count = self.count + 1
        self.shared[:16] = struct.pack("qq", count, kind)
        if count == self.at:
            if self.delay:
                Timer(self.delay, _die).start()
            else:
                _die()

    @property
    def count(self) -> int:
        """How many there were."""
        return int(struct.unpack("qq", self.shared[:16])[0])

    @property
    def kind(self) -> int:
        """What the last one was."""
        return int(struct.unpack("qq", self.shared[:16])[1])


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fork(url: str, build: Build, clock: SharedClock, name: str, bomb: Bomb) -> int:
    """Start a replica; return its process id."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    try:
        asyncio.run(_work(url, build, clock, name, bomb))
    finally:
        os._exit(1)


async def _work(url: str, build: Build, clock: SharedClock, name: str, bomb: Bomb) -> None:
    store = connect(url)
    _watch(store.engine.sync_engine, bomb)
    dispatcher.BATCH = _BATCH
    engine = build(store, clock).engine
    engine.dispatcher.name = name
    for messenger in engine.messengers.values():
        _watch_sends(messenger, bomb)
    beats = engine.sweeps
    engine.sweeps = lambda: {n: (0.3 if n == "unknown" else s, sweep) for n, (s, sweep) in beats().items()}
    await engine.run()


def _watch(engine: sa.Engine, bomb: Bomb) -> None:
    """Before and after each statement that writes, and before each commit."""

    def before(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(_WRITES):
            bomb.tick(WRITE)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", before)
    event.listen(engine, "commit", lambda _: bomb.tick(WRITE))


def _watch_sends(messenger: Any, bomb: Bomb) -> None:
    """Before each call and after its answer; with a delay also in the middle of it."""
    real = messenger.send

    async def send(batch: Any) -> Any:
        bomb.tick(SEND)
        said = await real(batch)
        bomb.tick(SEND)
        return said

    messenger.send = send
