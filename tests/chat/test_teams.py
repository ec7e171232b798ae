"""What only Teams does: threads, dialogs, old clients, what was replaced, and how it says no."""

import base64

import pytest
import sqlalchemy as sa

from bot.chat.teams.sender import Channels, NotOpened, TeamsMessenger
from bot.domain.card import Card
from bot.domain.delivery import Gone, Outcome, Outgoing
from bot.domain.intent import Say, Update, WhereDoIGo, encode
from bot.domain.wording.delivery import room_shut
from bot.domain.wording.parts import button
from bot.storage import tables as t
from bot.storage import teams as rows
from tests.fakes.teams.seen import words
from tests.teams_world import account
from tests.world import ROOM

DANA = "S001"
pytestmark = pytest.mark.on_teams


async def test_in_a_channel_the_bot_hears_its_name_and_answers_privately(world, fire):
    thread = await world.chat._address(ROOM)
    said = await world.teams.act("say", user=account(DANA), place=thread, text="steps", mention=True, html=True)
    assert said["status"] == 200
    assert "LS1" in (await world.chat.look(DANA, "dm"))[-1]
    assert "I have answered you in our own chat." in (await world.chat.look(DANA, ROOM))[-1]


async def test_what_was_said_for_the_bots_eyes_alone_is_not_answered_before_everybody(world, fire):
    thread, other = await world.chat._address(ROOM), account("S012")
    slash = {"place": thread, "text": "steps", "mention": True, "targeted": True}
    assert (await world.teams.act("say", user=account(DANA), **slash))["status"] == 200

    async def told(user: str) -> bool:
        shown = await world.teams.see("messages", user=user, place=thread)
        return any("I have answered you" in m["text"] for m in shown)

    assert (await told(account(DANA)), await told(other)) == (True, False)


async def test_the_thread_begins_with_the_incidents_card_and_names_who_is_needed(world, fire):
    assert await world.product.on_teams.members.conversations.open() == 0, "messages alone, while there is an incident"
    first, *others = await world.chat.look(DANA, ROOM)
    assert "INC-2026-0001 · Loss of a building" in first
    assert any(fire.commander.name in s and "this incident needs you" in s for s in others)


async def test_the_thread_stays_after_the_end_and_its_first_post_says_so(world, fire):
    await fire.commander.types("/disaster cancel")
    await fire.commander.fills("Cancel the incident", reason="a toaster")
    await world.passes(minutes=1)
    first, *_ = await world.chat.look(DANA, ROOM)
    assert ("Phase: cancelled" in first, first.buttons) == (True, ())


async def test_people_are_found_by_typing(world, fire):
    form = await fire.commander.presses("Roles…")
    assert world.person("S012").id in form.fields["person"].options, "a Teams that can't search shows these"
    ana, regulator = world.agents("leeds", 1)[0], world.of_audience("regulator")[0]

    async def found(who, words, dataset="people"):
        results = await world.teams.act("search", user=account(who), words=words, dataset=dataset)
        return [one["value"] for one in results]

    assert await found(DANA, ana.name) == [ana.id]
    assert await found(DANA, regulator.name) == []
    assert await found(DANA, "a", "passwords") == []
    assert len(await found(DANA, "a")) == 15
    await fire.commander.fills("Give the role", role="PIO", person="S012")
    await world.person("S012").sees("You are communications")


async def test_a_dialog_shows_faults_in_place(fire, world):
    asked = await fire.safety.presses("Done…", on="LS1 ·")
    assert asked.id == "dialog"
    again = await fire.safety.fills("Done", evidence=" ")
    assert again.id == "dialog"
    assert again.fields["evidence"].error == "This is needed."
    done = await fire.safety.fills("Done", evidence="08:58, all out")
    assert done.id == "dialog"
    assert not done.fields


async def test_a_teams_that_knows_no_answers_in_place_gets_messages(fire, world):
    await world.teams.change(old=True)
    form = await fire.commander.types("declare")
    await world.teams.act(
        "press", user=account(DANA), place="dm", message=form.id, button="Declare", values={"f.known": "smoke"}
    )
    again = next(s for s in await world.chat.look(DANA, "dm") if s.id == form.id)
    assert again.fields["severity"].error
    assert again.fields["known"].value == ("smoke",)


