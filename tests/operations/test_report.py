"""The after-action report tells what happened, to the second, and keeps what is restricted to itself."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain import intent as i
from bot.domain import story
from bot.domain.board_roll import RollCount
from bot.domain.notice import Answer
from bot.domain.refusal import Refused
from bot.domain.report import Report, Section
from bot.operations import report
from bot.operations.perform import perform
from bot.operations.scene import Place
from bot.storage import incidents
from bot.storage import tables as t
from tests.world import START, World

pytestmark = pytest.mark.one_database

DM = Place("console")
IC, REF = "S001", "INC-2026-0001"


async def does(world: World, intent: i.Intent, person: str = IC) -> None:
    card = await perform(world.product.desk, person, intent, DM)
    assert card.title != "That did not work", card.plain()


async def begun(
    world: World, line: str = '/disaster declare facility_loss leeds sev1 "fire on floor 2"'
) -> dict[str, int]:
    """A fire whose roll is being called; return the steps' ids by key."""
    await world.person(IC).types(line)
    await world.settles()
    async with world.store.read(world.now) as db:
        steps = {r["key"]: r["id"] for r in await db.rows(sa.select(t.steps.c.key, t.steps.c.id))}
    world.clock.moment += timedelta(minutes=3)
    await does(world, i.FinishStep(step=steps["LS1"], evidence="all out | zones *1* to 4"))
    await does(world, i.SendStep(step=steps["LS3"]))
    await world.settles()
    return steps


async def waiting(world: World) -> list[str]:
    async with world.store.read(world.now) as db:
        where = sa.and_(t.recipients.c.state == "waiting", t.recipients.c.notice_id == 1)
        query = sa.select(t.recipients.c.person_id).where(where).order_by(t.recipients.c.person_id)
        return await db.column(query)


async def made(world: World, reference: str = REF) -> Report:
    async with world.product.desk.read() as db:
        return await report.build(world.product.desk, db, reference)


def part(of: Report, title: str) -> Section:
    return next(s for s in of.sections if s.title == title)


def column(section: Section, name: str, table: int = 0) -> list[str]:
    n = section.tables[table].columns.index(name)
    return [row[n] for row in section.tables[table].rows]


async def test_times_to_answer_are_those_of_the_rows(world):
    await begun(world)
    people = await waiting(world)
    for k, person in enumerate(people):
        world.clock.moment = START + timedelta(minutes=3, seconds=30 * (k + 1))
        await does(world, i.Say(notice=1, answer=Answer.SAFE), person)
    heard = part(await made(world), "Who answered, when")
    n = len(people)
    assert column(heard, "Asked")[0] == column(heard, "Answered")[0] == f"{n:,}"
    assert column(heard, "50 % after")[0] == f"{30 * -(-n // 2) // 60} min"
    assert column(heard, "100 % after")[0] == f"{30 * n // 60} min"
    assert column(heard, "They said")[0] == f"I'm safe: {n}"
    assert heard.chart is not None
    assert f"; {n} of {n} people accounted for." in part(await made(world), "Summary").text[0]
    async with world.product.desk.read() as db:
        told = await report.story_of(world.product.desk, db, await incidents.find(db, REF))
    alone = replace(told, board=told.board.model_copy(update={"roll": RollCount(expected=1, safe=1, called=True)}))
    assert "; 1 of 1 person accounted for." in part(story.report(alone), "Summary").text[0]
    assert "<svg" in heard.chart.svg


