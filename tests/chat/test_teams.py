"""What only Teams does: who may call, threads, dialogs, old clients, people who come and go, and how it says no."""

import base64
import json
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bot.chat.teams.auth import SigningKeys
from bot.chat.teams.connector import CLOUDS, Connector, Unsent
from bot.chat.teams.doctor import Finding, examine
from bot.chat.teams.heard import activity_of, said_in
from bot.chat.teams.setup import Credentials, Options, together
from bot.domain.account import Reached
from bot.domain.card import Card
from bot.domain.delivery import Gone, Outcome, Outgoing
from bot.domain.intent import WhereDoIGo
from bot.domain.refusal import BadConfig
from bot.domain.wording.parts import NOT_KEPT, button
from bot.settings import teams_keys
from bot.storage import addresses, identities, routes
from bot.storage import tables as t
from bot.storage import teams as rows
from tests.chats import broken_once
from tests.fakes.teams.seen import words
from tests.teams_world import account, settings_of
from tests.world import ROOM, START

DANA = "S001"
pytestmark = pytest.mark.on_teams


def counted(world, what: str) -> int:
    """How often something was heard, as /metrics says it."""
    said = {"platform": "teams", "what": what}
    return int(world.product.desk.meter.registry.get_sample_value("disaster_heard_total", said) or 0)


def none_token() -> str:
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return (
        f"Bearer {part({'alg': 'none', 'kid': 'fake-1'})}.{part({'iss': 'https://api.botframework.com', 'aud': 'x'})}."
    )


UNSIGNED = {
    "no token": {"header": ""},
    "garbage": {"header": "Bearer abc.def.ghi"},
    "three words": {"header": "Bearer a b"},
    "not bearer": {"header": "Basic abc"},
    "no algorithm": {"header": none_token()},
    "expired": {"claims": {"exp": 1_000_000_000}},
    "wrong audience": {"claims": {"aud": "somebody-else"}},
    "no audience": {"claims": {"aud": None}},
    "wrong issuer": {"claims": {"iss": "https://evil.example"}},
    "the emulator's issuer": {"claims": {"iss": "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"}},
    "another service": {"claims": {"serviceurl": "https://smba.trafficmanager.net/other/"}},
    "no service": {"claims": {"serviceurl": None}},
}


async def test_whatever_is_not_signed_for_us_is_401_and_counted(world):
    for name, how in UNSIGNED.items():
        answer = await world.teams.act("raw", user=account(DANA), activity={}, **how)
        assert answer["status"] == 401, name
    unknown = await world.teams.act("raw", user=account(DANA), activity={}, claims={}, kid="other-key")
    assert unknown["status"] == 401
    evil = {"serviceUrl": "https://evil.example/"}
    answer = await world.teams.act("raw", user=account(DANA), activity=evil, claims={"serviceurl": evil["serviceUrl"]})
    assert answer["status"] == 401
    assert counted(world, "unauthenticated") == len(UNSIGNED) + 2
    assert (await world.teams.act("raw", user=account(DANA), activity={}, claims={}))["status"] == 200


async def test_what_nobody_knows_is_ignored_and_counted(world):
    for activity in ({"type": "trace"}, {"type": "message", "from": None}, {"type": 7}, {"type": "event", "value": []}):
        answer = await world.teams.act("raw", user=account(DANA), activity=activity, claims={})
        assert answer["status"] == 200, activity
    for body in ([], "x", {}, {"type": "invoke", "conversation": "x"}):
        answer = await world.teams.act("raw", activity=body, claims={})
        assert answer["status"] == 200, body
    invoke = {"type": "invoke", "name": "composeExtension/query", "value": {"action": "x", "data": "y"}}
    assert (await world.teams.act("raw", user=account(DANA), activity=invoke, claims={}))["status"] == 200
    assert [counted(world, what) for what in ("malformed", "unknown", "unknown invoke")] == [6, 2, 1]


async def test_a_hostile_press_is_a_sentence_never_an_error(world):
    for data in ({}, {"i": "{"}, {"i": 7, "d": "x" * 400, "at": {}}, {"i": '{"kind":"steps","incident":99}', "d": -1}):
        value = {"action": {"type": "Action.Execute", "verb": "do", "data": data}}
        invoke = {"type": "invoke", "name": "adaptiveCard/action", "value": value}
        answer = await world.teams.act("raw", user=account(DANA), activity=invoke, claims={})
        assert (answer["status"], answer["body"]["statusCode"]) == (200, 200), answer
    assert counted(world, "failed") == 0


