"""Slack's own ways: the home page, shortcuts, help that follows a choice, rooms, accounts that come and go."""

from dataclasses import replace

import pytest

from bot.chat.slack import listeners, people
from bot.chat.slack.troubles import Trouble
from bot.domain.intent import Declare, encode
from bot.domain.wording.parts import NOT_KEPT
from bot.operations import linking
from bot.storage import heard, identities
from tests.chats import Seen, broken_once
from tests.fakes.slack.state import ALL_SCOPES
from tests.slack_chat import buttons_of, said_in, searched, user_of
from tests.world import ROOM, START, Somebody, World

pytestmark = pytest.mark.on_slack
LINE = '/disaster declare facility_loss leeds sev1 "fire on floor 2"'


async def home(world: World, somebody: Somebody) -> tuple[str, tuple[str, ...]]:
    """What somebody's home page says, and its buttons."""
    event = {"type": "app_home_opened", "user": user_of(somebody.id), "tab": "home", "channel": "D1"}
    assert (await world.slack.act("event", event_=event))["answered"]
    window = await world.slack.see("window", user=user_of(somebody.id))
    blocks = window["home"]["view"]["blocks"]
    return said_in(blocks, await world.chat._reader(somebody.id)), buttons_of(blocks)


async def test_the_home_page_says_what_to_do_now(world, planned):
    lead = world.lead_of(world.agents("leeds", 1)[0])
    moved = [a for a in world.agents("leeds", 12) if any("Where you work now" in s for s in await a.everything())]
    text, buttons = await home(world, moved[0])
    assert "Where you work now" in text
    assert "Declare a disaster…" not in buttons
    text, _ = await home(world, lead)
    assert "Please call" in text or "Nobody to call now" in text
    text, buttons = await home(world, planned.commander)
    assert "INC-2026-0001" in text
    assert "Declare a disaster…" in buttons


async def test_a_disaster_is_declared_from_the_home_page(world):
    ines = world.person("S001")
    await home(world, ines)
    shown = (await world.slack.see("window", user=user_of(ines.id)))["home"]
    done = await world.slack.act(
        "press_in_view", user=user_of(ines.id), view_id=shown["id"], label="Declare a disaster…"
    )
    assert done["answered"]
    await ines.fills("Declare", category="facility_loss", severity="1", sites=["leeds"], known="fire", drill="false")
    await ines.sees("INC-2026-0001 · Loss of a building · Leeds")


async def test_the_shortcut_opens_the_form_and_a_choice_changes_the_help(world):
    ines = world.person("S001")
    assert (await world.slack.act("shortcut", user=user_of(ines.id), callback="declare"))["answered"]
    form = await ines.sees("Nothing is sent until you press Declare.")
    assert form.fields["category"].hint == ""
    asked = {"user": user_of(ines.id), "view_id": form.id, "name": "category", "value": "facility_loss"}
    assert (await world.slack.act("choose", **asked))["answered"]
    again = await ines.sees("Nothing is sent until you press Declare.")
    assert again.fields["category"].value == ("facility_loss",)
    assert len(again.fields["category"].hint) > 30
    assert again.id == form.id


async def test_people_are_picked_by_typing_and_nobody_outside_is_offered(world, planned):
    await planned.commander.presses("Roles…")
    form = (await world.chat.look(planned.commander.id, "dm"))[-1]
    likely = await searched(world.slack, planned.commander.id, form, "person", "")
    assert world.person("S002").id in likely, "before a letter is typed: those who hold such roles"
    ana, regulator = world.agents("leeds", 1)[0], world.of_audience("regulator")[0]
    first, last = ana.name.split()[0], ana.name.split()[-1]
    found = await searched(world.slack, planned.commander.id, form, "person", f"{last} {first}")
    assert found == {ana.id: ana.name}
    assert await searched(world.slack, planned.commander.id, form, "person", regulator.name) == {}
    assert len(await searched(world.slack, planned.commander.id, form, "person", "a")) == 50
    await planned.commander.fills("Give the role", role="PIO", person="S012")
    await world.person("S012").sees("You are communications")
    await planned.planner.presses("Change…", on="Plan 1")
    await planned.planner.presses("Lock or leave out people…")
    team = world.team_of(ana)
    form = (await world.chat.look(planned.planner.id, "dm"))[-1]
    assert (await searched(world.slack, planned.planner.id, form, "subject", team.name))[f"team:{team.id}"] == team.name
    assert "is left out: take it?" in await planned.planner.fills("What does it cost?", wish="exclude", subject=team.id)


