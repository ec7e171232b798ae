"""The heartbeat: every sweep may come late, twice, or from two processes at once; what is due happens once."""

import asyncio

import pytest
import structlog

from bot.engine.ticker import Engine
from tests.world import World


async def test_two_processes_that_sweep_at_once_act_once(world, fire):
    other = World(world.store, world.clock)
    world.clock.moment = world.now.replace(hour=9, minute=16)
    for name in ("sitreps", "reminders", "followups", "steps", "cards"):
        await asyncio.gather(*(w.product.engine.sweeps()[name][1]() for w in (world, other)))
    await world.settles()
    await other.http.aclose()
    sitreps = [s for s in await world.of_audience("leaders")[0].everything() if s.text.startswith("SITREP 1")]
    assert len(sitreps) == 1
    overdue = [s.text.splitlines()[0] for s in await fire.commander.everything() if s.text.startswith("Overdue")]
    assert len(overdue) == len(set(overdue))


async def test_a_sweep_that_fails_does_not_stop_the_others(world):
    engine = world.product.engine
    ran = []

    class Limping(Engine):
        def sweeps(self):
            async def breaks() -> int:
                raise RuntimeError("the database is away")

            async def works() -> int:
                return len(ran.append(1) or ran)

            return {"first": (1, breaks), "second": (1, works)}

    limping = Limping(engine.desk, engine.messengers, asyncio.Event())
    with structlog.testing.capture_logs() as logs:
        await limping.tick()
    assert ran == [1]
    assert limping.last_tick == world.now
    assert [(line["event"], line["sweep"]) for line in logs] == [("sweep failed", "first")]


async def test_the_engine_runs_sends_and_stops_cleanly(world, fire):
    engine = world.product.engine
    await fire.commander.types("/disaster update the sprinklers hold")
    task = asyncio.create_task(engine.run())
    while not any("the sprinklers hold" in s for s in await world.chat.look(fire.scribe.id, "room-inc-2026-0001")):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
