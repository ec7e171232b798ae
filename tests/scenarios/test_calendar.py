"""People's own calendars: a link from chat, read by Outlook and the like, ended by them or by time."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from icalendar import Calendar

from bot.storage import tables as t

pytestmark = pytest.mark.one_database


async def settled(world):
    world.product.engine.woken.set()
    await world.settles()


def address(card):
    return next(word for word in card.text.split() if "calendar.ics" in word).strip("<>")


async def read(world, link):
    async with world.browser() as browser:
        return await browser.get(link)


async def events(world, link):
    answer = await read(world, link)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    made = Calendar.from_ical(answer.content)
    assert not made.errors and made["version"] == "2.0" and all(not event.errors for event in made.walk("VEVENT"))
    found = {str(event["uid"]): event for event in made.walk("VEVENT")}
    assert len(found) == len(made.walk("VEVENT")), "each name once"
    return found


@pytest.mark.every_chat
async def test_what_falls_to_somebody_is_in_their_own_calendar(world):
    await settled(world)
    keeper = world.person("S008")
    card = await keeper.types("/disaster calendar")
    assert "Outlook" in card and "Works until" in card
    found = await events(world, address(card))
    mine = {uid: event for uid, event in found.items() if uid.startswith("duty-")}
    assert any("Restore" in str(event["summary"]) for event in mine.values())
    first = next(iter(mine.values()))
    assert type(first.decoded("dtstart")) is date
    assert first.decoded("dtend") - first.decoded("dtstart") == timedelta(days=1)
    assert all(uid.endswith("@127.0.0.1") for uid in found)
    assert address(await keeper.types("/disaster calendar")) == address(card), "the same link, asked twice"


async def test_names_stay_and_drills_have_their_time_unless_they_are_to_surprise(world):
    await settled(world)
    commander, keeper, manager = world.cast("S001", "S012", "S003")
    await commander.types('/disaster drill tabletop data_loss leeds sev2 "a restore fails" 9 Nov 14:00')
    await commander.types('/disaster drill tabletop data_loss leeds sev2 unannounced "a surprise" 10 Nov 14:00')
    links = {who.id: address(await who.types("/disaster calendar")) for who in (commander, keeper, manager)}
    seen = {who: await events(world, link) for who, link in links.items()}
    drills = {who: sorted(uid for uid in found if uid.startswith("drill-")) for who, found in seen.items()}
    assert (len(drills["S001"]), len(drills["S012"])) == (2, 1)
    at = seen["S001"][drills["S001"][0]].decoded("dtstart")
    assert at.isoformat() == "2026-11-09T14:00:00+00:00"
    assert any(uid.startswith("category-data_loss") for uid in seen["S003"])
    assert not any(uid.startswith("category-") for uid in seen["S012"])
    world.clock.moment += timedelta(days=1)
    later = await events(world, links["S003"])
    assert {uid for uid in seen["S003"] if uid.startswith("duty-")} <= later.keys()


async def test_a_link_ends_when_it_is_old_replaced_ended_or_its_owner_has_left(world):
    await settled(world)
    keeper = world.person("S008")
    first = address(await keeper.types("/disaster calendar"))
    second = address(await keeper.presses("New link"))
    gone = await read(world, first)
    assert gone.status_code == 410 and "Type /disaster calendar in chat" in gone.text
    assert (await read(world, second)).status_code == 200
    for bad in ("", "x", second.split("key=")[1][:-2]):
        wrong = await read(world, f"/calendar.ics?key={bad}")
        assert wrong.status_code == 404 and "/disaster calendar" in wrong.text
    await world.sleeps(minutes=366 * 24 * 60)
    assert (await read(world, second)).status_code == 410
    third = address(await keeper.types("/disaster calendar"))
    assert (await read(world, third)).status_code == 200
    assert "has ended" in await keeper.presses("End it")
    assert (await read(world, third)).status_code == 410
    fourth = address(await keeper.types("/disaster calendar"))
    async with world.store.work(world.now) as work:
        await work.run(sa.update(t.people).where(t.people.c.id == keeper.id).values(left_at=world.now))
    assert (await read(world, fourth)).status_code == 410
