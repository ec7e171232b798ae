"""Working with a plan: what it costs to change it, waves, what makes it stale, the way back, contacts with agents."""

from typing import NamedTuple

import pytest
import sqlalchemy as sa

from bot.domain import relocation
from bot.domain.relocation import rules_of
from bot.operations import drafting, planning
from bot.operations.live import live
from bot.storage import incidents, moves, plans, tallies
from bot.storage import tables as t
from tests.chats import NotTaken
from tests.moved import moves_in, with_words
from tests.world import ROOM, World


async def test_a_wish_shows_its_price_before_it_is_taken_and_can_be_undone(world, planned):
    planner = planned.planner
    first = await planner.sees("Plan 1 of INC-2026-0001: approved by")
    for words in ("What it costs: ", "How it was found: ", "Wave 2: ", "goes out by itself at", "press All reasons"):
        assert words in first, words
    await planner.presses("Change…", on="Plan 1")
    await planner.presses("Close a destination…")
    price = await planner.fills("What does it cost?", subject="manchester")
    assert "Manchester is closed to moves: take it?" in price
    assert "Costs " in price
    assert await moves_in(world, "plan_id > 1") == 0, "a price changes nothing"
    await planner.presses("Take it")
    second = await planner.sees(
        "Plan 2 of INC-2026-0001: not approved yet", "Manchester is closed to moves", "Against plan 1"
    )
    assert "Undo" in second.buttons
    assert "A newer plan stands further down." not in await planner.sees("Plan 1 of INC-2026-0001")
    await planner.presses("Undo", on="Plan 2")
    third = await planner.sees("Plan 3 of INC-2026-0001: not approved yet")
    assert "is closed to moves" not in third
    assert "Out of date" not in second and "Out of date" not in third, "what was wished was counted on"
    assert "replaced" in await planner.sees("Plan 2 of INC-2026-0001")
    await planner.presses("Change…", on="Plan 3")
    await planner.presses("Lock or leave out people…")
    team = world.team_of(world.agents("leeds", 1)[0])
    odd = await planner.fills("What does it cost?", wish="lock", subject=f"team:{team.id}", destination="home")
    assert f"{team.name} has a place for certain: Home?" in odd and "has no kit at home" in odd
    assert any(agent.name in odd for agent in world.agents("leeds", 60) if world.team_of(agent) == team)
    lock = next(button for button in odd.buttons if button.startswith("Lock the "))
    assert f"Who can of {team.name} has a place for certain: Home: take it?" in await planner.presses(lock)
    await planner.presses("Take it")
    await planner.sees("Plan 4 of INC-2026-0001: not approved yet", f"Who can of {team.name} has a place for certain")
    journal = "\n".join(await world.journal())
    assert "wished: Manchester is closed to moves. Costs " in journal and "undid: Manchester is closed" in journal


@pytest.mark.every_chat
@pytest.mark.one_database
async def test_people_and_queues_can_be_wished_for_and_mistakes_are_named(world, planned):
    planner, ana = planned.planner, world.agents("leeds", 1)[0]
    await planner.presses("Change…", on="Plan 1")
    await planner.presses("Lock or leave out people…")
    try:
        wrong = await planner.fills("What does it cost?", wish="exclude", subject="Nobody Atall")
    except NotTaken as no:
        assert (world.chat.platform, "is not offered" in str(no)) == ("slack", True), (
            "only what was found can be picked"
        )
    else:
        assert "nobody" in wrong.fields["subject"].error
    assert "is left out: take it?" in await planner.fills("What does it cost?", wish="exclude", subject=ana.id)
    await planner.presses("Take it")
    await planner.presses("Change…", on="Plan 2")
    await planner.presses("Give a queue priority…")
    await planner.fills("What does it cost?", subject="billing", n="1")
    await planner.presses("Take it")
    plan = await planner.sees("Plan 3 of INC-2026-0001", "Billing counts as tier 1", f"{ana.name} is left out")
    assert plan.buttons.count("Undo") == 2
    await planner.presses("Change…", on="Plan 3")
    await planner.presses("Hold seats back…")
    again = await planner.fills("What does it cost?", subject="york", n="0")
    assert again.fields["n"].error == "At least 1."


