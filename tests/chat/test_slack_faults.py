"""When things go wrong with Slack: every failure has its name, its outcome and its remedy; none is success."""

import json
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.chat.slack import answering, doctor
from bot.chat.slack import line as slack_line
from bot.chat.slack.door import Door
from bot.chat.slack.line import _proxy, proxy_for
from bot.chat.slack.troubles import Trouble
from bot.chat.slack.workspace import Workspace
from bot.cli.delivery import check_delivery
from bot.domain.card import Card
from bot.domain.delivery import Gone, Outcome, Outgoing, Sought, Unseen
from bot.engine.dispatcher import LEASE
from tests.fakes.slack.envelopes import encoded, signed
from tests.slack_chat import user_of
from tests.world import START, World, call_the_roll, on_slack

pytestmark = pytest.mark.on_slack
LINE = '/disaster declare facility_loss leeds sev1 "fire on floor 2"'


def out(number: int = 1, address: str = "US001", **more) -> Outgoing:
    return Outgoing(delivery_id=number, address=address, card=Card(title=f"card {number}"), **more)


async def sent(world: World, *faults: dict, **how):
    await world.slack.change(faults=[{"method": "chat.postMessage", **fault} for fault in faults])
    return (await world.product.engine.messengers["slack"].send([out(**how)]))[0]


async def test_every_refusal_has_its_outcome(world):
    gone = {
        "channel_not_found": Gone.NO_ROOM, "is_archived": Gone.NO_ROOM, "not_in_channel": Gone.NO_ROOM,
        "user_not_found": Gone.NO_ADDRESS, "user_disabled": Gone.LEFT, "msg_too_long": Gone.REFUSED,
        "restricted_action": Gone.NOT_ALLOWED, "messages_tab_disabled": Gone.UNINSTALLED, "no_such_word": Gone.REFUSED,
    }  # fmt: skip
    for word, reason in gone.items():
        said = await sent(world, {"error": word})
        assert (said.outcome, said.reason, said.error) == (Outcome.GONE, reason, word)
    for word in ("token_revoked", "missing_scope", "account_inactive", "invalid_auth"):
        said = await sent(world, {"error": word})
        assert (said.outcome, said.whole_lane, said.error) == (Outcome.HELD, True, word)
        assert said.retry_after
        assert Trouble(word, "chat.postMessage").remedy.endswith(".")
    for fault in ({"status": 502}, {"html": True}, {"reset": True}, {"error": "fatal_error"}):
        assert (await sent(world, fault)).outcome is Outcome.UNKNOWN, fault
    assert not [s for s in await world.chat.look("S001", "dm") if "card 1" in s], "nothing of it arrived"


async def test_a_slack_that_does_not_answer_leaves_nobody_knowing_and_is_no_success(world, monkeypatch):
    monkeypatch.setattr(slack_line, "SECONDS", 0.3)
    await world.product.slack.line.close()  # the next session has the shorter patience
    said = await sent(world, {"stall": 2})
    assert (said.outcome, said.error) == (Outcome.UNKNOWN, "no answer")
    assert "looked up before it is repeated" in Trouble("no answer", "chat.postMessage").remedy


async def test_what_takes_longer_than_slack_waits_was_done_and_is_answered_later(world, fire, monkeypatch):
    monkeypatch.setattr(answering, "PATIENCE", 0)
    assert "LS1 is in progress" in await fire.safety.presses("Start", on="LS1 ·")
    assert any("started LS1" in line for line in await world.journal())


async def test_a_429_holds_the_lane_for_as_long_as_slack_says(world):
    said = await sent(world, {"error": "ratelimited", "retry_after": 17})
    assert (said.outcome, said.retry_after, said.whole_lane) == (Outcome.HELD, 17, True)
    again = await sent(world, {"error": "ratelimited", "retry_after": 2})
    assert (again.outcome, again.whole_lane) == (Outcome.HELD, False), "just written to: it is about the conversation"


async def test_what_arrived_all_the_same_is_found_and_not_sent_twice(world):
    messenger = world.product.engine.messengers["slack"]
    said = await sent(world, {"reset": True, "late": True}, number=41)
    assert said.outcome is Outcome.UNKNOWN
    found = await messenger.found([Sought(delivery_id=n, address="US001", since=START) for n in (41, 42)])
    assert found[42] is None
    (again,) = await messenger.send([out(41, repeat=True)])
    assert again.external_id == found[41]
    assert len([s for s in await world.chat.look("S001", "dm") if "card 41" in s]) == 1
    await world.slack.change(faults=[{"method": "conversations.history", "error": "missing_scope"}])
    sought = [Sought(delivery_id=n, address="US001", since=START) for n in (43, 44)]
    assert (await messenger.found(sought))[43] == Unseen("missing_scope")
    await world.slack.change(faults=[{"method": "conversations.history", "error": "ratelimited", "retry_after": 9}])
    assert await messenger.found(sought) == {}, "so many questions and no more: the next look asks again"


