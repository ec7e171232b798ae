"""Slack's Web API: what each method does to a workspace."""

import base64
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.fakes.slack.limits import check_message, check_pictures, check_view
from tests.fakes.slack.state import Channel, Interaction, Message, SlackError, Upload, View, Workspace, new_id

Args = Mapping[str, Any]
Method = Callable[[Workspace, Args], dict[str, Any]]
METHODS: dict[str, tuple[Method, str, str]] = {}


def method(name: str, tier: str, scope: str = "") -> Callable[[Method], Method]:
    """Register a method with its tier and the scope that it needs (alternatives with |)."""

    def register(function: Method) -> Method:
        METHODS[name] = (function, tier, scope)
        return function

    return register


def _channel(space: Workspace, args: Args, *, member: bool = False) -> Channel:
    found = space.channels.get(str(args.get("channel", "")))
    if found is None:
        raise SlackError("channel_not_found")
    if found.archived:
        raise SlackError("is_archived")
    if member and space.bot not in found.members:
        raise SlackError("not_in_channel")
    return found


def _paged(space: Workspace, args: Args, rows: list[Any]) -> tuple[list[Any], dict[str, Any]]:
    start = int(base64.b64decode(args["cursor"])) if args.get("cursor") else 0
    end = start + min(int(args.get("limit") or space.page), space.page)
    cursor = base64.b64encode(str(end).encode()).decode() if end < len(rows) else ""
    return rows[start:end], {"response_metadata": {"next_cursor": cursor}}


def _team(space: Workspace, args: Args) -> None:
    if space.grid and args.get("team_id") != space.team:
        raise SlackError("missing_argument", needed="team_id")


@method("auth.test", "special")
def _auth_test(space: Workspace, _args: Args) -> dict[str, Any]:
    found = {"team_id": space.team, "user_id": space.bot, "bot_id": "B0BOT", "team": "Northwind", "user": "disaster"}
    org = f"E{space.team[1:]}"  # an organisation's token belongs to no workspace
    more = {"enterprise_id": org, "team_id": org, "is_enterprise_install": True} if space.grid else {}
    return {**found, "url": "https://northwind.slack.com/", **more}


@method("auth.teams.list", "2")
def _teams_list(space: Workspace, args: Args) -> dict[str, Any]:
    rows, more = _paged(space, args, [{"id": key, "name": f"Northwind {key}"} for key in (space.team, *space.sisters)])
    return {"teams": rows, **more}


@method("users.list", "2", "users:read")
def _users_list(space: Workspace, args: Args) -> dict[str, Any]:
    _team(space, args)
    rows, more = _paged(space, args, list(space.users.values()))
    email = "users:read.email" in space.scopes
    locale = str(args.get("include_locale", "")).lower() in ("true", "1")
    return {"members": [u.shown(space.team, with_email=email, with_locale=locale) for u in rows], **more}


@method("users.info", "4", "users:read")
def _users_info(space: Workspace, args: Args) -> dict[str, Any]:
    user = space.users.get(str(args.get("user")))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": user.shown(space.team, with_email="users:read.email" in space.scopes)}


def _shown(channel: Channel) -> dict[str, Any]:
    return {
        "id": channel.id, "name": channel.name, "creator": channel.creator, "created": channel.created,
        "is_private": channel.is_private, "is_im": channel.is_im, "is_archived": channel.archived,
        "is_ext_shared": channel.shared, "is_pending_ext_shared": False,
        "topic": {"value": channel.topic}, "purpose": {"value": channel.purpose},
    }  # fmt: skip


@method("conversations.list", "2", "channels:read|groups:read")
def _list(space: Workspace, args: Args) -> dict[str, Any]:
    _team(space, args)
    kinds = str(args.get("types", "public_channel"))
    hide = str(args.get("exclude_archived", "false")).lower() in ("true", "1")
    rows = [
        c for c in space.channels.values()
        if not c.is_im and not (hide and c.archived)
        and ("private_channel" in kinds and space.bot in c.members if c.is_private else "public_channel" in kinds)
    ]  # fmt: skip
    rows, more = _paged(space, args, rows)
    return {"channels": [_shown(c) for c in rows], **more}