@pytest.mark.one_database
async def test_waves_go_out_by_themselves_unless_they_are_held_in_a_newer_plan_too(world, planned, monkeypatch):
    planner, few = planned.planner, rules_of(world.product.desk.policy)._replace(wave_size=5)
    monkeypatch.setattr(relocation, "rules_of", lambda _: few)
    await world.passes(minutes=14, step=7)
    assert not await moves_in(world, "wave = 2 AND state = 'told'")
    await planner.presses("Hold the waves", on="Plan 1")
    await world.passes(minutes=3, step=3)
    assert not await moves_in(world, "wave = 2 AND state = 'told'")
    await planner.sees("Plan 1 of INC-2026-0001", f"The waves are held by {planner.name}: none goes out until")
    await planner.presses("Plan again", on="Plan 1")
    await planner.sees("Plan 2 of INC-2026-0001: not", f"The waves are held by {planner.name}: after wave 1 none")
    await planned.commander.types("/disaster recover", place=ROOM)
    await planned.commander.presses("Begin the return now")
    await planner.presses("Approve and tell wave 1", on="Plan 2")
    await planned.commander.types("/disaster resume", place=ROOM)
    await world.passes(minutes=16, step=8)
    assert not await moves_in(world, "plan_id = 2 AND wave = 2 AND state = 'told'")
    await planner.sees("Plan 2 of INC-2026-0001: approved", f"The waves are held by {planner.name}: none goes out")
    assert "go out by themselves" in await planner.presses("Let the waves go by themselves", on="Plan 2")
    assert "The waves are held" not in await planner.sees("Plan 2 of INC-2026-0001: approved")
    await world.passes(minutes=16, step=8)
    assert await moves_in(world, "plan_id = 2 AND wave = 2 AND state = 'told'")
    assert "plan bot told wave 2 of plan 2" in await world.journal()


async def test_who_needs_help_is_sent_nowhere_and_their_seat_comes_back(world, planned):
    async with world.store.read(world.now) as db:
        wave = sa.and_(t.moves.c.wave == 2, t.moves.c.state == "approved")
        ana = world.person(await db.value(sa.select(sa.func.min(t.moves.c.person_id)).where(wave)))
    await ana.presses("Need help", on="Are you safe?")
    await planned.planner.presses("Tell wave 2", on="Plan 1")
    await world.settles()
    await ana.does_not_see("Where you work now")
    assert await moves_in(world, f"person_id = '{ana.id}' AND state = 'failed'") == 1
    await world.adds_up()


@pytest.mark.one_database
async def test_who_works_at_a_place_that_is_hit_later_is_not_live_any_more(world, planned):
    there = sa.and_(t.moves.c.destination_id == "manchester", t.moves.c.state == "told")
    async with world.store.read(world.now) as db:
        ana = world.person(await db.value(sa.select(sa.func.min(t.moves.c.person_id)).where(there)))
    for button in ("I'm safe and moving", "I have arrived", "I'm logged in"):
        await ana.presses(button)
    before = await live_seats(world)
    await planned.scribe.types("/disaster update", place=ROOM)
    await planned.scribe.fills("Record", text="Manchester is flooded too", hit="manchester")
    queue = next(q for q, n in before.items() if n.moved)
    after = (await live_seats(world))[queue]
    assert (before[queue].moved, after.moved) == (1, 0)


class Seats(NamedTuple):
    """A queue's live seats, and how many of them through moves."""

    all: int
    moved: int


async def live_seats(world):
    async with world.store.read(world.now) as db:
        incident = await incidents.get(db, 1)
        counts = await tallies.of(db, 1)
        now = await live(db, incident, counts)
    seats = {queue: now.seats(queue, counts) for queue in counts["agents"]}
    return {queue: Seats(n, n - now.beside.get(queue, 0)) for queue, n in seats.items()}


async def test_new_damage_makes_the_plan_stale_and_the_next_one_says_what_differs(world, planned):
    sent = await moves_in(world, "destination_id = 'manchester' AND state = 'told'")
    york = world.agents("manchester", 1)[0]
    await planned.scribe.types("/disaster update", place=ROOM)
    await planned.scribe.fills("Record", text="Manchester is flooded too", hit="manchester")
    await world.waits_a_moment()
    await york.does_not_see("Are you safe?")
    stale = await planned.planner.sees("Plan 1 of INC-2026-0001", "Out of date. Manchester is hit now: ")
    assert "more agents lost their place" in stale
    assert "There are more seats" not in stale, "those of a site that is hit are no reason"
    assert "Plan 1 is out of date" in await planned.planner.sees("Plan 1 is out of date", "Manchester is hit now")
    assert "then answer “Somebody is unaccounted for. Has" in await planned.planner.presses("Tell wave 2", on="Plan 1")
    await world.searched(1)
    assert "Manchester is hit" in await planned.planner.presses("Tell wave 2", on="Plan 1")
    await planned.safety.does_not_see("LS3 (2) ·")
    await planned.safety.presses("Done…", on="LS1 (2) · Evacuate, shelter or lock down: Manchester")
    await planned.safety.fills("Done", evidence="10:02, all out, both floors swept")
    await planned.safety.presses("Preview and send…", on="LS3 (2) ·")
    await planned.planner.presses("Plan again", on="Plan 1")
    plan = await planned.planner.sees("Plan 2 of INC-2026-0001", "Against plan 1: ")
    assert sent and ("sent elsewhere" in plan or "without the place" in plan), stale
    await planned.planner.presses("Approve and tell wave 1", on="Plan 2")
    assert not await moves_in(world, "destination_id = 'manchester' AND state NOT IN ('released', 'failed')")
    await world.adds_up()


