"""Many machines on one database: what one leaves another takes up, a stop is clean, rooms are opened once."""

import asyncio
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from bot import app
from bot.engine import lanes, rooms
from bot.engine.dispatcher import Dispatcher
from bot.settings import Outreach
from bot.storage import rooms as stored
from bot.storage import tables as t
from bot.storage.notify import listen
from tests.engine.test_dispatcher import Platform, claimed, queue, states
from tests.world import library, product_settings

__all__ = ["queue"]


async def test_a_stop_lets_what_is_under_way_end_and_gives_back_the_rest(world, queue, monkeypatch):
    monkeypatch.setattr(lanes, "GRACE", 0.05)
    platform = Platform()
    platform.at_once = 5
    platform.open.clear()
    engine = world.product.engine
    engine.messengers["console"] = platform
    task = asyncio.create_task(engine.run())
    await claimed(world, queue)
    while not engine.dispatcher._handed:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    left = {r["state"] for r in (await states(world, queue)).values()}
    assert left == {"unknown"}, "what was handed over may have arrived: another asks at once, not when the lease ends"


@pytest.mark.one_database
async def test_a_platform_that_does_not_answer_holds_no_start_back(world, queue):
    async def never(_):
        await asyncio.Event().wait()

    platform, engine = Platform(remembers=True), world.product.engine
    await Dispatcher(world.product.desk, {"console": platform}).claim(platform, 1)  # and then that process was killed
    platform.found = never
    engine.messengers["console"] = platform
    task = asyncio.create_task(engine.run())
    async with asyncio.timeout(20):
        while len(platform.arrived) < len(queue) - 1:
            await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert queue[0] not in [n for n, _ in platform.arrived], "nobody knows whether it came: it waits for the answer"


async def test_what_was_claimed_and_not_handed_over_waits_again_at_once(world, queue):
    sender = Dispatcher(world.product.desk, {"console": Platform()})
    await sender.claim(Platform())
    assert await sender.give_back() == 10
    assert {(r["state"], r["attempts"]) for r in (await states(world, queue)).values()} == {("queued", 0)}


async def test_a_room_is_opened_by_one_machine(world, fire):
    async with world.store.work(world.now) as work:
        room = await stored.want(work, 1, "console", "another")
    async with world.store.work(world.now) as work:
        assert await stored.take(work, room, timedelta(seconds=30))
    await rooms.sweep(world.product.desk, world.product.engine.messengers)
    async with world.store.read(world.now) as db:
        assert await db.value(sa.select(t.rooms.c.state).where(t.rooms.c.id == room)) == "wanted"
    world.clock.moment += timedelta(seconds=31)
    await rooms.sweep(world.product.desk, world.product.engine.messengers)
    async with world.store.read(world.now) as db:
        assert await db.value(sa.select(t.rooms.c.state).where(t.rooms.c.id == room)) == "open"


@pytest.mark.one_database
async def test_a_room_that_opens_slowly_is_let_go_before_its_lease_is_over(world, fire, monkeypatch):
    monkeypatch.setattr(rooms, "_LEASE", rooms._SPARE + timedelta(milliseconds=50))
    slow = Platform()

    async def never(*_):
        await asyncio.Event().wait()

    slow.open_room = never
    async with world.store.work(world.now) as work:
        room = await stored.want(work, 1, "console", "another")
    async with asyncio.timeout(20):
        await rooms.sweep(world.product.desk, {"console": slow})
    async with world.store.read(world.now) as db:
        assert await db.value(sa.select(t.rooms.c.state).where(t.rooms.c.id == room)) == "wanted"


@pytest.mark.one_database
async def test_a_process_does_only_what_it_is_for_and_every_one_says_how_it_is(world):
    reached = Outreach(sms=SecretStr("json://127.0.0.1:9/{to}"), secret=SecretStr("x"))
    chosen = product_settings().model_copy(update={"outreach": reached})
    for part, there in (("web", "/board"), ("engine", ""), ("chat", "/outreach/sms")):
        built = app.build(chosen, world.store, library(), "secret", clock=world.clock, parts=[app.Part(part)])
        transport = httpx.ASGITransport(built.web, client=("203.0.113.7", 50000))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
            for path in ("/board", "/outreach/sms"):
                assert ((await http.get(path)).status_code != 404) == (path == there), part
            assert (await http.get("/healthz")).is_success
            swept = "No sweep has run yet." in (await http.get("/readyz")).text
            assert swept == (part == "engine"), "only who sweeps has to"


async def test_a_commit_that_queues_wakes_the_other_machines(world, fire):
    if world.store.dialect != "postgresql":
        return  # SQLite is for one process
    heard = asyncio.Event()
    listening = asyncio.create_task(listen(world.store, heard.set))
    async with asyncio.timeout(20):
        await heard.wait()  # it listens
        heard.clear()
        await fire.commander.types("/disaster update the sprinklers hold")
        await heard.wait()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
