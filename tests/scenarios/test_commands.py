"""What else can be typed: help, status, steps, roll, moves, update, board, where."""

import pytest
import sqlalchemy as sa

from bot.domain.intent import MoreRows, Steps, encode
from bot.operations.perform import pressed
from bot.operations.scene import Place
from bot.storage import steps
from bot.storage import tables as t
from tests.world import ROOM

pytestmark = pytest.mark.one_database


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
    status = await fire.commander.types("/disaster status")
    assert "INC-2026-0001 · Loss of a building" in status
    assert "Cancel…" in status.buttons
    await fire.commander.types('/disaster declare application_failure acd sev2 "no calls"')
    stranger = world.lead_of(world.agents("york", 1)[0])
    overview = await stranger.types("/disaster status")
    assert "2 incidents open" in overview
    assert overview.buttons == ("INC-2026-0002", "INC-2026-0001")
    seen = await stranger.presses("INC-2026-0001")
    assert "Loss of a building" in seen
    assert seen.buttons == ("Status", "Steps", "Roll", "Moves", "Board"), "nobody is offered what is refused"


async def test_with_two_open_a_command_asks_which(fire):
    await fire.commander.types('/disaster declare application_failure acd sev2 "no calls"')
    asked = await fire.commander.types("/disaster steps")
    assert "More than one incident is open." in asked
    assert "/disaster steps INC-2026-000" in asked
    first = "INC-2026-0001 · Loss of a building, Leeds"
    assert first in asked.buttons
    assert "LS1 |" in await fire.commander.presses(first)
    await fire.commander.types("/disaster stand-down")
    assert "Loss of a building, Leeds." in await fire.commander.presses(first), "whoever ends it reads what it is"
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


@pytest.mark.one_database
async def test_what_was_meant_for_the_bot_and_what_was_not(world, fire):
    await fire.commander.types("roll", ROOM)
    hint = await fire.commander.sees("Was that for me?", "/disaster roll")
    assert hint.place == ROOM
    await fire.scribe.does_not_see("Was that for me?")
    await fire.commander.says("roll up your sleeves", ROOM)
    form = await fire.commander.types("fire in York")
    assert form.submit == "Declare"
    assert form.fields["category"].value == ("facility_loss",)
    assert form.fields["sites"].value == ("york",)
    again = await fire.commander.fills("Declare", known=" ")
    assert "Please look again: Declare a disaster" in again
    ana = world.agents("leeds", 1)[0]
    assert "I can't read sentences" in await ana.types("there is a fire in York")


@pytest.mark.one_database
async def test_what_is_refused_in_a_room_is_journalled_with_its_incident(world, fire):
    await fire.scribe.types("/disaster recover", ROOM)
    await world.lead_of(world.agents("leeds", 1)[0]).types("/disaster steps")
    async with world.store.read(world.now) as db:
        query = sa.select(t.journal.c.incident_id, t.journal.c.actor).where(t.journal.c.verb == "refused")
        assert [tuple(r.values()) for r in await db.rows(query)] == [(1, fire.scribe.id)]


@pytest.mark.one_database
async def test_the_last_incident_can_be_looked_at_when_none_is_open(fire):
    await fire.commander.types("/disaster stand-down")
    await fire.commander.presses("Stand down now")
    answer = await fire.commander.types("/disaster clocks")
    assert "/disaster clocks INC-2026-0001 shows the last one, which is over." in answer
    assert "UK GDPR" in await fire.commander.types("/disaster clocks INC-2026-0001")


@pytest.mark.every_chat
@pytest.mark.one_database
async def test_every_row_of_a_long_table_can_be_seen(world, fire):
    shown = await fire.commander.types("/disaster steps")
    words = shown.text
    while "Next rows" in shown.buttons:
        shown = await fire.commander.presses_again("Next rows", shown)
        words += shown.text
    async with world.product.desk.read() as db:
        titles = [step.title for step in await steps.of(db, 1)]
    assert [title for title in titles if title not in words] == []
    assert len(titles) > 25
    stranger = world.agents("leeds", 1)[0]
    told = await pressed(world.product.desk, stranger.id, encode(MoreRows(of=encode(Steps()))), Place("console"))
    assert "Rows" not in told.plain() and not told.tables, "who may not look may not turn the page"
