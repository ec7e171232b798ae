"""The dispatcher with senders that fail in every way: each message ends, none is lost, a repeat is counted and said."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.domain.card import Card
from bot.domain.delivery import DeliveryState, Outcome, Sent, Subject, Unseen
from bot.domain.pace import LaneKey, Pace
from bot.engine import dispatcher, recovery
from bot.engine.dispatcher import HOLD, LEASE, SPARE, Dispatcher
from bot.operations import board, outbox
from bot.storage import claims, deliveries, incidents, lanes
from bot.storage import tables as t
from bot.storage.claims import Terms
from tests import ledger


class Platform:
    """A platform that does with a batch what it is told; it forgets what arrived unless it remembers."""

    platform = "console"
    tenant = ""
    at_once = 250
    once = False

    def __init__(self, *, remembers: bool = False, error: Exception | None = None) -> None:
        self.remembers, self.error, self.answers, self.lost = remembers, error, True, False
        self.says: dict[int, Outcome] = {}
        self.arrived: list[tuple[int, bool]] = []
        self.open, self.asked = asyncio.Event(), asyncio.Event()
        self.open.set()

    async def send(self, batch):
        """Take a batch."""
        self.asked.set()
        await self.open.wait()
        self.arrived += [(o.delivery_id, o.repeat) for o in batch]
        if self.error is not None:
            raise self.error
        return [self._said(o.delivery_id) for o in batch]

    def _said(self, delivery):
        outcome = self.says.get(delivery, Outcome.SENT)
        return Sent(delivery_id=delivery, outcome=outcome, external_id="e" if outcome is Outcome.SENT else None)

    async def found(self, sought):
        """Say what arrived, when it remembers."""
        there = set() if self.lost else {n for n, _ in self.arrived}
        ids = [s.delivery_id for s in sought]
        return {n: "e" if n in there else None for n in ids} if self.remembers and self.answers else {}

    async def open_room(self, name, people):
        """Open a room."""
        return f"room:{name}{len(people) or ''}"

    async def invite(self, address, people):
        """Bring people in."""


@pytest.fixture
async def queue(world, fire):
    """Ten cards wait for the commander; returns their ids."""
    await world.settles()
    async with world.product.desk.work() as work:
        incident = await incidents.get(work, 1)
        for n in range(10):
            await outbox.to_person(world.product.desk, work, incident, fire.commander.id, Card(title=f"card {n}"))
        return await work.column(
            sa.select(t.deliveries.c.id).where(t.deliveries.c.state == "queued").order_by(t.deliveries.c.id)
        )


async def states(world, ids):
    async with world.store.read(world.now) as db:
        await ledger.check(db)
        rows = await db.rows(sa.select(t.deliveries).where(t.deliveries.c.id.in_(ids)))
    return {r["id"]: r for r in rows}


async def claimed(world, ids):
    """Wait until somebody sends them."""
    query = sa.select(t.deliveries.c.state).where(t.deliveries.c.id.in_(ids))
    while True:
        async with world.store.read(world.now) as db:
            if set(await db.column(query)) == {DeliveryState.SENDING}:
                return


async def test_everything_is_sent_once(world, queue):
    platform = Platform()
    sender = Dispatcher(world.product.desk, {"console": platform})
    assert await sender.drain() == 10
    assert await sender.drain() == 0
    assert platform.arrived == [(n, False) for n in queue]
    assert {r["state"] for r in (await states(world, queue)).values()} == {DeliveryState.SENT}


async def test_each_outcome_is_written(world, queue):
    platform = Platform()
    platform.says = {queue[0]: Outcome.GONE, queue[1]: Outcome.HELD, queue[2]: Outcome.UNKNOWN}
    sender = Dispatcher(world.product.desk, {"console": platform})
    await sender.drain()
    found = await states(world, queue)
    assert [found[n]["state"] for n in queue[:4]] == ["failed", "queued", "unknown", "sent"]
    assert found[queue[1]]["not_before"] == world.now + HOLD
    platform.says = {}
    await world.sleeps(minutes=1)
    await sender.drain()
    assert (await states(world, queue))[queue[1]]["state"] == "sent"


async def test_a_sender_that_breaks_leaves_all_unknown_then_each_is_repeated_once_and_counted(world, queue):
    platform = Platform(error=ConnectionResetError())
    sender = Dispatcher(world.product.desk, {"console": platform})
    await sender.run_once()
    assert {r["state"] for r in (await states(world, queue)).values()} == {DeliveryState.UNKNOWN}
    platform.error = None
    assert await sender.recover() == 10
    await sender.drain()
    assert Counter(platform.arrived) == Counter([(n, repeat) for n in queue for repeat in (False, True)])
    async with world.store.read(world.now) as db:
        assert await deliveries.repeats(db, 1) == 10


async def test_what_was_claimed_when_the_connection_broke_waits_again_soon_and_is_no_repeat(world, queue):
    """The commit of a claim was not heard of; or what was claimed could not be read to be written."""
    platform = Platform()
    sender = Dispatcher(world.product.desk, {"console": platform})
    await sender.claim(platform, 4)
    lost = (await sender.claim(platform, 1)).deliveries[0].id
    sender._handed.add(lost)
    await sender.recover()
    assert Counter(r["state"] for r in (await states(world, queue)).values()) == {"sending": 5, "queued": 5}
    world.clock.moment += SPARE + timedelta(seconds=1)
    await sender.recover()
    await sender.drain()
    found = await states(world, queue)
    assert found.pop(lost)["state"] == "sending", "it may have arrived: its lease has to end"
    assert {(r["state"], r["repeats"], r["attempts"]) for r in found.values()} == {("sent", 0, 1)}


async def test_unknown_twice_is_given_up_and_journalled(world, queue):
    platform = Platform(error=TimeoutError())
    sender = Dispatcher(world.product.desk, {"console": platform})
    for _ in range(3):
        await sender.drain()
        await sender.recover()
    found = await states(world, queue)
    assert {(r["state"], r["error"]) for r in found.values()} == {("failed", "unknown again and again; given up")}
    assert sum("could not be confirmed; it was given up" in line for line in await world.journal()) == 10
    assert len(platform.arrived) == 20


@pytest.mark.one_database
async def test_what_a_platform_does_not_let_us_see_is_repeated_once_and_the_board_says_what_to_do(world, queue):
    platform = Platform(remembers=True, error=ConnectionResetError())
    platform.found = _blind
    sender = Dispatcher(world.product.desk, {"console": platform})
    for _ in range(3):
        await sender.drain()
        world.clock.moment += LEASE
        await sender.recover()
    assert Counter(platform.arrived) == Counter([(n, repeat) for n in queue for repeat in (False, True)])
    assert {r["state"] for r in (await states(world, queue)).values()} == {DeliveryState.FAILED}
    async with world.store.read(world.now) as db:
        ((words, n),) = (await board.boards(world.product.desk, db)).incidents[0].unseen
    assert n == 10 and "sent once more" in words and "missing_scope" in words and "disaster check" in words
    assert sum("10 messages sent once more" in line for line in await world.journal()) == 1


async def _blind(sought):
    return {s.delivery_id: Unseen("missing_scope") for s in sought}


async def test_a_platform_that_remembers_is_asked_and_nothing_is_repeated(world, queue):
    platform = Platform(remembers=True, error=ConnectionResetError())
    sender = Dispatcher(world.product.desk, {"console": platform})
    await sender.run_once()
    platform.error = None
    assert await sender.recover() == 0, "what was sent may still be on its way, until the lease is over"
    world.clock.moment += LEASE
    await sender.recover()
    assert {r["state"] for r in (await states(world, queue)).values()} == {DeliveryState.SENT}
    assert len(platform.arrived) == 10


@pytest.mark.one_database
async def test_what_a_platform_that_remembers_has_not_got_is_sent_until_it_has_and_each_repeat_counts(world, queue):
    platform = Platform(remembers=True, error=TimeoutError())
    platform.lost = True
    sender = Dispatcher(world.product.desk, {"console": platform})
    for _ in range(2):
        await sender.drain()
        world.clock.moment += LEASE
        await sender.recover()
    platform.error, platform.lost = None, False
    await sender.drain()
    assert {(r["state"], r["repeats"]) for r in (await states(world, queue)).values()} == {("sent", 2)}
    async with world.store.read(world.now) as db:
        assert await deliveries.repeats(db, 1) == 20


@pytest.mark.one_database
async def test_what_never_arrives_on_a_platform_that_remembers_is_given_up_in_the_end(world, queue, monkeypatch):
    monkeypatch.setattr(recovery, "MOST_ASKED", 1)
    platform = Platform(remembers=True, error=TimeoutError())
    platform.lost = True
    sender = Dispatcher(world.product.desk, {"console": platform})
    for _ in range(2):
        await sender.drain()
        world.clock.moment += LEASE
        await sender.recover()
    assert {(r["state"], r["repeats"]) for r in (await states(world, queue)).values()} == {("failed", 1)}


@pytest.mark.one_database
@pytest.mark.parametrize("jump", [{"seconds": 61}, {"hours": 2}, {"hours": -2}])
async def test_a_clock_that_is_set_under_a_live_sender_repeats_nothing_and_holds_nothing_up(world, queue, jump):
    """Two processes on one database: the one that sends, and one that would take over from it."""
    slow, fast = Platform(), Platform()
    slow.open.clear()
    slow.says = {queue[0]: Outcome.HELD}
    one, two = (Dispatcher(world.product.desk, {"console": p}) for p in (slow, fast))
    sending = asyncio.create_task(one.run_once())
    while not one._handed:
        await asyncio.sleep(0)
    world.clock.jumps(**jump)
    for sender in (one, two):
        await sender.recover()
    assert {r["state"] for r in (await states(world, queue)).values()} == {DeliveryState.SENDING}
    slow.open.set()
    await sending
    slow.says = {}
    world.clock.moment += HOLD
    await one.drain()
    assert {(r["state"], r["repeats"]) for r in (await states(world, queue)).values()} == {("sent", 0)}
    assert fast.arrived == []


@pytest.mark.one_database
@pytest.mark.parametrize("jump", [{"hours": 2}, {"hours": -2}])
async def test_what_a_process_left_when_it_died_is_taken_over_though_the_clock_was_set(world, queue, jump):
    dead, other = Platform(), Dispatcher(world.product.desk, {"console": Platform()})
    await Dispatcher(world.product.desk, {"console": dead}).claim(dead)
    world.clock.jumps(**jump)
    await other.recover()
    assert {r["state"] for r in (await states(world, queue)).values()} == {DeliveryState.SENDING}
    world.clock.moment += LEASE + timedelta(seconds=1)
    await other.recover()
    await other.drain()
    assert {(r["state"], r["repeats"]) for r in (await states(world, queue)).values()} == {("sent", 1)}


@pytest.mark.one_database
async def test_a_clock_set_back_holds_no_conversation_and_no_pause(world, queue):
    platform = Platform()
    platform.says = {queue[1]: Outcome.HELD}
    sender = Dispatcher(world.product.desk, {"console": platform})
    await sender.drain()
    world.clock.jumps(hours=-1)
    await sender.recover()
    platform.says = {}
    assert await sender.drain() == 1
    async with world.product.desk.work() as work:
        paced = Pace(floor=10, start=10, cap=10, apart_s=1)
        await outbox.to_person(world.product.desk, work, await incidents.get(work, 1), "S001", Card(title="one more"))
        terms = Terms("me", 10, LEASE, paced, 0.1, world.clock)
        work.now += timedelta(seconds=10)
        assert len((await claims.claim(work, LaneKey("console", ""), terms)).deliveries) == 1


@pytest.mark.one_database
async def test_nothing_goes_on_beyond_its_lease_nor_counts_for_a_later_try(world, queue, monkeypatch):
    monkeypatch.setattr(dispatcher, "LEASE", dispatcher.SPARE + timedelta(milliseconds=50))
    platform = Platform()
    platform.open.clear()
    sender = Dispatcher(world.product.desk, {"console": platform})
    first = (await sender.claim(platform)).deliveries
    await sender.deliver(platform, first)
    assert {(r["state"], r["error"]) for r in (await states(world, queue)).values()} == {("unknown", "TimeoutError")}
    assert not platform.arrived
    world.clock.moment += LEASE
    await sender.recover()
    second = (await sender.claim(platform)).deliveries
    said = [Sent(delivery_id=d.id, outcome=Outcome.SENT, external_id="late") for d in first]
    async with world.product.desk.work() as work:
        assert await deliveries.record(work, sender.name, first, said, HOLD) == []
    world.clock.moment += dispatcher.LEASE
    await sender.deliver(platform, second)
    held = {(r["state"], r["error"]) for r in (await states(world, queue)).values()}
    assert held == {("queued", "its turn came too late")}


async def test_a_platform_that_remembers_and_does_not_answer_leaves_it_unknown_until_it_does(world, queue):
    platform = Platform(remembers=True, error=ConnectionResetError())
    sender = Dispatcher(world.product.desk, {"console": platform})
    await sender.run_once()
    platform.error, platform.answers = None, False
    world.clock.moment += LEASE
    await sender.recover()
    assert {r["state"] for r in (await states(world, queue)).values()} == {DeliveryState.UNKNOWN}
    platform.answers = True
    await sender.recover()
    assert {r["state"] for r in (await states(world, queue)).values()} == {DeliveryState.SENT}
    assert len(platform.arrived) == 10


async def test_a_slow_sender_whose_lease_ends_does_not_overwrite_what_another_did(world, queue):
    slow, fast = Platform(), Platform(remembers=True)
    slow.open.clear()
    one = Dispatcher(world.product.desk, {"console": slow})
    two = Dispatcher(world.product.desk, {"console": fast})
    sending = asyncio.create_task(one.run_once())
    await slow.asked.wait()  # claimed, and being sent: what is not would see that its turn came too late
    assert await two.run_once() == 0
    world.clock.moment += LEASE + timedelta(seconds=1)
    await two.recover()
    await two.drain()
    slow.open.set()
    await sending
    assert {r["state"] for r in (await states(world, queue)).values()} == {DeliveryState.SENT}
    assert len(fast.arrived) == 10


@pytest.mark.one_database
@pytest.mark.parametrize(("limited", "slower"), [(False, False), (True, True)])
async def test_an_outage_teaches_the_lane_no_pace_and_a_rate_limit_does(world, queue, limited, slower):
    async def paces() -> tuple[float, int]:
        async with world.store.read(world.now) as db:
            (lane,) = [lane for lane in await lanes.of(db) if lane.platform == "console"]
            return lane.rate, lane.limited

    class Away(Platform):
        async def send(self, batch):
            more = {"limited": True} if limited else {}
            held = {"outcome": Outcome.HELD, "whole_lane": True, "error": "unreachable", **more}
            return [Sent(delivery_id=o.delivery_id, **held) for o in batch]

    sender = Dispatcher(world.product.desk, {"console": Away()})
    rate, count = await paces()
    assert await sender.drain() == 10
    now, counted = await paces()
    assert (now < rate, counted > count) == (slower, slower)
    assert {r["state"] for r in (await states(world, queue)).values()} == {"queued"}


async def test_two_dispatchers_share_the_work(world, queue, monkeypatch):
    monkeypatch.setattr(dispatcher, "BATCH", 3)
    platforms = [Platform(), Platform()]
    await asyncio.gather(*(Dispatcher(world.product.desk, {"console": p}).drain() for p in platforms))
    assert sorted(n for p in platforms for n, _ in p.arrived) == queue


async def test_a_message_for_a_platform_that_is_off_waits(world, queue):
    sender = Dispatcher(world.product.desk, {})
    assert await sender.drain() == 0
    assert {r["state"] for r in (await states(world, queue)).values()} == {DeliveryState.QUEUED}


async def test_a_rewrite_waits_for_its_first_message(world, queue):
    platform = Platform()
    platform.open.clear()
    platform.says = dict.fromkeys(queue, Outcome.UNKNOWN)
    sender = Dispatcher(world.product.desk, {"console": platform})
    sending = asyncio.create_task(sender.run_once())
    await claimed(world, queue)
    async with world.product.desk.work() as work:
        assert await deliveries.refresh(work, 1, Subject.CARD, person_id="S001") == 10
    platform.open.set()
    await sending
    await sender.run_once()
    assert [n for n, _ in platform.arrived] == queue
    async with world.store.read(world.now) as db:
        edits = await db.rows(sa.select(t.deliveries).where(t.deliveries.c.edits.in_(queue)))
    assert {(e["state"], e["error"]) for e in edits} == {("queued", "its first message is not out yet")}