async def test_back_shows_the_message_as_it_stands(called, world):
    ana = world.agents("leeds", 1)[0]
    thanks = await ana.presses("I'm safe")
    assert "Thank you" in thanks
    assert "Back" in thanks.buttons
    back = await ana.presses_again("Back", thanks)
    assert "You can change it" in back


async def test_what_is_for_few_eyes_has_a_channel_of_its_own_or_says_that_everybody_reads_it(world):
    await world.person(DANA).types('/disaster declare life_safety_event leeds sev1 "a fall on the stairs"')
    await world.passes(minutes=1)
    (thread,) = await world.teams.see("threads")
    said = await world.teams.see("messages", user=account(DANA), place=thread)
    assert any("everybody in this channel reads this thread" in m["text"] for m in said)
    sender = world.product.on_teams.messenger
    await world.teams.change(private="19:few@thread.tacv2")
    own = TeamsMessenger(
        world.store, world.clock, sender.connector, Channels(world.teams.channel, "19:few@thread.tacv2"), tz="UTC"
    )
    await world.sleeps(minutes=1)
    async with world.store.work(world.now) as work:
        await work.run(sa.delete(t.teams_threads))
    assert (await own.open_room("inc-2026-0001", [DANA])).startswith("19:few@thread.tacv2;")
    assert (await own.open_room("leeds-01", [])).startswith(world.teams.channel)


async def test_a_thread_that_does_not_open_is_a_sentence_with_a_remedy(world):
    sender = world.product.on_teams.messenger
    fault = {"method": "POST", "path": "v3/conversations", "status": 403, "code": "BotNotInConversationRoster"}
    await world.teams.change(faults=[fault])
    with pytest.raises(NotOpened) as no:
        await sender.open_room("inc-2026-0009", [])
    said = room_shut("teams", "inc-2026-0009", no.value.word)
    assert "403 BotNotInConversationRoster" in said
    assert "Add the app Disaster to the team" in said


async def test_what_happens_to_a_step_stands_on_its_card(fire, world):
    await fire.safety.presses("Done…", on="LS1 ·")
    await fire.safety.fills("Done", evidence="08:58, all out")
    await world.passes(minutes=1)
    (card,) = [s for s in await world.chat.look(DANA, ROOM) if s.text.startswith("LS1 ·")]
    assert f"by {fire.safety.name}" in card
    assert "08:58, all out" in card


async def test_a_message_is_added_to_the_timeline_and_a_disaster_declared_by_the_apps_actions(fire, world):
    used = {"user": account(DANA), "place": await world.chat._address(ROOM)}
    await world.teams.act("action", **used, command="timeline", text="<p>The <b>lift</b> is&nbsp;stuck</p>")
    form = await fire.commander.sees("Update")
    assert form.fields["text"].value == ("The lift is stuck",)
    await fire.commander.fills("Record", text="The lift is stuck, nobody in it")
    assert "update S001 The lift is stuck, nobody in it" in await world.journal()
    await world.teams.act("action", **used, command="declare")
    assert (await fire.commander.sees("Nothing is sent until you press Declare.")).id == "dialog"


async def test_another_persons_words_are_not_lost_when_it_is_asked_which_incident_they_belong_to(fire, world):
    await fire.commander.types('/disaster declare application_failure acd sev2 "no calls"')
    used = {"user": account(DANA), "place": "dm", "command": "timeline"}
    await world.teams.act("action", **used, text="<p>The <b>lift</b> is stuck</p>")
    await fire.commander.sees("More than one incident is open.")
    form = await fire.commander.presses("INC-2026-0001 · Loss of a building, Leeds")
    assert (form.id, form.fields["text"].value) == ("dialog", ("The lift is stuck",)), (
        "to look over: nothing is recorded"
    )
    await fire.commander.fills("Record", text="The lift is stuck, nobody in it")
    assert [line for line in await world.journal() if "lift" in line] == [
        "update S001 The lift is stuck, nobody in it"
    ]  # fmt: skip
    await world.teams.act("action", **used, text="\u200b\u202e")
    assert "More than one incident is open." in await fire.commander.sees("Which one?")


