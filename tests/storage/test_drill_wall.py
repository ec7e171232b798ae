"""A drill reaches nobody outside, by whichever audience a message is addressed."""

import sqlalchemy as sa

from bot.domain.intent import Declare
from bot.domain.person import OUTSIDE, Audience
from bot.domain.runbook import Message
from bot.operations import picture, sending
from bot.operations.perform import perform
from bot.operations.scene import Place
from bot.storage import incidents
from bot.storage import tables as t
from bot.storage.crowds import Crowd
from tests.world import World


async def told(world: World, *, drill: bool) -> dict[Audience, int]:
    """Address every audience; return how many outside people each message is for."""
    intent = Declare(category="facility_loss", severity=1, sites=("leeds",), known="fire", drill=drill)
    await perform(world.product.desk, "S001", intent, Place("console"))
    outside: dict[Audience, int] = {}
    async with world.product.desk.work() as work:
        incident = (await incidents.opened(work))[0]
        facts = (await picture.picture(world.product.desk, work, incident)).facts
        for audience in Audience:
            crowd = Crowd(incident=incident, audience=audience, plan=0 if audience is Audience.UNPLACED else None)
            message = Message(audience=audience, subject="x", text="y")
            notice = await sending.send(world.product.desk, work, crowd, message, facts, "S001")
            both = t.recipients.join(t.people, t.people.c.id == t.recipients.c.person_id)
            mine = sa.select(sa.func.count()).select_from(both)
            outside[audience] = await work.value(
                mine.where(t.recipients.c.notice_id == notice.id, t.people.c.kind == "outside")
            )
    return outside


async def test_a_drill_is_for_nobody_outside(world):
    assert await told(world, drill=True) == dict.fromkeys(Audience, 0)
    async with world.store.read(world.now) as db:
        assert not await db.rows(sa.select(t.deliveries.c.id).where(t.deliveries.c.outside))
    await world.settles()


async def test_the_real_thing_is(world):
    found = await told(world, drill=False)
    assert {a for a in OUTSIDE if not found[a]} == set()
    assert found[Audience.EVERYONE] == sum(found[audience] for audience in OUTSIDE)
    assert not any(found[a] for a in (Audience.AGENTS, Audience.LEADERS, Audience.RESPONDERS))
