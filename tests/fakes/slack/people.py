"""People: what they do in Slack's window (type a command, press a button, fill in a modal), and what they see."""

import time
import uuid
from collections.abc import Sequence
from typing import Any

from tests.fakes.slack import envelopes
from tests.fakes.slack.api import replace
from tests.fakes.slack.fields import CantDo, fill, inputs, said_in
from tests.fakes.slack.limits import check_message, check_offered, check_pictures, check_view
from tests.fakes.slack.state import Channel, Interaction, ResponseUrl, SlackError, View, Workspace, new_id

PATIENCE = 8.0
TRIGGER_SECONDS, RESPONSE_SECONDS, RESPONSE_USES = 3.0, 30 * 60, 5


def begin(space: Workspace, user: str, base: str, *, channel: str = "", message: str | None = None) -> Interaction:
    """Return a new interaction with its trigger and, in a conversation, its response_url."""
    one = Interaction(user, trigger=f"{time.time_ns()}.{uuid.uuid4().hex[:8]}")
    space.triggers[one.trigger] = (time.monotonic() + TRIGGER_SECONDS, one)
    if channel:
        key = uuid.uuid4().hex
        space.responses[key] = ResponseUrl(user, channel, time.monotonic() + RESPONSE_SECONDS, message)
        one.response = f"{base}/response/{space.team}/{key}"
    space.open = [*space.open[-20:], one]
    return one


def place(space: Workspace, user: str, channel: str) -> Channel:
    """Return a conversation that somebody is in: "dm" is theirs with the bot, else by id or name."""
    if channel == "dm":
        return space.im(user)
    found = [c for c in space.rooms_of(user) if channel in (c.id, c.name)]
    if not found:
        raise CantDo("not in that room")
    return found[0]


def _base(space: Workspace, user: str) -> dict[str, Any]:
    enterprise = {"id": f"E{space.team[1:]}", "name": "Northwind"} if space.grid else None
    return {
        "user": {"id": user, "username": user.lower(), "name": user.lower(), "team_id": space.team},
        "team": {"id": space.team, "domain": "northwind"}, "enterprise": enterprise,
        "is_enterprise_install": space.grid, "api_app_id": "A1", "token": "unused",
    }  # fmt: skip


async def windows(space: Workspace, base: str, users: Sequence[str]) -> list[str]:
    """Return a response_url for each of many people, as each of their presses would bring one."""
    return [begin(space, user, base, channel=space.im(user).id).response for user in users]


async def command(space: Workspace, base: str, user: str, channel: str, text: str) -> dict[str, Any]:
    """Type /disaster …; the answer may come in the acknowledgement."""
    where = place(space, user, channel)
    one = begin(space, user, base, channel=where.id)
    name = "directmessage" if where.is_im else where.name
    fields = {
        "command": "/disaster", "text": text, "user_id": user, "user_name": user.lower(), "channel_id": where.id,
        "channel_name": name, "team_id": space.team, "team_domain": "northwind", "trigger_id": one.trigger,
        "response_url": one.response, "api_app_id": "A1", "token": "unused", "is_enterprise_install": str(space.grid).lower(),
    }  # fmt: skip
    if space.grid:
        fields |= {"enterprise_id": f"E{space.team[1:]}", "enterprise_name": "Northwind"}
    await envelopes.send(space, "slash_commands", fields, one)
    return await _after(space, one, lambda body: _shown(space, where, user, body, one))


async def _after(space: Workspace, one: Interaction, take: Any, *, seen: bool = True) -> dict[str, Any]:
    first = await envelopes.settled(one, PATIENCE, seen=False)
    if one.body:
        take(one.body)
    rest = await envelopes.settled(one, PATIENCE, seen=seen)
    return {**rest, "ms": first["ms"], "body": one.body}


