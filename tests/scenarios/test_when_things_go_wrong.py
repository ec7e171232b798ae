"""The table "When things go wrong": people mistype, press twice, press what is not theirs, and write anything at all."""

import asyncio

import pytest

from bot.operations.perform import pressed
from bot.operations.scene import Place

pytestmark = pytest.mark.one_database

HOSTILE = (
    "<b>bold</b> & <script>alert(1)</script> *stars* _lines_ `code` ~no~ <!channel> @everyone <@U123> "
    "{{ 7*7 }} {% raw %} {first_name} {{first_name}} ${7*7} %s \\u0041 [link](https://evil.example)"
)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("/disaster delcare", 'Did you mean "/disaster declare"?'),
        ("/disaster stanp-down", 'Did you mean "/disaster stand-down"?'),
        ("/disaster declare facility_los leeds sev1", 'Did you mean "facility_loss"?'),
        ("/disaster declare facility_loss leads sev1", 'Did you mean "leeds"?'),
        ("/disaster declare facility_loss leeds sev9", "There is no severity 9: it is sev1 (worst), sev2 or sev3."),
        ("/disaster declare facility_loss leeds sev1 zzzz", "What happened goes in quotes."),
        ("/disaster declare vendor_failure leeds sev1 'gone'", "Example: /disaster declare facility_loss leeds"),
    ],
)
async def test_a_misspelt_word_gets_the_nearest_right_one_and_changes_nothing(world, line, meant):
    ines = world.person("S001")
    assert meant in await ines.types(line)
    assert "No incident is open" in await ines.types("/disaster status")
    assert await world.journal() == []


async def test_whatever_people_write_is_shown_as_text_wherever_it_goes(world):
    ines, voice, safety = world.cast("S001", "S011", "S014")
    await ines.types("/disaster declare facility_loss leeds sev1")
    await ines.fills("Declare", known=HOSTILE, drill="false")
    await ines.types(f"/disaster update newest: {HOSTILE}")
    await safety.presses("Done…", on="LS1 ·")
    await safety.fills("Done", evidence=HOSTILE)
    for step, owner in (("LS3", "S014"), ("NT5", "S017")):
        preview = await world.person(owner).presses("Preview and send…", on=f"{step} ·")
        await world.person(owner).presses(preview.buttons[0])
    await world.passes(minutes=15, step=5)
    assert HOSTILE in await ines.sees("INC-2026-0001 · Loss of a building", "Phase")
    assert HOSTILE in await voice.sees("LS1 · Evacuate", "State: done")
    for reader in (world.agents("leeds", 1)[0], world.of_audience("landlord")[0], world.of_audience("leaders")[0]):
        assert [str(s) for s in await reader.everything() if "What we know" in s and HOSTILE not in s] == []
    assert HOSTILE in await world.agents("leeds", 1)[0].sees("Are you safe?")
    assert HOSTILE in await world.of_audience("leaders")[0].sees("SITREP 1")


async def test_control_and_direction_characters_are_taken_out(world):
    ines = world.person("S001")
    await ines.types("/disaster declare facility_loss leeds sev1")
    await ines.fills("Declare", known="fire\x00 on\x1b[31m \u202efloor\u2066 2\r\nroof \u200bholds", drill="false")
    assert "fire on[31m floor 2\nroof holds" in await ines.sees("INC-2026-0001 · Loss of a building", "Phase")


async def test_too_much_text_is_refused_beside_its_field(world):
    ines = world.person("S001")
    await ines.types("/disaster declare facility_loss leeds sev1")
    again = await ines.fills("Declare", known="x" * 10_000, drill="false")
    assert again.fields["known"].error == "This is too long: at most 2,000 characters, this has 10,000."
    assert len(again.fields["known"].value[0]) <= 4000
    assert "That is 10,0" in await ines.types("/disaster update " + "x" * 10_000)
    assert "No incident is open" in await ines.types("/disaster status")


