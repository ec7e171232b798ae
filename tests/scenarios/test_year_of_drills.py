"""A year of drills on a virtual clock, with two machines that look at the same rows: none is missed, none runs twice."""

import asyncio
from datetime import UTC, datetime

import sqlalchemy as sa

from bot.domain import intent as i
from bot.operations.perform import perform
from bot.operations.scene import Place
from bot.storage import tables as t
from tests.world import World

HERE = Place("console")
# Typed on 2 November in London; as UTC: winter, summer, the night when clocks go forward, the end of a month.
YEAR = (
    ("notification test leeds", "30 Nov 07:00", "2026-11-30 07:00"),
    ("notification test york", "28 Mar 03:00", "2027-03-28 02:00"),
    ("roll-call leeds", "31 Jul 14:00", "2027-07-31 13:00"),
)


async def test_each_drill_starts_once_is_scored_once_and_its_findings_are_chased(world):
    for said, when, _ in YEAR:
        assert "is planned" in await world.person("S001").types(f"/disaster drill {said} {when}")
    other = World(world.store, clock=world.clock)
    started: dict[str, str] = {}
    for at in await moments(world):
        world.clock.moment = at
        await both(world, other, "drills")
        for incident, reference in await running(world):
            started[reference] = f"{world.now:%Y-%m-%d %H:%M}"
            await world.sleeps(minutes=61)
            await perform(world.product.desk, "S001", i.StandDown(incident=incident, sure=True), HERE)
            await both(world, other, "scores")
        await both(world, other, "findings")
    await other.closes()
    assert list(started.values()) == [moment for *_, moment in YEAR]
    await told(world)


async def moments(world) -> list[datetime]:
    """When something falls due in the year, and each month's end besides: between them nothing can happen."""
    planned = [datetime.strptime(moment, "%Y-%m-%d %H:%M").replace(tzinfo=UTC) for *_, moment in YEAR]
    months = [datetime(2026 + (m > 12), (m - 1) % 12 + 1, 26, 12, tzinfo=UTC) for m in range(11, 23)]
    return sorted([*planned, *months])


async def both(one: World, other: World, sweep: str) -> None:
    await asyncio.gather(*(w.product.engine.sweeps()[sweep][1]() for w in (one, other)))


async def running(world) -> list[tuple[int, str]]:
    async with world.store.read(world.now) as db:
        rows = await db.rows(
            sa.select(t.drills.c.incident_id, t.drills.c.reference).where(t.drills.c.state == "running")
        )
    return [(r["incident_id"], r["reference"]) for r in rows]


async def told(world) -> None:
    """Every drill has one incident and one score; each finding went to its owner, was reminded of, then went up."""
    async with world.store.read(world.now) as db:
        assert await db.value(sa.select(sa.func.count()).select_from(t.incidents)) == len(YEAR)
        scores = await db.column(sa.select(t.drills.c.score).where(t.drills.c.state == "done"))
        assert len(scores) == len(YEAR)
        assert all(scores)
        actions = await db.rows(sa.select(t.drill_actions))
        titles = [card["title"] for card in await db.column(sa.select(t.letters.c.card))]
    assert {a["gauge"] for a in actions} == {"acknowledged", "roll_answered", "roll_resolved"}
    assert sum("is yours" in title for title in titles) == len(actions)
    reminders = sum("due soon" in t_ or "Overdue" in t_ or "has not closed" in t_ for t_ in titles)
    assert reminders == sum(a["chased"] for a in actions)
    assert any("has not closed" in title for title in titles)
