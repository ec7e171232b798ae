"""Whom the bot reaches on Teams: members, guests, who left, who has not got the app, who comes back."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from bot.chat.teams.doctor import Finding, examine
from bot.domain.account import Reached
from bot.domain.card import Card
from bot.domain.delivery import Gone, Outcome, Outgoing
from bot.storage import addresses, identities, routes
from bot.storage import tables as t
from bot.storage import teams as rows
from tests.fakes.teams.seen import words
from tests.teams_world import account

DANA = "S001"
pytestmark = pytest.mark.on_teams


async def test_somebody_who_removed_the_bot_is_known_as_lost(world):
    ana = world.agents("leeds", 1)[0]
    for how in ({"team": True}, {"team": True, "renewed": True}, {"renewed": True}):
        await world.teams.act("install", user=account(ana.id), installed=False, **how)
        assert await reachable(world, ana), "not they have lost it, or for a moment"
    await world.teams.act("install", user=account(ana.id), installed=False)
    assert not await reachable(world, ana)
    sender = world.product.engine.messengers["teams"]
    (sent,) = await sender.send([Outgoing(delivery_id=1, address=account(ana.id), card=Card(title="x"))])
    assert (sent.outcome, sent.reason) == (Outcome.GONE, Gone.UNINSTALLED)
    async with world.store.read(world.now) as db:
        assert [r["state"] for r in await rows.unreached(db) if r["name"] == ana.name] == ["uninstalled"]
    await world.teams.act("install", user=account(ana.id))
    assert "What you can type" in (await world.chat.look(ana.id, "dm"))[-1]
    (sent,) = await sender.send([Outgoing(delivery_id=2, address=account(ana.id), card=Card(title="x"))])
    assert sent.outcome is Outcome.SENT


async def reachable(world, *persons) -> set[str]:
    """Those of them who have an address on Teams that takes messages, as far as is known."""
    async with world.product.desk.read() as db:
        return await routes.reachable(db, [p.id for p in persons], ["teams"])


async def test_conversations_are_opened_in_quiet_times_and_who_has_no_app_is_known_before_it_matters(world):
    desk, (ana, ben, *odd) = world.product.desk, world.agents("leeds", 6)
    opening = world.product.on_teams.members.conversations
    opening.apart = 0
    await world.teams.act("install", user=account(ana.id), installed=False)
    lacks = [user_of(ben, installed=False), *(user_of(*pair) for pair in zip(odd, (400, 403, 200, 500), strict=True))]
    await world.teams.change(users=lacks)
    async with desk.read() as db:
        missing = await rows.unopened(db, 1000)
    await world.teams.change(faults=[{"method": "POST", "path": "v3/conversations", "status": 429}])
    assert await opening.open() == 0, "Teams has enough for now: later"
    assert await opening.open() == 0, "of one nobody knows: later, and the others first"
    assert await opening.open() == len(missing) - 5 > 100
    asked = len((await world.teams.see("state"))["calls"])
    assert await opening.open() == 0
    assert len((await world.teams.see("state"))["calls"]) == asked, "once a day is enough"
    lost, refused = sorted((f for f in await checked(world) if f.what == "people"), key=lambda f: f.well)
    assert [lost.well, *(word in lost.words for word in (ana.name, ben.name, "Setup policies"))] == [False, *[True] * 3]
    assert [refused.well, *(one.name in refused.words for one in odd)] == [True] * 5
    assert len(await reachable(world, ben, *odd)) == 5, "what a calm hour says is no reason to give up an address"
    await world.sleeps(minutes=24 * 60 + 1)
    await world.teams.change(users=[user_of(ben)])
    assert await opening.open() == 1, "asked again a day later, without a word of theirs"


def user_of(person, opens: int = 201, *, installed: bool = True) -> dict:
    """Somebody as a user of Teams: whether they have the app, and how Teams answers who opens a chat with them."""
    known = {"aad": account(person.id), "name": person.name, "email": person.person.email}
    return known | {"opens": opens, "installed": installed}


async def checked(world) -> list[Finding]:
    """What the doctor says."""
    return [f async for f in examine(world.product.desk, world.product.on_teams, "https://bot.example.org")]


async def test_whoever_comes_back_is_written_to_on_teams_at_once(world):
    ana = world.agents("leeds", 1)[0]
    await ana.types("where")
    async with world.store.work(world.now) as work:
        await rows.remember(work, account(ana.id), state=Reached.BLOCKED)
        await addresses.lose(work, {"teams": [(account(ana.id), Gone.BLOCKED)]})
    await world.sleeps(minutes=2)
    await ana.types("where")
    async with world.store.read(world.now) as db:
        assert (await routes.first(db, ana.id, ["teams"], drill=True))["address"] == account(ana.id)
        assert ana.name not in [row["name"] for row in await rows.unreached(db)]


async def test_members_are_paged_guests_left_out_and_who_left_is_unlinked(world):
    members = world.product.on_teams.members
    ana, ben = world.agents("leeds", 2)
    guest = {"aad": "guest", "name": "G", "email": ben.person.email, "role": "guest"}
    before = (await members.sync()).linked
    await world.teams.change(users=[guest], gone=account(ana.id), page=20)
    found = await members.sync()
    assert found.linked == before - 1
    assert ana.name in found.unlinked
    assert ben.name not in found.unlinked
    joined = {"aad": "new", "name": ana.name, "email": ana.person.email}
    await world.teams.change(users=[joined], faults=[{"method": "GET", "path": "v3/teams", "status": 403}])
    assert (await members.sync()).linked == before, "people are linked though channels can't be read"
    told = [f for f in await checked(world) if f.what == "channels"]
    assert [f.well for f in told] == [True, True]
    assert "not in the team: " in told[0].words
    assert "teams.private_channel" in told[1].words
    few = "19:few@thread.tacv2"
    await world.teams.change(channel="19:another@thread.tacv2", private=few)
    sender = world.product.on_teams.messenger
    for private, well in ((few, True), ("19:gone@thread.tacv2", False)):
        sender.channels = replace(sender.channels, private=private)
        *_, own = told = [f for f in await checked(world) if f.what == "channels"]
        assert ([f.well for f in told], "teams.private_channel" in own.words) == ([False, True, well], True)


async def test_the_rosters_own_word_for_somebodys_account_goes_before_the_email_address(world):
    desk, (ana, ben) = world.product.desk, world.agents("leeds", 2)
    other = {"aad": "other-id", "name": ana.name, "email": "ana@another.example"}
    guest = {"aad": "guest-id", "name": ben.name, "email": "ben@another.example", "role": "guest"}
    await world.teams.change(gone=account(ana.id), users=[other, guest])
    async with world.store.work(world.now) as work:
        for person, key in ((ana, "OTHER-ID"), (ben, "guest-id")):
            await work.run(sa.update(t.people).where(t.people.c.id == person.id).values(aad_id=key))
    assert ana.name.split()[0] in await says(world, "other-id", "where"), "known at the first word"
    found = await world.product.on_teams.members.sync()
    assert not {ana.name, ben.name} & {*found.unlinked}
    async with desk.read() as db:
        linked = await identities.addresses(db, "teams", [ana.id, ben.id])
    assert linked == {ana.id: "other-id", ben.id: "guest-id"}


async def says(world, user: str, text: str) -> str:
    """What somebody is answered in their own chat, by their account."""
    await world.teams.act("say", user=user, place="dm", text=text)
    last = (await world.teams.see("messages", user=user, place="dm"))[-1]
    return words(last["card"], "UTC")


async def test_the_directory_is_read_where_that_is_permitted_and_the_team_where_it_is_not(world):
    members, (ana, ben) = world.product.on_teams.members, world.agents("leeds", 2)
    desk = world.product.desk
    await world.teams.change(gone=account(ana.id))

    async def graph() -> Finding:
        return next(f for f in await checked(world) if f.what == "graph")

    assert ana.name in (await members.sync()).unlinked
    told = await graph()
    assert (told.well, "Authorization_RequestDenied" in told.words, "User.Read.All" in told.words) == (True, True, True)
    back = {"aad": account(ana.id), "name": ana.name, "email": ana.person.email, "language": "pl-PL"}
    guest = {"aad": "guest", "name": "G", "email": "guest@example.com", "role": "guest"}
    closed = {"aad": "closed", "name": "C", "email": ben.person.email, "enabled": False}
    await world.teams.change(permitted=True, page=50, outside=[back, guest, closed])
    assert ana.name not in (await members.sync()).unlinked
    assert (await graph()).words == "everybody in the directory is read"
    async with desk.read() as db:
        assert await identities.addresses(db, "teams", [ana.id, ben.id]) == {p.id: account(p.id) for p in (ana, ben)}
        assert await identities.languages(db, [ana.id]) == {ana.id: "pl"}
    (sent,) = await world.product.engine.messengers["teams"].send(
        [Outgoing(delivery_id=1, address=account(ana.id), card=Card(title="x"))]
    )
    assert sent.reason is Gone.UNINSTALLED, "known from the directory, the app not installed: another way"
