"""Line 4: everybody who must know is told, after a look at exactly what goes out to how many and how long it takes."""

import pytest

from tests.world import roster


@pytest.fixture
async def evacuated(fire):
    """The building is empty: the notices can go out."""
    await fire.safety.presses("Done…", on="LS1 ·")
    await fire.safety.fills("Done", evidence="08:58, all out")
    return fire


async def test_a_preview_shows_the_text_the_number_and_the_time(world, evacuated):
    preview = await evacuated.vendors.presses("Preview and send…", on="NT5 ·")
    vendors, outsourcers = len(world.of_audience("vendors")), len(world.of_audience("outsourcers"))
    assert "— vendors: Northwind Care invokes its contract: INC-2026-0001 —" in preview
    assert "Leeds can't be used since 09:00 GMT" in preview
    assert f"outsourcers: {outsourcers} people" in preview
    assert outsourcers > 0
    assert "each asked to answer; takes a few seconds" in preview
    assert "Nothing has been sent yet." in preview
    assert preview.buttons[0] == f"Send to {vendors + outsourcers} people"
    await world.of_audience("vendors")[0].does_not_see("invokes its contract")


async def test_what_is_sent_is_what_was_shown_and_everybody_has_a_row(world, evacuated):
    preview = await evacuated.vendors.presses("Preview and send…", on="NT5 ·")
    assert "Sending to" in await evacuated.vendors.presses(preview.buttons[0])
    for somebody in (*world.of_audience("vendors"), *world.of_audience("outsourcers")):
        seen = await somebody.sees("Leeds can't be used since 09:00", "quoting INC-2026-0001")
        assert len([s for s in await somebody.everything() if s.text == seen.text]) == 1
    told = [line for line in await world.journal() if line.startswith(f"notice {evacuated.vendors.id}")]
    assert [line.split("message ")[1].split(":")[0] for line in told] == ["1 to vendors", "2 to outsourcers"]


async def test_a_preview_is_read_as_one_of_those_who_get_it_will(world, evacuated):
    preview = await evacuated.safety.presses("Preview and send…", on="LS3 ·")
    name = preview.text.split("As ")[1].split(" will read it")[0]
    assert f"Hello {name.split()[0]},\nthere is an emergency at Leeds." in preview
    assert "{" not in preview.text
    await evacuated.safety.presses("Send to 60 people")
    reader = next(p for p in roster().people if p.name == name and p.site == "leeds")
    assert preview.text.split("Hello ")[1].split("\nagents:")[0] in (await world.person(reader.id).sees("safe?")).text


async def test_who_does_not_own_the_step_can_look_but_not_send(evacuated):
    preview = await evacuated.scribe.presses("Preview and send…", on="NT5 ·")
    assert "invokes its contract" in preview
    assert preview.buttons == ()


@pytest.mark.every_chat
async def test_the_wording_can_be_changed_before_it_goes(world, evacuated):
    await evacuated.voice.presses("Preview and send…", on="NT3 ·")
    await evacuated.voice.presses("Change: customers…")
    words = "Our Leeds line is down. {first_name}, 50 % of {{ seats }} is <b>not</b> code. @everyone"
    assert "The wording is kept" in await evacuated.voice.fills("Keep this wording", subject="Leeds", text=words)
    preview = await evacuated.voice.presses("Preview and send…", on="NT3 ·")
    assert "50 % of {{ seats }} is <b>not</b> code. @everyone" in preview
    await evacuated.voice.presses(preview.buttons[0])
    customer = world.of_audience("customers")[0]
    seen = await customer.sees("Our Leeds line is down")
    assert f"{customer.name.split()[0]}, 50 % of {{{{ seats }}}} is <b>not</b> code. @everyone" in seen


@pytest.mark.every_chat
async def test_a_misspelt_name_in_the_wording_is_refused_beside_its_field(evacuated):
    await evacuated.voice.presses("Preview and send…", on="NT3 ·")
    await evacuated.voice.presses("Change: customers…")
    again = await evacuated.voice.fills("Keep this wording", text="Hello {firstname}")
    assert "{firstname}" in again.fields["text"].error


async def test_who_must_answer_is_chased_once_and_who_answered_is_not(world, evacuated):
    preview = await evacuated.vendors.presses("Preview and send…", on="NT5 ·")
    await evacuated.vendors.presses(preview.buttons[0])
    asked = [v for v in world.of_audience("vendors") if v.person.must_answer]
    assert len(asked) > 1
    answer = await asked[0].presses("I have read this")
    assert "Thank you, noted" in answer
    await world.passes(minutes=60, step=5)
    for silent in asked[1:]:
        chased = [s for s in await silent.everything() if "We have not heard from you" in s]
        assert len(chased) == 1
    await asked[0].does_not_see("We have not heard from you")


async def test_the_first_sitrep_goes_out_by_itself(world, fire):
    await world.passes(minutes=16)
    for leader in world.of_audience("leaders"):
        assert "SITREP 1 · INC-2026-0001" in await leader.sees("fire on floor 2")


@pytest.mark.every_chat
async def test_a_drill_leaves_outsiders_alone_and_says_exercise_first_and_last(world, drill):
    await drill.safety.presses("Done…", on="LS1 ·")
    await drill.safety.fills("Done", evidence="08:58, all out")
    preview = await drill.vendors.presses("Preview and send…", on="NT5 ·")
    assert "outside contacts left alone" in preview
    await drill.vendors.presses(preview.buttons[0])
    await world.passes(minutes=31, step=5)
    for outsider in (p for a in ("vendors", "outsourcers", "customers", "regulator") for p in world.of_audience(a)):
        assert await outsider.everything() == []
    for sitrep in [s for s in await world.of_audience("leaders")[0].everything() if "SITREP" in s]:
        lines = sitrep.text.splitlines()
        assert lines[0] == lines[-1] == "EXERCISE – this is a drill, nothing real has happened – EXERCISE"
