"""Line 3: the runbook becomes steps, and what people do with one decides what is ready next."""

import pytest
import sqlalchemy as sa

from bot.storage import tables as t
from tests.world import ROOM


async def test_ready_steps_are_posted_with_all_that_one_needs(fire):
    card = await fire.safety.sees("LS1 · Evacuate")
    assert card.place == ROOM
    for fact in (f"Owner: {fire.safety.name} (safety officer)", "State: ready", "Due: 09:01 GMT",
                 "Done when you give: Alarm time, the order given, the zones swept"):  # fmt: skip
        assert fact in card
    assert card.buttons == ("Start", "Done…", "Skip…", "Assign…")
    await fire.safety.does_not_see("LS2 · Call the emergency services")


@pytest.mark.every_chat
async def test_a_step_goes_from_ready_to_done_with_its_evidence(world, fire):
    assert "LS1 is in progress" in await fire.safety.presses("Start", on="LS1 ·")
    await world.passes(minutes=1)
    await fire.safety.presses("Done…", on="LS1 ·")
    again = await fire.safety.fills("Done", evidence="   ")
    assert again.fields["evidence"].error == "This is needed."
    answer = await fire.safety.fills("Done", evidence="08:58, all out, zones 1 to 4")
    assert "Now ready: LS2 Call the emergency services" in answer
    assert "LS3 Call the roll" in answer
    card = await fire.scribe.sees("LS1 · Evacuate", "State: done")
    assert f"Ended: 09:01 GMT by {fire.safety.name}" in card
    assert "Evidence: 08:58, all out, zones 1 to 4" in card
    assert card.buttons == ()
    await fire.scribe.sees("LS2 · Call the emergency services", "State: ready")


@pytest.mark.every_chat
async def test_a_decision_changes_what_follows(world, fire):
    card = await fire.it.sees("DA3 ·")
    assert card.buttons[:2] == ("Yes, both work", "No, or not sure")
    answer = await fire.it.presses("No, or not sure")
    assert "Now ready: DA3_fallback Move the responders" in answer
    await fire.scribe.sees("DA3_fallback · Move the responders", "State: ready")
    assert f"decision {fire.it.id} Are chat and sign-on up and trusted?: No, or not sure" in await world.journal()
    assert "Are chat and sign-on up and trusted? No, or not sure." in answer
    await fire.scribe.sees("DA3 ·", "Answer: No, or not sure")


async def test_the_other_answer_makes_it_not_needed(fire):
    await fire.it.presses("Yes, both work")
    table = await fire.commander.types("/disaster steps")
    line = next(line for line in table.text.splitlines() if line.startswith("DA3_fallback |"))
    assert "not needed" in line


@pytest.mark.every_chat
async def test_a_step_is_skipped_with_a_reason(fire):
    await fire.safety.presses("Skip…", on="LS1 ·")
    again = await fire.safety.fills("Skip this step", reason="no")
    assert "few words" in again.fields["reason"].error
    await fire.safety.fills("Skip this step", reason="nobody was in the building")
    card = await fire.scribe.sees("LS1 · Evacuate", "State: skipped")
    assert "Reason: nobody was in the building" in card
    await fire.scribe.sees("LS2 · Call the emergency services")


async def test_a_step_is_given_to_somebody_who_then_may_do_it(world, fire):
    assert "belongs to" in await fire.liaison.presses("Start", on="DA2 ·")
    await fire.commander.presses("Assign…", on="DA2 ·")
    assert "They have been told." in await fire.commander.fills("Assign", person=fire.liaison.id)
    mine = await fire.liaison.sees("DA2 · Confirm the declaration", f"Owner: {fire.liaison.name}")
    assert mine.place in ("dm", ROOM)
    assert "DA2 is in progress" in await fire.liaison.presses("Start", on="DA2 ·")


