"""Seats on both databases: one person one seat, no seat twice, whoever approves at the same moment."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.domain.intent import ApprovePlan, Declare, PlanAgain
from bot.domain.move import HOLDS_SEAT, Move, MoveState, PlanKind
from bot.operations import board, picture, staleness, waves
from bot.operations.perform import perform
from bot.operations.scene import Place
from bot.operations.situation import situation
from bot.storage import incidents, moves, plans
from bot.storage import tables as t
from bot.storage.database import Clash
from tests.world import World

HERE = Place("console")


async def declared(world: World, site: str, *, drill: bool = False) -> int:
    """Declare the loss of a site where nobody is missing; return the incident's id."""
    intent = Declare(category="facility_loss", severity=1, sites=(site,), known="fire", drill=drill)
    card = await perform(world.product.desk, "S001", intent, HERE)
    incident = int(card.title.split()[0].rsplit("-", 1)[1])
    await world.searched(incident)
    return incident


async def planned(world: World, incident: int) -> int:
    """Plan an incident's moves; return the plan's id."""
    card = await perform(world.product.desk, "S001", PlanAgain(incident=incident), HERE)
    assert "Plan" in card.title, card.plain()
    async with world.store.read(world.now) as db:
        return await db.value(sa.select(sa.func.max(t.plans.c.id)).where(t.plans.c.incident_id == incident))


async def seats(world: World) -> Counter[str]:
    """Seats held at each destination."""
    async with world.store.read(world.now) as db:
        c = t.moves.c
        held = await db.column(sa.select(c.destination_id).where(c.state.in_(HOLDS_SEAT)))
        people = await db.column(sa.select(c.person_id).where(c.state.in_(HOLDS_SEAT)))
    assert len(people) == len(set(people))
    return Counter(held)