async def test_a_message_is_added_to_the_timeline(world, fire):
    await fire.safety.says("sprinklers are off, fire brigade inside", ROOM)
    said = await fire.scribe.sees("fire brigade inside")
    act = {"user": user_of(fire.scribe.id), "callback": "timeline", "channel": "inc-2026-0001", "ts": said.id}
    assert (await world.slack.act("shortcut", **act))["answered"]
    form = (await world.chat.look(fire.scribe.id, "dm"))[-1]
    assert form.fields["text"].value == ("sprinklers are off, fire brigade inside",)
    await fire.scribe.fills("Record")
    assert "fire brigade inside" in "\n".join(await world.journal())


async def test_the_room_has_its_topic_its_pin_and_the_board(world, fire):
    room = await world.slack.see("channel", user=user_of(fire.scribe.id), channel="inc-2026-0001")
    assert room["topic"].startswith("INC-2026-0001 · Loss of a building · Leeds")
    assert [m["pinned"] for m in room["messages"]].count(True) == 1
    assert [b["title"] for b in room["bookmarks"]] == ["Board"]
    assert not room["is_private"]


async def test_what_happens_to_a_step_stands_in_its_thread_and_the_room_stays_readable(world, fire):
    await world.passes(minutes=2)
    await fire.safety.presses("Start", on="LS1 ·")
    await fire.safety.presses("Done…", on="LS1 ·")
    await fire.safety.fills("Done", evidence="08:58, all out")
    await world.passes(minutes=1)
    card = await fire.scribe.sees("LS1 · Evacuate", "State: done")
    said = await world.chat.thread(fire.scribe.id, card)
    assert [s.text for s in said] == [
        f"This is overdue: {fire.safety.name} was told.",
        f"{fire.safety.name} started this",
        f"{fire.safety.name} finished this: 08:58, all out",
    ]
    room = [s for s in await told(world, fire.scribe, ROOM) if s.by == "bot"]
    assert all(" · " in s.text.splitlines()[0] for s in room), "nothing but cards of the incident and its steps"


async def test_words_typed_to_the_bot_are_answered_once_however_often_slack_says_them(world):
    ana = world.agents("leeds", 1)[0]
    assert "I can't read sentences" in await ana.types("I am stuck in the lift")
    event = {"type": "message", "channel_type": "im", "user": user_of(ana.id), "text": "where", "ts": "1.1"}
    event["channel"] = (await world.slack.see("channel", user=user_of(ana.id)))["id"]
    first = await world.slack.act("event", event_=event)
    assert first["answered"]
    before = len(await world.chat.look(ana.id, "dm"))
    again = await world.slack.act("event", event_=event, id_=first["event_id"], retry=1, seen=False)
    assert again["acked"]
    assert len(await world.chat.look(ana.id, "dm")) == before


async def test_a_line_that_failed_is_taken_again_when_slack_says_it_again_and_who_waited_is_told(world, monkeypatch):
    ana = world.agents("leeds", 1)[0]
    event = {"type": "message", "channel_type": "im", "user": user_of(ana.id), "text": "help", "ts": "1.1"}
    event["channel"] = (await world.slack.see("channel", user=user_of(ana.id)))["id"]
    broken_once(monkeypatch)
    first = await world.slack.act("event", event_=event, seen=False)
    assert not first["acked"]
    again = await world.slack.act("event", event_=event, id_=first["event_id"], retry=1)
    assert again["acked"]
    assert "What you can type" in (await world.chat.look(ana.id, "dm"))[-1]
    async with world.product.desk.work() as work:
        assert await heard.take(work, "slack", "EvBusy")
    with pytest.raises(listeners.StillAtIt):  # whoever took it may be stopped: Slack is to say it again
        await listeners.Listeners(world.product.desk, world.product.slack.line)._said(event, {"event_id": "EvBusy"})
    monkeypatch.setattr(listeners, "PATIENCE", 0)
    broken_once(monkeypatch)
    assert (await world.slack.act("event", event_=event))["acked"]
    assert NOT_KEPT in (await world.chat.look(ana.id, "dm"))[-1]


