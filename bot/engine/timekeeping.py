"""Timekeeping: machines that share a database go by its clock, however wrong their own ones are."""

import asyncio

import structlog

from bot.clock import Clock, LedClock, SystemClock
from bot.storage.database import Store
from bot.storage.moment import moment, shared

_log = structlog.get_logger()
EVERY = 10.0  # seconds
_SLOW = 5.0  # seconds; an answer that took longer tells too little
_WORTH_SAYING = 2.0  # seconds by which the machine's own clock is wrong


async def clock_of(store: Store, own: Clock | None = None) -> Clock:
    """Return the clock to go by: the machine's own, or the database's where machines share one."""
    own = own or SystemClock()
    if not shared(store):
        return own
    led = LedClock(own)
    await look(led, store)
    wrong = (own.now() - led.now()).total_seconds()
    if abs(wrong) > _WORTH_SAYING:
        _log.warning("this machine's clock is wrong; the database's is used", seconds=round(wrong))
    return led


async def look(clock: LedClock, store: Store) -> None:
    """Ask the database what time it is, and go by that."""
    asked = clock.steady()
    told = await moment(store)
    heard = clock.steady()
    if heard - asked < _SLOW:
        wrong = clock.follow(told, asked, heard)
        if abs(wrong) > _WORTH_SAYING:
            _log.warning("the clock was put right by the database's", seconds=round(wrong))


async def follow(clock: LedClock, store: Store) -> None:
    """Go by the database's time until cancelled; while it is away, by steady time."""
    while True:
        await asyncio.sleep(EVERY)
        try:
            await look(clock, store)
        except Exception as error:  # noqa: BLE001 - a database that is away tells no time; steady time goes on
            _log.info("the database does not say what time it is", error=type(error).__name__)
