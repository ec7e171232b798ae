"""Line 6: leaders get a SITREP on the severity's cadence, with figures and the time of the next one."""

import pytest


def sitreps(seen):
    """The SITREPs among what somebody sees, reminders left out."""
    return [s for s in seen if s.text.startswith("SITREP") and "We have not heard from you" not in s]


async def test_sitreps_follow_the_cadence(world, fire):
    leader = world.of_audience("leaders")[0]
    await world.passes(minutes=14)
    assert sitreps(await leader.everything()) == []
    await world.passes(minutes=1)
    assert [s.text.split(" ·")[0] for s in sitreps(await leader.everything())] == ["SITREP 1"]
    await world.passes(minutes=25, step=5)
    assert len(sitreps(await leader.everything())) == 1
    await world.passes(minutes=35, step=5)
    assert [s.text.split(" ·")[0] for s in sitreps(await leader.everything())] == ["SITREP 1", "SITREP 2", "SITREP 3"]


@pytest.mark.every_chat
async def test_a_sitrep_has_the_figures_a_meter_and_the_time_of_the_next(world, fire):
    await fire.commander.types("/disaster update the sprinklers have put it out")
    await world.passes(minutes=15, step=5)
    seen = await world.of_audience("leaders")[0].sees("SITREP 1 · INC-2026-0001 · Loss of a building · Leeds")
    for words in (
        "Newest: the sprinklers have put it out", "Phase: declared, severity 1", "Accounted for: 0 of 60",
        "0 of 60; 0 silent, 60 not asked, 0 need help", "Relocated: 0 told where to go", "Tier 1: 3 tier-1 queues below MBCO",
        "Next RTO: Emergency line: 09:30 GMT", "Decisions needed: ", "Next update: 09:45 GMT", "▱▱▱▱▱▱▱▱▱▱ 0 of 60",
        "As of Mon 2 Nov 09:15 GMT",
    ):  # fmt: skip
        assert words in seen


@pytest.mark.every_chat
async def test_a_sitrep_shows_answers_against_what_was_expected(world, called):
    for agent in world.agents("leeds", 6):
        await agent.presses("I'm safe")
    await world.passes(minutes=15, step=5)
    seen = await world.of_audience("leaders")[0].sees("SITREP 1 · INC-2026-0001")
    assert "Answers over time, 15 min after it was sent. Answered #1: 10 %; Forecast: 9" in seen
    assert "Accounted for: 6 of 60; 54 silent, 0 need help" in seen


async def test_a_sitrep_already_sent_keeps_its_figures(world, fire):
    leader = world.of_audience("leaders")[0]
    await world.passes(minutes=15, step=5)
    before = sitreps(await leader.everything())
    await fire.commander.types("/disaster update all is different now")
    await world.passes(minutes=10, step=5)
    assert sitreps(await leader.everything()) == before


@pytest.mark.every_chat
async def test_leaders_acknowledge(world, fire):
    leader = next(p for p in world.of_audience("leaders") if p.person.must_answer)
    await world.passes(minutes=15, step=5)
    assert "Thank you, noted" in await leader.presses("I have read this")
    assert "Answered: I have read this" in await leader.sees("SITREP 1")


async def test_the_voice_sees_the_draft_and_can_hold_it_back(world, fire):
    await world.passes(minutes=10)
    draft = await fire.voice.sees("SITREP 1 is due 09:15 GMT", "It will say: “fire on floor 2”")
    assert draft.buttons == ("Add what is newly known…", "Send it now", "Hold it back")
    assert "it waits for you" in await fire.voice.presses("Hold it back")
    await world.passes(minutes=20, step=2)
    assert sitreps(await world.of_audience("leaders")[0].everything()) == []
    nagged = [s for s in await fire.voice.everything() if "SITREP 1 is overdue" in s]
    assert len(nagged) == 1
    assert "Leaders were promised it at 09:15 GMT." in nagged[0]
    assert "Next update due: 09:15 GMT – held" in await fire.scribe.sees("Loss of a building · Leeds", "Phase")
    assert "SITREP 1 is on its way" in await fire.voice.presses("Send it now", on="overdue")
    assert "Next update: 10:00 GMT" in await world.of_audience("leaders")[0].sees("SITREP 1")


async def test_only_voice_and_command_send_sitreps(world, fire):
    assert f"communications ({fire.voice.name})" in await fire.liaison.types("/disaster sitrep")
    assert "SITREP 1 is on its way" in await fire.commander.types("/disaster sitrep")


async def test_severity_three_takes_its_time(world):
    ines = world.person("S001")
    await ines.types('/disaster declare facility_loss york sev3 "a small flood"')
    await world.passes(minutes=59, step=5)
    leader = world.of_audience("leaders", near="york")[0]
    assert sitreps(await leader.everything()) == []
    await world.passes(minutes=1)
    assert "Next update: 12:00 GMT" in await leader.sees("SITREP 1")


async def test_after_a_long_sleep_the_cadence_is_caught_up_once(world, fire):
    await world.sleeps(minutes=240)
    await world.restarts()
    seen = sitreps(await world.of_audience("leaders")[0].everything())
    assert len(seen) == 1
    assert "Next update: 13:30 GMT" in seen[0]