@method("conversations.info", "3", "channels:read|groups:read")
def _info(space: Workspace, args: Args) -> dict[str, Any]:
    channel = space.channels.get(str(args.get("channel")))
    if channel is None or (channel.is_private and space.bot not in channel.members):
        raise SlackError("channel_not_found")
    return {"channel": _shown(channel)}


@method("conversations.create", "2", "channels:manage|groups:write")
def _create(space: Workspace, args: Args) -> dict[str, Any]:
    _team(space, args)
    name, private = str(args.get("name", "")), str(args.get("is_private", "")).lower() in ("true", "1")
    needed = "groups:write" if private else "channels:manage"
    if needed not in space.scopes:
        raise SlackError("missing_scope", needed=needed, provided=",".join(sorted(space.scopes)))
    if not name or len(name) > 80 or name != name.lower() or not name.replace("-", "").replace("_", "").isalnum():
        raise SlackError("invalid_name_specials")
    if any(c.name == name for c in space.channels.values()):
        raise SlackError("name_taken")
    channel = Channel(new_id("C"), name, space.bot, int(time.time()), is_private=private, members=[space.bot])
    space.channels[channel.id] = channel
    return {"channel": _shown(channel)}


@method("conversations.invite", "3", "channels:manage|groups:write")
def _invite(space: Workspace, args: Args) -> dict[str, Any]:
    channel, users = _channel(space, args, member=True), [u for u in str(args.get("users", "")).split(",") if u]
    if not 1 <= len(users) <= 100:
        raise SlackError("too_many_users" if users else "no_user")
    errors = [e for u in users if (e := _not_invitable(space, channel, u))]
    forced = str(args.get("force", "")).lower() in ("true", "1")
    if errors and not (forced and len(errors) < len(users)):
        raise SlackError(errors[0]["error"], errors=errors)
    channel.members += [u for u in users if u not in channel.members and u in space.users]
    return {"channel": _shown(channel)}


def _not_invitable(space: Workspace, channel: Channel, user: str) -> dict[str, Any] | None:
    known = space.users.get(user)
    if user == space.bot:
        return {"user": user, "ok": False, "error": "cant_invite_self"}
    if known is None or known.deleted:
        return {"user": user, "ok": False, "error": "user_not_found" if known is None else "cant_invite"}
    return {"user": user, "ok": False, "error": "already_in_channel"} if user in channel.members else None


@method("conversations.open", "3", "im:write")
def _open(space: Workspace, args: Args) -> dict[str, Any]:
    user = space.users.get(str(args.get("users", "")))
    if user is None:
        raise SlackError("user_not_found")
    return {"channel": {"id": space.im(user.id).id}}


@method("conversations.history", "3", "im:history|channels:history|groups:history")
def _history(space: Workspace, args: Args) -> dict[str, Any]:
    channel = _channel(space, args, member=True)
    kind = "im" if channel.is_im else "groups" if channel.is_private else "channels"
    if f"{kind}:history" not in space.scopes:
        raise SlackError("missing_scope", needed=f"{kind}:history")
    return _told(space, args, [m for m in reversed(channel.messages) if m.only_for is None and m.thread_ts is None])


@method("conversations.replies", "3", "im:history|channels:history|groups:history")
def _replies(space: Workspace, args: Args) -> dict[str, Any]:
    channel, ts = _channel(space, args, member=True), str(args.get("ts"))
    if channel.find(ts) is None:
        raise SlackError("thread_not_found")
    return _told(space, args, [m for m in channel.messages if m.only_for is None and ts in (m.ts, m.thread_ts)])


