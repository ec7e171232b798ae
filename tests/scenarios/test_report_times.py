"""Report times: whoever is told later than their plan counted on is given as much more time."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.storage import tables as t
from tests.world import World, ask_for_a_plan


async def times(world: World, wave: int) -> list[datetime]:
    """When the people of a wave who are told where to go are to report, the first first."""
    c = t.moves.c
    query = sa.select(c.report_at).where(c.wave == wave, c.state == "told").distinct().order_by(c.report_at)
    async with world.store.read(world.now) as db:
        return await db.column(query)


async def test_who_is_told_later_than_planned_has_as_much_more_time(world, called):
    fire = called
    await ask_for_a_plan(fire)
    assert "Whoever is told later gets more time" in await fire.planner.sees("Plan 1 of INC-2026-0001: not approved")
    await world.passes(minutes=60, step=20)
    await fire.planner.presses("Approve and tell wave 1", on="Plan 1")
    first = await times(world, 1)
    assert world.now + timedelta(minutes=14) <= first[0] <= world.now + timedelta(minutes=25), first
    ana = (await world.told_to_move())[0]
    told = await ana.sees("Where you work now", "Be ready by: ")
    assert any(f"{at:%H:%M}" in told for at in first), told
    await fire.planner.presses("Hold the waves", on="Plan 1")
    await world.passes(minutes=60, step=20)
    await fire.planner.presses("Tell wave 2", on="Plan 1")
    second = await times(world, 2)
    assert second[0] >= world.now + timedelta(minutes=14), second
    assert await times(world, 1) == first, "who was told keeps the time that they were told"
