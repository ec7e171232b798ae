"""Clocks change and people live in several zones: rows are in UTC, people read their own time with its name."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.storage import tables as t

pytestmark = pytest.mark.one_database

LINE = '/disaster declare facility_loss leeds sev1 "fire on floor 2"'


async def test_the_night_when_clocks_go_back(world):
    world.clock.moment = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
    ines = world.person("S001")
    await ines.types(LINE)
    card = await ines.sees("INC-2026-0001 · Loss of a building", "Phase")
    assert "Declared: Sun 25 Oct 01:50 BST" in card
    assert "Next update due: 01:05 GMT" in card
    await world.passes(minutes=14)
    leader = world.of_audience("leaders")[0]
    assert not [s for s in await leader.everything() if "SITREP" in s]
    await world.passes(minutes=1)
    assert "Next update: 01:35 GMT" in await leader.sees("SITREP 1", "As of Sun 25 Oct 01:05 GMT")


async def test_the_night_when_clocks_go_forward(world):
    world.clock.moment = datetime(2026, 3, 29, 0, 50, tzinfo=UTC)
    ines = world.person("S001")
    await ines.types(LINE)
    card = await ines.sees("INC-2026-0001 · Loss of a building", "Phase")
    assert "Declared: Sun 29 Mar 00:50 GMT" in card
    assert "Next update due: 02:05 BST" in card
    await world.passes(minutes=15, step=5)
    await world.of_audience("leaders")[0].sees("SITREP 1", "As of Sun 29 Mar 02:05 BST")


@pytest.mark.every_chat
async def test_everybody_reads_the_same_moment_in_their_own_zone(world):
    world.clock.moment = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    async with world.store.work(world.now) as work:
        for person, tz in (("E001", "Asia/Kolkata"), ("E002", "America/New_York")):
            await work.run(t.people.update().where(t.people.c.id == person).values(tz=tz))
    await world.person("S001").types(LINE)
    await world.passes(minutes=15, step=5)
    there = {p: await world.person(p).sees("SITREP 1") for p in ("E001", "E002")}
    assert "Declared at 17:30 IST" in there["E001"]
    assert "As of Wed 1 Jul 17:45 IST" in there["E001"]
    assert "Declared at 08:00 EDT" in there["E002"]
    assert "Next update: 08:45 EDT" in there["E002"]


async def test_rows_hold_utc(world):
    world.clock.moment = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    await world.person("S001").types(LINE)
    async with world.store.read(world.now) as db:
        row = await db.first(sa.select(t.incidents.c.declared_at, t.incidents.c.sitrep_due_at))
    assert row is not None
    assert row["declared_at"] == datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    assert row["sitrep_due_at"] - row["declared_at"] == timedelta(minutes=15)
    assert "Declared: Wed 1 Jul 13:00 BST" in await world.person("S001").sees("Loss of a building", "Phase")


async def test_evidence_of_a_time_is_kept_with_its_zone(world):
    world.clock.moment = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    ines = world.person("S001")
    await ines.types(LINE)
    await world.person("S014").presses("Done…", on="LS1 ·")
    assert "LS1 is done" in await world.person("S014").fills("Done", evidence="12:58 local, all zones")
    assert f"Ended: 13:00 BST by {world.person('S014').name}" in await ines.sees("LS1 · Evacuate", "State: done")