def _told(space: Workspace, args: Args, rows: list[Message]) -> dict[str, Any]:
    rows, more = _paged(space, args, rows)
    full = str(args.get("include_all_metadata", "")).lower() in ("true", "1")
    shown = [
        {"type": "message", "ts": m.ts, "user": m.by, "text": m.text, "blocks": m.blocks}
        | ({"metadata": m.metadata} if full and m.metadata else {})
        for m in rows
    ]
    return {"messages": shown, "has_more": bool(more["response_metadata"]["next_cursor"]), **more}


@method("conversations.setTopic", "2", "channels:manage|groups:write")
def _topic(space: Workspace, args: Args) -> dict[str, Any]:
    channel = _channel(space, args, member=True)
    if len(str(args.get("topic", ""))) > 250:
        raise SlackError("too_long")
    channel.topic = str(args.get("topic", ""))
    return {"channel": _shown(channel)}


@method("conversations.archive", "2", "channels:manage|groups:write")
def _archive(space: Workspace, args: Args) -> dict[str, Any]:
    found = space.channels.get(str(args.get("channel", "")))
    if found is not None and found.archived:
        raise SlackError("already_archived")
    _channel(space, args, member=True).archived = True
    return {}


@method("pins.add", "2", "pins:write")
def _pin(space: Workspace, args: Args) -> dict[str, Any]:
    channel = _channel(space, args, member=True)
    ts = str(args.get("timestamp"))
    if channel.find(ts) is None:
        raise SlackError("message_not_found")
    if ts in channel.pins:
        raise SlackError("already_pinned")
    channel.pins.append(ts)
    return {}


@method("bookmarks.add", "2", "bookmarks:write")
def _bookmark(space: Workspace, args: Args) -> dict[str, Any]:
    channel = space.channels.get(str(args.get("channel_id", "")))
    if channel is None:
        raise SlackError("channel_not_found")
    channel.bookmarks.append({"id": new_id("Bk"), "title": args.get("title"), "link": args.get("link")})
    return {"bookmark": channel.bookmarks[-1]}


@method("chat.postMessage", "special", "chat:write")
def _post(space: Workspace, args: Args) -> dict[str, Any]:
    where = str(args.get("channel", ""))
    if where in space.users:
        user = space.users[where]
        if user.deleted:
            raise SlackError("account_inactive" if user.is_bot else "user_disabled")
        channel = space.im(where)
    else:
        channel = _channel(space, args)
        if space.bot not in channel.members and (channel.is_private or "chat:write.public" not in space.scopes):
            raise SlackError("not_in_channel")
    text, blocks, metadata = str(args.get("text") or ""), args.get("blocks"), args.get("metadata")
    if args.get("thread_ts") and channel.find(str(args["thread_ts"])) is None:
        raise SlackError("thread_not_found")
    check_message(text, blocks, metadata)
    check_pictures(space, blocks)
    space.spend(f"channel:{channel.id}", space.per_channel * 60, space.burst)
    message = space.post(
        channel, space.bot, text, blocks=blocks or [], metadata=metadata, thread_ts=args.get("thread_ts")
    )
    space.answered(channel=channel.id)
    return {"channel": channel.id, "ts": message.ts, "message": {"text": text, "ts": message.ts, "user": space.bot}}


@method("chat.update", "3", "chat:write")
def _update(space: Workspace, args: Args) -> dict[str, Any]:
    channel = _channel(space, args)
    message = channel.find(str(args.get("ts")))
    if message is None or message.only_for is not None:
        raise SlackError("message_not_found")
    if message.by != space.bot:
        raise SlackError("cant_update_message")
    text, blocks = str(args.get("text") or ""), args.get("blocks")
    check_message(text, blocks, args.get("metadata"))
    check_pictures(space, blocks)
    message.text, message.blocks, message.edited = text, blocks or [], True
    message.metadata = args.get("metadata") or message.metadata
    return {"channel": channel.id, "ts": message.ts, "text": text}


@method("chat.postEphemeral", "4", "chat:write")
def _ephemeral(space: Workspace, args: Args) -> dict[str, Any]:
    channel, user = _channel(space, args), str(args.get("user"))
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    text, blocks = str(args.get("text") or ""), args.get("blocks")
    check_message(text, blocks, None)
    check_pictures(space, blocks)
    message = space.post(channel, space.bot, text, blocks=blocks or [], only_for=user)
    space.answered(channel=channel.id)
    return {"message_ts": message.ts}