@pytest.mark.one_database
async def test_a_commander_can_begin_a_step_that_stays_with_its_owner(world, fire):
    assert f"It stays with {fire.safety.name}." in await fire.commander.presses("Start", on="LS1 ·")
    await fire.scribe.sees("LS1 · Evacuate", "State: in progress", f"Owner: {fire.safety.name} (safety officer)")
    lines = await world.journal()
    assert f"step {fire.commander.id} started LS1 Evacuate, shelter or lock down for {fire.safety.name}" in lines


@pytest.mark.one_database
async def test_what_a_plan_of_moves_waits_for_is_said_with_its_name(fire):
    await fire.commander.presses("Done…", on="DA2 ·")
    await fire.commander.fills("Done", evidence="as the card says; real")
    answer = await fire.commander.presses("Relocate now")
    assert (
        f"RL1 Plan the moves, approve them, tell the first wave: waits for LS3 “Call the roll” ({fire.safety.name})"
        in answer
    )


async def test_an_overdue_step_reminds_its_owner_then_the_commander_once_each(world, fire):
    await world.passes(minutes=2)
    await fire.safety.sees("Overdue: LS1 · Evacuate")
    await fire.commander.does_not_see("Overdue: LS1")
    await world.passes(minutes=10)
    assert "Its owner has been reminded." in await fire.commander.sees("Overdue: LS1 · Evacuate")
    await world.passes(minutes=30, step=2)
    seen = [s for s in await fire.safety.everything() if "Overdue: LS1" in s]
    assert len(seen) == 1
    assert (await fire.scribe.sees("LS1 · Evacuate")).place == ROOM


async def test_a_step_is_added_by_hand(fire):
    await fire.commander.types("/disaster step add fetch the medicine from floor 3")
    added = await fire.commander.fills("Add", role="LNO", due_min="20")
    assert "H1 is added" in added
    card = await fire.liaison.sees("H1 · fetch the medicine from floor 3")
    assert "Due: 09:20 GMT" in card
    assert f"Owner: {fire.liaison.name} (liaison)" in card


async def test_a_step_that_repeats_comes_back(world, fire):
    await fire.safety.presses("Skip…", on="LS1 ·")
    await fire.safety.fills("Skip this step", reason="nobody was in the building")
    await fire.operations.presses("Done…", on="SM1 ·")
    answer = await fire.operations.fills("Done", evidence="calls go to York until midnight, rang it at 09:00")
    assert "SU4 Re-arm temporary routing" in answer
    await fire.it.presses("Done…", on="SU4 ·")
    await fire.it.fills("Done", evidence="renewed")
    again = await fire.it.sees("SU4 (2) · Re-arm temporary routing")
    assert "State: ready" in again


@pytest.mark.one_database
async def test_a_step_whose_owner_is_missing_is_its_fallbacks(world, fire):
    async with world.store.work(world.now) as work:
        await work.run(sa.delete(t.roles).where(t.roles.c.role == "SO"))
    table = (await fire.commander.types("/disaster steps")).text.splitlines()
    assert fire.operations.name in next(row for row in table if row.startswith("LS1 |"))
    await world.passes(minutes=2)
    await fire.operations.sees("Overdue: LS1 · Evacuate")
    await fire.safety.does_not_see("Overdue: LS1")
    assert "LS1 is in progress" in await fire.operations.presses("Start", on="Overdue: LS1")


@pytest.mark.one_database
async def test_a_place_that_is_hit_before_people_have_left_another_is_made_safe_before_the_roll_is_called(world, fire):
    await fire.scribe.types("/disaster update", place=ROOM)
    said = await fire.scribe.fills("Record", text="York is on fire too", hit="york")
    assert "Laid out for that: “Evacuate, shelter or lock down: York”." in said
    for step in ("LS1 ·", "LS1 (2) · Evacuate, shelter or lock down: York"):
        await fire.safety.does_not_see("LS3 · Call the roll")
        await fire.safety.presses("Done…", on=step)
        await fire.safety.fills("Done", evidence="all out, zones swept")
    await fire.safety.sees("LS3 · Call the roll", "State: ready")
