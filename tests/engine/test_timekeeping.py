"""Machines that share a database go by its clock: one that is a minute ahead, or is set while it sends, changes nothing."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import LedClock, SystemClock
from bot.engine import timekeeping
from bot.engine.dispatcher import LEASE, Dispatcher
from bot.storage.moment import moment
from tests.engine.test_dispatcher import Platform, claimed, queue, states
from tests.world import START, ManualClock

__all__ = ["queue"]
seconds = st.floats(0, 100_000, allow_nan=False)


class Wrong(SystemClock):
    """The clock of a machine that somebody sets."""

    ahead = timedelta()

    def now(self) -> datetime:
        """Return the moment as that machine has it."""
        return super().now() + self.ahead


@given(seconds, st.floats(0, 3), st.floats(-7200, 7200), st.floats(-7200, 7200))
def test_what_is_told_holds_whatever_happens_to_the_own_clock(later, took, ahead, jump):
    own = ManualClock(START + timedelta(seconds=ahead))
    led, asked = LedClock(own), own.steady()
    own.moment += timedelta(seconds=took)
    led.follow(START, asked, own.steady())
    own.jumps(seconds=jump)
    own.moment += timedelta(seconds=later)
    off = (led.now() - START).total_seconds() - later
    assert -1e-3 <= off <= took + 1e-3
    before = led.now()
    assert abs(led.follow(before, own.steady(), own.steady())) < 1e-3, "what is right is left as it is"


@pytest.mark.one_database
async def test_a_database_for_one_process_leaves_it_its_own_clock(world):
    own = Wrong()
    assert await timekeeping.clock_of(world.store, own) is own


@pytest.mark.on_postgresql
async def test_a_database_that_machines_share_gives_the_time(world):
    own = Wrong()
    own.ahead = timedelta(minutes=1)
    clock = await timekeeping.clock_of(world.store, own)
    own.ahead = timedelta(hours=-3)
    assert abs((clock.now() - SystemClock().now()).total_seconds()) < 5
    assert abs((await moment(world.store) - clock.now()).total_seconds()) < 5


@pytest.mark.on_postgresql
async def test_a_machine_a_minute_ahead_takes_nothing_that_another_is_sending(world, queue):
    """Nor when its clock is set forward and back while the other sends: everybody has their message, once."""
    slow, own = Platform(remembers=True), Wrong()
    slow.open.clear()
    own.ahead = timedelta(seconds=61)
    one = await _machine(world, SystemClock(), slow)
    two = await _machine(world, own, Platform(remembers=True))
    sending = asyncio.create_task(one.run_once())
    await claimed(world, queue)
    for hours in (0, 2, -4):
        own.ahead += timedelta(hours=hours)
        assert await two.recover() == 0
        assert await two.run_once() == 0
    slow.open.set()
    await sending
    found = (await states(world, queue)).values()
    assert {(r["state"], r["repeats"], r["attempts"]) for r in found} == {("sent", 0, 1)}
    assert len(slow.arrived) == len(queue)


async def _machine(world, own, platform):
    clock = await timekeeping.clock_of(world.store, own)
    return Dispatcher(replace(world.product.desk, clock=clock), {"console": platform})


@pytest.mark.on_postgresql
async def test_a_database_that_is_away_tells_no_time_and_time_goes_on(world, monkeypatch):
    monkeypatch.setattr(timekeeping, "EVERY", 0)
    looked = asyncio.Event()

    async def away(_store):
        looked.set()
        raise OSError

    led = await timekeeping.clock_of(world.store)
    monkeypatch.setattr(timekeeping, "moment", away)
    following = asyncio.create_task(timekeeping.follow(led, world.store))
    async with asyncio.timeout(20):
        await looked.wait()
    assert abs((led.now() - SystemClock().now()).total_seconds()) < LEASE.total_seconds() / 2
    assert not following.done()
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
