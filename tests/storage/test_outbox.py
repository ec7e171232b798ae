"""The outbox on both databases: nothing is given twice, leases end, every outcome is written, tallies hold."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from bot.domain.delivery import DeliveryState, Outcome, Sent
from bot.domain.pace import LaneKey, Pace
from bot.storage import claims, deliveries
from bot.storage import tables as t
from bot.storage.claims import Terms
from bot.storage.database import Clash
from tests import ledger

LEASE = timedelta(seconds=60)
HOLD = timedelta(seconds=5)


async def claim(rows, by="one", limit=100, platform="console"):
    async with rows.work() as work:
        return (await claims.claim(work, LaneKey(platform, ""), terms(rows, by, limit))).deliveries


def terms(rows, by="one", limit=100):
    return Terms(by, limit, LEASE, Pace(floor=1000, start=1000, cap=1000), 0.1, rows.clock)


async def record(rows, by, claimed, outcome, **more):
    said = [Sent(delivery_id=d.id, outcome=outcome, **more) for d in claimed]
    async with rows.work() as work:
        await deliveries.record(work, by, claimed, said, HOLD)


async def states(rows):
    async with rows.read() as db:
        await ledger.check(db)
        return [r["state"] for r in await db.rows(sa.select(t.deliveries.c.state).order_by(t.deliveries.c.id))]


@pytest.fixture
async def queued(rows):
    """Ten messages that wait."""
    async with rows.work() as work:
        incident = await rows.incident(work)
        await rows.messages(work, incident, 10)
    return rows


async def test_two_who_claim_at_once_never_get_the_same_message(queued):
    taken = await asyncio.gather(*(claim(queued, f"by {n}", 3) for n in range(6)))
    ids = [d.id for some in taken for d in some]
    assert len(ids) == len(set(ids)) == 10
    assert await claim(queued, "late") == []


@pytest.mark.one_database
async def test_a_claim_finds_its_messages_by_an_index_however_long_the_queue_is(queued):
    plans: list[str] = []

    @event.listens_for(queued.store.engine.sync_engine, "after_cursor_execute")
    def _explain(connection, _cursor, statement, parameters, _context, many):
        if statement.startswith(("SELECT", "UPDATE", "WITH")) and not many:
            explained = connection.connection.cursor()
            explained.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[-1] for row in explained.fetchall())

    await claim(queued)
    async with queued.work() as work:
        await deliveries.expire(work)
        await deliveries.unknown(work, 10, (), work.now)
    event.remove(queued.store.engine.sync_engine, "after_cursor_execute", _explain)
    the_few = "SCAN deliveries USING INDEX ix_deliveries_lease"  # it has those under way alone
    looked = " / ".join(plan for plan in plans if "deliveries" in plan and plan != the_few)
    assert "ix_deliveries_turn (platform=? AND incident_id=?)" in looked
    assert "ix_deliveries_lease (lease_until" in looked
    assert "SCAN" not in looked


async def test_a_claim_takes_the_oldest_of_the_most_urgent(queued):
    async with queued.work() as work:
        mine = (await claims.claim(work, LaneKey("console", ""), terms(queued, "one", 4))).deliveries
    assert [d.priority for d in mine] == [10] * 4


async def test_the_most_urgent_go_first_and_each_platform_apart(rows):
    async with rows.work() as work:
        incident = await rows.incident(work)
        (late,) = await rows.messages(work, incident, 1, priority=50)
        (soon,) = await rows.messages(work, incident, 1, priority=0)
        await rows.messages(work, incident, 1, platform="slack", priority=0)
        await rows.messages(work, incident, 1, address=None, priority=0)
    assert [d.id for d in await claim(rows)] == [soon, late]
    assert len(await claim(rows, platform="slack")) == 1


async def test_what_is_sent_is_never_claimed_again(queued):
    await record(queued, "one", await claim(queued, "one"), Outcome.SENT, external_id="7")
    queued.clock.moment += timedelta(days=1)
    assert await claim(queued, "two") == []
    assert set(await states(queued)) == {DeliveryState.SENT}


async def test_what_is_held_comes_back_later(queued):
    await record(queued, "one", await claim(queued, "one", 1), Outcome.HELD)
    assert len(await claim(queued, "two")) == 9
    queued.clock.moment += HOLD
    (again,) = await claim(queued, "three")
    assert again.attempts == 2


@pytest.mark.one_database
async def test_what_a_gateway_may_have_passed_on_is_a_counted_repeat_each_time_and_ends(queued):
    waits = []
    for n in range(6):
        mine = await claim(queued, "one", 1)
        assert mine[0].repeats == n
        await record(queued, "one", mine, Outcome.HELD, unsure=True)
        queued.clock.moment += HOLD * (n + 1)
        waits.append((await states(queued))[0])
    assert waits == [DeliveryState.QUEUED] * 5 + [DeliveryState.UNKNOWN]
    async with queued.read() as db:
        assert await deliveries.repeats(db, 1) == 5


async def test_what_is_gone_stays_so_with_its_reason(queued):
    await record(queued, "one", await claim(queued, "one", 1), Outcome.GONE, error="no such channel")
    async with queued.read() as db:
        failed = await db.first(sa.select(t.deliveries).where(t.deliveries.c.state == DeliveryState.FAILED))
    assert failed is not None
    assert failed["error"] == "no such channel"
    assert len(await claim(queued)) == 9


async def test_a_lease_that_ends_leaves_it_unknown_and_a_late_outcome_is_not_written(queued):
    mine = await claim(queued, "one", 2)
    async with queued.work() as work:
        assert await deliveries.expire(work) == []
    queued.clock.moment += LEASE
    async with queued.work() as work:
        assert [d.id for d in await deliveries.expire(work)] == [d.id for d in mine]
    await record(queued, "one", mine, Outcome.SENT, external_id="late")
    assert (await states(queued))[:2] == [DeliveryState.UNKNOWN] * 2


async def test_an_earlier_run_of_the_same_process_is_taken_over_at_once(queued):
    await claim(queued, "before the stop", 2)
    async with queued.work() as work:
        assert len(await deliveries.expire(work, "after the stop")) == 2


@pytest.mark.parametrize("state", [DeliveryState.SENT, DeliveryState.QUEUED, DeliveryState.FAILED])
async def test_an_unknown_is_settled_once(queued, state):
    await claim(queued, "one", 1)
    queued.clock.moment += LEASE
    async with queued.work() as work:
        (lost,) = await deliveries.expire(work)
    async with queued.work() as work:
        assert await deliveries.settle(work, lost, state, repeats=1)
        assert not await deliveries.settle(work, lost, DeliveryState.FAILED)
    assert (await states(queued))[0] == state
    async with queued.read() as db:
        assert await deliveries.repeats(db, 1) == 1


async def test_a_rewrite_is_queued_once_and_only_for_what_was_sent(rows):
    async with rows.work() as work:
        incident = await rows.incident(work)
        await rows.messages(work, incident, 1, subject="incident")
        assert await deliveries.refresh(work, incident.id, "incident") == 0
    await record(rows, "one", await claim(rows, "one"), Outcome.SENT, external_id="42")
    async with rows.work() as work:
        assert await deliveries.refresh(work, incident.id, "incident") == 1
        assert await deliveries.refresh(work, incident.id, "incident") == 0
    (edit,) = await claim(rows, "one")
    async with rows.read() as db:
        assert await deliveries.originals(db, [edit.edits]) == {edit.edits: "42"}


@pytest.mark.one_database
async def test_what_may_have_arrived_is_rewritten_too_when_that_is_known(rows):
    async with rows.work() as work:
        incident = await rows.incident(work)
        await rows.messages(work, incident, 1, subject="incident")
    mine = await claim(rows, "one")
    await record(rows, "one", mine, Outcome.UNKNOWN)
    async with rows.work() as work:
        assert await deliveries.refresh(work, incident.id, "incident") == 1
        assert await deliveries.settle(work, mine[0], DeliveryState.SENT, external_id="42")
    (edit,) = await claim(rows, "one")
    assert edit.edits == mine[0].id


async def test_a_drill_can_never_be_written_for_somebody_outside(rows):
    async with rows.work() as work:
        incident = await rows.incident(work, drill=True)
        await rows.messages(work, incident, 1, drill=True)
    with pytest.raises(Clash, match="drill_(stays_inside|wall)"):
        async with rows.work() as work:
            await rows.messages(work, incident, 1, drill=True, outside=True)
    assert await states(rows) == [DeliveryState.QUEUED]


async def test_a_state_that_is_no_word_is_refused(queued):
    for table, state in ((t.deliveries, "sleeping"), (t.incidents, "over"), (t.people, "robot")):
        column = "kind" if table is t.people else "state"
        with pytest.raises(Clash):
            async with queued.work() as work:
                await work.run(sa.update(table).values({column: state}))