def _shown(space: Workspace, where: Channel, user: str, body: Any, one: Interaction) -> None:
    """A message in the acknowledgement of a command is shown to its asker."""
    message = {"text": body} if isinstance(body, str) else body
    check_message(str(message.get("text") or ""), message.get("blocks"), None)
    public = message.get("response_type") == "in_channel"
    space.post(
        where, space.bot, message.get("text", ""), blocks=message.get("blocks", []), only_for=None if public else user
    )
    one.answered.set()


async def say(space: Workspace, user: str, channel: str, text: str) -> dict[str, Any]:
    """Say something: to the bot in a direct message, else to the people there."""
    where = place(space, user, channel)
    message = space.post(where, user, text)
    if not where.is_im:
        return {"acked": True, "answered": False}
    one = begin(space, user, "")
    one.channel = where.id
    event = {"type": "message", "channel": where.id, "channel_type": "im", "user": user, "text": text, "ts": message.ts}
    return await _event(space, event, one)


async def _event(
    space: Workspace, event: dict[str, Any], one: Interaction, *, seen: bool = True, id_: str = "", retry: int = 0
) -> dict[str, Any]:
    envelope = {
        "type": "event_callback", "token": "unused", "team_id": space.team, "api_app_id": "A1", "event": event,
        "event_id": id_ or new_id("Ev"), "event_time": int(time.time()),
        "authorizations": [{"team_id": space.team, "user_id": space.bot, "is_bot": True}],
    }  # fmt: skip
    if space.grid:
        envelope["enterprise_id"] = f"E{space.team[1:]}"
    headers = {"x_slack_retry_num": str(retry), "x_slack_retry_reason": "http_timeout"} if retry else {}
    await envelopes.send(space, "events_api", envelope, one, **headers)
    return {**await envelopes.settled(one, PATIENCE if seen else 3, seen=seen), "event_id": envelope["event_id"]}


async def event(space: Workspace, event_: dict[str, Any], **how: Any) -> dict[str, Any]:
    """Tell the app of an event; it need not show anything."""
    one = begin(space, str(event_.get("user", "")), "")
    if event_.get("type") == "app_home_opened":
        one.view = "home"
    one.channel = str(event_.get("channel", ""))
    return await _event(space, event_, one, **how)


def _button(blocks: list[Any], label: str) -> tuple[dict[str, Any], dict[str, Any]]:
    for block in blocks:
        for element in block.get("elements", []) if block["type"] == "actions" else []:
            if element.get("text", {}).get("text") == label:
                return block, element
    raise CantDo(f"there is no button {label!r}")


def _action(block: dict[str, Any], element: dict[str, Any]) -> dict[str, Any]:
    kept = {n: element[n] for n in ("action_id", "value", "text", "type") if n in element}
    return {**kept, "block_id": block.get("block_id", "b0"), "action_ts": str(time.time())}


async def press(space: Workspace, base: str, user: str, channel: str, ts: str, label: str) -> dict[str, Any]:
    """Press a button of a message."""
    where = place(space, user, channel)
    message = where.find(ts)
    if message is None or message.only_for not in (None, user):
        raise CantDo("that message is gone")
    block, element = _button(message.blocks, label)
    one = begin(space, user, base, channel=where.id, message=ts)
    shown = {"type": "message", "ts": ts, "user": space.bot, "text": message.text, "blocks": message.blocks}
    container = {
        "type": "message",
        "message_ts": ts,
        "channel_id": where.id,
        "is_ephemeral": message.only_for is not None,
    }
    payload = {
        **_base(space, user), "type": "block_actions", "trigger_id": one.trigger, "response_url": one.response,
        "container": container, "channel": {"id": where.id, "name": where.name or "directmessage"},
        "actions": [_action(block, element)],
    }  # fmt: skip
    if message.only_for is None:
        payload["message"] = shown | ({"metadata": message.metadata} if message.metadata else {})
    await envelopes.send(space, "interactive", payload, one)
    return await envelopes.settled(one, PATIENCE)


def top(space: Workspace, user: str, view: str = "") -> View:
    """Return the view that somebody has open: the modal on top, or their home."""
    home = space.homes.get(user)
    if home is not None and view == home.id:
        return home
    stack = space.modals[user]
    if not stack or (view and stack[-1].id != view):
        raise CantDo("that window is closed")
    return stack[-1]