async def test_whoever_stopped_in_the_middle_is_followed_by_whoever_hears_it_again(world):
    desk = world.product.desk
    async with desk.work() as work:
        assert await heard.take(work, "slack", "Ev1")
        assert not await heard.take(work, "slack", "Ev1")
    await world.sleeps(minutes=1)
    async with desk.work() as work:
        assert await heard.take(work, "slack", "Ev1")
        await heard.finish(work, "slack", "Ev1")
    await world.sleeps(minutes=5)
    async with desk.work() as work:
        assert not await heard.take(work, "slack", "Ev1")


async def test_who_slack_knows_and_we_do_not_is_told_whom_to_ask(world):
    stranger = {"id": "UNEW", "name": "Nobody", "email": "nobody@example.com"}
    await world.slack.change(users=[stranger])
    await world.slack.act("command", user="UNEW", channel="dm", text="where")
    seen = await world.slack.see("channel", user="UNEW")
    assert "I don't know you" in said_in(seen["messages"][-1]["blocks"], await world.chat._reader("S001"))


async def test_joiners_are_linked_and_leavers_unlinked(world):
    ana = world.agents("leeds", 1)[0]
    desk, profile = world.product.desk, {"email": ana.person.email.upper()}
    joined = {"id": "UNEW1", "team_id": world.slack.team, "profile": profile, "deleted": False, "is_bot": False}

    async def who(address: str) -> str | None:
        async with desk.read() as db:
            return await identities.person_at(db, "slack", address)

    await world.slack.act("event", event_={"type": "team_join", "user": joined}, seen=False)
    assert await who("UNEW1") == ana.id
    assert await who(user_of(ana.id)) is None, "one person, one account"
    await world.slack.act("event", event_={"type": "user_change", "user": joined | {"deleted": True}}, seen=False)
    assert await who("UNEW1") is None
    await world.slack.act(
        "event", event_={"type": "team_join", "user": joined | {"id": "UG", "is_restricted": True}}, seen=False
    )
    assert await who("UG") is None, "guests are left out"
    for other in ({"team_id": "TOTHER"}, {"team_id": None}):
        stranger = joined | {"id": "UX"} | other
        await world.slack.act("event", event_={"type": "user_change", "user": stranger}, seen=False)
        assert await who("UX") is None, "another organisation says what it likes about e-mail addresses"


async def test_linking_goes_through_every_page_of_a_grid_and_leaves_out_who_is_no_member(world):
    line, desk = world.product.slack.line, world.product.desk
    flags = [{"deleted": True}, {"is_bot": True}, {"is_restricted": True}, {"is_stranger": True}]
    odd = [{"id": f"UX{n}", "name": "x", "email": f"x{n}@example.org", **flag} for n, flag in enumerate(flags)]
    connected = {"id": "UY1", "name": "y", "email": "y1@example.org", "home": "TOTHER", "enterprise": "EOTHER"}
    sister = {
        "id": "UY2",
        "name": "y",
        "email": "y2@example.org",
        "home": "TSISTER",
        "enterprise": f"E{world.slack.team[1:]}",
    }
    await world.slack.change(page=50, grid=True, sisters=["T2"], users=[*odd, connected, sister])
    line._me = None  # as at a start: the installation has become an organisation's
    with pytest.raises(Trouble) as unknown:
        await line.me()
    assert "Name the workspace to act in: slack.workspace in app.yaml. The app is in: " in unknown.value.remedy
    assert "T2 (Northwind T2)" in unknown.value.remedy
    line.access = replace(line.access, workspace=world.slack.team)
    accounts = await people.accounts(line)
    assert [email for email in accounts if email.startswith(("x", "y1@", "y2@"))] == ["y2@example.org"]
    del accounts["y2@example.org"]
    calls = [c for c in await world.slack.see("calls") if c["method"] == "users.list"]
    assert len(calls) > 3
    assert all(c["args"]["team_id"] == world.slack.team for c in calls[-3:])
    ana = world.agents("leeds", 1)[0]
    del accounts[ana.person.email]
    linked = await linking.link_all(desk, "slack", accounts)
    assert linked.unlinked == (ana.name,)
    assert linked.changed == 1


async def test_the_language_somebody_has_slack_in_is_theirs_unless_the_roster_says_another(world):
    line, desk = world.product.slack.line, world.product.desk
    ana, ben = world.agents("leeds", 2)
    german = {"id": user_of(ana.id), "name": ana.name, "email": ana.person.email, "locale": "de-DE"}
    await world.slack.change(users=[german])
    await people.link_all(desk, line)
    async with desk.read() as db:
        told = await identities.languages(db, [ana.id, ben.id])
    assert told == {ana.id: "de", ben.id: "en"}


