"""Waking other machines: PostgreSQL tells every process that listens when a commit has queued messages."""

import asyncio
from collections.abc import Callable
from typing import Any

import structlog

from bot.storage.database import CHANNEL, Store

_log = structlog.get_logger()
_PAUSE = 5.0  # seconds until a connection that broke is made anew


async def listen(store: Store, heard: Callable[[], None]) -> None:
    """Call heard whenever any process has queued something; a connection that breaks is made anew. Until cancelled."""
    while True:
        try:
            await _listen(store, heard)
        except Exception as error:  # noqa: BLE001 - the loops look every few seconds anyway
            _log.warning("not listening to the database", error=type(error).__name__)
        await asyncio.sleep(_PAUSE)


async def _listen(store: Store, heard: Callable[[], None]) -> None:
    raw, ended = await store.engine.raw_connection(), asyncio.Event()
    try:
        driver: Any = raw.driver_connection
        driver.add_termination_listener(lambda *_: ended.set())
        await driver.add_listener(CHANNEL, lambda *_: heard())
        heard()  # whatever was queued before somebody listened
        await ended.wait()
    finally:
        raw.invalidate()  # a connection that listens must not go back to the others
