"""The weekly digest: in chat, once a week, once whatever happens."""

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.chat.teams.elements import Reader
from bot.chat.teams.render import About, drawn
from bot.domain.policy import Weekday
from bot.domain.readiness import Questionnaire
from bot.domain.wording.digests import digest_card
from bot.operations import digest, sample_drills, sample_readiness
from bot.storage import digests
from bot.storage import tables as t
from tests.world import START, library, words_of

MONDAY = START.replace(day=9, hour=8)


async def settled(world):
    world.product.engine.woken.set()
    await world.settles()


async def on_teams(world):
    """The card as Teams gets it: with its picture inside, and whole."""
    async with world.product.desk.read() as db:
        found = await digest.gather(world.product.desk, db)
    native = drawn(digest_card(found, MONDAY), Reader("Europe/London", world.now), About())
    return json.dumps(native)


async def titles(world):
    async with world.store.read(world.now) as db:
        cards = await db.column(sa.select(t.letters.c.card).order_by(t.letters.c.id))
    return [card["title"] for card in cards if card["title"].startswith("Readiness this week")]


@pytest.mark.every_chat
@pytest.mark.one_database
async def test_the_week_at_a_glance_goes_to_those_who_lead(world):
    desk = world.product.desk
    await sample_readiness.seed(desk)
    await sample_drills.seed(desk)
    await sample_readiness.last_week(desk)
    await settled(world)
    manager, leader = world.person("S003"), world.of_audience("leaders")[0]
    shown = await manager.types("/disaster digest")
    assert "amber, +3 since the last digest" in shown and "Worst off is data loss" in shown
    assert "The next goes out on Mon 9 Nov 08:00 GMT" in shown
    await leader.does_not_see("Readiness this week")
    world.clock.moment = MONDAY + timedelta(minutes=1)
    await settled(world)
    seen = await leader.sees("Readiness this week", "What is due first: 5 of")
    for words in (
        "All together 63, Data loss 4",
        "no proven way",
        "Plan changes",
        "sample data",
        "Mon 16 Nov 08:00 GMT",
    ):
        assert words in seen
    await manager.sees("Readiness this week")
    await world.person("S008").does_not_see("Readiness this week")
    native = await on_teams(world)
    assert "data:image/png;base64" in native and "What is due from me" in native and len(native) < 28_000
    assert "due from you" in (await manager.presses("What is due from me", on="Readiness this week")).text.lower()


@pytest.mark.one_database
async def test_a_missed_one_goes_once_and_says_that_it_is_late(world):
    await settled(world)
    await world.sleeps(minutes=3 * 7 * 24 * 60)
    await settled(world)
    await settled(world)
    sent = await titles(world)
    async with world.store.read(world.now) as db:
        row = await digests.last(db)
        ahead = await digests.waiting(db)
        assert len(sent) == row.told == len(await digest.readers(world.product.desk, db))
    assert row.due_at == MONDAY and row.sent_at == world.now
    assert ahead.due_at == MONDAY + timedelta(weeks=3)
    await world.person("S003").sees("This is late: it was due on Mon 9 Nov 08:00 GMT")


async def test_machines_that_sweep_at_once_send_one_and_a_changed_day_is_followed(world):
    desk = world.product.desk
    rules = desk.policy.digest.model_copy(update={"tz": "Asia/Manila"})
    manila = replace(desk, policy=desk.policy.model_copy(update={"digest": rules}))
    never = replace(
        desk, policy=desk.policy.model_copy(update={"digest": rules.model_copy(update={"weekday": Weekday.NEVER})})
    )

    async def ahead(which=desk):
        await digest.sweep(which)
        async with world.store.read(world.now) as db:
            row = await digests.waiting(db)
        return row and row.due_at

    assert await ahead() == MONDAY
    assert await ahead(manila) == datetime(2026, 11, 9, 0, tzinfo=MONDAY.tzinfo)
    assert await ahead(never) is None
    assert await ahead() == MONDAY
    world.clock.moment = MONDAY
    told = await asyncio.gather(*(digest.sweep(desk) for _ in range(3)))
    assert sorted(told)[:2] == [0, 0] and len(await titles(world)) == max(told) > 1
    assert await ahead() == MONDAY + timedelta(weeks=1)


@pytest.mark.one_database
async def test_an_empty_register_says_so(world):
    desk = world.product.desk
    desk.shelf.put(replace(library(), readiness=Questionnaire(), runbooks={}))
    card = await world.person("S003").types("/disaster digest")
    assert "nothing to score yet" in card and "The register is empty" in card
    async with world.browser() as browser:
        page = words_of((await browser.get(desk.link("S003", "readiness"))).text)
    assert "Nothing to score yet" in page and "Nothing yet: no question applies" in page and "every category" in page