@pytest.mark.one_database
async def test_what_changes_while_a_plan_is_computed_makes_it_stale(world, planned, monkeypatch):
    made = planning.made

    async def long(*asked):
        plan = await made(*asked)
        await planned.scribe.types("/disaster update", place=ROOM)
        await planned.scribe.fills("Record", text="Manchester is flooded too", hit="manchester")
        return plan

    monkeypatch.setattr(planning, "made", long)
    await planned.planner.presses("Plan again", on="Plan 1")
    await planned.planner.sees("Plan 2 of INC-2026-0001", "Out of date. Manchester is hit now: ")


async def test_a_plan_is_written_in_parts_nobody_sees_half_of_it_and_what_is_proposed_moves_nobody(
    world, planned, monkeypatch
):
    async with world.store.read(world.now) as db:
        told = sa.and_(t.moves.c.state == "told", t.moves.c.plan_id == 1)
        ana = world.person(await db.value(sa.select(sa.func.min(t.moves.c.person_id)).where(told)))
    seen, add = [], moves.add_moves

    async def part(work, rows):
        await add(work, rows)
        newest = await plans.latest(work, 1)
        seen.append((len(rows), newest["version"], newest["state"]))

    monkeypatch.setattr(drafting, "FEW", 25)
    monkeypatch.setattr(moves, "add_moves", part)
    await planned.planner.presses("Change…", on="Plan 1")
    await planned.planner.presses("Lock or leave out people…")
    await planned.planner.fills("What does it cost?", wish="exclude", subject=ana.id)
    await planned.planner.presses("Take it")
    assert len(seen) > 1
    assert set(seen) <= {(n, 1, "approved") for n in range(26)}
    await planned.planner.sees("Plan 2 of INC-2026-0001: not approved yet", f"{ana.name} is left out")
    await ana.presses("I'm safe and moving")
    assert await moves_in(world, f"person_id = '{ana.id}' AND state = 'moving'") == 1
    await planned.planner.presses("Undo", on="Plan 2")
    await world.passes(minutes=1)
    assert not await moves_in(world, "plan_id = 2")
    await planned.commander.presses("Stand down…")
    await planned.commander.presses("Stand down now")
    await world.adds_up()


async def test_who_was_sent_to_what_burns_next_is_asked_again(world, planned):
    async with world.store.read(world.now) as db:
        told = sa.and_(t.moves.c.state == "told", t.moves.c.destination_id == "manchester")
        ana = world.person(await db.value(sa.select(sa.func.min(t.moves.c.person_id)).where(told)))
    await ana.presses("I'm safe and moving")
    await ana.presses("I have arrived")
    await planned.scribe.types("/disaster update", place=ROOM)
    await planned.scribe.fills("Record", text="Manchester is flooded too", hit="manchester")
    async with world.store.read(world.now) as db:
        row = await db.value(sa.select(t.roll.c.state).where(t.roll.c.person_id == ana.id))
    assert row == "silent"
    await planned.safety.presses("Done…", on="LS1 (2) ·")
    await planned.safety.fills("Done", evidence="10:02, all out")
    await planned.safety.presses("Preview and send…", on="LS3 (2) ·")
    send = (await planned.safety.sees("Preview of LS3 (2)")).buttons[0]
    await planned.safety.presses(send)
    await ana.presses("I'm safe", on="Are you safe?")
    await world.adds_up()


@pytest.mark.one_database
async def test_who_was_hit_by_mistake_is_at_work_again_and_who_was_sent_away_returns(world, planned):
    async def hit_at_manchester() -> int:
        async with world.store.read(world.now) as db:
            c = t.roll.c
            mine = sa.select(sa.func.count()).where(c.site_id == "manchester", c.scope == "hit", c.kind == "agent")
            return await db.value(mine)

    async def records(**fields: str) -> str:
        await planned.scribe.types("/disaster update", place=ROOM)
        return await planned.scribe.fills("Record", text="News of Manchester", **fields)

    assert not await hit_at_manchester()
    await records(hit="manchester")
    everybody = await hit_at_manchester()
    await planned.planner.presses("Plan again", on="Plan 1")
    assert "can be used again" in await records(restored="manchester")
    assert everybody and not await hit_at_manchester()
    assert not await moves_in(
        world, "person_id IN (SELECT id FROM people WHERE site = 'manchester') AND state != 'released'"
    )
    await world.adds_up()
    await records(hit="manchester")
    await planned.planner.presses("Plan again", on="Plan 2")
    await world.searched(1)
    await planned.planner.presses("Approve and tell wave 1", on="Plan 3")
    of_them = "person_id IN (SELECT id FROM people WHERE site = 'manchester')"
    told = await moves_in(world, f"{of_them} AND state IN ('told', 'unplaced')")
    await records(restored="manchester")
    assert told and await hit_at_manchester() == told == await moves_in(world, f"{of_them} AND state != 'released'")
    await world.adds_up()
    async with world.store.read(world.now) as db:
        back = await moves.to_return(db, await db.value(sa.select(t.incidents.c.id)), ["leeds"], ["leeds"])
    assert sum(row["site"] == "manchester" for row in back) == told


