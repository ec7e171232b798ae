"""The way back: in waves, least critical first, in people's own shifts, to places that are fit for use."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import text

from bot.domain import intent as i
from bot.domain.relocation_shift import windows
from bot.operations import perform
from bot.operations.scene import Place
from bot.storage import tables as t
from tests.moved import moves_in, with_words
from tests.world import ROOM, World


async def off_shift(world: World) -> list[str]:
    """Who is to be back at Leeds when they do not work, by the rows of those who were told."""
    m, p = t.moves.c, t.people.c
    told = sa.and_(m.destination_id == "leeds", m.state == "told")
    query = sa.select(p.id, p.shift, p.tz, m.report_at).join(t.moves, m.person_id == p.id).where(told)
    async with world.store.read(world.now) as db:
        rows = await db.rows(query)
    assert rows and all(row["report_at"] >= world.now + timedelta(minutes=60) for row in rows)
    at = [(row, windows(row["shift"], row["tz"], row["report_at"])) for row in rows]
    return [row["id"] for row, spans in at if not any(begins <= 0 for begins, _ in spans[:1])]


async def test_everybody_comes_back_in_waves_least_critical_first(world, planned):
    await planned.planner.presses("Tell wave 2", on="Plan 1")
    boss = planned.commander
    await boss.presses("Begin the return")
    for key in ("RR1 ·", "RR2 ·"):
        await boss.presses("Done…", on=key)
        await boss.fills("Done", evidence="signed by Ana Reyes")
    await boss.presses("Plan the return…", on="RR3 ·")
    held = await moves_in(world, "destination_id != 'leeds' AND state = 'told'")
    await boss.fills("Plan it", first_min="60", every_min="30")
    plan = await boss.sees("Return plan 2 of INC-2026-0001: not approved yet", "least critical queues first")
    assert "Wave 1: " in plan and "the first are to be back by 10:00 GMT, the last by " in plan
    await boss.presses("Approve and tell wave 1", on="Return plan 2")
    back = await with_words(world, "You go back")
    seen = await back.sees("You go back", "Where: Leeds", "If you had a seat elsewhere")
    assert await off_shift(world) == [] and "Your seat there" not in seen
    assert seen.buttons == ("I'm safe and moving", "Need help", "Can't work")
    assert await moves_in(world, "destination_id != 'leeds' AND state = 'told'") < held, (
        "seats are given back wave by wave"
    )
    first = await moves_in(world, "destination_id = 'leeds' AND state = 'told'")
    tiers = text(
        "SELECT DISTINCT q.tier FROM moves m JOIN queues q ON q.id = m.queue_id WHERE m.destination_id = 'leeds' AND m.state = 'told'"
    )
    async with world.store.read(world.now) as db:
        assert [r["tier"] for r in await db.rows(tiers)] == [2], "nobody of Leeds works tier 3 here"
    await back.presses("I'm safe and moving")
    await back.presses("I have arrived")
    await world.waits_a_moment()
    assert "Back: ▱▱▱▱▱▱▱▱▱▱ 1 of" in await boss.sees("RR3 ·", "Not told yet: ")
    await world.passes(minutes=100, step=10)
    assert await moves_in(world, "destination_id = 'leeds' AND state = 'proposed'") == 0
    assert await moves_in(world, "destination_id != 'leeds' AND state = 'told'") == 0
    assert first < await moves_in(world, "destination_id = 'leeds'")


@pytest.mark.one_database
async def test_of_several_places_people_go_back_only_to_those_that_are_fit_for_use(world):
    boss = world.person("S001")
    await boss.types('/disaster declare facility_loss leeds york sev1 "both are flooded"')
    await world.searched(1)
    await boss.types("/disaster plan")
    await boss.presses("Approve and tell wave 1")
    desk, here = world.product.desk, Place("console")
    await perform.perform(desk, boss.id, i.Recover(incident=1, sure=True), here)
    asked = await perform.perform(desk, boss.id, i.PlanReturn(incident=1), here)
    assert asked.form is not None
    assert [o.label for f in asked.form.fields for o in f.options] == ["Leeds", "York"]
    blind = await perform.perform(desk, boss.id, i.PlanReturn(incident=1, first_min=60, every_min=30), here)
    assert "Nobody can go back yet" in blind.plain()
    await perform.perform(desk, boss.id, i.PlanReturn(incident=1, first_min=60, every_min=30, to=("york",)), here)
    assert await moves_in(world, "plan_id = 2 AND destination_id = 'york'") > 0
    assert await moves_in(world, "plan_id = 2 AND destination_id != 'york'") == 0


async def test_no_wave_goes_outward_by_itself_once_the_return_has_begun(world, planned):
    await planned.commander.types("/disaster recover", place=ROOM)
    assert "are held" in await planned.commander.presses("Begin the return now")
    await world.passes(minutes=20, step=10)
    assert not await moves_in(world, "wave = 2 AND state = 'told'")
    assert "the return has begun: plan 1" in "\n".join(await world.journal())
    assert "The next wave goes out by itself at" in await planned.commander.types("/disaster resume", place=ROOM)
    await world.passes(minutes=16, step=8)
    assert await moves_in(world, "wave = 2 AND state = 'told'")


@pytest.mark.one_database
async def test_who_has_a_seat_in_another_drill_is_not_called_back_by_this_one(world):
    boss = world.person("S001")

    async def does(intent: i.Intent) -> str:
        return str(await perform.perform(world.product.desk, boss.id, intent, Place("console")))

    await boss.types('/disaster declare workforce_loss leeds sev2 drill "a third is ill"')
    await does(i.PlanAgain(incident=1))
    await does(i.ApprovePlan(plan=1))
    sent = await moves_in(world, "incident_id = 1 AND state IN ('told', 'approved')")
    await boss.types('/disaster declare workforce_loss leeds sev2 drill "more are ill"')
    await boss.presses("Another one: declare it")
    await does(i.Recover(incident=2, sure=True))
    await does(i.PlanReturn(incident=2, first_min=60, every_min=30))
    assert "Return plan 1 is approved" in await does(i.ApprovePlan(plan=2))
    assert sent and await moves_in(world, "incident_id = 1 AND state IN ('told', 'approved')") == sent
    assert await moves_in(world, "plan_id = 2 AND state = 'told'")
    await world.adds_up()
