"""Drills: run now or planned, held beside a real incident, narrowed to what their kind practises."""

import pytest
import sqlalchemy as sa

from bot.operations import report
from bot.storage import tables as t
from tests.world import START, World

NOTIFY = "/disaster drill notification test leeds"
TABLETOP = '/disaster drill tabletop facility_loss leeds "a fire on floor 2"'
DRILL = "EX-2026-0001"


@pytest.mark.every_chat
async def test_a_notification_test_is_one_message_to_be_confirmed(world):
    ines, agent = world.person("S001"), world.agents("leeds", 1)[0]
    assert "It is EX-2026-0001 · Notification test" in await ines.types(NOTIFY)
    seen = await agent.sees("Notification test", "only a test of how we reach you")
    assert seen.text.startswith("EXERCISE")
    await agent.presses("I have read this", on="Notification test")
    assert "Called" not in await world.person("S014").types("/disaster status")
    await world.person("S014").does_not_see("You are safety officer")
    await world.passes(minutes=20, step=10)
    await world.person("S011").does_not_see("SITREP")


@pytest.mark.one_database
@pytest.mark.every_chat
async def test_what_is_missing_is_asked_for_in_a_form(world):
    ines = world.person("S001")
    form = await ines.types("/disaster drill")
    assert "stops it" in form
    again = await ines.fills("Go", what="tabletop", sites=["leeds"])
    assert {name for name, asked in again.fields.items() if asked.error} == {"category", "story"}
    late = await ines.fills("Go", when="08:00", category="facility_loss", story="a fire")
    assert late.fields["when"].error.startswith("That is in the past")
    assert "EX-2026-0001 · Tabletop · facility loss" in await ines.fills("Go", when="now")
    agent = world.agents("leeds", 1)[0]
    assert "can't declare" in await agent.types(NOTIFY)


async def test_a_planned_drill_starts_once_by_itself(world):
    ines, safety = world.person("S001"), world.person("S014")
    planned = await ines.types(TABLETOP + " tomorrow 10:00")
    assert "starts by itself" in planned
    assert "in hours" in planned
    assert (await safety.sees("A drill is planned: EX-2026-0001")).text.startswith("EXERCISE")
    await ines.types('/disaster drill functional facility_loss york unannounced 7 Nov 10:00 "smoke"')
    assert "EX-2026-0002" in await ines.types("/disaster drills")
    assert "EX-2026-0002" not in await world.person("S018").types("/disaster drills")
    await world.passes(minutes=25 * 60, step=60)
    await safety.sees("You are safety officer of INC-2026-0001")
    assert "It is EX-2026-0001" in await ines.sees("INC-2026-0001 is declared")
    other = World(world.store, clock=world.clock)  # another process that looks at the same rows
    assert not await other.product.engine.sweeps()["drills"][1]()
    await other.closes()


@pytest.mark.one_database
async def test_a_drill_whose_time_went_by_is_not_started_late(world):
    ines = world.person("S001")
    await ines.types(TABLETOP + " 10:00")
    await world.sleeps(minutes=3 * 60)
    world.product.engine.woken.set()
    assert "plan it again" in await ines.sees("EX-2026-0001 · Tabletop · facility loss was not started")
    await ines.types(TABLETOP + " tomorrow 10:00")
    assert "Nothing of it was sent" in await ines.presses("Call it off", on="is planned")
    assert "called off already" in await ines.presses("Start it now", on="is planned")
    await world.person("S009").types(NOTIFY + " 14:00")
    async with world.store.work(world.now) as work:
        await work.run(sa.update(t.people).where(t.people.c.id == "S009").values(left_at=world.now))
    await world.passes(minutes=121, step=60.5)
    manager = world.person("S003")
    assert "Whoever organised it has left: you run it now" in await manager.sees("INC-2026-0001 is declared")


@pytest.mark.every_chat
async def test_beside_a_real_incident_its_commander_decides(world, fire):
    wayne = world.person("S009")  # may declare, and does not command
    assert "asked to let it go." in await wayne.types(TABLETOP)
    await fire.commander.presses("No: real work only")
    await wayne.sees("wants real work only")
    assert "is planned" in await wayne.types(NOTIFY + " 09:10")
    await world.passes(minutes=12, step=6)
    assert "Nothing was sent" in await wayne.sees("EX-2026-0002 is held", "Diana Kelly, is asked to let it go")
    assert "is declared" in await fire.commander.presses("Let it go ahead", on="EX-2026-0002")
    assert (await world.agents("leeds", 1)[0].sees("Notification test")).text.startswith("EXERCISE")
    await fire.commander.types("/disaster update INC-2026-0001")
    await fire.commander.fills("Record", text="York too", hit=["york"])
    assert "running" in await wayne.types("/disaster drills"), "it was let go ahead"
    assert "no drill now" in await wayne.types('/disaster declare facility_loss leeds drill sev2 "practice"')
    assert "Let it go ahead" in (await fire.commander.types(TABLETOP)).buttons