async def test_a_private_incident_is_joined_by_invitation(world):
    await world.person("S001").types('/disaster declare life_safety_event leeds sev1 "a fall on the stairs"')
    curious = world.person("S002")
    await curious.types('/disaster declare life_safety_event leeds sev1 "a fall"')
    assert "for those who are invited" in await curious.presses("The same: join its room")


async def test_who_is_sent_to_another_queue_gets_its_script_pack_and_whom_to_ask(world, planned):
    await planned.planner.presses("Tell wave 2", on="Plan 1")
    assert "New to their queue: " in await planned.planner.sees("Plan 1 of INC-2026-0001")
    ana = await with_words(world, "is not your usual queue")
    seen = await ana.sees("is not your usual queue", "Script pack: https://scripts.example.org/", "(version 2026.")
    assert "Questions about it: " in seen and "+44" in seen.text.split("Questions about it: ")[1]


@pytest.mark.one_database
async def test_a_plan_says_which_queues_come_to_their_minimum_after_their_rto(world):
    await world.sleeps(minutes=13 * 24 * 60 - 6 * 60)  # Sunday, 03:00
    await world.person("S001").types('/disaster declare facility_loss leeds sev1 "fire on floor 2"')
    await world.searched(1)
    card = await world.person("S001").types("/disaster plan")
    assert "After their RTO: " in card and "Nobody is called in" in card


async def stand_by(world: World) -> list[int]:
    """How often each agent of Leeds was asked to stand by."""
    seen = [await agent.everything() for agent in world.agents("leeds", 60)]
    return [sum("Please stand by" in s for s in each) for each in seen]


async def test_who_stands_by_is_not_told_so_again_because_others_move(world, planned):
    before = await stand_by(world)
    ana = await with_words(world, "Where you work now")
    await ana.presses("I'm safe and moving")
    await planned.planner.presses("Plan again", on="Plan 1")
    await planned.planner.presses("Approve and tell wave 1", on="Plan 2")
    assert max(before) == 1 and await stand_by(world) == before


async def test_contacts_follow_their_agents(world, planned):
    step = await planned.operations.sees("SM1 ·", "Contacts follow their agents", "Contacts moved: 0 %")
    assert "The next 10 %: " in step
    assert "Contacts are ahead of their agents" not in step
    await planned.operations.presses("Another share…", on="SM1 ·")
    answer = await planned.operations.fills("Note it", percent="100")
    assert "Contacts at 100 %" in answer and "may ring unanswered" in answer
    assert "Contacts are ahead of their agents" in await planned.operations.sees("SM1 ·", "Contacts moved: 100 %")
    await planned.operations.presses("Another share…", on="SM1 ·")
    await planned.operations.fills("Note it", percent="10 %")
    ana = await with_words(world, "Where you work now")
    await ana.presses("I'm safe and moving")
    for said in ("I have arrived", "I'm logged in"):
        await ana.presses(said)
    await world.passes(minutes=1)
    assert "Logged in" in await planned.operations.types("/disaster moves")
    assert f"step {planned.operations.id} SM1: contacts at 10 %" in await world.journal()


async def test_who_is_there_and_is_left_out_keeps_their_seat_and_reads_nothing_of_wishes(world, planned):
    ana = (await world.told_to_move())[0]
    await ana.presses("I'm safe and moving")
    await ana.presses("I have arrived")
    before = await ana.everything()
    await planned.planner.presses("Change…", on="Plan 1")
    await planned.planner.presses("Lock or leave out people…")
    await planned.planner.fills("What does it cost?", wish="exclude", subject=ana.id)
    await planned.planner.presses("Take it")
    await planned.planner.presses("Approve and tell wave 1", on="Plan 2")
    await world.settles()
    assert await moves_in(world, f"person_id = '{ana.id}'") == 1, "no other seat, and no standing by"
    assert await moves_in(world, f"person_id = '{ana.id}' AND state = 'arrived'") == 1
    assert len(await ana.everything()) == len(before)
    assert not [a for a in world.agents("leeds", 60) if any("by wish" in str(s) for s in await a.everything())]
