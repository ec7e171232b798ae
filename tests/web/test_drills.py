"""The page of drills: with nothing to show, with a made-up year, and only for whoever has a link."""

import pytest

from bot.operations import sample_drills
from tests.world import words_of

pytestmark = pytest.mark.one_database


async def test_an_empty_page_says_how_to_begin(world):
    words = words_of(await opened(world))
    assert "0 of 13 categories practised within 24 months" in words
    assert "No drill has been scored yet. /disaster drill runs one." in words
    async with world.browser() as browser:
        assert (await browser.get("/drills")).status_code == 401


async def test_a_made_up_year_shows_the_trend_and_the_red_category(world):
    assert await sample_drills.seed(world.product.desk) == 17
    assert await sample_drills.seed(world.product.desk) == 0
    page = await opened(world)
    words = words_of(page)
    assert "Sample data" in words
    assert "12 of 13 categories practised within 24 months" in words
    assert "never" in words.split("Data loss", 1)[1][:24]
    assert "Thresholds met, drill by drill" in page
    assert "2 findings open" in await world.person("S001").types("/disaster drills")
    assert "data loss" in await world.person("S001").types("/disaster drills")
    assert not await world.product.engine.sweeps()["findings"][1]()


async def test_each_drill_has_a_page_of_its_own_with_its_injects(world):
    await sample_drills.seed(world.product.desk)
    assert 'href="/drills/EX-2025-0002"' in await opened(world)
    words = words_of(await opened(world, "/drills/EX-2025-0002"))
    assert "Tabletop, facility loss: Fire on the second floor" in words
    assert "Calls waits" not in words
    assert "We have smoke up here" in words
    assert "Leave at once" in words
    assert "partly right" in words
    assert "closed" in words
    await world.person("S001").types("/disaster drill every_third_agent_is_ill leeds")
    assert "no report of such a drill" in words_of(await opened(world, "/drills/EX-2026-0015")), (
        "it tells what is right"
    )
    assert "no report of such a drill" in words_of(await opened(world, "/drills/<b>"))


async def opened(world, path="/drills") -> str:
    link = next(word for word in (await world.person("S001").types("/disaster board")).text.split() if "http" in word)
    async with world.browser() as browser:
        await browser.get(link)
        return (await browser.get(path)).text