async def test_what_was_replaced_says_so_when_it_is_seen_again_and_when_it_is_pressed(planned, world):
    ana = (await world.told_to_move())[0]
    messages = await world.teams.see("messages", user=account(ana.id), place="dm")
    (old,) = [m for m in messages if m["card"] and "Are you safe?" in words(m["card"], "UTC")]
    assert old["card"]["refresh"]["userIds"] == [f"29:{account(ana.id)}"]
    seen_again = await world.teams.act("refresh", user=account(ana.id), place="dm", message=old["id"], keep=True)
    assert "message 2 replaces it" in words(seen_again["card"], "UTC")
    stale = {"verb": "do", "data": {"i": encode(Say(notice=1, answer="safe"))}, "type": "Action.Execute"}
    pressed = await world.teams.act("press", user=account(ana.id), place="dm", message=old["id"], action=stale)
    assert "Message 1 is out of date." in words(pressed["card"], "UTC")


FAULTS = {
    "blocked": ({"status": 403, "code": "MessageWritesBlocked"}, Outcome.GONE, Gone.BLOCKED),
    "refused": ({"status": 400, "code": "BadArgument"}, Outcome.GONE, Gone.REFUSED),
    "too large": ({"status": 413, "code": "MessageSizeTooBig"}, Outcome.GONE, Gone.UNWRITABLE),
    "precondition": ({"status": 412, "code": "PreconditionFailed"}, Outcome.HELD, None),
    "too many": ({"status": 429, "code": "ThrottledException", "retry_after": 7}, Outcome.HELD, None),
    "away": ({"status": 503, "code": "ServiceUnavailable", "retry_after": 3}, Outcome.HELD, None),
    "a gateway's bad answer": ({"status": 502, "code": "BadGateway"}, Outcome.HELD, None),
    "a gateway's timeout": ({"status": 504, "code": "GatewayTimeout"}, Outcome.HELD, None),
    "broken": ({"status": 500, "code": "Error"}, Outcome.UNKNOWN, None),
    "reset": ({"kind": "reset"}, Outcome.UNKNOWN, None),
    "reset after it was taken": ({"kind": "taken"}, Outcome.UNKNOWN, None),
}


async def test_every_no_of_teams_has_its_name(world):
    sender = world.product.engine.messengers["teams"]
    for n, (name, (fault, outcome, reason)) in enumerate(FAULTS.items(), 1):
        (first,) = await sender.send([Outgoing(delivery_id=99, address=account(DANA), card=Card(title="x"))])
        assert first.outcome is Outcome.SENT, name
        await world.teams.change(faults=[{"method": "POST", "path": "activities", **fault}])
        (sent,) = await sender.send([Outgoing(delivery_id=n, address=account(DANA), card=Card(title="x"))])
        assert (sent.outcome, sent.reason) == (outcome, reason), name
        assert sent.retry_after == fault.get("retry_after", 5.0 if outcome is Outcome.HELD else None), name
        assert sent.whole_lane is (name == "too many")
        assert sent.unsure is (fault.get("status") in (502, 504)), name
    await world.teams.change(faults=[{"method": "TOKEN", "status": 503}], tokens=[])
    (sent,) = await sender.send([Outgoing(delivery_id=50, address=account(DANA), card=Card(title="x"))])
    assert (sent.outcome, sent.whole_lane) == (Outcome.HELD, True)


async def test_a_post_in_a_teams_channel_is_answered_privately_in_its_place(called, world):
    ana, ben = world.agents("leeds", 2)
    name = world.team_of(ana).channel
    await world.teams.change(channels={name: "19:floor@thread.tacv2"})
    await world.product.on_teams.members.sync()
    async with world.store.read(world.now) as db:
        (address,) = await db.column(sa.select(t.channels.c.address).where(t.channels.c.platform == "teams"))
    notice = Card(title="Leeds", buttons=(button("Where do I go?", WhereDoIGo(notice=1)),))
    out = Outgoing(delivery_id=99, address=address, card=notice)
    (sent,) = await world.product.engine.messengers["teams"].send([out])
    assert sent.outcome is Outcome.SENT
    (thread,) = [where for where in await world.teams.see("threads") if "floor" in where]
    said = {"place": thread, "message": sent.external_id, "button": "Where do I go?"}
    answer = await world.teams.act("press", user=account(ana.id), **said)
    assert ana.name.split()[0] in words(answer["card"], "UTC")
    assert [m["own"] for m in await world.teams.see("messages", user=account(ben.id), place=thread)] == [None]