@pytest.mark.one_database
async def test_a_roll_call_is_called_at_once_and_nothing_else_runs(world):
    ines, agent = world.person("S001"), world.agents("leeds", 1)[0]
    await ines.types("/disaster drill roll-call leeds")
    await agent.presses("I'm safe", on="EXERCISE")
    steps = await ines.types("/disaster steps INC-2026-0001")
    assert "LS3" in steps
    assert "NT1" not in steps
    await world.passes(minutes=1)
    assert "adopt" not in (await ines.types("/disaster runbook")).text.lower()


@pytest.mark.one_database
async def test_a_drill_ends_with_its_incident(world, drill):
    assert "running" in await drill.commander.types("/disaster drills")
    await drill.commander.types("/disaster stand-down")
    await drill.commander.presses("Stand down now")
    assert "done" in await drill.commander.types("/disaster drills")
    assert world.now == START


@pytest.mark.every_chat
async def test_real_incident_from_anybody_in_it_stops_a_drill(world, drill):
    await drill.safety.presses("Done…", on="LS1 ·")
    await drill.safety.fills("Done", evidence="08:58, all out")
    await drill.safety.presses("Preview and send…", on="LS3 ·")
    await drill.safety.presses("Send to 60 people")
    one, other = world.agents("leeds", 2)
    assert "is stopped" in await one.types("REAL INCIDENT!!")
    told = await other.sees("something real was reported", "Real instructions come without the word EXERCISE")
    assert told.text.startswith("EXERCISE STOPPED")
    assert told.text.rstrip().endswith("EXERCISE STOPPED")
    assert "nothing real" not in told
    form = await drill.commander.presses("Declare the real one…", on=f"{one.name} said REAL INCIDENT")
    assert form.fields["drill"].value == ("false",)
    assert form.fields["sites"].value == ("leeds",)
    assert "stopped: real incident" in await drill.commander.types("/disaster drills")
    assert "You are in no drill" in await one.types("/disaster real incident")


@pytest.mark.one_database
async def test_the_button_on_every_message_stops_it_too(world):
    ines, agent = world.person("S001"), world.agents("leeds", 1)[0]
    await ines.types("/disaster drill roll-call leeds")
    assert "You are in no drill" in await world.agents("york", 1)[0].types("real incident")
    await agent.presses("REAL INCIDENT", on="EXERCISE")
    await ines.sees("has something real happened?")
    await world.passes(minutes=40, step=20)
    assert "still silent" not in "".join(str(s) for s in await world.person("S014").everything())


@pytest.mark.one_database
@pytest.mark.every_chat
async def test_a_real_declaration_beside_a_drill_stops_it_with_one_press(world, drill):
    asked = await drill.deputy.types('/disaster declare utility_loss leeds sev1 "the power is out"')
    assert "Is this real? The exercise INC-2026-0001 runs there" in asked
    assert "running" in await drill.commander.types("/disaster drills")
    assert "INC-2026-0002 is declared: real" in await drill.deputy.presses("It is real: stop the exercise")
    told = await drill.planner.sees("the exercise is stopped, INC-2026-0002 is real", "Real instructions come without")
    assert told.text.startswith("EXERCISE STOPPED")
    assert told.text.rstrip().endswith("EXERCISE STOPPED")
    assert "stopped: real incident" in await drill.commander.types("/disaster drills")
    assert "You are in the room" in await drill.safety.presses("Join INC-2026-0002", on="is stopped")


@pytest.mark.one_database
async def test_a_drill_elsewhere_goes_on_until_the_real_one_spreads_to_it(world):
    ines = world.person("S001")
    await ines.types("/disaster drill roll-call york")
    asked = await ines.types('/disaster declare facility_loss york sev1 "smoke"')
    assert "You are in the room" in await ines.presses_again("It belongs to the exercise", asked)
    assert "is declared: real" in await ines.types('/disaster declare facility_loss leeds sev1 "fire"')
    assert "running" in await ines.types("/disaster drills")
    await ines.types("/disaster update INC-2026-0001")
    assert "no drill now" in await ines.fills("Record", text="and Leeds", hit=["leeds"]), (
        "a drill spreads to nothing real"
    )
    await ines.types("/disaster update INC-2026-0002")
    await ines.fills("Record", text="it spreads to York", hit=["york"])
    assert "stopped: real incident" in await ines.types("/disaster drills")
    await world.agents("york", 1)[0].sees("the exercise is stopped, INC-2026-0002 is real")


