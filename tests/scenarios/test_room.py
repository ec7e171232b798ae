"""Line 2: an incident room opens with those who hold a role; its pinned card keeps itself current."""

import pytest

from tests.chats import NotTaken
from tests.world import ROOM


@pytest.mark.every_chat(but=["teams"])  # a thread there is open to the whole team: tests/chat/test_teams.py
async def test_the_room_opens_with_everybody_who_has_a_role(world, fire):
    for somebody in vars(fire).values():
        assert await world.chat.places(somebody.id) == ["dm", ROOM], somebody.name
    for stranger in (world.person("S002"), *world.agents("leeds", 1), *world.of_audience("leaders")[:1]):
        assert await world.chat.places(stranger.id) == ["dm"]
        with pytest.raises(NotTaken, match="not in that room"):
            await world.chat.look(stranger.id, ROOM)
        with pytest.raises(NotTaken, match="not in that room"):
            await world.chat.say(stranger.id, ROOM, "let me in")


async def test_roles_go_to_people_whose_site_is_not_hit(world, fire):
    table = await fire.commander.types("/disaster steps")
    assert f"{fire.safety.name} (SO)" in table
    assert fire.safety.person.site != "leeds"
    assert world.person("S013").person.site == "leeds"
    assert world.person("S013").name not in table


async def test_the_pinned_card_says_where_it_stands(fire):
    card = await fire.scribe.sees("INC-2026-0001 · Loss of a building · Leeds")
    assert card.pinned or card.place == ROOM
    for fact in (
        "Phase: declared, severity 1", "Declared: Mon 2 Nov 09:00 GMT", f"Commander: {fire.commander.name}",
        "Steps: 3 to work on, 0 overdue", "Next RTO: Emergency line: 09:30 GMT", "Next update due: 09:15 GMT",
        "0 of 60", "Need help: 0", "roster of 165 frozen at declaration",
    ):  # fmt: skip
        assert fact in card
    assert {"Status", "Steps", "Roll", "Moves", "Update…", "Roles…", "Board", "Begin the return"} <= set(card.buttons)


@pytest.mark.every_chat
async def test_the_pinned_card_keeps_itself_current(world, fire):
    first = await fire.scribe.sees("INC-2026-0001 · Loss of a building")
    await fire.commander.types("/disaster update the sprinklers have put it out")
    await fire.safety.presses("Start", on="LS1 ·")
    await world.passes(minutes=2)
    card = await fire.scribe.sees("INC-2026-0001 · Loss of a building")
    assert card.id == first.id
    assert "Latest: the sprinklers have put it out" in card
    assert "Phase: active" in card
    assert "Steps: 3 to work on, 1 overdue" in card


@pytest.mark.every_chat
async def test_a_role_given_brings_its_holder_in(world, fire):
    brian = world.person("S002")
    assert "is now deputy commander" in await fire.commander.types(f"/disaster role DEP {brian.name}")
    assert "You are deputy commander of INC-2026-0001" in await brian.sees("fire on floor 2")
    assert await world.chat.places(brian.id) == ["dm", ROOM]
    assert "Recorded" in await brian.types("/disaster update I have taken over as deputy")
    assert "I have taken over" in await fire.scribe.sees(f"Update by {brian.name}")


@pytest.mark.every_chat
async def test_a_role_can_be_given_by_form_but_to_nobody_outside(world, fire):
    await fire.commander.presses("Roles…")
    await fire.commander.fills("Give the role", role="PIO", person="S012")
    await world.person("S012").sees("You are communications")
    regulator = world.of_audience("regulator")[0]
    refused = await fire.commander.types(f"/disaster role PIO {regulator.id}")
    assert "I know nobody called" in refused


async def test_people_talk_in_the_room_and_the_bot_keeps_quiet(fire):
    await fire.safety.says("the roof is holding", ROOM)
    heard = await fire.scribe.sees("the roof is holding")
    assert heard.by == fire.safety.name


@pytest.mark.every_chat
async def test_a_command_in_the_room_is_answered_to_its_asker_alone(fire):
    assert "steps to work on" in await fire.safety.types("/disaster steps", ROOM)
    await fire.scribe.does_not_see("steps to work on")