def _view_payload(space: Workspace, user: str, view: View, one: Interaction) -> dict[str, Any]:
    shown = {
        **view.payload, "id": view.id, "hash": view.hash, "team_id": space.team, "state": {"values": view.values},
        "root_view_id": space.modals[user][0].id if space.modals[user] else view.id, "bot_id": "B0BOT",
    }  # fmt: skip
    return {**_base(space, user), "trigger_id": one.trigger, "view": shown}


async def press_in_view(space: Workspace, base: str, user: str, view_id: str, label: str) -> dict[str, Any]:
    """Press a button in a modal or on the home page."""
    view = top(space, user, view_id)
    block, element = _button(view.payload["blocks"], label)
    one = begin(space, user, base)
    one.view = view.id if view.payload["type"] == "modal" else "home"
    payload = {
        **_view_payload(space, user, view, one), "type": "block_actions", "actions": [_action(block, element)],
        "container": {"type": "view", "view_id": view.id},
    }  # fmt: skip
    await envelopes.send(space, "interactive", payload, one)
    return await envelopes.settled(one, PATIENCE)


async def search(space: Workspace, base: str, user: str, view_id: str, name: str, words: str) -> dict[str, Any]:
    """Type in a field that is searched; what the app offers is seen, and can be chosen."""
    view = top(space, user, view_id)
    element = inputs(view)[name]["element"]
    if element["type"] != "external_select":
        raise CantDo(f"{name} is not searched")
    one = begin(space, user, base)
    payload = {
        **_view_payload(space, user, view, one), "type": "block_suggestion", "action_id": element["action_id"],
        "block_id": name, "value": words, "container": {"type": "view", "view_id": view.id},
    }  # fmt: skip
    await envelopes.send(space, "interactive", payload, one)
    done = await envelopes.settled(one, PATIENCE, seen=False)
    options = (one.body or {}).get("options", [])
    check_offered(options)
    view.found[name] = options
    return {**done, "options": options}


def _channel_of(space: Workspace, user: str, element: dict[str, Any], said: str) -> str:
    """Return the id of a channel that the picker shows this person: open ones, private ones only if they are in."""
    kinds = element.get("filter", {}).get("include", [])
    for channel in space.channels.values():
        kind = "private" if channel.is_private else "public"
        shown = not (channel.is_im or channel.archived) and (not channel.is_private or user in channel.members)
        if shown and kind in kinds and said in (channel.id, channel.name):
            return channel.id
    raise CantDo(f"no channel {said} is shown")


async def _searched(space: Workspace, base: str, user: str, view: View, values: dict[str, list[str]]) -> None:
    """Search for what is to be chosen, as one must before one can; channels are shown by Slack itself."""
    for name, block in inputs(view).items():
        if block["element"]["type"] == "conversations_select" and values.get(name):
            values[name] = [_channel_of(space, user, block["element"], values[name][0])]
        if block["element"]["type"] == "external_select" and values.get(name):
            await search(space, base, user, view.id, name, values[name][0])


async def choose(space: Workspace, base: str, user: str, view_id: str, name: str, value: str) -> dict[str, Any]:
    """Choose something in a field that tells the app at once."""
    view = top(space, user, view_id)
    block = inputs(view)[name]
    if not block.get("dispatch_action"):
        raise CantDo(f"{name} does not tell the app")
    fill(view, {name: [value]})
    one = begin(space, user, base)
    one.view = view.id
    action = {**view.values[name][block["element"]["action_id"]], "action_id": block["element"]["action_id"]}
    payload = {
        **_view_payload(space, user, view, one), "type": "block_actions",
        "container": {"type": "view", "view_id": view.id}, "actions": [{**action, "block_id": name}],
    }  # fmt: skip
    await envelopes.send(space, "interactive", payload, one)
    return await envelopes.settled(one, PATIENCE)


