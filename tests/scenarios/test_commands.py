"""What else can be typed: help, status, steps, roll, moves, update, board, where."""

import pytest


async def test_help_lists_what_this_person_can_type(world, fire):
    ours = await fire.commander.types("/disaster help")
    for verb in ("declare", "status", "steps", "roll", "moves", "update", "role", "stand-down", "board", "where"):
        assert f"/disaster {verb}" in ours
    theirs = await world.agents("york", 1)[0].types("/disaster help")
    assert "/disaster where" in theirs
    assert "/disaster declare" not in theirs


async def test_an_empty_command_is_help(fire):
    assert "What you can type" in await fire.commander.types("/disaster")
    assert "What you can type" in await fire.commander.types("help")


async def test_status_shows_one_incident_or_all(fire, world):
    assert "INC-2026-0001 · Loss of a building" in await fire.commander.types("/disaster status")
    await fire.commander.types('/disaster declare application_failure acd sev2 "no calls"')
    stranger = world.lead_of(world.agents("york", 1)[0])
    overview = await stranger.types("/disaster status")
    assert "2 incidents open" in overview
    assert overview.buttons == ("INC-2026-0002", "INC-2026-0001")
    assert "Loss of a building" in await stranger.presses("INC-2026-0001")


async def test_with_two_open_a_command_asks_which(fire):
    await fire.commander.types('/disaster declare application_failure acd sev2 "no calls"')
    asked = await fire.commander.types("/disaster steps")
    assert "More than one incident is open." in asked
    assert "/disaster steps INC-2026-000" in asked
    assert "LS1 |" in await fire.commander.types("/disaster steps inc-2026-0001")
    assert "There is no incident INC-2026-0009" in await fire.commander.types("/disaster steps INC-2026-0009")


@pytest.mark.every_chat
async def test_steps_shows_owner_state_and_due_and_opens_one(fire):
    table = await fire.scribe.types("/disaster steps")
    assert f"LS1 | Evacuate, shelter or lock down | {fire.safety.name} (SO) | ready | 09:01 GMT" in table
    card = await fire.scribe.presses("LS1 · Evacuate, shelter or lock down")
    assert "Done when you give" in card


@pytest.mark.every_chat
async def test_roll_and_moves_before_anything_happened(fire):
    assert "Accounted for: ▱▱▱▱▱▱▱▱▱▱ 0 of 60" in await fire.commander.types("/disaster roll")
    assert "No moves yet" in await fire.commander.types("/disaster moves")


async def test_where_for_somebody_whom_nothing_concerns(world):
    assert "Nothing is asked of you now" in await world.agents("york", 1)[0].types("/disaster where")


async def test_update_without_words_asks_for_them(fire):
    form = await fire.scribe.types("/disaster update")
    assert form.submit == "Record"
    assert "Recorded" in await fire.scribe.fills("Record", text="the roof holds")
    await fire.commander.sees("Update by", "the roof holds")


async def test_agents_do_not_see_what_is_for_responders(world, fire):
    agent = world.agents("leeds", 2)[1]
    for line in ("status", "steps", "roll", "moves", "board", "calls"):
        answer = await agent.types(f"/disaster {line}")
        assert "This is for responders and leaders." in answer
        assert "/disaster where" in answer
