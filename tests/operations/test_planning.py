"""Plans are made beside the loop that answers people, and from rows as they stand."""

import asyncio
import time

import pytest

from bot.domain.place import Site, SiteKind, System
from bot.domain.refusal import Refused
from bot.domain.relocation import Lock, Pool, Wishes, plan
from bot.operations import planning, situation
from bot.storage import incidents


async def asked_for(world, wishes=Wishes()):  # noqa: B008
    url = world.store.engine.url.render_as_string(hide_password=False)
    return planning.Asked(url, 1, wishes, world.product.desk.policy, world.now)


async def test_a_process_of_its_own_makes_the_same_plan_while_the_loop_goes_on(world, called):
    async with world.store.read(world.now) as db:
        here = await situation.situation(world.product.desk.policy, db, await incidents.get(db, 1))
    waits, stop = [], asyncio.Event()

    async def heart():
        while not stop.is_set():
            begun = time.perf_counter()
            await asyncio.sleep(0.001)
            waits.append(time.perf_counter() - begun)

    beating = asyncio.create_task(heart())
    found = await planning.beside(await asked_for(world))
    stop.set()
    await beating
    assert found == plan(here)
    assert len(found.placements) > 30
    assert len(waits) > 100
    assert sorted(waits)[len(waits) * 99 // 100] < 0.1


async def test_wishes_that_clash_are_refused_through_the_pipe(world, called):
    wishes = Wishes(locked=(Lock(team="leeds-01", to="york"),), closed=("york",))
    with pytest.raises(Refused, match="team leeds-01 locked to york, and york closed"):
        await planning.beside(await asked_for(world, wishes))


async def test_whoever_stops_waiting_ends_the_process(world, called):
    waiting = asyncio.create_task(planning.beside(await asked_for(world)))
    await asyncio.sleep(0.05)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(waiting, 5)


async def test_a_process_that_ends_early_is_a_refusal_in_words(world, called):
    asked = await asked_for(world)
    with pytest.raises(Refused, match="its process ended early"):
        await planning.beside(asked._replace(url="sqlite+aiosqlite:////nowhere/at/all.db"))


async def test_many_are_planned_by_the_process_and_few_here(world, called, monkeypatch):
    seen = []

    async def beside(asked):
        seen.append(asked)
        return "a plan"

    monkeypatch.setattr(planning, "beside", beside)
    async with world.store.read(world.now) as db:
        incident = await incidents.get(db, 1)
        assert (await planning.made(world.product.desk, db, incident)).method == "optimum"
        monkeypatch.setattr(planning, "FEW", 10)
        assert await planning.made(world.product.desk, db, incident) == "a plan"
    assert [one.incident for one in seen] == [1]


def site(key, **more):
    return Site(id=key, name=key.title(), kind=SiteKind.SITE, tz="Europe/London", seats=9, **more)


def test_pools_are_what_is_left_of_systems_with_a_limit_and_of_licences():
    sites = {"york": site("york", vpn="gate", licences=7), "hull": site("hull", vpn="gate"), "leeds": site("leeds")}
    systems = [
        System(id="gate", name="Gateway", kind="vpn", max_users=10),
        System(id="crm", name="CRM", kind="crm", queues=("billing",), max_users=4),
        System(id="ivr", name="Menus", kind="ivr", queues=("billing",)),
        System(id="odd", name="Unused", kind="odd", max_users=1),
    ]
    taken = {("york", "billing"): 2, ("leeds", "billing"): 1, ("hull", "sales"): 3}
    assert situation.pools(sites, systems, taken) == (
        Pool("gate", "Gateway", 5, ("york", "hull"), ()),
        Pool("crm", "CRM", 1, (), ("billing",)),
        Pool("licences:york", "the licences for York", 5, ("york",)),
    )


def test_a_regional_disaster_leaves_out_whole_areas():
    hit = [site("leeds", area="Aire valley"), site("york")]
    assert situation.hazard("regional_disaster", hit) == {"Aire valley"}
    assert situation.hazard("facility_loss", hit) == set()
