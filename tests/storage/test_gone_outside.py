"""Whoever goes outside while a drill runs hears nothing more of it, and nobody is to call them about it."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.domain.card import Card
from bot.domain.delivery import Outcome, Sent, Subject
from bot.domain.letter import LetterState
from bot.domain.pace import LaneKey, Pace
from bot.domain.person import Audience, PersonKind
from bot.operations import outbox
from bot.operations.roster import import_roster
from bot.storage import claims, deliveries, incidents, letters, orphans, outsiders, silent, steps
from bot.storage import tables as t
from tests import ledger
from tests.world import START, World, call_the_roll, roster

LEASE = timedelta(seconds=60)
PACE = Pace(floor=1000, start=1000, cap=1000)


async def go_outside(world: World, *people: str) -> None:
    now = roster()
    gone = {"kind": PersonKind.OUTSIDE, "audience": Audience.VENDORS, "roles": ()}
    all_ = tuple(p.evolve(**gone) if p.id in people else p for p in now.people)
    await import_roster(world.store, world.now, replace(now, people=all_))


async def claim(work, clock):
    terms = claims.Terms("somebody", 100, LEASE, PACE, 0.1, clock)
    return (await claims.claim(work, LaneKey("console", ""), terms)).deliveries


@pytest.mark.one_database
async def test_who_goes_outside_while_a_drill_runs_hears_nothing_more_of_it(world, drill):
    desk = world.product.desk
    async with desk.work() as work:
        incident = await incidents.get(work, 1)
        await outbox.step_to(desk, work, incident, (await steps.of(work, 1))[0].id, "S014")
    await drill.safety.presses("Start", on="LS1 ·")
    async with desk.work() as work:
        await outbox.to_person(desk, work, incident, "S014", Card(title="on its way"))
        assert "S014" in {d.person_id for d in await claim(work, world.clock)}, "by a process that is killed at once"
        await outbox.to_person(desk, work, incident, "S014", Card(title="later"))
    await go_outside(world, "S014")
    async with desk.work() as work:
        assert await deliveries.refresh(work, 1, Subject.STEP), "those who are inside see what has changed"
    await world.passes(minutes=30, step=10)
    async with world.store.read(world.now) as db:
        c = t.deliveries.c
        mine = sa.select(c.state).where(c.person_id == "S014")
        assert not await db.column(mine.where(c.queued_at > START))
        assert await db.column(mine.where(c.error.like("withdrawn: a drill%"), c.subject == "card")) == ["failed"] * 2
        await ledger.check(db)
    await world.person("S014").does_not_see("on its way")


async def test_what_comes_back_into_the_queue_after_they_went_is_not_sent_but_ended(rows):
    async with rows.work() as work:
        incident = await rows.incident(work, drill=True)
        await rows.messages(work, incident, 3, drill=True, person_id="S014", address="S014")
        await rows.messages(work, incident, 1, drill=True, person_id="S002")
        await rows.messages(work, incident, 1, drill=True)
        await letters.write(work, "S014", ["console"], Card(title="x"))
        (letter,) = await letters.waiting(work)
        assert await letters.take(work, letter)
        held, *others = await claim(work, rows.clock)
    async with rows.work() as work:
        await work.run(sa.update(t.people).where(t.people.c.id == "S014").values(kind="outside"))
        await outsiders.part(work)
        said = [Sent(delivery_id=held.id, outcome=Outcome.HELD, whole_lane=True)]
        await deliveries.record(work, "somebody", [held], said, timedelta(0))
        await orphans.give_back(work, "somebody", [others[0].id])
        for lost in (await deliveries.unknown(work, 10, (), work.now))["console"]:
            await deliveries.settle(work, lost, deliveries.DeliveryState.QUEUED)
        await letters.end(work, letter.id, LetterState.QUEUED)
    async with rows.work() as work:
        assert len(others) == 4
        assert {d.person_id for d in await claim(work, rows.clock)} == {"S002", None}
        (waits,) = await letters.waiting(work)
        assert not await letters.take(work, waits)
        await outsiders.withdraw(work)
        assert not await letters.waiting(work)
    async with rows.read() as db:
        theirs = sa.select(t.deliveries.c.state).where(t.deliveries.c.person_id == "S014")
        assert await db.column(theirs) == ["failed"] * 3
        await ledger.check(db)


@pytest.mark.one_database
async def test_nobody_is_to_call_them_about_a_drill(world, drill):
    ana = world.agents("leeds", 1)[0]
    lead = world.lead_of(ana)
    await call_the_roll(drill)
    await world.passes(minutes=11, step=11)
    assert lead.name in await drill.operations.sees("Please call")
    await go_outside(world, ana.id, lead.id)
    async with world.product.desk.read() as db:
        called = {row["person_id"] for row in await silent.uncalled(db, 1, ("agents",), 500)}
        assert not {ana.id, lead.id} & (called | await silent.silent_among(db, 1, [ana.id, lead.id]))
        await ledger.check(db)
    assert lead.name not in await drill.operations.types("/disaster calls")