async def free(world: World, incidents: list[int]) -> dict[str, int]:
    """Seats that the sites have beside those who work there anyway."""
    async with world.store.read(world.now) as db:
        rows = await db.rows(sa.select(t.sites.c.id, t.sites.c.seats))
        r = t.roll.c
        own = sa.select(r.site_id, sa.func.count().label("n")).where(
            r.incident_id.in_(incidents), r.scope == "rest", r.kind == "agent"
        )
        there = {x["site_id"]: x["n"] for x in await db.rows(own.group_by(r.site_id))}
    return {row["id"]: row["seats"] - there.get(row["id"], 0) // len(incidents) for row in rows}


async def test_two_incidents_that_plan_the_same_seats_can_not_both_have_them(world):
    leeds, york = await declared(world, "leeds"), await declared(world, "york")
    plans = [await planned(world, leeds), await planned(world, york)]
    asked = [perform(world.product.desk, "S001", ApprovePlan(plan=p), HERE) for p in plans]
    cards = await asyncio.gather(*asked)
    taken, room = await seats(world), await free(world, [leeds, york])
    for site, n in taken.items():
        assert n <= room[site], site
    refused = [c for c in cards if "is out of date" in c.plain()]
    assert len(refused) == 1, [c.plain() for c in cards]
    await planned(world, york if refused[0] is cards[1] else leeds)
    await world.adds_up()


async def test_nothing_real_gives_way_to_a_drill(world):
    drill = await declared(world, "york", drill=True)
    practised = await planned(world, drill)
    real = await declared(world, "leeds")
    await perform(world.product.desk, "S001", ApprovePlan(plan=await planned(world, real)), HERE)
    before = await seats(world)
    card = await perform(world.product.desk, "S001", ApprovePlan(plan=practised), HERE)
    assert "out of date: Leeds is hit" in card.plain(), card.plain()
    assert before
    assert await seats(world) == before
    await world.adds_up()


async def test_a_plan_is_approved_once_by_two(world):
    plan = await planned(world, await declared(world, "leeds"))
    one, two = (perform(world.product.desk, who, ApprovePlan(plan=plan), HERE) for who in ("S001", "S007"))
    cards = sorted([c.title for c in await asyncio.gather(one, two)])
    assert cards == ["Already done", "Plan 1 is approved"]
    await world.adds_up()


async def test_a_newer_plan_gives_back_what_it_replaces(world):
    incident = await declared(world, "leeds")
    for _ in range(3):
        plan = await planned(world, incident)
        await perform(world.product.desk, "S001", ApprovePlan(plan=plan), HERE)
        await seats(world)
        await world.adds_up()


async def test_nobody_has_two_seats_whatever_is_written(world):
    incident = await declared(world, "leeds")
    await perform(world.product.desk, "S001", ApprovePlan(plan=await planned(world, incident)), HERE)
    async with world.store.read(world.now) as db:
        row = await db.first(sa.select(t.moves).where(t.moves.c.state == MoveState.TOLD))
    assert row is not None
    again = {k: v for k, v in dict(row).items() if k != "id"}
    with pytest.raises(Clash):
        async with world.store.work(world.now) as work:
            plan = await plans.begin(work, incident, by="S001", kind=PlanKind.MOVE)
            await plans.propose(work, plan, step=None, summary={})
            await moves.add_moves(work, [again | {"plan_id": plan}])


@pytest.mark.parametrize("order", [(0, 1, 0, 1), (1, 0, 0, 1), (0, 0, 1, 1)])
async def test_no_seat_is_given_twice_whatever_two_incidents_do_at_once(world, order):
    incidents = [await declared(world, "leeds"), await declared(world, "york")]
    for turn in order:
        both = (incidents[turn], incidents[1 - turn])
        plans_ = await asyncio.gather(*(planned(world, incident) for incident in both))
        cards = await asyncio.gather(*(perform(world.product.desk, "S001", ApprovePlan(plan=p), HERE) for p in plans_))
        assert any("is approved" in card.title for card in cards)
        await _nobody_sits_on_anybody(world, incidents)
        world.clock.moment += timedelta(minutes=20)
        await asyncio.gather(waves.sweep(world.product.desk), waves.sweep(world.product.desk))
        await _nobody_sits_on_anybody(world, incidents)
    await world.adds_up()


async def _nobody_sits_on_anybody(world: World, incidents: list[int]) -> None:
    taken, room = await seats(world), await free(world, incidents)
    for site, n in taken.items():
        assert n <= room[site], f"{n} seats of {room[site]} at {site}"


async def _scarce(world: World, site: str, **limits: int) -> None:
    """Leave one place in reach, with few of something."""
    async with world.store.work(world.now) as work:
        await work.run(sa.update(t.sites).where(t.sites.c.id == "kestrel").values(seats=0, card_safe_seats=0))
        await work.run(sa.update(t.sites).where(t.sites.c.id == site).values(seats=400, **limits))


async def _people(world: World, **changed: object) -> None:
    async with world.store.work(world.now) as work:
        await work.run(sa.update(t.people).where(t.people.c.kind == "agent").values(**changed))


async def _second_plan_is_out_of_date(world: World, *, of: str) -> None:
    """Plan two incidents on the same things and approve both: the second is told what it lacks, and plans again."""
    one, two = await declared(world, "leeds"), await declared(world, "manchester")
    first, second = await planned(world, one), await planned(world, two)
    assert "is approved" in (await perform(world.product.desk, "S001", ApprovePlan(plan=first), HERE)).title
    async with world.store.read(world.now) as db:
        row = await plans.find(db, second)
        why = await staleness.why(db, await incidents.get(db, two), row)
    assert of in why["shared"], why
    refused = await perform(world.product.desk, "S001", ApprovePlan(plan=second), HERE)
    assert "out of date" in refused.plain() and of in refused.plain(), refused.plain()
    again = await perform(world.product.desk, "S001", ApprovePlan(plan=await planned(world, two)), HERE)
    assert "is approved" in again.title, again.plain()


async def test_a_card_safe_seat_is_given_once_across_incidents(world):
    await _scarce(world, "bradford", card_safe_seats=6)
    await _people(world, travel={"bradford": 20}, mobility=True)
    await _second_plan_is_out_of_date(world, of="card-safe seats at Bradford")
    async with world.store.read(world.now) as db:
        m, q = t.moves.c, t.queues.c
        takers = sa.select(sa.func.count()).select_from(t.moves.join(t.queues, q.id == m.queue_id))
        safe = takers.where(q.payment_cards, m.destination_id == "bradford", m.state.in_(HOLDS_SEAT))
        assert await db.value(safe) == 6
    await world.adds_up()


@pytest.mark.one_database
async def test_a_licence_is_given_once_across_incidents(world):
    await _scarce(world, "home", licences=15)
    kit = {"kit": True, "mbps": 80, "tested": "2026-10-30", "pay_ok": True}
    await _people(world, travel={}, home=kit)
    await _second_plan_is_out_of_date(world, of="the licences for home")
    async with world.store.read(world.now) as db:
        own = sa.select(sa.func.count()).where(t.people.c.kind == "agent", t.people.c.site == "home")
        assert (await seats(world))["home"] + await db.value(own) == 15


async def test_who_another_incident_hit_is_not_live_until_they_work_again(world):
    drill = await declared(world, "york", drill=True)
    one, two = await declared(world, "leeds"), await declared(world, "manchester")
    roster = await _agents_by_queue(world)
    left = {q: at.total() - at["leeds"] - at["manchester"] for q, at in roster.items()}
    kept = Counter(left)
    assert await live_seats(world, one) == await live_seats(world, two) == kept, "a drill takes nobody from a real one"
    practised = Counter({q: n - roster[q]["york"] for q, n in kept.items()})
    assert await live_seats(world, drill) == practised, "whom a real one hit is no help in a drill either"
    plan = await planned(world, one)
    await perform(world.product.desk, "S001", ApprovePlan(plan=plan), HERE)
    async with world.store.work(world.now) as work:
        told = await work.rows(sa.select(t.moves).where(t.moves.c.state == MoveState.TOLD, t.moves.c.plan_id == plan))
        for row in told:
            await moves.step_on(work, Move.model_validate(dict(row)), MoveState.LOGGED_IN)
    back = Counter(row["queue_id"] for row in told)
    assert back
    assert await live_seats(world, one) == await live_seats(world, two) == kept + back
    burning = told[0]["destination_id"]
    await declared(world, burning)
    lost = Counter(row["queue_id"] for row in told if row["destination_id"] == burning)
    assert await live_seats(world, two) == kept + back - lost - Counter({q: at[burning] for q, at in roster.items()})
    await world.adds_up()


async def _agents_by_queue(world: World) -> dict[str, Counter[str]]:
    """Count the agents of each queue by site."""
    p = t.people.c
    query = sa.select(p.queue, p.site, sa.func.count().label("n")).where(p.kind == "agent").group_by(p.queue, p.site)
    found: dict[str, Counter[str]] = {}
    async with world.store.read(world.now) as db:
        for row in await db.rows(query):
            found.setdefault(row["queue"], Counter())[row["site"]] = row["n"]
    return found


async def live_seats(world: World, incident: int) -> Counter[str]:
    """Return each queue's live seats, which status, board and SITREP show, and the planner counts on alike."""
    desk = world.product.desk
    async with world.store.read(world.now) as db:
        one = await incidents.get(db, incident)
        ground = await picture.ground(db, one)
        asked = await situation(desk.policy, db, one)
        shown = await board.one(desk, db, one.reference)
    assert {q.id: q.live for q in asked.queues} == {line.queue.id: line.beside for line in ground.queues}
    lines = Counter({line.queue.id: line.live for line in ground.queues})
    assert shown is not None
    assert Counter({q.id: q.live for q in shown.incidents[0].queues}) == lines
    return lines
