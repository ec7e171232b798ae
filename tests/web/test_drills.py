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


async def opened(world) -> str:
    link = next(word for word in (await world.person("S001").types("/disaster board")).text.split() if "http" in word)
    async with world.browser() as browser:
        await browser.get(link)
        return (await browser.get("/drills")).text