@pytest.mark.one_database
async def test_a_drill_is_scored_and_its_findings_are_chased_until_closed(world):
    ines, agents = world.person("S001"), world.agents("leeds", 3)
    await ines.types(NOTIFY)
    for agent in agents:
        await agent.presses("I have read this", on="Notification test")
    await world.passes(minutes=61, step=30)
    await ines.types("/disaster stand-down")
    await ines.presses("Stand down now")
    await world.waits_a_moment()
    told = await ines.sees("EX-2026-0001 · Notification test: how it went")
    assert "Answered by 15 min: 6 %, wanted at least 60 %" in told
    assert [section.title for section in await sections(world)][:2] == ["Summary", "What the drill showed"]
    await ines.sees("A finding of EX-2026-0001 is yours", "wanted at least 60 %")
    assert "1 finding open" in await ines.types("/disaster drills")
    chase = world.product.engine.sweeps()["findings"][1]
    for days, words in ((23, "is due soon"), (7, "Overdue: a finding"), (7, "has not closed a finding")):
        await world.sleeps(minutes=days * 24 * 60)
        assert [await chase(), await chase()] == [1, 0]
        world.product.engine.woken.set()
        assert [p for p in STAFF if [s for s in await world.person(p).everything() if words in s]], words
    await ines.presses("Done…", on="Overdue")
    assert "is closed" in await ines.fills("Close it", evidence="texts go first now")
    await world.sleeps(minutes=30 * 24 * 60)
    assert not await world.product.engine.sweeps()["findings"][1]()
    assert "finding open" not in await ines.types("/disaster drills")
    shown = next(one for one in await sections(world) if one.title == "What the drill showed")
    assert [row[3] for row in shown.tables[-1].rows] == ["closed: texts go first now"]


STAFF = tuple(f"S{n:03}" for n in range(1, 19))


async def sections(world):
    async with world.product.desk.read() as db:
        return (await report.build(world.product.desk, db, "INC-2026-0001")).sections


@pytest.mark.one_database
async def test_a_drill_that_was_forgotten_is_asked_about_and_ends_by_itself(world):
    ines, agent = world.person("S001"), world.agents("leeds", 1)[0]
    await ines.types(NOTIFY)
    await agent.presses("I have read this", on="Notification test")
    await hours_go_by(world, 4)
    assert "Nobody has done anything" in await ines.sees("Does EX-2026-0001 still run?")
    await hours_go_by(world, 3)
    assert "EX-2026-0001 goes on" in await ines.presses("It still runs", on="Does EX-2026-0001 still run?")
    await hours_go_by(world, 4)
    assert len([s for s in await ines.everything() if "still run?" in s]) == 2, "asked again, and not twice for one"
    await hours_go_by(world, 11)
    assert "running" in await ines.types("/disaster drills")
    await hours_go_by(world, 1)
    lines = (await agent.sees("The exercise INC-2026-0001 is over", "nobody did anything in it any more")).text.split(
        "\n"
    )
    assert lines[0].startswith("EXERCISE") and lines[-1].startswith("EXERCISE")
    assert "What was done in it is scored" in await ines.sees("EX-2026-0001", "has ended by itself")
    assert "thresholds met" in await ines.types("/disaster drills")
    assert "ended by itself" in str(await sections(world))
    assert "does not run any more" in await ines.presses("It still runs", on="still run?")


@pytest.mark.one_database
async def test_what_nobody_does_or_lets_go_ahead_is_called_off(world, fire):
    wayne = world.person("S009")
    await wayne.types('/disaster drill tabletop facility_loss york "a fire"')
    await wayne.types(TABLETOP)
    await hours_go_by(world, 4)
    await hours_go_by(world, 12)
    assert "it is called off, and not scored" in await wayne.sees("EX-2026-0001", "has ended by itself")
    assert "nobody let it go ahead" in await wayne.sees("EX-2026-0002", "is called off")
    assert (await fire.commander.types("/disaster drills")).text.count("called off") == 2
    assert "asked to let it go" in await wayne.types("/disaster drill notification test billing"), (
        "its people sit there"
    )


@pytest.mark.one_database
async def test_something_real_where_the_people_of_a_drilled_queue_work_stops_the_drill(world):
    ines = world.person("S001")
    await ines.types("/disaster drill notification test billing")
    asked = await ines.types('/disaster declare facility_loss leeds sev1 "fire"')
    assert "Is this real? The exercise INC-2026-0001 runs there" in asked
    assert "is declared: real" in await ines.presses_again("It is real: stop the exercise", asked)
    assert "stopped: real incident" in await ines.types("/disaster drills")


@pytest.mark.one_database
async def test_a_forgotten_drill_whose_people_left_goes_to_who_keeps_the_plan_and_never_ends_while_its_clock_is_held(
    world,
):
    ines, manager = world.person("S001"), world.person("S003")
    await ines.types(NOTIFY)
    async with world.store.work(world.now) as work:
        await work.run(sa.update(t.people).where(t.people.c.id == "S001").values(left_at=world.now))
        await work.run(sa.update(t.drills).values(paused_at=world.now))
    await hours_go_by(world, 4)
    await manager.sees("Does EX-2026-0001 still run?", "Its clock is held, so it does not end by itself")
    await hours_go_by(world, 12)
    assert len([s for s in await manager.everything() if "still run?" in s]) == 2, "it is asked about again"
    async with world.store.work(world.now) as work:
        await work.run(sa.update(t.drills).values(paused_at=None))
    assert "EX-2026-0001 goes on" in await manager.presses("It still runs", on="still run?")
    await hours_go_by(world, 4)
    await hours_go_by(world, 12)
    await manager.sees("EX-2026-0001", "has ended by itself")


async def hours_go_by(world, hours: int) -> None:
    await world.sleeps(minutes=hours * 60)
    await world.waits_a_moment()
