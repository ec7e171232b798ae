"""Line 8: the return, and the end: everyone ever messaged is told."""

import pytest

from bot.operations import report


async def notified(fire):
    """The roll was called and vendors were told."""
    await fire.safety.presses("Done…", on="LS1 ·")
    await fire.safety.fills("Done", evidence="08:58, all out")
    await fire.safety.presses("Preview and send…", on="LS3 ·")
    await fire.safety.presses("Send to 60 people")
    preview = await fire.vendors.presses("Preview and send…", on="NT5 ·")
    await fire.vendors.presses(preview.buttons[0])


async def test_the_return_makes_its_steps_ready(world, fire):
    assert "This is for the incident commander" in await fire.scribe.types("/disaster recover")
    answer = await fire.commander.presses("Begin the return")
    assert "RR1 Declare the building fit for use" in answer
    await fire.it.sees("RR1 · Declare the building fit for use", "State: ready")
    assert "is returning to normal already" in await fire.commander.types("/disaster recover")
    await world.passes(minutes=1)
    assert "Phase: returning to normal" in await fire.scribe.sees("Loss of a building · Leeds", "Phase")


@pytest.mark.every_chat
async def test_standing_down_shows_what_it_means_before_it_is_done(fire):
    await notified(fire)
    asked = await fire.commander.types("/disaster stand-down")
    assert "Stand down INC-2026-0001?" in asked
    assert "60 people nobody has heard from" in asked
    assert "will end as skipped" in asked
    assert "Phase: active" in await fire.commander.types("/disaster status")


async def test_everyone_ever_told_is_told_that_it_is_over_and_nobody_else(world, fire):
    await notified(fire)
    await fire.commander.types("/disaster stand-down")
    answer = await fire.commander.presses("Stand down now")
    assert "INC-2026-0001 is stood down" in answer
    told = [*world.agents("leeds", 60), *world.of_audience("vendors"), *world.of_audience("outsourcers")]
    for somebody in (*told, *vars(fire).values()):
        over = [s for s in await somebody.everything() if "is over: INC-2026-0001" in s]
        assert len(over) == 1, somebody.name
    for somebody in (*world.agents("york", 3), *world.of_audience("customers"), *world.of_audience("regulator")):
        assert await somebody.everything() == []


async def test_after_the_end_nothing_is_asked_and_nothing_can_be_changed(world, fire):
    await notified(fire)
    ana = world.agents("leeds", 1)[0]
    asked = await ana.sees("Are you safe?")
    await fire.commander.types("/disaster stand-down")
    await fire.commander.presses("Stand down now")
    assert (await ana.sees("No answer is needed any more.")).buttons == ()
    assert "button is gone" in await ana.presses_again("I'm safe", asked)
    assert "There is no open incident" in await fire.commander.types("/disaster update too late")
    assert "No incident is open" in await fire.commander.types("/disaster status")
    await world.passes(minutes=180, step=10)
    assert len([s for s in await ana.everything() if "Are you safe?" in s]) == 1


@pytest.mark.every_chat
@pytest.mark.one_database
async def test_a_plan_that_was_waiting_offers_nothing_any_more(fire):
    await fire.planner.types("/disaster plan")
    assert "Approve and tell wave 1" in (await fire.scribe.sees("Plan 1 of INC-2026-0001: not approved yet")).buttons
    await fire.commander.types("/disaster stand-down")
    await fire.commander.presses("Stand down now")
    over = await fire.scribe.sees("Plan 1 of INC-2026-0001: no longer needed")
    assert set(over.buttons) <= {"All reasons"}


async def test_what_follows_a_stand_down_can_still_be_worked(fire):
    await fire.commander.types("/disaster stand-down")
    await fire.commander.presses("Stand down now")
    await fire.commander.presses("Done…", on="SD2 ·")
    assert "SD2 is done" in await fire.commander.fills(
        "Done", evidence="half an hour, eleven people, notes in the wiki"
    )


async def test_leaders_get_a_last_sitrep_of_what_is_left(world, fire, tmp_path):
    await world.passes(minutes=15, step=5)
    await fire.commander.types("/disaster stand-down")
    await fire.commander.presses("Stand down now")
    last = await world.of_audience("leaders")[0].sees("This is the last SITREP")
    assert "Next update: none: this is the last" in last
    assert "Next RTO" not in last
    assert "Decisions needed: none" in last, "what nobody decided ended with the incident"
    await report.write(world.product.desk, "INC-2026-0001", tmp_path)
    text = (tmp_path / "INC-2026-0001.md").read_text()
    assert "> This is the last SITREP" in text, "the report quotes what leaders read"
    assert "stood_down" not in text.replace("\\", "")
    await world.passes(minutes=120, step=10)
    assert len([s for s in await world.of_audience("leaders")[0].everything() if s.text.startswith("SITREP")]) == 2


async def test_a_false_alarm_is_cancelled_with_its_reason(world, fire):
    await notified(fire)
    await fire.commander.presses("Cancel…")
    await fire.commander.fills("Cancel the incident", reason="burnt toast, {{ 7*7 }} {first_name}")
    over = await world.agents("leeds", 1)[0].sees("INC-2026-0001 is called off: burnt toast, {{ 7*7 }} {first_name}")
    assert over.buttons == ()
    assert f"state {fire.commander.id} cancelled: burnt toast, {{{{ 7*7 }}}} {{first_name}}" in await world.journal()


async def test_only_command_can_end_it(fire):
    for line in ("stand-down", "cancel", "recover"):
        answer = await fire.liaison.types(f"/disaster {line}")
        assert f"This is for the incident commander ({fire.commander.name})" in answer


async def test_the_report_tells_who_was_told_what_when_and_who_answered(world, fire, tmp_path):
    await notified(fire)
    ana, bo = world.agents("leeds", 2)
    await world.passes(minutes=2)
    await ana.presses("I'm safe")
    await bo.presses("Need help")
    await fire.commander.types("/disaster stand-down")
    await fire.commander.presses("Stand down now")
    await world.passes(minutes=1)
    files = await report.write(world.product.desk, "INC-2026-0001", tmp_path)
    assert {file.suffix for file in files} >= {".md", ".html", ".svg"}
    text = (tmp_path / "INC-2026-0001.md").read_text()
    for words in ("fire on floor 2", "Are you safe?", "60", "09:02", fire.commander.name, "LS1", "stood down"):
        assert words in text, words
    assert bo.name not in text
    page = (tmp_path / "INC-2026-0001.html").read_text()
    assert "<svg" in page
    assert "invokes its contract" in page


async def test_what_keeps_things_running_repeats_in_the_return_too(fire):
    await fire.safety.presses("Skip…", on="LS1 ·")
    await fire.safety.fills("Skip this step", reason="nobody was in the building")
    await fire.operations.presses("Done…", on="SM1 ·")
    await fire.operations.fills("Done", evidence="calls go to York until midnight, rang it at 09:00")
    await fire.commander.types("/disaster recover")
    await fire.commander.presses("Begin the return")
    await fire.it.presses("Done…", on="SU4 ·")
    assert "SU4 (2) Re-arm temporary routing" in await fire.it.fills("Done", evidence="renewed until Friday")