async def test_a_lost_conversation_is_made_anew_and_a_refused_token_renewed(world):
    sender = world.product.engine.messengers["teams"]
    for n, change in enumerate(({"tokens": []}, {"lost": f"a:{account(DANA)}"}), 1):
        await sender.send([Outgoing(delivery_id=n, address=account(DANA), card=Card(title="x"))])
        await world.teams.change(**change)
        (sent,) = await sender.send([Outgoing(delivery_id=n, address=account(DANA), card=Card(title="x"))])
        assert sent.outcome is Outcome.SENT, change
    async with world.store.work(world.now) as work:
        await rows.remember(work, account(DANA), service_url="https://another.cloud.example/")
    (sent,) = await sender.send([Outgoing(delivery_id=3, address=account(DANA), card=Card(title="x"))])
    assert sent.outcome is Outcome.SENT, "met where our token may not go: through the cloud's own entrance"


async def test_an_answer_that_teams_does_not_take_at_once_is_given_a_moment_later(world):
    busy = {"method": "POST", "path": "activities", "status": 429, "code": "ThrottledException", "retry_after": 0.01}
    await world.teams.change(faults=[{**busy, "times": 3}])
    assert "What you can type" in await world.person(DANA).types("help")


async def test_an_answer_that_may_have_arrived_is_not_given_again(world):
    lost = {"method": "POST", "path": f"a:{account(DANA)}/activities", "kind": "taken", "status": 504, "times": 3}
    await world.teams.change(faults=[lost])
    await world.teams.act("say", user=account(DANA), place="dm", text="help")
    there = (await world.teams.act("say", user=account(DANA), place="channel", text="help", mention=True))["place"]
    said = await world.teams.see("messages", user=account(DANA), place="dm")
    assert [m["by"] for m in said] == [account(DANA), "bot", "bot"]
    told = (await world.teams.see("messages", user=account(DANA), place=there))[-1]["text"]
    assert "does not say whether it came" in told, "not that they should add an app which they have"


@pytest.mark.parametrize(
    "said",
    [
        {"text": "update The lift is stuck"},
        {
            "text": None,
            "value": {"verb": "do", "i": encode(Update(incident="INC-2026-0001", text="The lift is stuck"))},
        },
    ],
)
async def test_what_was_done_is_not_done_again_because_its_answer_was_lost(fire, world, said):
    reset = {"method": "POST", "path": f"a:{account(DANA)}/activities", "kind": "reset"}
    for _ in range(2):
        await world.teams.change(faults=[reset])
        await world.teams.act("raw", user=account(DANA), activity={"id": "1", **said}, claims={})
        await world.sleeps(minutes=1)
    assert [line for line in await world.journal() if "lift" in line] == ["update S001 The lift is stuck"]


async def test_whoever_sends_no_words_is_told_which_there_are(world):
    picture = {"text": None, "attachments": [{"contentType": "image/png", "contentUrl": "https://x.example/1.png"}]}
    assert (await world.teams.act("raw", user=account(DANA), activity=picture, claims={}))["status"] == 200
    assert "What you can type" in (await world.chat.look(DANA, "dm"))[-1]


async def test_my_is_what_one_does_now_whom_one_calls_and_how_it_goes(planned, world):
    async def titles(person: str) -> list[str]:
        await world.teams.act("say", user=account(person), place="dm", text="my")
        messages = await world.teams.see("messages", user=account(person), place="dm")
        said = max(n for n, m in enumerate(messages) if m["text"] == "my")
        return [words(m["card"], "UTC").split("\n")[0] for m in messages[said + 1 :]]

    agent = world.agents("leeds", 3)[-1]
    lead = world.lead_of(agent)
    assert len(await titles(agent.id)) == 2
    assert [t for t in await titles(lead.id) if "call" in t.lower()], "a lead sees whom to call"
    commander = await titles(DANA)
    assert [t for t in commander if "INC-2026-0001" in t], "how it goes"
    assert commander[-1] == "From here"


async def test_a_chart_stands_in_the_card_itself(world, called):
    leader = world.of_audience("leaders")[0]
    await world.passes(minutes=15, step=15)
    messages = await world.teams.see("messages", user=account(leader.id), place="dm")
    card = next(m["card"] for m in messages if m["card"] and "SITREP 1" in words(m["card"], "UTC"))
    (drawn,) = [part for part in card["body"] if part["type"] == "Image"]
    kind, _, data = drawn["url"].partition(",")
    assert (kind, base64.b64decode(data)[:4]) == ("data:image/png;base64", b"\x89PNG")
    assert "Answered #1: 0 %" in drawn["altText"]
