"""What must hold on the worst day: two disasters, a drill in the way, people who are not there, wrong presses."""

import pytest
from sqlalchemy import text

from tests.world import World

pytestmark = pytest.mark.one_database


async def seats_at(site: str, world: World) -> int:
    async with world.store.read(world.now) as db:
        held = "SELECT count(*) FROM moves JOIN incidents i ON i.id = incident_id WHERE destination_id = :site"
        live = " AND moves.state IN ('approved', 'told', 'moving', 'arrived', 'logged_in', 'taking_contacts') AND NOT i.drill"
        return await db.value(text(held + live).bindparams(site=site))


async def test_a_second_cry_for_help_is_heard_like_the_first(world, called):
    bo = world.agents("leeds", 2)[1]
    await bo.presses("Need help")
    await called.safety.presses("Helped: they are safe")
    assert "We have your call for help" in await bo.presses("Need help")
    heard = [s for s in await called.safety.everything() if f"{bo.name} needs help" in s]
    assert len(heard) == 2
    assert "We are calling" in await bo.presses("Need help"), "who presses in fear again is told the same"
    assert len([s for s in await called.safety.everything() if f"{bo.name} needs help" in s]) == 2


async def test_help_can_be_called_on_a_message_that_was_replaced(world, planned):
    ana = world.agents("leeds", 60)
    for agent in ana:
        seen = await agent.everything()
        old = next((s for s in seen if "Are you safe?" in s and "Need help" in s.buttons), None)
        if old is not None:
            assert "We have your call for help" in await agent.presses_again("Need help", old)
            return
    raise AssertionError("nobody has an old message with that button")


async def test_who_says_safe_first_can_still_call_for_help(world, called):
    ana = world.agents("leeds", 1)[0]
    await ana.presses("I'm safe")
    assert "We have your call for help" in await ana.presses("Need help")
    await called.safety.sees(f"{ana.name} needs help")
    await ana.presses("I'm safe")
    over = await called.safety.sees(f"Over: {ana.name} needs help", "They are safe: they said so themselves at")
    assert over.buttons == ()
    await world.adds_up()


async def test_nobody_is_sent_into_another_fire(world, called):
    await called.deputy.types('/disaster declare facility_loss york sev1 "gas leak, evacuated"')
    await called.safety.presses("Done…", on="LS3 ·")
    await called.safety.fills("Done", evidence="handed over")
    await called.commander.types("/disaster plan INC-2026-0001")
    await called.commander.presses("Approve and tell wave 1")
    assert await seats_at("york", world) == 0


async def test_who_was_moved_into_the_next_fire_is_on_its_roll(world, planned):
    moved = await seats_at("manchester", world)
    assert moved > 0
    await planned.deputy.types('/disaster declare facility_loss manchester sev1 "smoke in the hall"')
    own = len(world.agents("manchester", 500))
    async with world.store.read(world.now) as db:
        hit = text("SELECT count(*) FROM roll WHERE incident_id = 2 AND scope = 'hit' AND kind = 'agent'")
        assert await db.value(hit) == own + moved


async def test_a_drill_gives_way_to_the_real_thing(world, drill):
    await drill.commander.types("/disaster plan INC-2026-0001")
    await world.searched(1)
    await drill.commander.presses("Approve and tell wave 1")
    await drill.commander.types('/disaster declare facility_loss leeds sev1 real "this one burns"')
    await drill.commander.types("/disaster plan INC-2026-0002")
    await world.searched(2)
    await drill.commander.presses("Approve and tell wave 1", on="INC-2026-0002")
    async with world.store.read(world.now) as db:
        stays = "SELECT count(*) FROM moves WHERE incident_id = 1 AND state NOT IN ('released', 'unplaced')"
        twice = f"{stays} AND person_id IN (SELECT person_id FROM moves WHERE incident_id = 2 AND state != 'unplaced')"
        assert await db.value(text(twice)) == 0
    await world.adds_up()


async def test_command_can_be_taken_when_the_commander_is_gone(world, fire):
    assert "This is for" in await fire.safety.types("/disaster stand-down")
    assert "The commander now is" in await fire.safety.types("/disaster take-command")
    assert "You are incident commander" in await fire.safety.fills("Take command", reason="nobody answers")
    await fire.commander.sees(f"{fire.safety.name} commands now", "nobody answers")
    assert "Stand down INC-2026-0001?" in await fire.safety.types("/disaster stand-down")
    agent = world.agents("york", 1)[0]
    assert "You can't" in await agent.types("/disaster take-command")


async def test_two_presses_send_one_sitrep(world, fire):
    assert "SITREP 1 is on its way" in await fire.voice.types("/disaster sitrep")
    assert "SITREP 1 has just been sent by" in await fire.commander.types("/disaster sitrep")
    leader = world.of_audience("leaders")[0]
    assert len([s for s in await leader.everything() if "SITREP 1 ·" in s]) == 1


async def test_a_wrong_press_is_taken_back(world, planned):
    agent = (await world.told_to_move())[0]
    await agent.presses("I'm safe and moving")
    await agent.types("/disaster where")
    assert "arrived" in await agent.presses("I have arrived")
    assert "Taken back: moving" in await agent.presses("That was a mistake")
    assert "That was changed meanwhile" in await agent.presses("That was a mistake")
    await world.adds_up()


async def test_planning_hears_of_lost_places_once(world, planned):
    agent = (await world.told_to_move())[0]
    assert "you can't work" in await agent.presses("Can't work")
    await world.passes(minutes=2)
    told = [s for s in await planned.planner.everything() if "Places were lost" in s]
    assert len(told) == 1
    assert "Your seat was given back" in await agent.presses("I'm safe and moving")


async def test_nothing_of_an_ended_incident_comes_late(world, called):
    await world.passes(minutes=5)
    await called.commander.types("/disaster stand-down")
    await called.commander.presses("Stand down now")
    await world.passes(minutes=40, step=5)
    silent = world.agents("leeds", 3)[2]
    seen = await silent.everything()
    assert "It is over" in seen[-1]
