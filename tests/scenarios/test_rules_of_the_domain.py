"""Rules that hold whatever a runbook's order says: the missing hold moves back, few eyes see what is restricted."""

import pytest

from bot.domain import intent as i
from bot.operations import perform, report
from bot.operations.scene import Place
from bot.storage import steps
from tests.world import call_the_roll, those_of

SQLITE = pytest.mark.one_database


async def test_nobody_is_moved_while_people_are_missing_and_nobody_looks_for_them(world, fire):
    await call_the_roll(fire)
    await fire.commander.types("/disaster plan")
    refused = await fire.commander.presses("Approve and tell wave 1")
    assert "Nobody is moved yet: 60 people of Leeds unaccounted for in INC-2026-0001" in refused
    assert "then answer “Somebody is unaccounted for. Has" in refused
    await fire.safety.presses("Done…", on="LS3 ·")
    await fire.safety.fills("Done", evidence="60 on the roster, none seen outside")
    assert "Skip…" not in (await fire.safety.sees("Q3 ·")).buttons
    async with world.product.desk.read() as db:
        (q3,) = [step for step in await steps.of(db, 1) if step.key == "Q3"]
    left_out = i.SkipStep(step=q3.id, reason="we are in a hurry")
    refused = await perform.perform(world.product.desk, fire.safety.id, left_out, Place(world.chat.platform))
    assert "Q3 holds moves back: it can't be left out" in refused.title + "".join(refused.text)
    await fire.safety.presses("The names are with the first responders")
    assert "Plan 1 is approved" in await fire.commander.presses("Approve and tell wave 1")


@SQLITE
async def test_the_missing_of_one_incident_hold_the_moves_of_another(world, fire):
    await call_the_roll(fire)
    await fire.commander.types('/disaster declare utility_loss york sev2 "no power"')
    await fire.commander.types("/disaster plan INC-2026-0002")
    await fire.commander.presses("Approve and tell wave 1")
    answer = await fire.commander.sees("Nobody is moved yet")
    assert "of York unaccounted for in INC-2026-0002" in answer


@SQLITE
async def test_what_is_restricted_goes_to_its_owner_and_the_commanders_alone(world, tmp_path):
    people = those_of(world)
    await people.commander.types('/disaster declare ransomware leeds sev1 "screens are locked"')
    await people.it.presses("Assume it is read")
    await people.commander.presses("Done…", on="DA2 ·")
    await people.commander.fills("Done", evidence="as the card says; real")
    asked = await people.commander.sees("Has anybody demanded a ransom?", "Restricted: only its owner")
    await people.deputy.sees("Has anybody demanded a ransom?")
    await people.scribe.does_not_see("ransom")
    assert "known to its owner and the commanders" in await people.scribe.types("/disaster steps")
    assert "ransom" in await people.commander.types("/disaster steps")
    await people.commander.presses_again("Yes", asked)
    await people.commander.presses("Done…", on="ransom ·")
    await people.commander.fills("Done", evidence="10:20")
    await people.compliance.presses("Done…", on="counsel ·")
    await people.compliance.fills("Done", evidence="Ms Gray of Gray & Co, 10:40")
    await people.scribe.does_not_see("Gray & Co")
    await people.commander.types("/disaster sitrep")
    for reader in (world.of_audience("leaders")[0], people.scribe):
        await reader.does_not_see("ransom")
    quiet = [await world.board(people.scribe), "\n".join(await world.journal())]
    await report.write(world.product.desk, "INC-2026-0001", tmp_path)
    quiet += [file.read_text() for file in tmp_path.iterdir()]
    for text in quiet:
        assert "Gray & Co" not in text
        assert "anybody demanded" not in text
        assert "10:20 GMT" not in text
    assert "a restricted decision was taken" in quiet[1]


@SQLITE
async def test_a_restricted_step_can_be_opened_only_by_the_few_and_follows_the_role(world):
    people = those_of(world)
    await people.commander.types('/disaster declare life_safety_event leeds sev1 "an accident"')
    await people.safety.presses("No: an accident or illness")
    await people.safety.presses("Done…", on="LS1 ·")
    await people.safety.fills("Done", evidence="09:02, floor 2 cleared")
    await people.safety.sees("Has somebody died, or may they?")
    async with world.product.desk.read() as db:
        asked = next(s for s in await steps.of(db, 1) if s.key == "Q6")
    for intent in (i.ShowStep(step=asked.id), i.Decide(step=asked.id, option="fatality")):
        card = await perform.perform(world.product.desk, people.scribe.id, intent, Place("console"))
        assert card.text == ("That step is restricted.", "Its owner and the commanders see it.")
    await people.commander.types("/disaster role SO S005")
    await people.operations.sees("Has somebody died, or may they?")
