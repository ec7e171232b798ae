"""Lanes on both databases: replicas share one pace, a hold holds them all, conversations and incidents take turns."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.delivery import DeliveryState, Outcome, Sent
from bot.domain.pace import Held, LaneKey, Pace
from bot.storage import claims, deliveries, lanes
from bot.storage.claims import Terms

KEY = LaneKey("slack", "T1")
PACE = Pace(floor=1, start=5, cap=10, apart_s=1)
LEASE = timedelta(seconds=60)


async def claim(rows, by="one", pace=PACE, key=KEY):
    async with rows.work() as work:
        return await claims.claim(work, key, Terms(by, 100, LEASE, pace, 0.1, rows.clock))


async def queue(rows, n, incident=None, **changes):
    """Queue messages for Slack, each to a conversation of its own."""
    async with rows.work() as work:
        incident = incident or await rows.incident(work)
        for k in range(n):
            await rows.messages(
                work, incident, 1, **{"platform": "slack", "address": f"U{k}", "priority": 51, **changes}
            )
    return incident


async def sent(rows, claimed, by="one"):
    async with rows.work() as work:
        said = [Sent(delivery_id=d.id, outcome=Outcome.SENT, external_id="1") for d in claimed.deliveries]
        await deliveries.record(work, by, claimed.deliveries, said, LEASE)


async def test_replicas_share_one_pace(rows):
    await queue(rows, 30)
    taken = await asyncio.gather(*(claim(rows, f"replica {n}") for n in range(3)))
    assert sum(len(c.deliveries) for c in taken) == 5
    waiting = [c.next_at for c in taken if not c.deliveries]
    assert waiting
    assert all(at is not None and at > rows.clock.now() for at in waiting)
    rows.clock.moment += timedelta(seconds=1)
    again = await asyncio.gather(*(claim(rows, f"replica {n}") for n in range(3)))
    assert sum(len(c.deliveries) for c in again) == 5


async def test_another_workspace_and_another_platform_have_lanes_of_their_own(rows):
    await queue(rows, 30)
    assert len((await claim(rows)).deliveries) == 5
    assert len((await claim(rows, key=LaneKey("slack", "T2"))).deliveries) == 5


async def test_leaders_have_a_share_that_agents_leave_alone(rows):
    incident = await queue(rows, 30)
    pace = Pace(floor=1, start=20, cap=20)
    assert len((await claim(rows, pace=pace)).deliveries) == 20
    await queue(rows, 5, incident, priority=20, address="U900")
    assert {d.priority for d in (await claim(rows, pace=pace)).deliveries} == {20}


async def test_two_messages_to_one_conversation_are_a_second_apart(rows):
    await queue(rows, 3, address="C1")
    first = await claim(rows)
    assert len(first.deliveries) == 1
    rows.clock.moment += timedelta(seconds=0.5)
    assert (await claim(rows)).deliveries == []
    await sent(rows, first)
    second = await claim(rows)
    assert second.deliveries == []
    assert second.next_at == rows.clock.now() + PACE.apart
    rows.clock.moment += PACE.apart
    assert len((await claim(rows)).deliveries) == 1


async def test_two_incidents_take_turns(rows):
    first = await queue(rows, 30)
    second = await queue(rows, 30, address="U900")
    rows.clock.moment += timedelta(seconds=1)
    async with rows.work() as work:
        for k in range(10):
            await rows.messages(work, second, 1, platform="slack", address=f"V{k}", priority=51)
    got = [d.incident_id for d in (await claim(rows, pace=Pace(floor=8, start=8, cap=8))).deliveries]
    assert (got.count(first.id), got.count(second.id)) == (4, 4)


async def test_a_429_holds_the_lane_for_every_replica_and_nothing_is_lost(rows):
    await queue(rows, 8)
    mine = await claim(rows)
    until = rows.clock.now() + timedelta(seconds=30)
    async with rows.work() as work:
        said = [
            Sent(delivery_id=d.id, outcome=Outcome.HELD, retry_after=30, whole_lane=True, error="429")
            for d in mine.deliveries
        ]
        await deliveries.record(work, "one", mine.deliveries, said, LEASE)
        held = Held(until, "429", limited=True, claimed_at=work.now)
        await lanes.learn(work, KEY, PACE, 0.1, sent=0, held=held)
    other = await claim(rows, "two")
    assert (other.deliveries, other.next_at) == ([], until)
    async with rows.read() as db:
        (lane,) = await lanes.of(db)
    assert (lane.held_until, lane.why, lane.limited) == (until, "429", 1)
    assert lane.rate == pytest.approx(4.5)
    rows.clock.moment = until + timedelta(seconds=2)
    again = await claim(rows, "two")
    assert [d.id for d in again.deliveries] == [d.id for d in mine.deliveries][:4]
    assert {d.state for d in again.deliveries} == {DeliveryState.SENDING}
