"""Runbooks change while incidents run: what is fine is offered and adopted, what is bad stays out and its owners hear."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.app import ROOT as PRODUCT
from bot.domain.refusal import Refused
from bot.operations.adopting import declared_with
from tests.world import ROOM, World, library

NEW = {"id": "LS9", "title": "Fetch the evacuation chairs", "phase": "life_safety", "owner": "LNO", "due": "D+2m"}


@pytest.fixture
def folder(world: World, tmp_path: Path) -> Path:
    """The runbook of the fire and what it uses, in a folder that may be written to."""
    for name in ("facility_loss.yaml", "library.yaml"):
        shutil.copy(PRODUCT / "runbooks" / name, tmp_path)
    world.product.desk.shelf.put(replace(library(), folder=tmp_path))
    return tmp_path


@contextmanager
def edited(folder: Path) -> Iterator[dict[str, Any]]:
    """The runbook of the fire as data, to be changed; steps by their id too, a used one by what it uses."""
    yaml, file = YAML(), folder / "facility_loss.yaml"
    book = yaml.load(file)
    book["by_id"] = {step.get("id", step.get("use")): step for step in book["steps"]}
    yield book
    del book["by_id"]
    yaml.dump(book, file)


@pytest.mark.every_chat
@pytest.mark.one_database
async def test_a_new_version_is_offered_looked_at_and_adopted(world, fire, folder):
    await fire.safety.presses("Done…", on="LS1 ·")
    await fire.safety.fills("Done", evidence="08:58, all out")
    with edited(folder) as book:
        book["version"] = "9.9"
        book["by_id"]["LS1"]["title"] = "Get everybody out"
        book["by_id"]["LS2"] |= {"title": "Call 999", "due": "D+4m"}
        book["steps"].insert(0, NEW)
    await world.passes(minutes=2)
    offer = await fire.commander.sees("A new version of this runbook: 9.9")
    assert offer.place == ROOM
    shown = await fire.commander.presses("See what changes…")
    for line in (
        "1 step new, 2 steps changed",
        "new: LS9 Fetch the evacuation chairs",
        "due: D+3m → D+4m",
        "What is done stays done",
    ):
        assert line in shown
    await fire.liaison.presses("See what changes…")
    assert "This is for the incident commander" in await fire.liaison.presses("Adopt version 9.9")
    assert "The incident runs version 9.9" in await fire.commander.presses("Adopt version 9.9")
    await fire.liaison.sees("LS9 · Fetch the evacuation chairs", "State: ready", "09:07 GMT")
    await fire.safety.sees("LS2 · Call 999", "State: ready")
    await fire.scribe.sees("LS1 · Evacuate, shelter or lock down", "State: done", "08:58, all out")
    await fire.scribe.sees("Runbook 9.9")
    assert any("adopted version 9.9 of the runbook, after " in line for line in await world.journal())
    assert "runs version 9.9 already" in await fire.commander.presses_again("Adopt version 9.9", shown)
    assert "That is the newest there is" in await fire.commander.types("/disaster runbook")
    async with world.store.read(world.now) as db:
        assert (await declared_with(db, "facility_loss")).version == "9.9"
        assert (await declared_with(db, "facility_loss", "inc-2026-0001")).steps[0].id == "LS9"
        with pytest.raises(Refused, match="is of facility_loss"):
            await declared_with(db, "data_loss", "INC-2026-0001")
    await world.passes(minutes=1)
    assert len([s for s in await fire.commander.everything() if "A new version of this runbook" in s]) == 1


@pytest.mark.one_database
@pytest.mark.one_database
async def test_what_became_restricted_stands_in_the_room_no_more(world, fire, folder):
    words = "Say in the room who commands"
    assert any(words in s for s in await fire.scribe.everything() if s.place == ROOM)
    with edited(folder) as book:
        book["version"] = "9.9"
        book["by_id"]["DA2"]["restricted"] = True
    await world.passes(minutes=2)
    await fire.commander.presses("See what changes…")
    await fire.commander.presses("Adopt version 9.9")
    await fire.scribe.sees("Only a few see this step now.")
    await fire.scribe.does_not_see(words)
    assert any(words in s for s in await fire.commander.everything()), "its owner still works it"


async def test_a_bad_file_stays_out_and_its_owners_hear_where(world, fire, folder):
    with edited(folder) as book:
        book["by_id"]["LS2"]["owner"] = "S0"
    line = (folder / "facility_loss.yaml").read_text().split("owner: S0")[0].count("\n") + 1
    await world.passes(minutes=2)
    told = await fire.safety.sees("A changed runbook can't be used")
    assert told.place == "dm"
    assert f"facility_loss.yaml, line {line}: steps[LS2].owner is 'S0': no such role" in told
    assert str(folder) not in told
    await fire.voice.does_not_see("A changed runbook")
    assert "That is the newest there is" in await fire.commander.types("/disaster runbook")
    assert len([s for s in await fire.safety.everything() if "A changed runbook" in s]) == 1
    with edited(folder) as book:
        book["by_id"]["LS2"]["owner"] = "SO"
        book["title"] = "Loss of a whole building"
    await world.passes(minutes=2)
    assert "Changed: facility_loss." in await fire.safety.sees("The runbooks are fine again and in force")
    await fire.commander.sees("A new version of this runbook", "1 entry at the top")


@pytest.mark.one_database
async def test_what_falls_away_and_was_not_begun_is_not_needed(world, fire, folder):
    await fire.it.presses("No, or not sure")
    await fire.it.presses("Start", on="DA3_fallback ·")
    with edited(folder) as book:
        gone = [book["by_id"][key] for key in ("LS2_methane", "DA3_fallback")]
        book["steps"] = [step for step in book["steps"] if step not in gone]
        version = book["version"]
    await world.passes(minutes=2)
    await fire.commander.presses("See what changes…")
    assert "2 steps gone" in await fire.commander.presses(f"Adopt version {version}")
    table = (await fire.commander.types("/disaster steps")).text.splitlines()
    assert "not needed" in next(row for row in table if row.startswith("LS2_methane |"))
    assert "in progress" in next(row for row in table if row.startswith("DA3_fallback |"))
