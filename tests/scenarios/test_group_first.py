"""The group first, then the person: a team's channel, private answers, direct messages to who is still silent."""

from dataclasses import replace

import httpx
import pytest
import sqlalchemy as sa

from bot import app
from bot.chat.console.channels import open_channels
from bot.domain.delivery import Gone, Outcome, Sent
from bot.engine.dispatcher import Dispatcher
from bot.operations import compose, outcomes, quieting
from bot.storage import deliveries, notices, posts
from bot.storage import tables as t
from tests.chats import ConsoleChat
from tests.world import World, call_the_roll, library, plan_the_moves, product_settings


async def with_channels(world: World) -> None:
    """Have the console use the teams' channels."""
    settings = product_settings()
    policy = settings.policy.model_copy(update={"group_first": ("console",)})
    chosen = settings.model_copy(update={"policy": policy})
    await world.http.aclose()
    world.product = app.build(chosen, world.store, library(), "a secret for tests", clock=world.clock)
    transport = httpx.ASGITransport(world.product.web, client=("203.0.113.7", 50000))
    world.http = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080")
    world.chat = ConsoleChat(world.http)
    assert await open_channels(world.product.desk) > 0


def channel_of(world: World, agent) -> str:
    return f"room-{world.team_of(agent).channel}"


async def direct(world: World, agent) -> list[str]:
    """What somebody got in direct messages, by title."""
    await world.settles()
    return [s.text.splitlines()[0] for s in await world.chat.look(agent.id, "dm")]


async def test_the_channel_first_then_who_is_still_silent(world, fire):
    await with_channels(world)
    await call_the_roll(fire)
    ana, ben = world.agents("leeds", 2)
    await world.settles()
    post = (await world.chat.look(ana.id, channel_of(world, ana)))[-1]
    assert post.buttons == ("Show me my message", "I'm safe", "Need help")
    assert await direct(world, ana) == []
    assert "Thank you: you are marked safe" in await ana.presses("I'm safe")
    assert "marked safe" not in (await world.chat.look(ben.id, channel_of(world, ben)))[-1].text, "only she sees it"
    await world.passes(minutes=2)
    assert await direct(world, ana) == []
    assert len(await direct(world, ben)) == 1
    async with world.store.read(world.now) as db:
        posted = await db.value(sa.select(sa.func.sum(t.tallies.c.n)).where(t.tallies.c.noun == "posted"))
        member = sa.and_(t.recipients.c.notice_id == t.notices.c.id, t.notices.c.ask == "safety", t.people.c.team != "")
        people = t.recipients.join(t.people, t.people.c.id == t.recipients.c.person_id).join(t.notices, member)
        in_teams = await db.value(sa.select(sa.func.count()).select_from(people))
        teams = await db.value(sa.select(sa.func.count()).where(t.deliveries.c.team_id.is_not(None)))
    assert posted == in_teams > 40
    assert 0 < teams < 10


@pytest.mark.one_database
async def test_a_team_with_two_channels_is_counted_once(world, fire):
    await with_channels(world)
    await call_the_roll(fire)
    await world.settles()
    async with world.store.work(world.now) as work:
        counted = sa.select(sa.func.sum(t.tallies.c.n)).where(t.tallies.c.noun == "posted")
        before = await work.value(counted)
        posts_ = await work.rows(sa.select(*deliveries.DELIVERY).where(t.deliveries.c.team_id.is_not(None)))
        sent = [deliveries.delivery_of(row) for row in posts_ if row["edits"] is None]
        again = [one.model_copy(update={"id": one.id + 10_000, "platform": "slack"}) for one in sent]
        await posts.count(work, again)
        await work.flush()
        assert await work.value(counted) == before > 40


@pytest.mark.one_database
async def test_a_message_is_shown_again_to_those_alone_for_whom_it_was(world, fire):
    await with_channels(world)
    await call_the_roll(fire)
    await world.settles()
    ana, d = world.agents("leeds", 1)[0], t.deliveries.c
    async with world.store.read(world.now) as db:
        whose = {"room": d.room_id.is_not(None), "team": d.team_id.is_not(None), "own": d.person_id == fire.safety.id}
        ids = {what: await db.value(sa.select(sa.func.min(d.id)).where(these)) for what, these in whose.items()}
    seen = {
        (what, who)
        for what, number in ids.items()
        for who in (fire.safety.id, ana.id, "")
        if await compose.shown(world.product.desk, who, number) is not None
    }
    assert seen == {("room", fire.safety.id), ("own", fire.safety.id), ("team", fire.safety.id), ("team", ana.id)}


@pytest.mark.one_database
async def test_who_gets_a_message_instead_of_a_post_is_not_woken_for_what_can_wait(world, fire, monkeypatch):
    await with_channels(world)
    await call_the_roll(fire)
    held = []

    async def hold(_desk, _work, incident, notice, ask):
        held.append((incident.id, notice, ask))

    monkeypatch.setattr(quieting, "hold", hold)
    async with world.product.desk.work() as work:
        rows = await work.rows(sa.select(*deliveries.DELIVERY).where(t.deliveries.c.team_id.is_not(None)))
        lost = [deliveries.delivery_of(row) for row in rows]
        await outcomes.fail(world.product.desk, work, lost, {one.id: Gone.NO_ROOM for one in lost})
    assert held == [(1, lost[0].notice_id, "safety")]


