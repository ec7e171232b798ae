"""Line 1: somebody who may, declares; everybody else is told who can."""

import asyncio

import pytest

LINE = '/disaster declare facility_loss leeds sev1 "fire on floor 2"'


@pytest.mark.every_chat
async def test_a_form_explains_every_choice_and_declares(world):
    ines = world.person("S001")
    form = await ines.types("/disaster declare")
    assert "Nothing is sent until you press Declare." in form
    for name in ("category", "severity", "drill"):
        asked = form.fields[name]
        assert asked.options
        assert all(len(words.split()) > 3 for words in asked.options.values()), asked
    assert "people in danger" in form.fields["severity"].options["1"]
    assert "EXERCISE" in form.fields["drill"].options["true"]
    assert {"leeds", "manchester", "york"} <= set(form.fields["sites"].options)
    assert "tier 1" in form.fields["queues"].options["emergency"]
    await ines.fills("Declare", category="facility_loss", severity="1", sites=["leeds"], known="fire", drill="false")
    await ines.sees("INC-2026-0001 is declared")
    card = await ines.sees("INC-2026-0001 · Loss of a building · Leeds")
    assert "fire" in card
    assert "severity 1" in card


async def test_nonsense_is_refused_beside_its_field(world):
    ines = world.person("S001")
    await ines.types("/disaster declare")
    again = await ines.fills("Declare", category="volcano", severity="7", sites=["atlantis"], detected_min_ago="soon")
    wrong = {name: asked.error for name, asked in again.fields.items() if asked.error}
    assert wrong["category"] == "Choose one of the list."
    assert wrong["severity"] == "This must be at most 3."
    assert wrong["detected_min_ago"] == "This must be a whole number."
    again = await ines.fills("Declare", category="facility_loss", severity="2", detected_min_ago="5", sites=["leeds"])
    assert {n for n, asked in again.fields.items() if asked.error} == {"known", "drill"}
    again = await ines.fills("Declare", known="smoke", drill="false", sites=["atlantis"])
    assert again.fields["sites"].error == "there is no atlantis"
    again = await ines.fills("Declare", sites=[])
    assert "at least one site" in again.fields["sites"].error
    assert again.fields["known"].value == ("smoke",)
    await ines.does_not_see("is declared")
    await ines.fills("Declare", sites=["leeds"])
    card = await ines.sees("INC-2026-0001 · Loss of a building")
    assert "severity 2" in card


@pytest.mark.every_chat
async def test_one_line_does_the_same(world):
    ines = world.person("S001")
    wrong = await ines.types('/disaster declare facilty_loss leedz sev1 "fire on floor 2"')
    assert 'I don\'t know "facilty_loss" and "leedz".' in wrong
    form = await ines.presses("Open the form with what I understood…")
    said = {name: asked.value for name, asked in form.fields.items()}
    assert (said["category"], said["sites"], said["severity"]) == (("facility_loss",), ("leeds",), ("1",))
    card = await ines.types(LINE)
    assert "INC-2026-0001 is declared" in card
    assert "LS1: Evacuate" in card
    room = await ines.sees("INC-2026-0001 · Loss of a building · Leeds", "fire on floor 2")
    assert "Declared: Mon 2 Nov 09:00 GMT" in room
    assert "declared S001 declared Loss of a building: fire on floor 2" in await world.journal()


@pytest.mark.every_chat
async def test_half_a_line_opens_the_form_with_what_was_said(world):
    form = await world.person("S001").types("/disaster declare facility_loss Leeds drill")
    assert form.submit == "Declare"
    assert form.fields["category"].value == ("facility_loss",)
    assert form.fields["sites"].value == ("leeds",)
    assert form.fields["drill"].value == ("true",)
    assert form.fields["severity"].value == ()


@pytest.mark.every_chat
async def test_who_may_not_declare_is_told_who_can(world):
    for somebody in (world.person("S004"), world.lead_of(world.agents("leeds", 1)[0]), *world.agents("york", 1)):
        answer = await somebody.types(LINE)
        assert "You can't declare a disaster." in answer
        assert "incident commander, deputy commander, operations lead" in answer
        assert f"refused {somebody.id} declare: You can't declare" in "\n".join(await world.journal())
    assert "No incident is open" in await world.person("S001").types("/disaster status")


@pytest.mark.every_chat
async def test_a_second_declaration_asks_whether_to_join(world):
    ines, olu = world.cast("S001", "S006")
    await ines.types(LINE)
    asked = await olu.types('/disaster declare facility_loss leeds sev2 "alarm is ringing"')
    assert "INC-2026-0001 is already open" in asked
    assert f"{ines.name} declared it at Mon 2 Nov 09:00 GMT: “fire on floor 2”" in asked
    assert "room" not in (await world.chat.places(olu.id))[-1]
    assert "You are in the room of INC-2026-0001" in await olu.presses("The same: join its room")
    assert "fire on floor 2" in await olu.sees("INC-2026-0001 · Loss of a building")


async def test_a_second_declaration_can_be_another_disaster(world):
    ines, olu = world.cast("S001", "S006")
    await ines.types(LINE)
    await olu.types('/disaster declare facility_loss leeds sev2 "roof of the annexe"')
    assert "INC-2026-0002 is declared" in await olu.presses("Another one: declare it")
    await ines.types('/disaster declare facility_loss york sev2 "flood"')
    await ines.types('/disaster declare application_failure acd sev2 "no calls"')
    await ines.types('/disaster declare facility_loss manchester drill sev3 "practice"')
    overview = await ines.types("/disaster status INC-2026-0005")
    assert "INC-2026-0005" in overview
    assert "EXERCISE" in overview


@pytest.mark.every_chat
async def test_two_who_declare_the_same_at_the_same_moment(world):
    ines, olu = world.cast("S001", "S006")
    one, other = await asyncio.gather(ines.types(LINE), olu.types(LINE))
    first, second = (one, other) if "is declared" in one else (other, one)
    assert "INC-2026-0001 is declared" in first
    assert "INC-2026-0001 is already open" in second


async def test_two_who_declare_different_ones_at_the_same_moment(world):
    ines, olu = world.cast("S001", "S006")
    other = olu.types('/disaster declare facility_loss york sev2 "flood"')
    cards = await asyncio.gather(ines.types(LINE), other)
    assert sorted(card.text.split()[0] for card in cards) == ["INC-2026-0001", "INC-2026-0002"]