@method("files.getUploadURLExternal", "4", "files:write")
def _upload_url(space: Workspace, args: Args) -> dict[str, Any]:
    length = int(args.get("length") or 0)
    if length <= 0 or not args.get("filename"):
        raise SlackError("invalid_arguments")
    key = new_id("F")
    space.files[key] = Upload(str(args["filename"]), length)
    return {"upload_url": f"/upload/{space.team}/{key}", "file_id": key}


@method("files.completeUploadExternal", "4", "files:write")
def _upload_complete(space: Workspace, args: Args) -> dict[str, Any]:
    named = [f["id"] for f in args.get("files") or ()]
    if not named or any(not space.files.get(key) or not space.files[key].content for key in named):
        raise SlackError("file_not_found")
    for key in named:
        space.files[key].ready_at = time.monotonic() + space.file_delay
    return {"files": [{"id": key} for key in named]}


def _spent(space: Workspace, args: Args) -> Interaction:
    """A trigger_id opens one view, within three seconds."""
    until, interaction = space.triggers.pop(str(args.get("trigger_id", "")), (0.0, Interaction("")))
    if not interaction.user:
        raise SlackError("exchanged_trigger_id")
    if time.monotonic() > until:
        raise SlackError("expired_trigger_id")
    return interaction


def _new_view(space: Workspace, user: str, payload: Any) -> View:
    return View(new_id("V"), secrets.token_hex(4), user, payload, space.next())


def _view(space: Workspace, view: View) -> dict[str, Any]:
    return {"view": {**view.payload, "id": view.id, "hash": view.hash, "team_id": space.team}}


@method("views.open", "4")
def _views_open(space: Workspace, args: Args) -> dict[str, Any]:
    check_view(args.get("view"), {"modal"})
    interaction = _spent(space, args)
    view = _new_view(space, interaction.user, args["view"])
    space.modals[interaction.user] = [view]
    interaction.answered.set()
    return _view(space, view)


@method("views.push", "4")
def _views_push(space: Workspace, args: Args) -> dict[str, Any]:
    check_view(args.get("view"), {"modal"})
    interaction = _spent(space, args)
    stack = space.modals[interaction.user]
    if len(stack) >= 3:
        raise SlackError("push_limit_reached")
    stack.append(_new_view(space, interaction.user, args["view"]))
    interaction.answered.set()
    return _view(space, stack[-1])


@method("views.update", "4")
def _views_update(space: Workspace, args: Args) -> dict[str, Any]:
    check_view(args.get("view"), {"modal"})
    every = [v for stack in space.modals.values() for v in stack]
    view = next((v for v in every if v.id == args.get("view_id")), None)
    if view is None:
        raise SlackError("not_found")
    if args.get("hash") not in (None, view.hash):
        raise SlackError("hash_conflict")
    replace(space, view, args["view"])
    space.answered(view=view.id)
    return _view(space, view)


def replace(space: Workspace, view: View, payload: Any) -> None:
    """Put something else into a view; fields of the same names keep what was typed, as Slack's clients do."""
    ids = {b.get("block_id") for b in payload["blocks"] if b["type"] == "input"}
    view.values = {k: v for k, v in view.values.items() if k in ids}
    view.payload, view.errors, view.hash, view.order = payload, {}, secrets.token_hex(4), space.next()


@method("views.publish", "4")
def _views_publish(space: Workspace, args: Args) -> dict[str, Any]:
    check_view(args.get("view"), {"home"})
    user = str(args.get("user_id"))
    if user not in space.users:
        raise SlackError("not_enabled")
    space.homes[user] = _new_view(space, user, args["view"])
    for one in space.open:
        if one.user == user and one.view == "home":
            one.answered.set()
    return _view(space, space.homes[user])
