"""What is counted from the roster, on both databases, against the roster itself; what is kept of a vendor."""

from datetime import timedelta

import pytest

from bot.domain.readiness_view import Filter
from bot.operations import readiness_page, roadmap
from bot.storage import headcounts, vendors
from tests.world import START, World, roster

pytestmark = pytest.mark.asyncio


async def test_agents_are_counted_by_what_they_can_do(peopled):
    agents = [p for p in roster().people if p.kind == "agent"]
    since = (START.date() - timedelta(days=90)).isoformat()
    async with peopled.read(START) as db:
        assert await headcounts.agents(db) == len(agents)
        assert await headcounts.cross_skilled(db) == sum(len(p.skills) >= 2 for p in agents) > 0
        ready = await headcounts.ready_at_home(db, START.date(), 90)
    assert ready == sum(p.home.kit and p.home.tested >= since for p in agents) > 0


async def test_the_page_is_made_on_both_and_a_vendor_is_kept_once(peopled):
    world = World(peopled)
    async with peopled.work(START) as work:
        for rto in (60, 240):
            await vendors.put(work, "kestrel-atendimento", rto_min=rto, skills=["billing"], seats=None)
        assert await vendors.asked_again(work, "kestrel-atendimento")
        assert not await vendors.asked_again(work, "kestrel-atendimento")
    async with peopled.read(START) as db:
        found = (await vendors.every(db))["kestrel-atendimento"]
        view = await readiness_page.view(world.product.desk, db, Filter())
        assert len(await roadmap.progress(world.product.desk, db)) == 4
    assert (found.rto_min, found.skills) == (240, ("billing",))
    assert found in view.vendors and view.audit.overall.whole == 0
    await world.closes()
