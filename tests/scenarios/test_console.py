"""The console marks what is new to whom, until somebody has looked."""

import re

import pytest

pytestmark = pytest.mark.one_database


async def unread(browser, person: str, who: str) -> int:
    """Return how many messages the console marks as new to somebody on another person's page."""
    page = (await browser.get(f"/console/{who}")).text
    row = re.search(rf'href="/console/{person}">.*?</a>', page, re.DOTALL)
    marked = re.search(r'class="unread">(\d+)', row[0]) if row else None
    return int(marked[1]) if marked else 0


async def test_what_is_new_is_marked_until_it_was_on_the_screen(world, fire):
    leader = world.of_audience("leaders")[0]
    async with world.browser() as browser:
        assert await unread(browser, leader.id, "S001") == 0
        await world.passes(minutes=15, step=5)
        assert await unread(browser, leader.id, "S001") == 1
        assert "SITREP 1" in (await browser.get(f"/console/{leader.id}")).text
        assert await unread(browser, leader.id, "S001") == 0


async def test_a_room_shows_how_much_is_new_in_it(world, fire):
    async with world.browser() as browser:
        scribe = f"/console/{fire.scribe.id}"
        assert re.search(r'inc-2026-0001<span class="unread">\d+', (await browser.get(scribe)).text)
        await browser.get(f"{scribe}/room-inc-2026-0001")
        assert "unread" not in (await browser.get(scribe)).text.split('id="places"')[1].split("</nav>")[0]
