"""Teams' channels on Slack: told first, chosen by Slack's own picker, given up when others read them."""

import pytest

from bot.chat.slack import channels
from bot.storage import posts
from tests.world import World, call_the_roll, roster

pytestmark = pytest.mark.on_slack


async def with_channels(world: World) -> str:
    """Give the workspace a channel for every team, its people in it; return the team channel of the first agent."""
    slack, messenger = world.product.slack, world.product.engine.messengers["slack"]
    async with world.product.desk.read() as db:
        names = await posts.named(db)
        members = await posts.members(db, list(names))
    for team, name in names.items():
        address = await messenger.open_room(name, members[team])
        await slack.line.call("conversations.setTopic", channel=address, topic=f"team {team}")
    assert await channels.link(world.product.desk, slack.line) == len(set(names.values()))
    return f"room-{names[world.agents('leeds', 1)[0].person.team]}"


async def test_a_teams_channel_is_told_first_and_everybody_is_answered_privately(world, fire):
    where = await with_channels(world)
    await call_the_roll(fire)
    ana, ben = world.agents("leeds", 2)
    await world.settles()
    post = [s for s in await world.chat.look(ana.id, where) if s.by == "bot"][-1]
    assert {"I'm safe", "Need help"} <= set(post.buttons)
    assert not [s for s in await world.chat.look(ana.id, "dm") if "Are you safe?" in s], "no direct message yet"
    await world.slack.change(forget_calls=True)
    assert "you are marked safe" in await world.chat.press(ana.id, post, "I'm safe")
    assert {c["method"] for c in await world.slack.see("calls")} == {"response_url"}, "an answer costs no tiered call"
    assert not [s for s in await world.chat.look(ben.id, where) if "you are marked safe" in s]


async def test_a_channel_is_chosen_by_slacks_own_picker_and_outlasts_the_rosters_name(world, fire):
    taken = (await with_channels(world)).removeprefix("room-")
    line, desk = world.product.slack.line, world.product.desk
    ana = world.agents("leeds", 1)[0]
    lead = world.lead_of(ana)
    await line.call("conversations.create", name="floor-2")
    leads = {somebody for team in roster().teams for somebody in (team.lead, team.deputy)}
    agent = next(a for a in world.agents("leeds", 60) if a.id not in leads)
    assert "for responders and leaders" in await agent.types("/disaster channel")
    assert "You lead no team" in await fire.scribe.types("/disaster channel")
    form = await lead.types("/disaster channel")
    assert form.fields["team"].value == (ana.person.team,)
    theirs = next(n for n in (await named(world)).values() if n != taken)
    refused = await lead.fills("Use this channel", channel=theirs)
    assert "has this channel. A channel is one team's" in refused.fields["channel"].error
    await line.call("conversations.create", name="with-the-outsourcer")
    await world.slack.change(shared=["with-the-outsourcer"])
    refused = await lead.fills("Use this channel", channel="with-the-outsourcer")
    assert "People of another organisation read this channel" in refused.fields["channel"].error
    assert "has its channel" in await lead.fills("Use this channel", channel="floor-2")
    await channels.link(desk, line)
    assert (await channels.find(desk, line))[1] == []
    await call_the_roll(fire)
    await world.settles()
    rooms = {c["name"]: c["id"] for c in await world.slack.see("channels")}
    posted = {c["args"]["channel"] for c in await world.slack.see("calls") if c["method"] == "chat.postMessage"}
    assert rooms["floor-2"] in posted
    assert rooms[taken] not in posted
    await world.slack.change(shared=["floor-2"])
    assert list((await channels.find(desk, line))[2]) == [ana.person.team]
    async with desk.work() as work:
        assert await posts.drop(work, "slack", {ana.person.team: "another"}) == [], "chosen anew meanwhile"
    await channels.link(desk, line)
    async with desk.read() as db:
        assert (await posts.channels(db, "slack")).get(ana.person.team) != rooms["floor-2"]
    assert any("lost the Slack channel that was chosen" in line for line in await world.journal())
    await lead.presses("As the roster has it")
    await channels.link(desk, line)
    async with desk.read() as db:
        assert (await posts.channels(db, "slack"))[ana.person.team] == rooms[taken]


async def named(world: World) -> dict[str, str]:
    async with world.product.desk.read() as db:
        return await posts.named(db)