async def test_another_tenant_is_not_listened_to(world):
    activity = {"channelData": {"tenant": {"id": "evil"}}}
    assert (await world.teams.act("raw", user=account(DANA), activity=activity, claims={}))["status"] == 200
    assert counted(world, "other tenant") == 1
    assert await world.chat.look(DANA, "dm") == []


async def test_keys_that_cant_be_fetched_stop_nothing_that_was_known(world):
    assert "What you can type" in await world.person(DANA).types("help")
    try:
        await world.teams.change(keys=False)
        await world.sleeps(minutes=24 * 60)
        assert "What you can type" in await world.person(DANA).types("help")
    finally:
        await world.teams.change(keys=True)


async def test_keys_that_cant_be_fetched_at_the_start_are_asked_for_again_each_minute(world):
    keys = SigningKeys(f"{world.teams.base}/keys/openid", world.clock)
    try:
        await world.teams.change(keys=False)
        assert not await keys.renew()
    finally:
        await world.teams.change(keys=True)
    assert not await keys.renew(), "not more than once a minute, whatever strangers send"
    await world.sleeps(minutes=1)
    assert await keys.renew()
    assert await keys.get("fake-1")


async def test_a_repeated_activity_is_worked_once(world):
    await world.teams.act("say", user=account(DANA), place="dm", text="help", again=True)
    assert len([s for s in await world.chat.look(DANA, "dm") if s.by == "bot"]) == 1


async def test_whose_words_came_to_nothing_is_told_to_send_them_again(world, monkeypatch):
    broken_once(monkeypatch)
    await world.teams.act("say", user=account(DANA), place="dm", text="help")
    assert NOT_KEPT in (await world.chat.look(DANA, "dm"))[-1]
    assert counted(world, "failed") == 1
    assert "What you can type" in await world.person(DANA).types("help")


@pytest.mark.parametrize(
    ("where", "alone"),
    [
        ({"conversationType": "personal"}, True),
        ({}, True),
        ({"conversationType": "groupChat"}, False),
        ({"conversationType": "channel"}, False),
        ({"isGroup": True}, False),
    ],
)
def test_a_chat_of_several_is_nobodys_own(where, alone):
    body = {"type": "message", "id": "1", "from": {"id": "29:u"}, "conversation": {"id": "19:x", **where}}
    activity, whole = activity_of(json.dumps(body).encode())
    assert whole
    assert said_in(activity).personal is alone


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


async def test_somebody_who_removed_the_bot_is_known_as_lost(world):
    ana = world.agents("leeds", 1)[0]
    await world.teams.act("install", user=account(ana.id), installed=False)
    sender = world.product.engine.messengers["teams"]
    (sent,) = await sender.send([Outgoing(delivery_id=1, address=account(ana.id), card=Card(title="x"))])
    assert (sent.outcome, sent.reason) == (Outcome.GONE, Gone.UNINSTALLED)
    async with world.store.read(world.now) as db:
        assert [r["state"] for r in await rows.unreached(db) if r["name"] == ana.name] == ["uninstalled"]
    await world.teams.act("install", user=account(ana.id))
    assert "What you can type" in (await world.chat.look(ana.id, "dm"))[-1]
    (sent,) = await sender.send([Outgoing(delivery_id=2, address=account(ana.id), card=Card(title="x"))])
    assert sent.outcome is Outcome.SENT


async def test_conversations_are_opened_in_quiet_times_and_who_has_no_app_is_known_before_it_matters(world):
    desk, (ana, ben) = world.product.desk, world.agents("leeds", 2)
    opening = world.product.on_teams.members.conversations
    opening.apart = 0
    await world.teams.act("install", user=account(ana.id), installed=False)
    person = {"aad": account(ben.id), "name": ben.name, "email": ben.person.email}
    await world.teams.change(users=[{**person, "installed": False}])
    async with desk.read() as db:
        missing = await rows.unopened(db, 1000)
    await world.teams.change(faults=[{"method": "POST", "path": "v3/conversations", "status": 429}])
    assert await opening.open() == 0, "Teams has enough for now: later"
    assert await opening.open() == len(missing) - 1 > 100
    assert await opening.open() == 0
    (lost,) = [f for f in await checked(world) if f.what == "people"]
    assert [lost.well, *(word in lost.words for word in (ana.name, ben.name, "Setup policies"))] == [False, *[True] * 3]
    async with desk.read() as db:
        assert await routes.reachable(db, [ana.id, ben.id], ["teams"]) == set(), "another way, if there is one"
    await world.sleeps(minutes=24 * 60 + 1)
    await world.teams.change(users=[person])
    assert await opening.open() == 1, "asked again a day later, without a word of theirs"


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