async def test_everybody_sees_their_own_instruction(world, fire):
    await with_channels(world)
    await call_the_roll(fire)
    await plan_the_moves(fire)
    await world.settles()
    async with world.store.read(world.now) as db:
        told = await db.column(sa.select(t.recipients.c.person_id).join(t.notices).where(t.notices.c.ask == "move"))
    ana, ben = (world.person(person) for person in sorted(told)[:2])
    mine = await ana.presses("Where do I go?", on="Message")
    theirs = await ben.presses("Where do I go?", on="Message")
    assert ana.name.split()[0] in mine
    assert ben.name.split()[0] in theirs
    assert "I'm safe and moving" in mine.buttons
    assert "marked safe and moving" in await ana.presses("I'm safe and moving")


async def test_a_call_for_help_from_the_channel_is_heard_whoever_was_asked(world, fire):
    await with_channels(world)
    await call_the_roll(fire)
    await plan_the_moves(fire)
    await world.settles()
    async with world.store.read(world.now) as db:
        told = sa.select(t.recipients.c.person_id).join(t.notices).where(t.notices.c.ask == "move")
        team = sa.select(t.people.c.team).where(t.people.c.id.in_(told))
        other = sa.select(sa.func.min(t.people.c.id)).where(t.people.c.team.in_(team), t.people.c.id.not_in(told))
        ana = world.person(await db.value(other.where(t.people.c.kind == "agent")))
    assert "We have your call for help" in await ana.presses("Need help", on="Some of you are told now where you work")
    await fire.safety.sees(f"{ana.name} needs help")


async def test_a_channel_that_is_gone_has_its_people_written_to_at_once(world, fire):
    await with_channels(world)
    real = world.product.engine.messengers["console"]

    world.product.engine.messengers["console"] = Rooms(real, "team")
    await call_the_roll(fire)
    ana = world.agents("leeds", 1)[0]
    assert len(await direct(world, ana)) == 1
    assert any("not delivered" in line and "Add the bot to it" in line for line in await world.journal())


class Rooms:
    """The console, but direct messages ("dm") or teams' channels ("team") are gone."""

    platform, tenant, at_once, remembers, once = "console", "", 250, True, True

    def __init__(self, real, gone: str) -> None:
        self.real, self.gone = real, gone

    def _lost(self, address: str) -> bool:
        return address.startswith("room:team") if self.gone == "team" else not address.startswith(("room:", "S", "L"))

    async def send(self, batch):
        lost = [o for o in batch if self._lost(o.address)]
        reason = Gone.NO_ROOM if self.gone == "team" else Gone.LEFT
        said = [Sent(delivery_id=o.delivery_id, outcome=Outcome.GONE, reason=reason) for o in lost]
        return said + await self.real.send([o for o in batch if o not in lost])

    def __getattr__(self, name):
        return getattr(self.real, name)


class Route:
    """A platform on which addresses take no messages, for a reason."""

    tenant, at_once, remembers, once = "", 250, False, False

    def __init__(self, platform: str, reason: Gone | None = None) -> None:
        self.platform, self.reason, self.got = platform, reason, []

    async def send(self, batch):
        self.got += [o.address for o in batch]
        if self.reason is None:
            return [Sent(delivery_id=o.delivery_id, outcome=Outcome.SENT, external_id="1") for o in batch]
        return [Sent(delivery_id=o.delivery_id, outcome=Outcome.GONE, reason=self.reason) for o in batch]


async def test_who_has_blocked_us_is_reached_the_next_way_at_once(world, called):
    other, console = Route("other", Gone.BLOCKED), Route("console")
    policy = world.product.desk.policy
    fast = policy.model_copy(update={"paces": {**policy.paces, "other": policy.pace("console")}})
    desk = replace(world.product.desk, platforms=("other", "console"), policy=fast)
    async with desk.work() as work:
        people = await work.column(sa.select(t.people.c.id))
        rows = [{"person_id": p, "platform": "other", "address": f"o:{p}", "outside": False} for p in people]
        await work.add_all(t.identities, rows)
        ids = await work.column(sa.select(t.recipients.c.id).where(t.recipients.c.state == "waiting"))
        asked = await notices.find(work, await work.value(sa.select(t.notices.c.id).where(t.notices.c.ask == "safety")))
        assert asked is not None
        queued = await notices.enqueue(work, asked, "other", notices.among(ids), once=False)
        await work.run(sa.update(t.recipients).where(t.recipients.c.id.in_(ids)).values(rung=9))  # as if chased
    await Dispatcher(desk, {"other": other, "console": console}).drain()
    assert len(other.got) == queued == 60
    assert len(console.got) >= queued
    async with desk.read() as db:
        lost = await db.column(sa.select(t.identities.c.lost_why).where(t.identities.c.lost_at.is_not(None)))
    assert set(lost) == {"blocked"}
    assert any("60 sent another way" in line and "blocked the bot" in line for line in await world.journal())


async def test_whom_no_way_is_left_to_their_lead_calls_at_once(world, fire):
    real = world.product.engine.messengers["console"]
    world.product.engine.messengers["console"] = Rooms(real, "dm")
    await call_the_roll(fire)
    await world.settles()
    world.product.engine.messengers["console"] = real
    async with world.store.work(world.now) as work:
        states = await work.column(sa.select(t.recipients.c.state).join(t.notices).where(t.notices.c.ask == "safety"))
        await work.run(sa.update(t.identities).values(lost_at=None))
    assert states.count("unreachable") > 40
    world.product.engine.woken.set()
    ana = world.agents("leeds", 2)[1]
    await world.lead_of(ana).sees("Please call", ana.name, "no message reaches them")
