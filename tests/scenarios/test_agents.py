"""Line 5: every agent is counted, helped, told where to go, and followed until they take contacts."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from bot.domain.intent import Helped, Say, encode
from bot.domain.notice import Answer
from bot.domain.roll import RollState
from bot.operations.perform import perform, pressed
from bot.operations.scene import Place
from bot.storage import roll
from bot.storage import tables as t


@pytest.mark.every_chat
async def test_who_is_safe_is_counted(world, called):
    ana = world.agents("leeds", 1)[0]
    asked = await ana.sees("Are you safe?", f"Hello {ana.name.split()[0]}", world.lead_of(ana).name)
    assert asked.buttons == ("I'm safe", "Need help")
    assert "you are marked safe" in await ana.presses("I'm safe")
    assert "Answered: I'm safe" in await ana.sees("Are you safe?")
    assert "1 of 60" in await called.safety.types("/disaster roll")
    await world.agents("york", 1)[0].does_not_see("Are you safe?")


@pytest.mark.every_chat
async def test_need_help_reaches_the_lead_and_the_safety_officer_at_once(world, called):
    bo = world.agents("leeds", 2)[1]
    assert "We have your call for help" in await bo.presses("Need help")
    for called_to in (world.lead_of(bo), called.safety):
        card = await called_to.sees(f"{bo.name} needs help", bo.person.phone)
        assert card.place == "dm"
    await called.scribe.does_not_see(f"{bo.name} needs help")
    assert f"{bo.name} is marked safe" in await called.safety.presses("Helped: they are safe")
    ended = f"{called.safety.name} at Mon 2 Nov 09:00 GMT"
    for called_to in (world.lead_of(bo), called.safety):
        over = await called_to.sees(f"Over: {bo.name} needs help", f"They are safe: recorded by {ended}")
        assert over.buttons == (), "nobody sets out for somebody who was helped"
    late = encode(Helped(incident=1, person=bo.id))
    refused = await pressed(world.product.desk, world.lead_of(bo).id, late, Place("console"))
    assert f"marked safe already, by {called.safety.name}" in refused.plain()


@pytest.mark.one_database
async def test_who_can_not_be_helped_by_anybody_is_never_told_that_it_was_passed_on(world, called):
    bo = world.agents("leeds", 2)[1]
    async with world.store.work(world.now) as work:
        await work.run(sa.delete(t.identities).where(t.identities.c.person_id != bo.id))
    for _ in range(2):
        asked = Say(notice=1, answer=Answer.HELP)
        card = await perform(world.product.desk, bo.id, asked, Place("console"))
        assert "We could not reach anybody for you. Call" in card.plain()


@pytest.mark.one_database
async def test_who_can_not_work_after_a_call_for_help_still_waits_for_it(world, planned):
    ana = (await world.told_to_move())[0]
    await ana.presses("Need help", on="Where you work now")
    await ana.presses("Can't work", on="Where you work now")
    page = await planned.safety.sees(f"{ana.name} needs help")
    assert "Helped: they are safe" in page.buttons
    assert ana.name in await planned.safety.types("/disaster roll")


@pytest.mark.one_database
async def test_who_waits_for_help_is_called_to_again_until_somebody_helped(world, called):
    bo = world.agents("leeds", 2)[1]
    lead, wanted = world.lead_of(bo), f"{bo.name} still needs help"
    assert lead.name in await bo.presses("Need help")
    async with world.store.work(world.now) as work:  # whom it did not hit calls too, and is shown like the rest
        york = world.agents("york", 1)[0]
        assert await roll.say(work, 1, york.id, RollState.HELP, york.id)
    shown = await called.safety.types("/disaster roll")
    assert york.name in shown
    assert "1 person whom it did not hit needs help too." in shown
    await called.safety.presses(f"Helped: {york.name} is safe")
    await bo.types("help")
    assert lead.name in await bo.presses("Need help", on="Do you need help?"), "who asks twice is told the same"
    assert len([s for s in await lead.everything() if f"{bo.name} needs help" in s]) == 1
    await world.passes(minutes=6, step=3)
    for called_to in (lead, called.safety, called.deputy, called.commander):
        await called_to.sees(wanted, "Waiting since")
    await called.safety.presses("Helped: they are safe")
    pages = len([s for s in await lead.everything() if wanted in s])
    await world.passes(minutes=12, step=6)
    assert len([s for s in await lead.everything() if wanted in s]) == pages


@pytest.mark.one_database
async def test_who_calls_for_help_where_nothing_hit_waits_for_it_like_everybody(world, called):
    cy = world.agents("york", 1)[0]
    await perform(world.product.desk, cy.id, Say(notice=1, answer=Answer.HELP), Place("console"))
    await called.safety.sees(f"{cy.name} needs help")
    assert "Help needed 1 person needs help." in await world.board(called.commander)
    await world.passes(minutes=6, step=3)
    await called.commander.sees(f"{cy.name} still needs help", "Waiting since")
    await called.safety.presses("Helped: they are safe")
    assert "Help needed" not in await world.board(called.commander)
    await called.commander.sees(f"Over: {cy.name} still needs help")


async def test_the_silent_are_asked_again_then_called_by_their_lead(world, called):
    ana, cy = world.agents("leeds", 2)
    await ana.presses("I'm safe")
    await world.passes(minutes=6)
    assert "We have not heard from you" in await cy.sees("Are you safe?")
    await ana.does_not_see("We have not heard from you")
    lead = world.lead_of(cy)
    await lead.does_not_see("Please call")
    await world.passes(minutes=5)
    calls = await lead.sees("Please call", cy.name, cy.person.phone)
    assert ana.name not in calls
    await world.passes(minutes=20, step=2)
    assert "None of them has answered" in await called.safety.sees("people still silent")


@pytest.mark.every_chat
async def test_a_lead_answers_for_somebody_and_it_is_logged(world, called):
    cy = world.agents("leeds", 1)[0]
    lead, first = world.lead_of(cy), cy.name.split()[0]
    await world.passes(minutes=11)
    assert f"Noted for {cy.name}: I'm safe" in await lead.presses(f"{first} is safe")
    assert cy.name not in await lead.sees("Please call")
    assert f"proxy {lead.id} I'm safe (message 1), said for {cy.name}" in "\n".join(await world.journal())
    assert "Need help" in (await cy.sees("Answered: I'm safe")).buttons
    stranger = world.agents("york", 1)[0]
    other = world.lead_of(stranger)
    assert "Nobody to call now" in await other.types("/disaster calls")


async def test_the_plan_says_who_goes_where_and_why_somebody_can_not(planned):
    plan = await planned.scribe.sees("Plan 1 of INC-2026-0001: approved")
    for words in (
        "agents placed",
        "Live seats by queue",
        "MBCO",
        "Seats of this incident",
        "Who can't be placed",
        "Wave 1:",
        "That is when they are there: the first report by",
    ):
        assert words in plan


@pytest.mark.every_chat
async def test_one_agent_goes_all_the_way(world, planned):
    ana = (await world.told_to_move())[0]
    told = await ana.sees("Where you work now", "Where: ", "Be ready by: ", "Log in: ", world.lead_of(ana).name)
    assert told.buttons == ("I'm safe and moving", "Need help", "Can't work")
    assert "you are marked safe and moving" in await ana.presses("I'm safe and moving")
    assert "State: moving" in await ana.types("/disaster where")
    assert "arrived" in await ana.presses("I have arrived")
    assert "logged in" in await ana.presses("I'm logged in")
    assert "you are taking contacts" in await ana.presses("I'm taking contacts")
    assert "At work again: " in await planned.planner.types("/disaster moves")
    assert f"move {ana.id} taking contacts" in await world.journal()


async def test_a_newer_message_replaces_the_older_one(world, planned):
    ana = (await world.told_to_move())[0]
    old = await ana.sees("Are you safe?", "This message is out of date: message 2 replaces it.")
    assert old.buttons == ()
    assert "This replaces message 1." in await ana.sees("Where you work now")
    assert "button is gone" in await ana.presses_again("I'm safe", replace(old, buttons=("I'm safe", "Need help")))
    answer = await pressed(world.product.desk, ana.id, encode(Say(notice=1, answer="safe")), Place("console"))
    assert "Message 1 is out of date." in answer.plain()
    assert "Message 2 replaces it: answer that one." in answer.plain()


async def test_a_lead_reports_how_far_somebody_is(world, planned):
    ana = (await world.told_to_move())[0]
    await ana.presses("I'm safe and moving")
    lead = world.lead_of(ana)
    assert ana.name in await lead.types("/disaster moves")
    await lead.presses(f"{ana.name.split()[0]}: arrived")
    assert f"proxy {lead.id} arrived, said by their lead" in await world.journal()
    assert "State: arrived" in await ana.types("/disaster where")


@pytest.mark.every_chat
async def test_cannot_work_frees_the_seat_and_nobody_asks_why(world, planned):
    ana = (await world.told_to_move())[0]
    answer = await ana.presses("Can't work")
    assert "Nobody will ask you why." in answer
    assert "Nothing" in await ana.types("/disaster where") or "Where you work now" in await ana.sees(
        "Answered: Can't work"
    )
    await planned.planner.types("/disaster plan")
    reasons = await planned.planner.presses("All reasons")
    assert "has answered, and is not to be moved now" in reasons


async def test_the_second_wave_is_told_later_and_once(world, planned):
    answer = await planned.planner.presses("Tell wave 2")
    assert "Telling wave 2" in answer
    again = await planned.planner.types("/disaster moves")
    assert "Tell wave 2" not in again.buttons


async def test_the_unplaced_are_told_to_stand_by_and_why(world, planned):
    waiting = [a for a in world.agents("leeds", 60) if any("Please stand by" in s for s in await a.everything())]
    assert waiting
    seen = await waiting[0].sees("Please stand by", "Why: ", "keep your phone on")
    assert seen.buttons == ("I have read this",)


async def test_help_may_be_a_cry(world, called):
    ana = world.agents("leeds", 1)[0]
    card = await ana.types("help")
    assert "Do you need help?" in card
    assert "Need help" in card.buttons
    await ana.presses("I'm safe", on="Are you safe?")


@pytest.mark.one_database
async def test_only_the_newest_copy_of_a_question_stays_live(world, called):
    ana = world.agents("leeds", 1)[0]
    await world.passes(minutes=6)
    first, again = [s for s in await ana.everything() if "Are you safe?" in s]
    assert "We have not heard from you" in again
    await ana.presses_again("Need help", first)
    first, again = [s for s in await ana.everything() if "Are you safe?" in s]
    assert first.buttons == ()
    assert "Answered: Need help. It was sent again" in first
    assert again.buttons == ("I'm safe", "Need help")
    assert "Answered: Need help. You can change it." in again


@pytest.mark.every_chat
@pytest.mark.one_database
async def test_everybody_is_asked_in_their_own_language_where_the_runbook_has_it(world, fire):
    ana, ben = world.agents("leeds", 2)
    async with world.store.work(world.now) as work:
        await work.run(sa.update(t.people).where(t.people.c.id == ana.id).values(language="pl"))
    await fire.safety.presses("Done…", on="LS1 ·")
    await fire.safety.fills("Done", evidence="08:58, all out")
    preview = await fire.safety.presses("Preview and send…", on="LS3 ·")
    assert "Whoever reads de, fr or pl gets it in that language." in preview
    await fire.safety.presses("Send to 60 people")
    asked = await ana.sees("Czy jesteś w bezpiecznym miejscu?", f"Dzień dobry {ana.name.split()[0]}")
    assert {"Jestem w bezpiecznym miejscu", "Potrzebuję pomocy"} <= set(asked.buttons)
    await ana.presses("Jestem w bezpiecznym miejscu")
    assert any("Answered: Jestem w bezpiecznym miejscu" in s for s in await ana.everything())
    await ben.sees("Are you safe?")
    assert "1 of 60" in await fire.scribe.sees("INC-2026-0001 · Loss of a building")