async def test_a_share_that_was_not_reached_is_said_so(world):
    await begun(world)
    people = await waiting(world)
    for person in people[: len(people) // 2 + 1]:
        await does(world, i.Say(notice=1, answer=Answer.SAFE), person)
    heard = part(await made(world), "Who answered, when")
    assert column(heard, "50 % after")[0] == "0 s"
    assert column(heard, "90 % after")[0] == "not reached"


async def test_who_needs_help_is_counted_and_never_named(world):
    await begun(world)
    quiet, loud = world.agents("leeds", 2)
    await does(world, i.Say(notice=1, answer=Answer.HELP), quiet.id)
    await does(world, i.Say(notice=1, answer=Answer.HELP, person=loud.id), world.lead_of(loud).id)
    await does(world, i.Helped(incident=1, person=loud.id))
    whole = await made(world)
    assert part(whole, "Calls for help").text[0] == "2 people asked for help; 1 still marked as needing it."
    for text in (report.markdown(whole), report.html(whole)):
        assert quiet.name not in text
        assert loud.name not in text
        assert quiet.id not in text
    assert "Need help: 2" in report.markdown(whole)


async def test_proxies_are_named(world):
    await begun(world)
    agent = world.agents("leeds", 1)[0]
    lead = world.lead_of(agent)
    await does(world, i.Say(notice=1, answer=Answer.SAFE, person=agent.id), lead.id)
    whole = await made(world)
    heard = part(whole, "Who answered, when")
    assert heard.tables[1].rows == ((lead.name, "1"),)
    assert column(heard, "By proxy")[0] == "1"
    assert ("1 word for somebody else") in column(part(whole, "Timeline"), "What")


async def test_steps_stand_against_their_due_times(world):
    await begun(world)
    await world.passes(minutes=20, step=5)
    steps = part(await made(world), "Steps against their due times")
    stood = dict(
        zip(
            column(steps, "Step"),
            zip(column(steps, "Against due"), column(steps, "Evidence or reason"), strict=True),
            strict=True,
        )
    )
    assert stood["LS1 Evacuate, shelter or lock down"] == ("2 min late", "all out | zones *1* to 4")
    assert stood["LS2 Call the emergency services"][0] == "20 min late"
    assert stood["LS3 Call the roll"][0].endswith("late")


async def test_decisions_name_the_answer_and_who_took_it(world):
    steps = await begun(world)
    await does(world, i.Decide(step=steps["DA3"], option="trusted"))
    decisions = part(await made(world), "Decisions")
    row = decisions.tables[0].rows[0]
    assert row[:3] == ("Are chat and sign-on up and trusted?", "Yes, both work", world.person(IC).name)
    assert row[-1] == "3 min"


async def test_sitreps_are_on_time_late_or_missing(world):
    await begun(world)
    await world.passes(minutes=13)
    await world.sleeps(minutes=45)
    await world.passes(minutes=1)
    await does(world, i.HoldSitrep(incident=1, hold=True))
    await world.passes(minutes=40, step=10)
    assert column(part(await made(world), "SITREPs"), "On time") == ["on time", "17 min late", "10 min late"]
    assert column(part(await made(world), "SITREPs"), "Sent")[-1] == "not sent"


async def test_moves_and_queues_are_told_as_they_ended(world):
    await begun(world)
    await does(world, i.PlanAgain(incident=1))
    await world.searched()
    await does(world, i.ApprovePlan(plan=1))
    await world.settles()
    async with world.store.read(world.now) as db:
        told = await db.rows(sa.select(t.moves.c.id, t.moves.c.person_id).where(t.moves.c.state == "told").limit(3))
    for row in told:
        await does(world, i.SetMove(move=row["id"], state="logged_in"), row["person_id"])
    await does(world, i.StandDown(incident=1, sure=True))
    moves = part(await made(world), "Moves")
    assert "logged in 3" in moves.text[0]
    assert column(moves, "Version") == ["1"]
    assert column(moves, "Approved")[0].startswith("2 Nov 09:03:00")
    assert set(column(moves, "In time", 1)) <= {
        "met",
        "met late",
        "RTO missed",
        "MTPD passed",
        "in time",
        "tight",
        "nearly out of time",
    }
    summary = {f.label: f.value for f in part(await made(world), "Summary").facts}
    assert summary["Ended"] == "Stood down, 2 Nov 09:03:00 GMT"


async def test_the_timeline_is_whole_and_in_both_times(world):
    await begun(world)
    stranger = world.agents("york", 1)[0]
    await perform(world.product.desk, stranger.id, i.StandDown(incident=1), DM)
    whole = await made(world)
    line = part(whole, "Timeline").tables[0]
    assert line.columns[:2] == ("Time (Europe/London)", "UTC")
    assert line.rows[0][:3] == ("2 Nov 09:00:00 GMT", "2026-11-02 09:00:00Z", world.person(IC).name)
    assert any(what.startswith("Refused: ") and who == stranger.name for _, _, who, what in line.rows)
    assert {f.label: f.value for f in part(whole, "Summary").facts}["Refused requests"] == "1"
    seen = [row[1] for row in line.rows]
    assert seen == sorted(seen)


async def test_what_was_not_delivered_is_listed(world):
    await begun(world)
    async with world.store.work(world.now) as work:
        first = sa.select(sa.func.min(t.deliveries.c.id)).where(t.deliveries.c.notice_id == 1)
        lost = t.deliveries.c.id == first.scalar_subquery()
        person = await work.value(sa.select(t.deliveries.c.person_id).where(lost))
        await work.run(sa.update(t.deliveries).where(lost).values(state="failed", error="mailbox | gone", repeats=1))
        work.shift(1, "delivery", "1", old="sent", new="failed")
        work.shift(1, "reached", "1", old="sent", new=None)
    trouble = part(await made(world), "Deliveries").tables[1]
    assert trouble.rows == ((world.person(person).name, "1", "Console", "Failed", "yes", "mailbox | gone"),)


async def test_words_are_text_in_both_files_and_the_drill_is_named(world, tmp_path: Path):
    await begun(world, '/disaster declare facility_loss leeds sev1 drill "<script>x</script> | **a** # b"')
    await does(world, i.StandDown(incident=1, sure=True))
    files = await report.write(world.product.desk, "inc-2026-0001", tmp_path / "new")
    assert sorted(f.name for f in files) == ["EX-2026-0001-score.svg", f"{REF}.html", f"{REF}.md"]
    page, text = (tmp_path / "new" / f"{REF}.html").read_text(), (tmp_path / "new" / f"{REF}.md").read_text()
    assert "<script>" not in page + text
    assert "&lt;script&gt;x&lt;/script&gt; | **a** # b" in page
    assert r"\<script\>x\</script\> \| \*\*a\*\* # b" in text
    assert page.count("EXERCISE – this is a drill") == text.count("EXERCISE – this is a drill") == 2


async def test_the_chart_is_a_file_beside_the_markdown(world, tmp_path: Path):
    await begun(world)
    await does(world, i.Say(notice=1, answer=Answer.SAFE), (await waiting(world))[0])
    files = await report.write(world.product.desk, REF, tmp_path)
    assert [f.name for f in files] == [f"{REF}.md", f"{REF}.html", f"{REF}-answers.svg"]
    assert f"]({REF}-answers.svg)" in files[0].read_text()
    assert files[2].read_text() in files[1].read_text()


async def test_an_incident_that_has_hardly_begun_can_be_reported(world):
    await world.person(IC).types('/disaster declare facility_loss leeds sev1 "smoke"')
    text = report.markdown(await made(world))
    assert "Nobody was told anything" in text
    assert "still open" in text
    assert "nobody was moved" in text


async def test_no_such_incident(world):
    with pytest.raises(Refused, match="There is no incident INC-1999-0001"):
        await made(world, "INC-1999-0001")
