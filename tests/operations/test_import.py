"""Importing a roster: all or nothing, the same again changes nothing, nobody who left is forgotten."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain.policy import Policy
from bot.domain.refusal import BadConfig, Refused
from bot.domain.roster import Difference, Roster
from bot.operations.roster import import_roster, load, plan_import
from bot.operations.sample import write
from bot.storage import tables as t
from bot.storage.database import Store, Work
from bot.storage.roster import ensure_identities, read

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
ROLES = "IC DEP SCR OPS PLAN LOG FIN PIO SO LNO REG VM TL KM CM DIG BRD"
POLICY = Policy.model_construct(roles=dict.fromkeys(ROLES.split(), ""), tz="Europe/London")

pytestmark = pytest.mark.asyncio


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sample of 60 agents."""
    write(tmp_path / "roster", 60, seed=3)
    return tmp_path / "roster"


@pytest.fixture
def roster(folder: Path) -> Roster:
    """What the sample says."""
    return load(folder, POLICY)[0]


def edit(folder: Path, file: str, old: str, new: str) -> Roster:
    """The roster after a change in one of its files."""
    path = folder / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    return load(folder, POLICY)[0]


def without(folder: Path, file: str, start: str) -> Roster:
    """The roster without the row that starts so."""
    path = folder / file
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(start)))
    return load(folder, POLICY)[0]


async def stored(store: Store) -> Roster:
    """What the database holds."""
    async with store.read(NOW) as db:
        return await read(db)


def by_id(roster: Roster) -> dict[str, object]:
    """Every record by noun and id."""
    return {f"{noun} {record.id}": record for noun, records in roster.parts().items() for record in records}


async def row(store: Store, table: sa.Table, id_: str) -> dict[str, object] | None:
    """One row as it is stored."""
    async with store.read(NOW) as db:
        found = await db.first(sa.select(table).where(table.c.id == id_))
        return dict(found) if found else None


async def test_what_was_imported_is_read_back_the_same(store: Store, roster: Roster) -> None:
    found = await import_roster(store, NOW, roster)
    assert found.parts["people"].words() == f"{len(roster.people)} added, 0 unchanged"
    assert by_id(await stored(store)) == by_id(roster)


async def test_importing_twice_changes_nothing(store: Store, roster: Roster) -> None:
    await import_roster(store, NOW, roster)
    assert (await import_roster(store, LATER, roster)).empty


async def test_a_dry_run_writes_nothing(store: Store, roster: Roster) -> None:
    async with store.read(NOW) as db:
        planned = await plan_import(db, roster)
    assert len(planned.parts["people"].added) == len(roster.people)
    assert await stored(store) == Roster()


async def test_a_problem_anywhere_keeps_all_out(folder: Path) -> None:
    with pytest.raises(BadConfig, match=r"queues.csv:3: error: tier is 'one': a whole number from 1 to 9"):
        edit(folder, "queues.csv", "priority,Priority services,1,", "priority,Priority services,one,")


async def test_a_roster_without_people_is_refused(store: Store, roster: Roster) -> None:
    await import_roster(store, NOW, roster)
    with pytest.raises(Refused, match="no people"):
        await import_roster(store, LATER, Roster())
    assert by_id(await stored(store)) == by_id(roster)


async def test_only_the_columns_that_changed_are_written(store: Store, folder: Path, roster: Roster) -> None:
    await import_roster(store, NOW, roster)
    changed = edit(folder, "queues.csv", "claims,Claims,2,240,", "claims,All claims,2,120,")
    found = await import_roster(store, LATER, changed)
    assert found.parts["queues"].changed == (("claims", ("name", "rto_min")),)
    assert by_id(await stored(store)) == by_id(changed)


async def test_who_is_missing_has_left_and_can_come_back(store: Store, folder: Path, roster: Roster) -> None:
    await import_roster(store, NOW, roster)
    found = await import_roster(store, LATER, without(folder, "people.csv", "A00007,"))
    assert found.parts["people"].left == ("A00007",)
    assert (await row(store, t.people, "A00007") or {})["left_at"] == LATER
    assert "people A00007" not in by_id(await stored(store))
    back = await import_roster(store, LATER, roster)
    assert back.parts["people"].added == ("A00007",)
    assert by_id(await stored(store)) == by_id(roster)


async def test_a_site_that_no_incident_names_is_deleted(store: Store, folder: Path, roster: Roster) -> None:
    await import_roster(store, NOW, roster)
    found = await import_roster(store, LATER, _without_kestrel(folder))
    assert found.parts["sites"].left == ("kestrel",)
    assert await row(store, t.sites, "kestrel") is None


async def test_a_site_that_an_incident_names_stays_without_seats(store: Store, folder: Path, roster: Roster) -> None:
    await import_roster(store, NOW, roster)
    async with store.work(NOW) as work:
        await _move(work, "A00001", "kestrel")
    smaller = _without_kestrel(folder)
    await import_roster(store, LATER, smaller)
    assert ((await row(store, t.sites, "kestrel")) or {})["seats"] == 0
    assert (await import_roster(store, LATER, smaller)).empty


def _without_kestrel(folder: Path) -> Roster:
    stakeholders = folder / "stakeholders.csv"
    stakeholders.write_text(stakeholders.read_text().replace(",kestrel,Europe/Lisbon", ",,Europe/Lisbon"))
    return without(folder, "sites.csv", "kestrel,")


async def _move(work: Work, person: str, destination: str) -> None:
    when = {"declared_at": NOW, "detected_at": NOW}
    book = {"runbook_title": "Facility loss", "runbook_version": "1", "sitrep_state": "ended"}
    hit = {"reference": "INC-2026-0001", "category": "facility_loss", "severity": 1, "drill": False}
    incident = await work.add(t.incidents, **when, **book, **hit, state="stood_down", declared_by="S001")
    plan = await work.add(t.plans, incident_id=incident, version=1, state="approved", made_by="S007", made_at=NOW)
    ids = {"incident_id": incident, "plan_id": plan, "person_id": person, "destination_id": destination}
    await work.add(t.moves, **ids, queue_id="billing", wave=1, state="released")


async def test_everybody_gets_an_address_once_and_outsiders_are_marked(store: Store, roster: Roster) -> None:
    await import_roster(store, NOW, roster, platforms=["console"])
    async with store.work(NOW) as work:
        assert await ensure_identities(work, "console") == 0
        rows = await work.rows(sa.select(t.identities))
    assert {r["person_id"] for r in rows} == {r["address"] for r in rows} == {p.id for p in roster.people}
    assert {r["person_id"] for r in rows if r["outside"]} == {p.id for p in roster.people if p.outside}


async def test_somebody_who_becomes_an_outsider_is_marked_so(store: Store, folder: Path, roster: Roster) -> None:
    await import_roster(store, NOW, roster, platforms=["console"])
    changed = edit(folder, "stakeholders.csv", ',leaders,"Head of contact centres', ',vendors,"Head of contact centres')
    found: Difference = await import_roster(store, LATER, changed, platforms=["console"])
    (change,) = found.parts["people"].changed
    async with store.read(NOW) as db:
        mine = t.identities.c.person_id == change.id
        assert await db.value(sa.select(t.identities.c.outside).where(mine)) is True