def certificate() -> str:
    """A certificate of our own making, with its key, as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "disaster")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, START, START + timedelta(days=9))
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return (made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM) + plain).decode()


async def test_a_certificate_proves_who_the_bot_is_and_another_does_not(world):
    ours, cloud = certificate(), world.product.on_teams.messenger.connector.cloud
    who = world.product.on_teams.messenger.connector.who
    await world.teams.change(certificate=ours)
    broken = (certificate(), "", "x", ours.replace("PRIVATE", "PUBLIC"))
    for pem, works in ((ours, True), *((wrong, False) for wrong in broken)):
        connector = Connector(cloud, replace(who, certificate=pem))
        try:
            assert bool(await connector.token()) is works
        except Unsent as why:
            assert not works, why
        finally:
            await connector.close()


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


async def test_without_an_app_id_nothing_of_microsofts_is_fetched(world):
    laptop = together(Options(who=Credentials()), world.product.desk)
    served = world.product.on_teams
    assert laptop.loops() == []
    assert served.loops() == [
        served.listener.adapter.keys.keep, served.members.run, served.members.conversations.run,
    ]  # fmt: skip
    found = [f async for f in examine(world.product.desk, laptop, "http://127.0.0.1:8080")]
    assert ("token", False) in [(f.what, f.well) for f in found]


@pytest.mark.parametrize(
    ("change", "keys", "says"),
    [
        ({}, {}, "set TEAMS_APP_ID"),
        ({}, {"TEAMS_APP_ID": "x"}, "TEAMS_APP_PASSWORD"),
        ({"channel": ""}, {"TEAMS_APP_ID": "x", "TEAMS_APP_PASSWORD": "y", "TEAMS_TENANT_ID": "z"}, "begins with 19:"),
        ({"allow_unauthenticated": True}, {"TEAMS_APP_ID": "x"}, "only without TEAMS_APP_ID"),
    ],
)
def test_teams_refuses_to_start_without_what_proves_who_calls(world_of, monkeypatch, change, keys, says):
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    chosen = world_of.model_copy(update={"teams": world_of.teams.model_copy(update=change)})
    with pytest.raises(BadConfig, match=says):
        teams_keys(chosen)


@pytest.fixture
def world_of(on_teams):
    """Settings with Teams on."""
    return settings_of(on_teams().tenant("people"))


def test_our_token_goes_to_microsoft_alone():
    public = CLOUDS["public"]
    assert public.allows("https://smba.trafficmanager.net/uk/")
    for evil in (
        "http://smba.trafficmanager.net/", "https://smba.trafficmanager.net.evil.example/", "https://evil.example/",
        "https://x@smba.trafficmanager.net/", "https://evil.example#smba.trafficmanager.net", "https://[", "", "x",
        "https://evilsmba.trafficmanager.net/", "https://evil.smba.trafficmanager.net/", "https://evil.trafficmanager.net/",
        "https://smba.trafficmanager.net:444/", "https://smba.infra.gov.teams.microsoft.us/",
    ):  # fmt: skip
        assert not public.allows(evil), evil


def test_every_cloud_has_its_own_addresses_and_believes_its_own_alone():
    for name, cloud in CLOUDS.items():
        assert cloud.allows(cloud.service), name
        assert cloud.issuer == cloud.scope.removesuffix("/.default"), name
        others = [other for key, other in CLOUDS.items() if {key, name} != {"public", "gcc"} and key != name]
        assert not any(cloud.allows(other.service) for other in others), name
    assert {cloud.login.rpartition(".")[2] for cloud in CLOUDS.values()} == {"com", "us", "cn"}
    assert CLOUDS["gcc_high"].keys == CLOUDS["dod"].keys != CLOUDS["public"].keys
    assert CLOUDS["china"].allows("https://directline.botframework.azure.cn/")