async def test_a_kept_intent_is_forgotten_when_its_button_was_not_shown_for_long(world):
    async def kept(days: int) -> str | None:
        await world.sleeps(minutes=days * 24 * 60)
        async with world.store.work(world.now) as work:
            await heard.forget(work)
            return await heard.kept(work, "kept:x")

    for days, there in ((0, "first"), (89, "first"), (89, "first"), (91, None)):
        if days < 91:
            async with world.store.work(world.now) as work:
                await heard.keep(work, {"kept:x": "first"})
        assert await kept(days) == there


async def test_an_intent_too_long_for_a_button_is_pressed_all_the_same(world):
    ines, olu = world.cast("S001", "S006")
    await ines.types(LINE)
    await olu.types(f'/disaster declare facility_loss leeds sev2 "{"ф" * 1990}"')
    assert "INC-2026-0002 is declared" in await olu.presses("Another one: declare it")
    assert len(encode(Declare(known="ф" * 1990))) > 2000


async def test_the_message_itself_shows_what_was_answered(world, called):
    ana = world.agents("leeds", 1)[0]
    asked = await ana.sees("Are you safe?")
    await ana.presses("I'm safe")
    shown = await ana.sees("Are you safe?", "Answered: I'm safe")
    assert shown.id == asked.id, "the message itself shows that it was answered"


async def test_a_room_whose_name_is_taken_gets_another(world):
    messenger = world.product.engine.messengers["slack"]
    first = await messenger.open_room("inc-2026-0009", [])
    await world.product.slack.line.call("conversations.setTopic", channel=first, topic="an old incident")
    second = await messenger.open_room("inc-2026-0009", [])
    names = {c["id"]: c["name"] for c in await world.slack.see("channels")}
    assert (names[first], names[second]) == ("inc-2026-0009", "inc-2026-0009-2")


async def test_rooms_are_archived_after_the_end_by_choice(world, fire):
    rooms = world.product.slack.rooms
    await fire.commander.types("/disaster cancel")
    await fire.commander.fills("Cancel the incident", reason="a toaster")
    await world.passes(minutes=1)
    assert await rooms.archive(0) == 0
    assert await rooms.archive(2) == 0
    await world.sleeps(minutes=121)
    assert await rooms.archive(2) == 1
    assert await rooms.archive(2) == 0
    assert [c["archived"] for c in await world.slack.see("channels") if c["name"] == "inc-2026-0001"] == [True]
    assert world.now > START


async def told(world: World, somebody: Somebody, place: str) -> list[Seen]:
    await world.settles()
    return await world.chat.look(somebody.id, place)


async def pictures(world: World, somebody: Somebody) -> list[str]:
    """The files that somebody's SITREPs show."""
    seen = await world.slack.see("channel", user=user_of(somebody.id), channel="dm")
    return [b["slack_file"]["id"] for m in seen["messages"] for b in m["blocks"] if b["type"] == "image"]


async def test_a_chart_is_uploaded_once_and_stays_when_the_message_is_redrawn(world, called):
    await world.agents("leeds", 1)[0].presses("I'm safe")
    await world.passes(minutes=15, step=15)
    leaders = [p for p in world.of_audience("leaders") if p.person.must_answer]
    shown = [await pictures(world, leader) for leader in leaders]
    (file,) = await world.slack.see("files")
    assert shown == [[file["id"]]] * len(leaders) != []
    assert bytes.fromhex(file["content"]).startswith(b"\x89PNG")
    await leaders[0].presses("I have read this")
    assert await pictures(world, leaders[0]) == [file["id"]]


async def test_a_chart_waits_a_moment_until_slack_shows_it_and_never_holds_a_sitrep_up(world, called):
    leader = world.of_audience("leaders")[0]
    await world.slack.change(file_delay=3600)
    await world.passes(minutes=15, step=15)
    assert [s for s in await leader.everything() if "SITREP 1" in s] == [], "Slack is still looking at the file"
    await world.passes(minutes=1)
    assert "Answers over time" in await leader.sees("SITREP 1"), "it goes out with the words in the chart's place"
    await world.slack.change(scopes=[s for s in ALL_SCOPES if s != "files:write"])
    await world.passes(minutes=29, step=29)
    assert "Answers over time" in await leader.sees("SITREP 2")
    assert await pictures(world, leader) == []