async def test_what_arrived_in_a_thread_is_found_there(world):
    messenger = world.product.engine.messengers["slack"]
    (above,) = await messenger.send([out(50)])
    await world.slack.change(faults=[{"method": "chat.postMessage", "reset": True, "late": True}])
    (said,) = await messenger.send([out(51, under=above.external_id)])
    assert said.outcome is Outcome.UNKNOWN
    asked = [Sought(delivery_id=n, address="US001", since=START, under=above.external_id) for n in (51, 52)]
    found = await messenger.found(asked)
    assert found[51] is not None
    assert found[52] is None
    (again,) = await messenger.send([out(51, under=above.external_id, repeat=True)])
    assert again.external_id == found[51]


def test_the_environments_proxy_is_used_where_it_says_so(monkeypatch):
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "inside.example")
    _proxy.cache_clear()
    assert proxy_for("https://slack.example/api/") == "http://proxy.example:3128"
    assert proxy_for("https://hooks.inside.example/x") is None
    _proxy.cache_clear()


async def test_what_would_go_on_beyond_its_lease_is_not_begun(world):
    messenger = world.product.engine.messengers["slack"]
    (late,) = await messenger.send([out(44, until=world.now)])
    assert (late.outcome, late.whole_lane) == (Outcome.HELD, False)
    (soon,) = await messenger.send([out(45, until=world.now + LEASE)])
    assert soon.outcome is Outcome.SENT
    assert [s.text.count("card 4") for s in await world.chat.look("S001", "dm") if "card 4" in s] == [1]
    await world.slack.change(faults=[{"method": "conversations.history", "error": "missing_scope"}])
    (again,) = await messenger.send([out(46, repeat=True)])
    assert again.outcome is Outcome.SENT, "it was looked for before; a look that fails holds nothing"


async def test_at_real_rates_a_room_takes_a_burst_and_then_asks_for_patience(world):
    messenger = world.product.engine.messengers["slack"]
    await world.slack.change(per_channel=1.0, burst=3)
    outcomes = [(await messenger.send([out(n)]))[0] for n in range(1, 6)]
    assert [o.outcome for o in outcomes[:3]] == [Outcome.SENT] * 3
    assert {o.outcome for o in outcomes[3:]} == {Outcome.HELD}
    assert not any(o.whole_lane for o in outcomes[3:])


async def test_a_form_that_slack_would_not_open_waits_behind_a_button(world):
    ines = world.person("S001")
    await world.slack.change(faults=[{"method": "views.open", "error": "expired_trigger_id"}])
    answer = await ines.types("/disaster declare")
    assert answer.buttons == ("Open the form…",)
    form = await ines.presses("Open the form…")
    assert form.submit == "Declare"


async def test_a_private_answer_that_fails_once_is_given_again(world, called):
    ana = world.agents("leeds", 1)[0]
    await world.slack.change(faults=[{"method": "response_url", "status": 500}])
    assert "you are marked safe" in await ana.presses("I'm safe")


async def test_a_room_that_can_not_be_opened_is_tried_again(world):
    scopes = {"channels:manage", "groups:write"}
    everything = [c for c in (await doctor_scopes(world)) if c not in scopes]
    await world.slack.change(scopes=everything)
    ines = world.person("S001")
    await ines.types(LINE)
    await world.settles()
    assert await world.chat.places("S001") == ["dm"]
    shut = "Slack does not open the channel inc-2026-0001 (missing_scope). The app lacks a right."
    assert shut in await world.board(ines, "INC-2026-0001")
    await world.passes(minutes=2)
    assert len([line for line in await world.journal() if shut in line]) == 1
    await world.slack.change(scopes=[*everything, *scopes])
    await world.passes(minutes=1)
    await ines.sees("INC-2026-0001 · Loss of a building · Leeds")
    assert "does not open the channel" not in await world.board(ines, "INC-2026-0001")


async def doctor_scopes(world: World) -> frozenset[str]:
    return (await world.product.slack.line.me()).scopes


async def test_the_doctor_says_what_did_not_arrive(world, fire, monkeypatch, capsys):
    ben = world.agents("leeds", 1)[0]
    await world.slack.change(
        users=[{"id": user_of(ben.id), "name": ben.name, "email": ben.person.email, "deleted": True}]
    )
    await call_the_roll(fire)
    await world.settles()
    await world.slack.change(faults=[{"method": "chat.postMessage", "status": 503}])
    await fire.commander.types("/disaster update the stairs are clear")
    await world.settles()
    board = await world.board(fire.commander, "INC-2026-0001")

    @asynccontextmanager
    async def opened(*_):
        yield world.store

    monkeypatch.setattr("bot.app.opened", opened)
    monkeypatch.setattr("bot.app.build", lambda *_, **__: world.product)
    assert not await check_delivery(on_slack(), Path("unused"))
    said = capsys.readouterr().out
    assert "INC-2026-0001: 1 did not arrive. Their account is closed. Call them" in said
    doubt = "Nobody knows whether 1 message on Slack arrived (HTTP 503. The trouble is on its side: look at its status page)"
    assert doubt in said
    assert doubt in board


