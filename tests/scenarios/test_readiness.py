"""Between disasters: people are asked, answer, are reminded; their lead is told; the score follows."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.app import ROOT as PRODUCT
from bot.domain import intent as i
from bot.domain.readiness import Kind
from bot.domain.readiness_view import Filter
from bot.operations import readiness, readiness_page, sample_readiness
from bot.operations.perform import perform
from bot.operations.scene import Place
from bot.storage import duties
from bot.storage import tables as t
from tests.world import START, library

pytestmark = [pytest.mark.asyncio, pytest.mark.one_database]


async def rows(world):
    async with world.store.read(world.now) as db:
        return await duties.standing(db)


def faults(seen):
    """What is said to be wrong, above the form or beside its fields."""
    return "\n".join((seen.text, *(field.error for field in seen.fields.values())))


async def one(world, key, subject=""):
    return next(d for d in await rows(world) if (d.key, d.subject) == (key, subject))


async def settled(world):
    world.product.engine.woken.set()
    await world.settles()


@pytest.fixture(autouse=True)
async def _laid_out(world):
    """The agenda is laid out on a Monday at nine."""
    await settled(world)


async def leaves(world, person):
    async with world.store.work(world.now) as work:
        await work.run(sa.update(t.people).where(t.people.c.id == person).values(left_at=world.now))


async def mornings(world, days):
    """Let days go by, looking at each at nine and a minute."""
    for _ in range(days):
        world.clock.moment += timedelta(days=1)
        await settled(world)


async def test_the_score_says_what_would_raise_it(world):
    compliance = world.person("S016")
    card = await compliance.types("/disaster readiness")
    assert "Readiness: 0 of 100, red" in card
    assert "Worst category" in card
    assert "Hold an exercise" not in card, "with nothing answered no exercise raises anything"
    assert "P1 Do employees know what to do?" in card, "a gate of weight two stands first"
    card = await compliance.types("/disaster readiness data_loss")
    assert "Data loss: 0 of 100, red" in card
    assert "Did you mean data_loss?" in await compliance.types("/disaster readiness data_los")


async def test_an_owner_is_asked_reminded_and_then_their_lead(world):
    await mornings(world, 1)
    gate = await one(world, "T7", "acd")
    assert gate.state == "asked", "gates are asked for first"
    keeper, manager = world.person("S008"), world.person("S003")
    await keeper.sees("Due from you", "T7 Contact routing")
    await mornings(world, 3)
    await keeper.sees("Reminder: due from you", "T7 Contact routing")
    await manager.does_not_see("Not answered by your people")
    await mornings(world, 4)
    told = await manager.sees("Not answered by your people", "T7 Contact routing")
    assert "Asked: Bianca Scholtz" in told
    assert (await one(world, "T7", "acd")).state == "escalated"
    await mornings(world, 5)
    letters = [s for s in await keeper.everything() if "T7 Contact routing" in s]
    assert len(letters) == 2, "asked once, reminded once"


@pytest.mark.every_chat
@pytest.mark.one_database
async def test_an_answer_with_its_evidence_raises_the_score(world):
    await mornings(world, 1)
    keeper = world.person("S008")
    await keeper.presses("Answer…", on="T7 Contact routing")
    wrong = await keeper.fills("Answer", score="3")
    assert "say what the evidence is" in faults(wrong)
    wrong = await keeper.fills("Answer", score="3", text="failover of 2 May", dated="2026-04-01")
    assert "older than 6 months is a 2" in faults(wrong)
    wrong = await keeper.fills("Answer", score="3", text="failover", dated="2027-01-01")
    assert "yet to come" in faults(wrong)
    card = await keeper.fills(
        "Answer", score="4", text="failover drill", link="https://wiki.example.org/failover", dated="2026-10-20"
    )
    assert "T7 Contact routing" in card and "answered" in card
    assert "It comes back on 3 May 2027" in card
    assert "The score was 0 and is" in card
    duty = await one(world, "T7", "acd")
    assert (duty.state, duty.score, duty.ended_by) == ("waiting", 4, "S008")
    async with world.store.read(world.now) as db:
        (record,) = await duties.history(db, duty.id)
    assert (record.outcome, record.score, record.link) == ("answered", 4, "https://wiki.example.org/failover")


async def test_only_keepers_answer(world):
    await mornings(world, 1)
    duty = await one(world, "T7", "acd")
    await world.person("S011").types("/disaster readiness application_failure")
    seen = await world.person("S011").presses("See it…", on="T7 Contact routing")
    assert "Answer…" not in seen.buttons
    said = await perform(world.product.desk, "S011", i.AnswerDuty(duty=duty.id, score=4), Place("console"))
    assert "This is for the IT and facilities or the continuity manager." in said.text
    said = await perform(world.product.desk, "S003", i.AnswerDuty(duty=duty.id), Place("console"))
    assert said.form is not None, "who keeps the plan may answer all"


async def test_who_left_is_followed_by_the_deputy_then_the_continuity_manager(world):
    await mornings(world, 1)
    owner, deputy = world.person("S008"), world.person("S009")
    await leaves(world, "S008")
    await mornings(world, 3)
    await deputy.sees("Reminder: due from you", "T7 Contact routing")
    assert not (await one(world, "T7", "acd")).gap
    await leaves(world, "S009")
    await mornings(world, 4)
    manager = world.person("S003")
    await manager.sees("Due from you", "whoever should own this has left")
    gap = [d for d in await rows(world) if d.gap]
    assert gap and all(d.asked_id == "S003" for d in gap)
    shown = await manager.presses("Answer…", on="whoever should own this has left")
    assert shown.submit == "Answer"
    assert owner.id != deputy.id


async def test_the_gap_of_somebody_who_left_is_seen_before_anything_falls_due(world):
    desk, given = world.product.desk, (await rows(world))[-1]
    await perform(desk, "S003", i.GiveDuty(duty=given.id, person="S005"), Place("console"))
    async with desk.read() as db:
        assert not any(duty.gap for duty, _ in (await readiness.seen(desk, db)).pairs)
    await leaves(world, "S005")
    async with desk.read() as db:
        view = await readiness_page.view(desk, db, Filter(show="gaps"))
    shown = [line for kind in Kind for line in view.of(kind)]
    assert [line.duty.id for line in shown] == [given.id] and shown[0].owner != world.person("S005").name
    card = await perform(desk, "S003", i.ShowDuty(duty=given.id), Place("console"))
    assert "who has left" in card.plain() and "give it to somebody" in card.plain()


async def test_a_duty_is_given_by_name(world):
    await mornings(world, 1)
    keeper, other = world.person("S008"), world.person("S005")
    duty = await one(world, "T7", "acd")
    await keeper.types("/disaster readiness application_failure")
    await keeper.presses("See it…", on="T7 Contact routing")
    await keeper.presses("Give it to…")
    assert "They have been told." in await keeper.fills("Give it", person="S005")
    await other.sees("gave you: T7 Contact routing")
    assert (await one(world, "T7", "acd")).owner_id == "S005"
    assert "Due from you: 1 thing" in await other.types("/disaster readiness mine")
    assert duty.id == (await one(world, "T7", "acd")).id


@pytest.mark.every_chat
@pytest.mark.one_database
async def test_a_plan_is_approved_with_a_button_and_overdue_ones_are_told(world):
    world.clock.moment = START.replace(year=2027, month=5, day=20, hour=8)
    await settled(world)
    await mornings(world, 2)
    keeper = world.person("S013")
    await keeper.sees("Due from you", "Runbook: Loss of a building")
    card = await keeper.presses("Still right: approve", on="Runbook: Loss of a building")
    assert "approved as it is" in card and "It comes back on 22 Nov 2027" in card
    asked = [d for d in await rows(world) if d.key == "runbook" and d.state != "waiting"]
    assert "facility_loss" not in [d.subject for d in asked] and len(asked) == 12


async def test_a_system_that_is_gone_is_asked_about_no_more(world):
    await mornings(world, 1)
    before = await rows(world)
    async with world.store.work(world.now) as work:
        await work.run(sa.delete(t.systems).where(t.systems.c.id == "acd"))
    await mornings(world, 1)
    left = await rows(world)
    assert {d.subject for d in before} - {d.subject for d in left} == {"acd"}
    shown = await world.person("S008").presses("Answer…", on="T7 Contact routing")
    assert "asked no more" in shown


async def test_the_page_opens_with_the_link_from_chat_and_can_be_filtered(world):
    await mornings(world, 1)
    keeper = world.person("S008")
    await keeper.presses("Answer…", on="T7 Contact routing")
    await keeper.fills("Answer", score="3", text="<b>log</b> of May", link="https://wiki.example.org/failover")
    card = await keeper.types("/disaster readiness")
    link = next(word for word in card.text.split() if word.startswith("http"))
    async with world.browser() as browser:
        assert (await browser.get("/readiness")).status_code == 401
        page = (await browser.get(link)).text
        assert "How ready are we?" in page and "Data loss" in page and "never" in page
        assert "&lt;b&gt;log&lt;/b&gt; of May" in page
        assert "Not practised for 24 months" in page and "every month" in page and "every 1 month" not in page
        some = (await browser.get("/readiness?show=unanswered&subject=acd&role=LOG")).text
        assert "T1 Contact routing" in some and "T7 Contact routing" not in some and "Customer records: " not in some
        assert "How ready are we?" in (await browser.get("/readiness?show=nonsense&category=%00")).text
        assert (await browser.get("/board")).status_code == 200, "one link lets its reader see both pages"


async def test_the_demo_has_a_made_up_year_with_a_red_category(world):
    desk = world.product.desk
    assert await sample_readiness.seed(desk) > 150
    assert await sample_readiness.seed(desk) == 0, "never over what is there"
    async with desk.read() as db:
        found = await readiness.seen(desk, db)
    assert found.sample and found.audit.categories["data_loss"].band == "red"
    assert found.audit.worst == "data_loss" and found.audit.overall.band == "amber"
    assert "sample data" in await world.person("S003").types("/disaster readiness")


async def test_the_step_that_starts_the_standby_names_the_starter_and_the_wait(world):
    keeper = world.person("S008")
    await keeper.types('/disaster declare component_failure crm acd sev2 "a disk has failed"')
    await keeper.presses("Done…", on="DA1 ·")
    await keeper.fills("Done", evidence="disk 3 of the records, its twin carries")
    await keeper.presses("No: the named starter starts it")
    card = await keeper.sees("standby_start ·")
    assert "Customer records" in card and "it takes about 20 minutes" in card
    assert "Bianca Scholtz (+44 113 496 0108), else Ben Foster" in card
    assert "Contact routing" in card and "Starts by itself within 2 minutes: verify it." in card


async def test_the_standby_of_an_application_is_named_too(world):
    keeper = world.person("S008")
    await keeper.types('/disaster declare application_failure crm sev2 "records do not open"')
    await keeper.presses("Done…", on="DA1 ·")
    await keeper.fills("Done", evidence="crm")
    commander, vendors = world.cast("S001", "S017")
    await commander.presses("Done…", on="DA2 ·")
    await commander.fills("Done", evidence="as the card says; real")
    await vendors.presses("Skip…", on="NT5 ·")
    await vendors.fills("Skip this step", reason="they called us")
    await world.passes(minutes=25, step=25)
    await keeper.presses("Switch to the standby")
    card = await keeper.sees("start_standby ·")
    assert "Customer records" in card and "it takes about 20 minutes" in card and "Bianca Scholtz" in card


async def test_a_wrong_questionnaire_is_named_with_file_line_and_fix_and_the_old_one_stays(world, tmp_path):
    right = (PRODUCT / "runbooks" / "readiness.yaml").read_text(encoding="utf-8")
    wrong = right.replace("every: 6 months", "every: now and then", 1)
    line = wrong[: wrong.index("now and then")].count("\n") + 1
    world.product.desk.shelf.put(replace(library(), folder=tmp_path))
    (tmp_path / "readiness.yaml").write_text(wrong, encoding="utf-8")
    await mornings(world, 2)
    told = await world.person("S003").sees("readiness.yaml", "write 30 days, 2 weeks, 6 months or 1 year")
    assert f"readiness.yaml, line {line}" in told, told
    assert world.product.desk.library.readiness == library().readiness
    assert (await one(world, "T7", "acd")).state == "asked", "the old one goes on being asked"