async def test_a_button_pressed_twice_does_it_once(world, fire):
    card = await fire.safety.sees("LS1 · Evacuate")
    await asyncio.gather(*(fire.safety.presses_again("Start", card) for _ in range(2)))
    answers = await fire.safety.everything()
    assert sum("LS1 is in progress" in answer for answer in answers) == 1
    assert sum("LS1 was started already." in answer for answer in answers) == 1
    lines = [line for line in await world.journal() if "started LS1" in line]
    assert len(lines) == 1


async def test_of_two_who_press_the_first_wins_and_the_other_is_told(world, fire):
    card = await fire.safety.sees("DA3 ·")
    answers = await asyncio.gather(
        fire.it.presses_again("Yes, both work", card), fire.commander.presses_again("No, or not sure", card)
    )
    won, lost = sorted(answers, key=lambda answer: "Already done" in answer)
    winner = fire.it if "decided DA3: Yes" in "\n".join(await world.journal()) else fire.commander
    assert "DA3 is done" in won
    assert f"DA3 is done already: {winner.name} at Mon 2 Nov 09:00 GMT." in lost
    assert len([line for line in await world.journal() if line.startswith("decision")]) == 1


async def test_two_who_send_the_same_notice_send_it_once(world, fire):
    await fire.safety.presses("Done…", on="LS1 ·")
    await fire.safety.fills("Done", evidence="08:58, all out")
    shown = await fire.safety.presses("Preview and send…", on="LS3 ·")
    other = await fire.commander.presses("Preview and send…", on="LS3 ·")
    answers = await asyncio.gather(
        fire.safety.presses_again("Send to 60 people", shown), fire.commander.presses_again("Send to 60 people", other)
    )
    assert sum("Sending to 60 people" in a for a in answers) == 1
    assert sum("LS3 is in progress already:" in a for a in answers) == 1
    assert len([s for s in await world.agents("leeds", 1)[0].everything() if "Are you safe?" in s]) == 1


async def test_an_agent_and_their_lead_answer_at_the_same_moment(world, fire):
    await fire.safety.presses("Skip…", on="LS1 ·")
    await fire.safety.fills("Skip this step", reason="all are out already")
    await fire.safety.presses("Preview and send…", on="LS3 ·")
    await fire.safety.presses("Send to 60 people")
    await world.passes(minutes=11, step=5)
    cy = world.agents("leeds", 1)[0]
    lead, first = world.lead_of(cy), cy.name.split()[0]
    asked, calls = await cy.sees("Are you safe?"), await lead.sees("Please call", cy.name)
    await asyncio.gather(cy.presses_again("I'm safe", asked), lead.presses_again(f"{first} is safe", calls))
    said = [line for line in await world.journal() if "(message 1)" in line and "I'm safe" in line]
    assert len(said) == 1
    assert "1 of 60" in await fire.safety.types("/disaster roll")


@pytest.mark.parametrize("who", ["liaison", "scribe"])
async def test_who_may_not_is_told_who_can_and_it_is_journalled(world, fire, who):
    somebody = getattr(fire, who)
    answer = await somebody.presses("Yes, both work")
    assert f"This step belongs to the IT and facilities ({fire.it.name})" in answer
    assert (
        f"or the incident commander ({fire.commander.name})" in answer.text.replace(",", " or")
        or fire.deputy.name in answer
    )
    assert any(line.startswith(f"refused {somebody.id} step.decide:") for line in await world.journal())
    assert "State: ready" in await fire.scribe.sees("DA3 ·")


@pytest.mark.parametrize(
    "carried",
    ["", "{", "null", '{"kind":"step.start"}', '{"kind":"nobody"}', '{"kind":"step.start","step":"1; DROP TABLE"}',
     '{"kind":"step.start","step":999999999999999999999}', '{"kind":"answer","notice":77,"answer":"safe"}'],
)  # fmt: skip
async def test_a_forged_button_is_refused_in_words(world, fire, carried):
    card = await pressed(world.product.desk, fire.safety.id, carried, Place("console"))
    assert card.title == "That did not work"
    assert card.text


async def test_a_stranger_is_not_known(world):
    card = await pressed(world.product.desk, "X999", '{"kind":"status"}', Place("console"))
    assert "I don't know you." in card.plain()
