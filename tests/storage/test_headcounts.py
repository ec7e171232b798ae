"""What is counted from the roster, on both databases, against the roster itself; who can be reached; what is kept of a vendor."""

from datetime import datetime, timedelta
from itertools import product
from random import Random

import pytest
import sqlalchemy as sa

from bot.domain.reach import ENOUGH
from bot.domain.readiness_view import Filter
from bot.operations import digest, readiness_page, roadmap
from bot.operations.reach import reached
from bot.storage import headcounts, notices, reach, vendors
from bot.storage import tables as t
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


AGES = (None, 5, 20, 89, 91, 200)  # days ago; what is older than 90 proves nothing
WAYS = ("slack", "email")
ANCIENT = START - timedelta(days=400)


async def test_who_has_no_proven_way_is_counted_in_one_statement_as_it_is_told_person_by_person(rows):
    people, draw = [p.id for p in roster().people], Random(7)
    addresses, taken, answers = [], [], []
    async with rows.work() as work:
        incident = await rows.incident(work)
        said = {"incident_id": incident.id, "audience": "agents", "subject": "x", "text": "y", "ask": "safety",
                "drill": False, "state": "live", "sent_by": "S001", "sent_at": START}  # fmt: skip
        asked = {way: await notices.add(work, number=n, **said) for n, way in enumerate(WAYS, 1)}
        told = {"state": "sent", "priority": 1, "subject": "card", "queued_at": START, "incident_id": incident.id}
        for person, way in product(people, WAYS):
            lost, sent, answered = (_ago(draw.choice(AGES)) for _ in range(3))
            known = {"person_id": person, "platform": way, "address": f"{way}-{person}"}
            addresses.append(known | {"outside": False, "lost_at": lost, "lost_why": "left" if lost else None})
            taken.append(told | known | {"drill": False, "outside": False, "sent_at": sent or ANCIENT})
            back = {"notice_id": asked[way], "incident_id": incident.id, "person_id": person, "answer": "safe"}
            answers.append(back | {"state": "answered", "answered_on": way, "answered_at": answered or ANCIENT})
        for table, many in ((t.identities, addresses), (t.deliveries, taken), (t.recipients, answers)):
            await work.add_all(table, many)
    async with rows.read() as db:
        each = await reached(db, WAYS, 90)
        found = await reach.counted(db, WAYS, 90)
    assert found == (len(people), sum(not p.proven for p in each), sum(p.proven < ENOUGH for p in each))
    assert len({p.proven for p in each}) == 3, "some have none, some one, some two"


def _ago(days: int | None) -> datetime | None:
    return None if days is None else START - timedelta(days=days)


@pytest.mark.one_database
async def test_a_digest_takes_as_many_statements_for_many_people_as_for_few(peopled):
    world, said = World(peopled), list[str]()
    sa.event.listen(peopled.engine.sync_engine, "before_cursor_execute", lambda *heard: said.append(heard[2]))

    async def statements() -> int:
        said.clear()
        async with peopled.read(START) as db:
            await digest.gather(world.product.desk, db)
            await digest.readers(world.product.desk, db)
        return len(said)

    await world.product.engine.asker.sweep()
    few = await statements()
    lead = {"kind": "staff", "audience": "responders", "roles": ["TL"], "site": "leeds", "name": "A lead"}
    async with peopled.work(START) as work:
        await work.add_all(t.people, [lead | {"id": f"L{n:05}"} for n in range(2_000)])
    assert await statements() == few
    assert few < 40
    await world.closes()
