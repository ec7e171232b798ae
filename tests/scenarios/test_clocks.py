"""Regulatory clocks: decided, started, counted down, reminded of, submitted; the bot counts, people file."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bot.domain.policy import Profile
from bot.operations import clock_reminders
from bot.operations.report import build, markdown
from bot.storage import identities, incidents
from bot.storage import tables as t
from tests.world import ROOM, product_settings

UK = "UK GDPR Art 33"


async def open_regime(somebody, title=UK):
    """Look at one regime."""
    await somebody.types("/disaster clocks")
    return await somebody.presses(f"{title}…")


async def leave_the_building(fire):
    """Do what the triage step waits for."""
    await fire.safety.presses("Done…", on="LS1 ·")
    await fire.safety.fills("Done", evidence="08:58, all out")
    await fire.commander.presses("Done…", on="DA2 ·")
    await fire.commander.fills("Done", evidence="as the card says; real")


async def test_a_declaration_lays_out_the_clocks_that_may_apply_here(world, fire):
    seen = await fire.compliance.types("/disaster clocks")
    for title in (UK, "RIDDOR, death or specified injury", "RIDDOR, over seven days off"):
        assert title in seen
        assert f"{title}…" in seen.buttons
    assert "clock not started: it counts from when you became aware of it" in seen
    assert "GDPR Art 33(2)" not in seen
    assert "SEC" not in seen
    assert "no legal advice" in seen
    assert "Authorities: 3 regimes to decide" in await fire.commander.sees("Loss of a building", "Phase")


@pytest.mark.every_chat
async def test_triage_anchor_countdown_reminders_submission(world, fire):
    await leave_the_building(fire)
    step = await fire.compliance.sees("NT4 ·", f"{UK}: to be decided")
    assert "Decide on each regime…" in step.buttons
    await open_regime(fire.compliance)
    form = await fire.compliance.presses("Reportable…")
    assert "In Europe/London time" in form.fields["at"].hint
    again = await fire.compliance.fills("It is reportable", at="17:30", reason="staff files")
    assert "That is in the future" in again.fields["at"].error
    again = await fire.compliance.fills("It is reportable", at="half past", reason="staff files")
    assert "can't read that as a time" in again.fields["at"].error
    shown = await fire.compliance.fills("It is reportable", at="09:00", reason="staff files were left behind")
    assert "Notification to the ICO: due Thu 5 Nov 09:00 GMT" in shown
    await fire.commander.sees(f"{UK}: reportable", f"By {fire.compliance.name}")
    board = await world.board(fire.commander, "INC-2026-0001")
    assert "UK GDPR Art 33 , notification running due in 3 days" in board
    assert f"to the ICO. Compliance: {fire.compliance.name}" in board

    await world.passes(minutes=36 * 60, step=12 * 60)
    await fire.compliance.sees("Running out: UK GDPR Art 33, notification", "36 h left")
    await fire.deputy.does_not_see("Running out")
    await world.passes(minutes=18 * 60, step=6 * 60)
    await fire.deputy.sees("Running out", "18 h left")
    await world.passes(minutes=14 * 60, step=7 * 60)
    await fire.commander.sees("Running out", "4 h left")
    assert "09:00 GMT, 4 h left" in await fire.commander.types("/disaster clocks")
    await world.passes(minutes=5 * 60, step=5 * 60)
    late = await fire.commander.sees("Overdue: UK GDPR Art 33")
    assert "Overdue: tell the authority now" in late
    assert "overdue: tell the authority now" in await world.board(fire.commander, "INC-2026-0001")
    assert "1 notification overdue" in await fire.commander.types("/disaster status")

    await open_regime(fire.compliance)
    await fire.compliance.presses("Notification submitted…")
    again = await fire.compliance.fills("Record it", at="2 Nov 08:00", reference="IC-1")
    assert "before the clock started" in again.fields["at"].error
    shown = await fire.compliance.fills("Record it", at="5 Nov 10:00", reference="IC-30771-K2")
    assert "submitted" in shown
    assert "IC-30771-K2" in await world.board(fire.commander, "INC-2026-0001")
    assert any(
        "UK GDPR Art 33: notification to the ICO submitted 2026-11-05 10:00 UTC, reference IC-30771-K2" in line
        for line in await world.journal()
    )


@pytest.mark.every_chat
async def test_not_reportable_because_and_not_yet_known_end_the_triage_step(world, fire):
    await leave_the_building(fire)
    await open_regime(fire.compliance)
    await fire.compliance.presses("Not reportable because…")
    shown = await fire.compliance.fills("It is not reportable", reason="no personal data was in the building")
    assert f"Decision: not reportable because no personal data was in the building, {fire.compliance.name}" in shown
    await open_regime(fire.compliance, "RIDDOR, over seven days off")
    await fire.compliance.presses("Not yet known")
    await fire.compliance.sees("NT4 ·", "State: ready")
    await open_regime(fire.compliance, "RIDDOR, death or specified injury")
    await fire.compliance.presses("Not reportable because…")
    shown = await fire.compliance.fills("It is not reportable", reason="nobody was hurt")
    assert "Every regime is decided: NT4 is done" in shown
    await fire.compliance.sees("NT4 ·", "State: done", "Answer: Not yet known")
    assert any("no personal data was in the building" in line for line in await world.journal())
    assert "1 regime to decide" in await fire.commander.types("/disaster status")
    await open_regime(fire.compliance)
    assert "Reportable after all…" in (await fire.compliance.sees(UK, "Reportable when")).buttons


@pytest.mark.one_database
async def test_a_country_that_an_update_brings_in_has_its_clocks_and_is_asked_about(world, fire):
    await leave_the_building(fire)
    assert "GDPR Art 33…" not in (await fire.compliance.types("/disaster clocks")).buttons
    await fire.scribe.types("/disaster update", place=ROOM)
    said = await fire.scribe.fills("Record", text="the fire is at Kestrel too", hit="kestrel")
    assert "GDPR Art 33 may apply now: “Must a regulator be told?” asks whether it must be told." in said
    await fire.compliance.sees("NT4 ·", "GDPR Art 33: to be decided", f"{UK}: to be decided")
    assert "may apply now, to be decided: GDPR Art 33" in "\n".join(await world.journal())
    for title in (UK, "GDPR Art 33", "RIDDOR, death or specified injury", "RIDDOR, over seven days off"):
        await open_regime(fire.compliance, title)
        await fire.compliance.presses("Not reportable because…")
        await fire.compliance.fills("It is not reportable", reason="nothing was lost, nobody hurt")
    await fire.compliance.sees("NT4 ·", "State: done")
    async with world.store.work(world.now) as work:
        await work.run(sa.delete(t.clocks).where(t.clocks.c.regime == "gdpr_33"))
    await fire.scribe.types("/disaster update", place=ROOM)
    said = await fire.scribe.fills("Record", text="York is flooded", hit="york")
    assert "GDPR Art 33 may apply now: “Must a regulator be told?” asks whether it must be told." in said, (
        "it is asked once more"
    )
    await fire.compliance.sees("NT4 (2) ·", "GDPR Art 33: to be decided")


async def test_only_compliance_and_commanders_decide(world, fire):
    await open_regime(fire.scribe)
    no = await fire.scribe.presses("Not yet known")
    assert f"This is for the compliance ({fire.compliance.name})" in no
    agent = world.agents("leeds", 1)[0]
    assert "This is for people with a role" in await agent.types("/disaster clocks")


async def test_the_draft_is_filled_in_and_nothing_is_sent(world, fire):
    await open_regime(fire.compliance)
    await fire.compliance.presses("Reportable…")
    asked = await fire.compliance.fills("It is reportable", at="08:55", reason="staff files were left behind")
    assert "It is recorded: reportable because staff files were left behind." in asked
    assert "That is 5 min before the incident was noticed: Mon 2 Nov 09:00 GMT" in asked
    shown = await fire.compliance.presses("Yes, count from 2 Nov 2026 08:55 GMT")
    assert "Notification to the ICO: due Thu 5 Nov 08:55 GMT" in shown
    draft = await fire.compliance.presses("Draft of the notification")
    for line in (
        "To: the ICO",
        "From: Northwind Care",
        "Detected: Mon 2 Nov 09:00 GMT",
        "When we became aware of it: Mon 2 Nov 08:55 GMT",
        "What we know: fire on floor 2",
        "Continuity plan: activated Mon 2 Nov 09:00 GMT",
        "[to be filled in: this is before we detected it",
        "Action taken: [to be filled in",
        f"Contact: {fire.compliance.name}",
    ):
        assert line in draft
    for outsider in world.of_audience("regulator"):
        assert not await outsider.everything()
    async with world.store.read(world.now) as db:
        report = markdown(await build(world.product.desk, db, "INC-2026-0001"))
    assert "Draft: notification under UK GDPR Art 33" in report
    assert "> To: the ICO" in report
    assert "Thu 5 Nov 08:55 GMT" in report


async def test_what_is_due_at_once_is_said_at_once_and_the_law_goes_on_after_the_end(world, fire):
    await open_regime(fire.compliance, "RIDDOR, death or specified injury")
    await fire.compliance.presses("Reportable…")
    await fire.compliance.fills("It is reportable", at="08:57", reason="a fractured wrist")
    await world.waits_a_moment()
    now = await fire.commander.sees("Due at once: RIDDOR, death or specified injury, word by the quickest means")
    assert "Tell the HSE now." in now
    await fire.commander.types("/disaster stand-down")
    assert "2 regulatory clocks run on" in await fire.commander.sees("Stand down INC-2026-0001?")
    await fire.commander.presses("Stand down now")
    await fire.compliance.types("/disaster clocks INC-2026-0001")
    await fire.compliance.presses("RIDDOR, death or specified injury…")
    await fire.compliance.presses("Word by the quickest means submitted…")
    assert "reference phone, HSE duty desk" in await fire.compliance.fills(
        "Record it", reference="phone, HSE duty desk"
    )
    await world.passes(minutes=6 * 24 * 60, step=24 * 60)
    await fire.compliance.sees("Running out: RIDDOR, death or specified injury, report")


@pytest.mark.every_chat
async def test_a_drill_counts_too_and_stops_with_it(world, drill):
    await open_regime(drill.compliance)
    await drill.compliance.presses("Reportable…")
    shown = await drill.compliance.fills("It is reportable", at="09:00", reason="staff files were left behind")
    assert shown.text.count("EXERCISE") >= 2
    draft = await drill.compliance.presses("Draft of the notification")
    assert draft.text.count("EXERCISE") >= 4
    await world.passes(minutes=36 * 60, step=36 * 60)
    assert "EXERCISE" in await drill.compliance.sees("Running out")
    await drill.commander.types("/disaster stand-down")
    await drill.commander.presses("Stand down now")
    await world.passes(minutes=40 * 60, step=40 * 60)
    await drill.commander.does_not_see("Overdue: UK GDPR")


async def test_a_missed_night_is_one_reminder_and_two_replicas_send_it_once(world, fire):
    await open_regime(fire.compliance)
    await fire.compliance.presses("Reportable…")
    await fire.compliance.fills("It is reportable", at="09:00", reason="staff files were left behind")
    await world.sleeps(minutes=69 * 60)
    desk = world.product.desk
    assert await clock_reminders.sweep(desk) == 1
    assert await clock_reminders.sweep(desk) == 0
    world.product.engine.woken.set()
    mine = [s for s in await fire.compliance.everything() if "Running out: UK GDPR" in s]
    assert len(mine) == 1


@pytest.mark.one_database
async def test_a_reminder_says_to_whom_it_goes_and_whom_it_does_not_reach(world, fire):
    async with world.product.desk.work() as work:
        await identities.unlink(work, "console", [fire.compliance.id])
        incident = await incidents.get(work, 1)
        said = await clock_reminders._whom(world.product.desk, work, incident, [fire.compliance.id, fire.commander.id])
    assert said == f"This goes to {fire.commander.name}. No message reaches {fire.compliance.name}: call."


async def test_an_anchor_put_right_moves_the_deadline(world, fire):
    await open_regime(fire.compliance)
    await fire.compliance.presses("Reportable…")
    assert "clock not started" in await fire.compliance.fills("It is reportable", reason="staff files were left behind")
    await fire.compliance.presses("Enter when you became aware of it…")
    assert "due Thu 5 Nov 09:00" in await fire.compliance.fills("Enter", at="09:00")
    await fire.compliance.presses("Correct when you became aware of it…")
    asked = await fire.compliance.fills("Enter", at="yesterday 23:40")
    assert "9 h 20 min before the incident was noticed" in asked
    assert "due Wed 4 Nov 23:40" in await fire.compliance.presses("Yes, count from 1 Nov 2026 23:40 GMT")


async def test_sitreps_show_the_clocks(world, fire):
    await open_regime(fire.compliance)
    await fire.compliance.presses("Reportable…")
    await fire.compliance.fills("It is reportable", at="09:00", reason="staff files were left behind")
    await fire.commander.types("/disaster sitrep")
    sitrep = await world.of_audience("leaders")[0].sees("SITREP 1")
    assert "Authorities: UK GDPR Art 33, notification: due Thu 5 Nov 09:00 GMT; 2 regimes to decide" in sitrep
    assert "UK GDPR Art 33 · Notification: due Thu 5 Nov 09:00 GMT" in sitrep


async def test_a_stage_starts_the_next_ones_clock(world, monkeypatch):
    settings = product_settings()
    profile = Profile(countries=("IE",), traits=("essential_or_important_entity",), calendar="IE")
    policy = settings.policy.model_copy(update={"profile": profile})
    monkeypatch.setattr("tests.world.product_settings", lambda: settings.model_copy(update={"policy": policy}))
    await world.restarts()
    world.clock.moment = datetime(2027, 1, 28, 9, 0, tzinfo=UTC)
    ines, georgina = world.person("S001"), world.person("S016")
    await ines.types('/disaster declare facility_loss leeds sev1 "fire on floor 2"')
    await open_regime(georgina, "NIS2 Art 23")
    await georgina.presses("Reportable…")
    shown = await georgina.fills("It is reportable", at="09:00", reason="service is down")
    assert "Early warning to the CSIRT or the competent authority: due Fri 29 Jan 09:00 GMT" in shown
    assert "Incident notification to the CSIRT or the competent authority: due Sun 31 Jan 09:00 GMT" in shown
    assert "clock not started: it counts from when the incident notification is submitted" in shown
    await world.sleeps(minutes=2 * 24 * 60)
    await world.sleeps(minutes=24 * 60 + 30)
    await georgina.presses("Incident notification submitted…")
    shown = await georgina.fills("Record it", at="31 Jan 09:20", reference="CSIRT-IE 4411")
    assert "Final report to the CSIRT or the competent authority: due Sun 28 Feb 23:59 GMT" in shown
    await georgina.presses("Incident notification: submitted again…")
    shown = await georgina.fills("Record it", at="30 Jan 09:20", reference="CSIRT-IE 4411")
    assert "due Sun 28 Feb 23:59 GMT" in shown
