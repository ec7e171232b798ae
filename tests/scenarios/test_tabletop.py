"""A tabletop: the bot tells the story inject by inject, asks, keeps the answers, and scores them."""

import asyncio

import pytest
import sqlalchemy as sa

from bot.operations import report
from bot.storage import tables as t
from tests.world import World

TELLS = "/disaster drill fire_on_floor_two leeds"


async def at_the_table(world) -> tuple:
    """The facilitator, and who holds the roles that are asked."""
    ines = world.person("S001")
    assert "It is EX-2026-0001 · Tabletop · facility loss" in await ines.types(TELLS)
    return ines, *[world.person(p) for p in await roles(world, "SO", "OPS", "PIO", "IC")]


async def roles(world, *wanted: str) -> list[str]:
    async with world.store.read(world.now) as db:
        held = {r["role"]: r["person_id"] for r in await db.rows(sa.select(t.roles.c.role, t.roles.c.person_id))}
    return [held[role] for role in wanted]


@pytest.mark.one_database
@pytest.mark.every_chat
async def test_the_bot_tells_the_story_asks_and_scores_it(world):
    ines, safety, operations, voice, commander = await at_the_table(world)
    assert commander.id != ines.id, "whoever runs it does not sit at the table"
    news = await safety.sees("We have smoke up here", "The alarm at Leeds rings")
    assert (
        news.text.splitlines()[0]
        == news.text.splitlines()[-1]
        == "EXERCISE – this is a drill, nothing real has happened – EXERCISE"
    )
    assert "Right would be" in await ines.sees("1 of 7 injects out")
    await safety.does_not_see("Right would be")
    assert "belongs to" in await world.person((await roles(world, "REG"))[0]).presses("Leave at once", on="INJ1")
    await safety.presses("Leave at once", on="INJ1")
    await world.passes(minutes=6, step=6)
    await safety.presses("Answer…", on="INJ2")
    await safety.fills("Answer", evidence="Names to the fire service, roll-call in chat, visitors' book")
    await world.passes(minutes=1)
    assert "is right" in await ines.presses("All of it", on="How good is the answer to inject 2?")
    assert "Inject 3 is out" in await ines.presses("Next inject now")
    assert "already" in await ines.presses_again("Next inject now", await ines.sees("2 of 7 injects out"))
    await operations.presses("Keep all queues open", on="INJ3")
    await ines.presses("Hold the clock", on="3 of 7")
    await voice.sees("The clock of the exercise is held")
    await world.passes(minutes=30, step=15)
    await voice.does_not_see("A local newspaper")
    await ines.presses("Let the clock go on")
    await world.passes(minutes=8, step=8)
    await voice.sees("A local newspaper")
    await ines.presses("End the exercise", on="4 of 7")
    await world.passes(minutes=1)
    told = await ines.sees("how it went")
    assert "Questions answered rightly: 50 %, wanted at least 80 %" in told, "two of four: one wrong, one not answered"
    await commander.sees("Go through the questions that were not answered rightly")


async def test_injects_come_once_and_stop_with_the_drill(world):
    ines, *_ = await at_the_table(world)
    other = World(world.store, clock=world.clock)
    await world.sleeps(minutes=13)  # nothing ran: two came due meanwhile
    for world_minutes in (0, 5, 1):
        await world.sleeps(minutes=world_minutes)
        await asyncio.gather(*(w.product.engine.sweeps()["drills"][1]() for w in (world, other)))
    await other.closes()
    assert await injects(world) == ["posted", "posted", "posted", "waiting", "waiting", "waiting", "waiting"]
    assert await out(world) == [0, 13, 19], "one after the other, at the distances of the file"
    await world.sleeps(minutes=200)
    await world.product.engine.sweeps()["drills"][1]()
    world.product.engine.woken.set()
    assert "held since" in await ines.sees("Nothing ran for a long time")
    await ines.presses("Let the clock go on")
    await world.passes(minutes=1)
    assert (await injects(world)).count("posted") == 4
    (safety,) = [world.person(p) for p in await roles(world, "SO")]
    await safety.presses("Answer…", on="INJ2")
    await safety.fills("Answer", evidence="we count again")
    await ines.types("REAL INCIDENT")
    await world.passes(minutes=60, step=30)
    assert (await injects(world))[4:] == ["left_out"] * 3
    assert "held" not in await ines.types("/disaster drills")
    assert "does not run any more" in await ines.presses("Next inject now", on="4 of 7")
    async with world.store.read(world.now) as db:
        assert await db.value(sa.select(sa.func.count()).select_from(t.drill_actions)) == 0


async def injects(world) -> list[str]:
    async with world.store.read(world.now) as db:
        return await db.column(sa.select(t.injects.c.state).order_by(t.injects.c.position))


async def out(world) -> list[int]:
    """Minutes after the start at which each came."""
    async with world.store.read(world.now) as db:
        start = await db.value(sa.select(t.drills.c.started_at))
        times = await db.column(sa.select(t.injects.c.posted_at).where(t.injects.c.posted_at.is_not(None)))
    return sorted(int((at - start).total_seconds() // 60) for at in times)


@pytest.mark.one_database
async def test_what_does_not_go_together_is_said_beside_its_field(world):
    ines = world.person("S001")
    await ines.types("/disaster drill")
    form = await ines.fills("Go", what="notification_test", scenario="fire_on_floor_two", sites=["leeds"])
    assert form.fields["scenario"].error.startswith("A notification test plays no tabletop")
    form = await ines.fills("Go", what="tabletop", category="data_loss")
    assert "is about facility loss" in form.fields["category"].error
    assert "did you mean fire_on_floor_two" in (
        await ines.types("/disaster drill tabletop fire_on_flor_two leeds")
    ).text.lower().replace('"', "")


@pytest.mark.one_database
async def test_the_runbooks_own_decision_is_judged_where_it_is_worked(world):
    ines = world.person("S001")
    await ines.types("/disaster drill functional fire_on_floor_two leeds sev1")
    (operations,) = [world.person(p) for p in await roles(world, "OPS")]
    await world.passes(minutes=12, step=6)
    await operations.sees("A hundred and forty callers are waiting")
    async with world.store.read(world.now) as db:
        asked = await db.column(sa.select(t.steps.c.key).where(t.steps.c.key.like("INJ%")))
        assert asked == ["INJ1", "INJ2"], "the third is a decision that the runbook asks by itself"
    async with world.store.work(world.now) as work:
        q1 = sa.update(t.steps).where(t.steps.c.key == "Q1")
        await work.run(
            q1.values(
                state="done", evidence="tier_1_first", ended_by=operations.id, ended_at=world.now, ready_at=world.now
            )
        )
    await ines.types("/disaster drills")
    await ines.presses("Injects", on="EX-2026-0001")
    await ines.presses("End the exercise", on="EX-2026-0001: 7 injects")
    async with world.product.desk.read() as db:
        told = (await report.build(world.product.desk, db, "INC-2026-0001")).sections[1]
    (table,) = [table for table in told.tables if table.caption == "Injects"]
    row = next(row for row in table.rows if row[1].startswith("A hundred and forty"))
    assert (row[3], row[-1]) == ("tier_1_first", "right")
    assert [row[-1] for row in table.rows] == ["not right", "not right", "right", *["left out"] * 4]
