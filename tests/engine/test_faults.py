"""Whatever goes wrong while messages are sent, the end is right: everybody has theirs, once where that can be known."""

import asyncio
from collections import Counter
from datetime import timedelta

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from bot.chat.slack import line
from bot.chat.slack.line import Access
from bot.domain.card import Card
from bot.domain.delivery import Outcome, Sent
from bot.engine.dispatcher import LEASE, Dispatcher
from bot.operations import outbox
from bot.storage import incidents, lanes
from bot.storage import tables as t
from tests.engine.test_dispatcher import Platform, queue, states

__all__ = ["queue"]
LONG = "e" * 3000
FAULTS = {
    "a storm of 429": [{"error": "ratelimited", "retry_after": 3, "times": 12}],
    "errors of its own": [{"status": 503, "times": 3}, {"status": 500, "late": True, "times": 3}, {"html": True}],
    "resets": [{"reset": True, "times": 4}, {"reset": True, "late": True, "times": 4}],
    "stalls": [{"stall": 2, "times": 3}, {"stall": 2, "late": True, "times": 3}],
}


async def said_to(world, people, words) -> None:
    async with world.product.desk.work() as work:
        incident = await incidents.get(work, 1)
        for one in people:
            await outbox.to_person(world.product.desk, work, incident, one.id, Card(title=words))


async def until_sent(world, sender) -> None:
    """Let time go by as the sweeps see it, until nothing waits."""
    waits = sa.select(t.deliveries.c.id).where(t.deliveries.c.state.in_(("queued", "sending", "unknown")))
    for _ in range(60):
        await sender.drain()
        async with world.store.read(world.now) as db:
            if not await db.column(waits):
                return
        world.clock.moment += LEASE / 6
        await sender.recover()
    raise AssertionError("something still waits")


@pytest.mark.on_slack
async def test_slack_in_every_kind_of_trouble_and_everybody_has_it_once(world, fire, monkeypatch):
    """429 storms, 5xx, resets, stalls far beyond our patience; before and after it was taken."""
    monkeypatch.setattr(line, "SECONDS", 0.3)
    await world.settles()
    await world.product.slack.line.close()
    sender, people = world.product.engine.dispatcher, world.agents("leeds", 8)
    for trouble, faults in FAULTS.items():
        await said_to(world, people, trouble)
        await world.slack.change(faults=[{"method": "chat.postMessage", **fault} for fault in faults])
        await until_sent(world, sender)
        for one in people:
            copies = [seen for seen in await world.chat.look(one.id, "dm") if trouble in seen.text]
            assert len(copies) == 1, (trouble, one.id, copies)
    async with world.store.read(world.now) as db:
        (lane,) = [found for found in await lanes.of(db) if found.platform == "slack"]
    assert 1 <= lane.limited <= 12
    assert lane.down_since is None


@pytest.mark.on_slack
async def test_a_way_there_that_is_broken_loses_nothing_and_is_used_again(world, fire, monkeypatch):
    """Names that resolve slowly, a peer that closes its half, nobody listening: then Slack is back."""
    monkeypatch.setattr(line, "SECONDS", 0.3)
    await world.settles()
    wire, people = world.product.slack.line, world.agents("leeds", 3)
    right, loop = wire.access, asyncio.get_running_loop()

    async def half_closed(reader, writer):
        await reader.read(100)
        writer.write_eof()
        await reader.read()  # until whoever called gives up
        writer.close()

    async def slow(*_, **__):
        await asyncio.sleep(1)
        raise OSError

    server = await asyncio.start_server(half_closed, "127.0.0.1", 0)
    monkeypatch.setattr(loop, "getaddrinfo", slow)
    port = server.sockets[0].getsockname()[1]
    for address in ("http://slack.example/api/", f"http://127.0.0.1:{port}/api/", "http://127.0.0.1:9/api/"):
        await wire.close()
        wire.access = Access(right.bot_token, right.signing_secret, right.app_token, address)
        await said_to(world, people, address)
        await world.product.engine.dispatcher.drain()
    monkeypatch.undo()
    server.close()
    await wire.close()
    wire.access = right
    await until_sent(world, world.product.engine.dispatcher)
    for one in people:
        seen = Counter(seen.text.splitlines()[0] for seen in await world.chat.look(one.id, "dm"))
        assert [n for words, n in seen.items() if words.startswith("http")] == [1, 1, 1]


class _Noting(Platform):
    """Takes everything, under a name so long that writing it down needs room."""

    def _said(self, delivery):
        return Sent(delivery_id=delivery, outcome=Outcome.SENT, external_id=LONG)


async def test_a_database_that_is_away_or_full_in_mid_send_forgets_no_outcome(world, queue):
    """PostgreSQL ends every connection and takes none for a while; SQLite's disk is full. Then all is well again."""
    platform, tries = _Noting(), []
    platform.open.clear()
    trouble = _Away(world.store) if world.store.dialect == "postgresql" else _Full(world.store)

    async def pause():
        tries.append(world.now)
        world.clock.moment += LEASE if len(tries) == 1 else timedelta(seconds=1)  # it is away for longer than a lease
        if len(tries) == 3:
            await trouble.ends()

    sender = Dispatcher(world.product.desk, {"console": platform}, pause=pause)
    sending = asyncio.create_task(sender.run_once())
    while not sender._handed:
        await asyncio.sleep(0)
    await trouble.begins()
    platform.open.set()
    async with asyncio.timeout(20):
        await sending
    assert len(tries) >= 3
    assert {(r["state"], r["repeats"]) for r in (await states(world, queue)).values()} == {("sent", 0)}
    assert len(platform.arrived) == len(queue)


class _Away:
    """A PostgreSQL that is restarted, as its clients see it."""

    def __init__(self, store):
        self._url = store.engine.url

    async def _says(self, *statements):
        server = await asyncpg.connect(
            user=self._url.username, database="postgres", host=self._url.query["host"], timeout=10
        )
        for statement in statements:
            await server.execute(statement.format(self._url.database))
        await server.close()

    async def begins(self):
        ends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"
        await self._says('ALTER DATABASE "{}" ALLOW_CONNECTIONS false', ends)

    async def ends(self):
        await self._says('ALTER DATABASE "{}" ALLOW_CONNECTIONS true')


class _Full:
    """An SQLite file that can't grow."""

    def __init__(self, store):
        self._engine, self._most = store.engine.sync_engine, 2**30

    def _set(self, dbapi, *_):
        dbapi.execute(f"PRAGMA max_page_count={self._most}").close()

    async def begins(self):
        self._most = 1  # never less than there are
        event.listen(self._engine, "checkout", self._set)

    async def ends(self):
        self._most = 2**30