async def submit(space: Workspace, base: str, user: str, view_id: str, values: dict[str, list[str]]) -> dict[str, Any]:
    """Send a modal; Slack itself refuses one whose needed fields are empty."""
    view = top(space, user, view_id)
    await _searched(space, base, user, view, values)
    fill(view, values)
    view.errors = {
        name: "Please complete this required field."
        for name, block in inputs(view).items()
        if not block.get("optional") and not said_in(block, view)
    }
    if view.errors:
        view.order = space.next()
        return {"acked": True, "answered": True, "status": 200, "slack": True}
    one = begin(space, user, base)
    one.view = view.id
    payload = {**_view_payload(space, user, view, one), "type": "view_submission", "response_urls": []}
    await envelopes.send(space, "interactive", payload, one)
    return await _after(space, one, lambda body: _acted(space, view, body, one), seen=False) | _closed(space, view, one)


def _closed(space: Workspace, view: View, one: Interaction) -> dict[str, Any]:
    if one.acked.is_set() and one.status == 200 and not one.body:
        space.modals[view.user] = [v for v in space.modals[view.user] if v is not view]
    return {}


def _acted(space: Workspace, view: View, body: Any, one: Interaction) -> None:
    action = body.get("response_action") if isinstance(body, dict) else None
    if action == "errors":
        if not body["errors"] or set(body["errors"]) - set(inputs(view)):
            raise SlackError("invalid_arguments")
        view.errors, view.order = body["errors"], space.next()
    elif action == "update":
        check_view(body["view"], {"modal"})
        view.values = {}
        replace(space, view, body["view"])
    elif action == "push":
        check_view(body["view"], {"modal"})
        space.modals[view.user].append(View(new_id("V"), "h", view.user, body["view"], space.next()))
    elif action == "clear":
        space.modals[view.user] = []
    one.answered.set()


async def shortcut(
    space: Workspace, base: str, user: str, callback: str, channel: str = "", ts: str = ""
) -> dict[str, Any]:
    """Use a shortcut: a global one, or one on a message."""
    payload: dict[str, Any] = {**_base(space, user), "callback_id": callback, "action_ts": str(time.time())}
    if ts:
        where = place(space, user, channel)
        message = where.find(ts)
        if message is None:
            raise CantDo("that message is gone")
        one = begin(space, user, base, channel=where.id, message=ts)
        about = {"type": "message", "ts": ts, "user": message.by, "text": message.text, "blocks": message.blocks}
        payload |= {
            "type": "message_action", "message": about, "message_ts": ts, "channel": {"id": where.id, "name": where.name},
            "response_url": one.response,
        }  # fmt: skip
    else:
        one = begin(space, user, base)
        payload["type"] = "shortcut"
    await envelopes.send(space, "interactive", {**payload, "trigger_id": one.trigger}, one)
    return await envelopes.settled(one, PATIENCE)


def respond(space: Workspace, key: str, body: dict[str, Any]) -> None:
    """Take what the app posts to a response_url."""
    url = space.responses.get(key)
    if url is None or time.monotonic() > url.until:
        raise SlackError("expired_url")
    if url.uses >= RESPONSE_USES:
        raise SlackError("used_url")
    url.uses += 1
    where = space.channels[url.channel]
    message = where.find(url.message) if url.message else None
    if body.get("delete_original"):
        where.messages = [m for m in where.messages if m is not message]
        return
    check_message(str(body.get("text") or ""), body.get("blocks"), None)
    check_pictures(space, body.get("blocks"))
    if body.get("replace_original") and message is not None:
        message.text, message.blocks, message.edited = body.get("text", ""), body.get("blocks", []), True
        if message.only_for is None:
            return
        message.order = space.next()
    else:
        public = body.get("response_type") == "in_channel"
        only_for = None if public else url.user
        space.post(where, space.bot, body.get("text", ""), blocks=body.get("blocks", []), only_for=only_for)
    for one in space.open:
        if one.response.endswith(key):
            one.answered.set()
