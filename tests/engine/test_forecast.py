"""The forecast against a real run of the dispatcher on the machine's own clock, at a small size: within 10 %."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.clock import SystemClock
from bot.domain.forecast import drawn, minutes_until, share_over_time
from bot.domain.pace import Pace
from bot.engine.dispatcher import Dispatcher
from bot.engine.forecast import Model, Play, VirtualClock
from bot.engine.lanes import LaneLoop
from bot.operations.desk import Desk
from bot.storage import tables as t
from bot.storage.database import Store, connect
from bot.storage.shelf import Shelf
from tests.world import START, library, product_settings

LIMIT = 8.0


def desk_of(store, clock) -> Desk:
    policy = product_settings().policy
    paces = {"console": Pace(floor=LIMIT, start=LIMIT, cap=LIMIT)}
    chosen = policy.model_copy(update={"paces": paces, "group_first": ()})
    return Desk(store, clock, chosen, Shelf(library()), ("console",), lambda *_: "", lambda: None)


@pytest.fixture
async def one(servers) -> AsyncIterator[Store]:
    """The small contact centre, on SQLite alone: what is measured does not depend on the database."""
    server = servers("sqlite")
    name = await server.copy("people")
    store = connect(server.url(name))
    yield store
    await store.close()
    await server.drop(name)


async def test_the_forecast_is_what_a_real_run_takes(one):
    clock = VirtualClock(START)
    model = Model(clock, "console", LIMIT * 1.2)
    curve = await Play(desk_of(one, clock), clock, model, seed=7).run("leeds", timedelta(hours=1))
    forecast = (minutes_until(curve.addressed, 100) or 0) * 60
    assert curve.refused == 0
    assert curve.people == 60

    took = []
    while not took or (len(took) < 4 and abs(took[-1] - forecast) > 0.1 * forecast):  # a busy machine may lose a second
        took.append(await real_run(one))
    assert took[-1] == pytest.approx(forecast, rel=0.1), took


async def real_run(store: Store) -> float:
    """Send the same messages again, as if nothing had been sent yet, on the machine's own clock; return the seconds."""
    model, now = Model(SystemClock(), "console", LIMIT * 1.2), SystemClock()
    async with store.work(now.now()) as work:
        await work.run(sa.delete(t.lanes))
        again = sa.update(t.deliveries).where(t.deliveries.c.queued_at <= START, t.deliveries.c.edits.is_(None))
        n = await work.run(again.values(state="queued", sent_at=None, not_before=None))
    loop = LaneLoop(Dispatcher(desk_of(store, now), {"console": model}), model)
    begun, running = now.now(), asyncio.create_task(loop.run())
    async with asyncio.timeout(60):
        while len(model.arrived) < n:
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return (model.arrived[-1][0] - begun).total_seconds()


def test_a_curve_is_drawn_from_nothing_to_all():
    points = share_over_time([START + timedelta(minutes=n) for n in range(1, 11)], START, 10)
    assert minutes_until(points, 50) == 5
    assert minutes_until(points, 100) == 10
    assert minutes_until(points[:5], 100) is None
    line = drawn(points, 10, wide=10)
    assert line[-1] == "█"
    assert list(line) == sorted(line)
