"""A year of drills on a virtual clock, with two machines that look at the same rows: none is missed, none runs twice.

One of them nobody ends: it is asked about once, and ends by itself once.
"""

import asyncio
from datetime import UTC, datetime

import sqlalchemy as sa

from bot.domain import intent as i
from bot.operations.perform import perform
from bot.operations.scene import Place
from bot.storage import tables as t
from tests.world import World

HERE = Place("console")
FORGOTTEN = "EX-2026-0002"
# Typed on 2 November in London; as UTC: winter, the night when clocks go forward, summer, the hour that comes twice; two
# of them at the end of a month.
YEAR = (
    ("notification test leeds", "30 Nov 07:00", "2026-11-30 07:00"),
    ("notification test york", "28 Mar 03:00", "2027-03-28 02:00"),
    ("roll-call leeds", "31 Jul 14:00", "2027-07-31 13:00"),
    ("tabletop fire_on_floor_two leeds", "31 Oct 01:30", "2027-10-31 00:30"),
)


async def test_each_drill_starts_once_is_scored_once_and_its_findings_are_chased(world):
    for said, when, _ in YEAR:
        assert "is planned" in await world.person("S001").types(f"/disaster drill {said} {when}")
    other = World(world.store, clock=world.clock)
    started: dict[str, str] = {}
    for at in await moments(world):
        world.clock.moment = at
        await both(world, other, "drills")
        for drill, reference, tells in await running(world):
            started[reference] = f"{world.now:%Y-%m-%d %H:%M}"
            for minutes in [5] * 12 if tells else [60]:  # through the hour that comes twice, too
                await world.sleeps(minutes=minutes)
                await both(world, other, "drills")
            await ends(world, other, drill, forgotten=reference == FORGOTTEN)
            await both(world, other, "scores")
        await both(world, other, "findings")
    await other.closes()
    assert list(started.values()) == [moment for *_, moment in YEAR]
    await told(world)


async def ends(world, other: World, drill: int, *, forgotten: bool) -> None:
    """Its organiser ends it; or nobody does, though somebody answered."""
    if not forgotten:
        await world.sleeps(minutes=1)
        await perform(world.product.desk, "S001", i.EndDrill(drill=drill), HERE)
        return
    answer = i.Say(notice=await its_notice(world), answer="ack")
    await perform(world.product.desk, world.agents("york", 1)[0].id, answer, HERE)
    for _ in range(18):
        await world.sleeps(minutes=60)
        await both(world, other, "forgotten")


async def its_notice(world) -> int:
    async with world.store.read(world.now) as db:
        return await db.value(sa.select(sa.func.max(t.notices.c.id)))


async def moments(world) -> list[datetime]:
    """When something falls due in the year, and each month's end besides: between them nothing can happen."""
    planned = [datetime.strptime(moment, "%Y-%m-%d %H:%M").replace(tzinfo=UTC) for *_, moment in YEAR]
    months = [datetime(2026 + (m > 12), (m - 1) % 12 + 1, 26, 12, tzinfo=UTC) for m in range(11, 23)]
    return sorted([*planned, *months])


async def both(one: World, other: World, sweep: str) -> None:
    await asyncio.gather(*(w.product.engine.sweeps()[sweep][1]() for w in (one, other)))


async def running(world) -> list[tuple[int, str, bool]]:
    async with world.store.read(world.now) as db:
        rows = await db.rows(
            sa.select(t.drills.c.id, t.drills.c.reference, t.drills.c.scenario).where(t.drills.c.state == "running")
        )
    return [(r["id"], r["reference"], r["scenario"] != "") for r in rows]


async def told(world) -> None:
    """Every drill has one incident and one score; each finding went to its owner, was reminded of, then went up."""
    async with world.store.read(world.now) as db:
        assert await db.value(sa.select(sa.func.count()).select_from(t.incidents)) == len(YEAR)
        scores = await db.column(sa.select(t.drills.c.score).where(t.drills.c.state == "done"))
        assert len(scores) == len(YEAR)
        assert all(scores)
        actions = await db.rows(sa.select(t.drill_actions))
        titles = [card["title"] for card in await db.column(sa.select(t.letters.c.card))]
        posted = await db.column(sa.select(t.journal.c.text).where(t.journal.c.text.like("inject %")))
        asked = await db.column(sa.select(t.journal.c.text).where(t.journal.c.text.like("asked whether %")))
        times = await db.column(sa.select(t.injects.c.posted_at).order_by(t.injects.c.position))
        tabletop = await db.value(sa.select(t.drills.c.started_at).where(t.drills.c.scenario != ""))
    assert [int(line.split()[1].rstrip(":")) for line in posted] == [1, 2, 3, 4, 5, 6, 7], "each once, in its order"
    assert [(at - tabletop).seconds // 60 for at in times] == [0, 10, 20, 30, 40, 50, 60], "what is late moves the rest"
    assert {a["gauge"] for a in actions} == {
        "acknowledged",
        "roll_answered",
        "roll_resolved",
        "right",
        "decisions",
    }
    assert sum("has ended by itself" in title for title in titles) == 1
    assert asked == [f"asked whether {FORGOTTEN} still runs"], "once, by one of the machines"
    assert sum("is yours" in title for title in titles) == len(actions)
    reminders = sum("due soon" in t_ or "Overdue" in t_ or "has not closed" in t_ for t_ in titles)
    assert reminders == sum(a["chased"] for a in actions)
    assert any("has not closed" in title for title in titles)
