"""Whoever can't be reached is called at once, and nobody is on no list: not the leads, not those without one."""

import pytest
from sqlalchemy import text

from tests.world import World

pytestmark = pytest.mark.one_database


async def loses_addresses(world: World, *people: str) -> None:
    async with world.store.work(world.now) as work:
        for person in people:
            await work.run(text("DELETE FROM identities WHERE person_id = :p").bindparams(p=person))


async def test_whom_no_message_reaches_is_called_at_once(world, fire):
    ana = world.agents("leeds", 2)[1]
    await loses_addresses(world, ana.id)
    await fire.safety.presses("Done…", on="LS1 ·")
    await fire.safety.fills("Done", evidence="08:58, all out")
    await fire.safety.presses("Preview and send…", on="LS3 ·")
    await fire.safety.presses("Send to 60 people")
    lead, first = world.lead_of(ana), ana.name.split()[0]
    card = await lead.sees("Please call 1 person", ana.name, ana.person.phone, "not safe yet · no message reaches them")
    assert card.buttons == (f"{first} is safe", f"{first} needs help")
    assert f"Noted for {ana.name}" in await lead.presses(f"{first} is safe", on=ana.name)


async def test_silent_leads_are_on_the_list_of_operations(world, called):
    ana = world.agents("leeds", 1)[0]
    lead = world.lead_of(ana)
    await called.operations.does_not_see("Please call")
    await world.passes(minutes=11)
    assert f"{lead.name}, team lead" in await called.operations.sees("Please call", lead.person.phone)
    assert ana.name in await lead.sees("Please call"), "a silent lead has their own list all the same"
    first = lead.name.split()[0]
    await called.operations.presses(f"{first} is safe", on=lead.name)
    assert f"{lead.name}, team lead" not in await called.operations.types("/disaster calls")
    assert ana.name not in await called.operations.types("/disaster calls"), (
        "their lead answers now: it is theirs again"
    )


async def test_who_answers_leaves_the_lists(world, called):
    cy = world.agents("leeds", 1)[0]
    await world.passes(minutes=11)
    lead = world.lead_of(cy)
    assert cy.name in await lead.sees("Please call")
    await cy.presses("I'm safe")
    assert cy.name not in await lead.sees("Please call")


async def test_who_needs_help_stands_first_on_the_leads_list(world, called):
    ana, bo = world.agents("leeds", 2)
    lead = world.lead_of(ana)
    await world.passes(minutes=11)
    await bo.presses("Need help")
    card = await lead.sees("Please call", f"{bo.name} needs help", bo.person.phone, "Who needs help comes first")
    assert card.text.index(bo.name) < card.text.index(ana.name)
    assert f"{bo.name} needs help" in await lead.types("/disaster calls")
    assert "needs help" not in await called.operations.types("/disaster calls"), "who needs help is known to few"
    assert "1 needs help" in await called.safety.types("/disaster calls")
    answer = await lead.presses(f"{bo.name.split()[0]} was helped and is safe", on="Please call")
    assert f"{bo.name.split()[0]} is told so too" in answer
    assert bo.name not in await lead.types("/disaster calls")
    told = await bo.sees("You are marked safe", f"{lead.name} recorded at", "If that is wrong")
    assert told.buttons == ("Need help",)
    assert "We are calling" in await bo.presses_again("Need help", told)
    assert f"{bo.name} needs help" in await lead.types("/disaster calls")