async def test_the_doctor_names_what_is_missing_and_who_is_not_linked(world):
    line, desk = world.product.slack.line, world.product.desk
    found = {f.what: f async for f in doctor.examine(desk, line)}
    assert all(f.well for f in found.values()), found
    line._me = None
    await world.slack.change(
        scopes=[s for s in await doctor_scopes(world) if s != "pins:write"],
        users=[{"id": "US001", "name": "Gone", "deleted": True}],
    )
    line._me = None
    found = {f.what: f async for f in doctor.examine(desk, line)}
    assert "missing: pins:write" in found["scopes"].words
    assert world.person("S001").name in found["people"].words
    await world.slack.change(revoked=True)
    line._me = None
    (only,) = [f async for f in doctor.examine(desk, line)]
    assert "revoked" in only.words
    assert not only.well


async def test_slack_may_be_away_at_the_start_and_the_bot_says_so(world):
    away = world.product.slack.access
    lost = Workspace(world.product.desk, type(away)("xoxb-x", "s", "", "http://127.0.0.1:9/api/"), "", 0)
    assert not await lost._tried(lost.look_after)
    assert lost.line.trouble is not None
    assert "Check the network" in lost.line.trouble.remedy
    (said,) = await lost.messenger.send([out()])
    assert (said.outcome, said.whole_lane, said.error) == (Outcome.HELD, True, "unreachable")
    await lost.close()


async def test_a_connection_that_does_not_come_about_is_tried_at_a_new_address(world):
    workspace = world.product.slack
    client = workspace._socket.client
    used = client.wss_uri
    await client.disconnect()
    await workspace.look_after()
    assert client.wss_uri is None, "the old address is good no more, and the library would try it for ever"
    await client.connect()
    assert client.wss_uri not in (None, used)
    assert "No incident is open" in await world.person("S001").types("/disaster status")


async def test_what_was_done_is_not_done_again_because_something_after_it_fails(world):
    workspace = world.product.slack
    workspace._link_at = workspace._find_at = world.now
    workspace.door.refused["not signed"] = 3
    scopes = await doctor_scopes(world) - {"channels:read", "groups:read"}
    await world.slack.change(forget_calls=True, scopes=sorted(scopes))
    for _ in range(2):
        assert not await workspace._tried(workspace.look_after)
    asked = [c["method"] for c in await world.slack.see("calls")]
    assert (asked.count("users.list"), asked.count("conversations.list")) == (1, 2)
    assert any("3 requests in Slack's name turned away: not signed" in line for line in await world.journal())


async def test_only_what_slack_signed_just_now_gets_in_and_the_rest_is_counted(world):
    door, now = world.product.slack.door, world.now.timestamp()
    secret = world.slack.secret
    fields = {
        "command": "/disaster",
        "text": "where",
        "user_id": user_of("S001"),
        "channel_id": "D1",
        "trigger_id": "t1",
    }
    body, kind = encoded("slash_commands", fields)
    good = signed(secret, body, now)

    async def status(headers: dict[str, str], content: str | bytes = body) -> int:
        answer = await world.http.post("/slack/events", content=content, headers={"content-type": kind, **headers})
        return answer.status_code

    assert await status(good) == 200
    bad = [
        {}, {"x-slack-signature": good["x-slack-signature"]}, {**good, "x-slack-signature": "v0=00"},
        {**good, "x-slack-request-timestamp": "soon"}, {**good, "x-slack-request-timestamp": "-5"},
        signed(secret, body, now - 301), signed("another", body, now),
    ]  # fmt: skip
    for headers in bad:
        assert await status(headers) == 401, headers
    assert await status(good, "\xff" * 10) == 401
    assert sum(door.refused.values()) == 8
    await world.product.slack.look_after()
    assert any(
        "4 requests in Slack's name turned away: a signature that is wrong or old" in j for j in await world.journal()
    )
    assert not door.refused
    assert isinstance(door, Door)


async def test_a_press_that_is_replayed_is_done_once(world, fire):
    url = {"type": "block_actions", "trigger_id": "once", "user": {"id": user_of("S014")}, "team": {"id": "T"}}
    step = next(s for s in await fire.safety.everything() if "LS1 ·" in s and "Start" in s.buttons)
    room = await world.slack.see("channel", user=user_of(fire.safety.id), channel="inc-2026-0001")
    blocks = next(m for m in room["messages"] if m["ts"] == step.id)["blocks"]
    button = next(e for b in blocks if b["type"] == "actions" for e in b["elements"] if e["text"]["text"] == "Start")
    action = {"action_id": button["action_id"], "value": button["value"], "block_id": "b", "type": "button"}
    place = {"container": {"type": "message", "channel_id": room["id"]}, "channel": {"id": room["id"]}}
    body, kind = encoded(
        "interactive", {**url, **place, "actions": [action], "response_url": f"{world.slack.url}/none"}
    )
    for _ in range(2):
        headers = {"content-type": kind, **signed(world.slack.secret, body, world.now.timestamp())}
        assert (await world.http.post("/slack/events", content=body, headers=headers)).status_code == 200
    started = [line for line in await world.journal() if "LS1" in line and "start" in line.lower()]
    assert len(started) == 1, started
    assert json.loads(button["value"])["kind"] == "step.start"
