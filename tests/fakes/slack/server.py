"""The fake Slack as a server: the Web API, Socket Mode, response_urls, and a side door for tests under /_admin."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.slack import envelopes, fields, people
from tests.fakes.slack.api import METHODS
from tests.fakes.slack.state import Fault, SlackError, User, Workspace, new_id

SPACES: dict[str, Workspace] = {}
# We take JSON, forms and queries, as Slack does; some methods take no JSON.
_NO_JSON = frozenset({"files.getUploadURLExternal"})
_READS = frozenset(
    {
        "auth.teams.list",
        "users.list",
        "users.info",
        "conversations.info",
        "conversations.list",
        "conversations.history",
        "conversations.replies",
    }
)
_JSON_FIELDS = ("blocks", "view", "metadata", "files")


def _base(request: web.Request) -> str:
    return f"http://{request.host}"


async def _args(request: web.Request) -> dict[str, Any]:
    args: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":  # what is read takes no JSON: what was asked is not seen
        args |= {} if request.match_info["method"] in _READS else await request.json()
    elif request.can_read_body:
        args |= dict(await request.post())
    for name in _JSON_FIELDS:
        if isinstance(args.get(name), str):
            args[name] = json.loads(args[name])
    return args


def _whose(request: web.Request, args: dict[str, Any]) -> tuple[Workspace, str]:
    token = request.headers.get("authorization", "").removeprefix("Bearer ") or str(args.get("token", ""))
    if not token:
        raise SlackError("not_authed")
    found = next((s for s in SPACES.values() if token in (s.token, s.app_token)), None)
    if found is None:
        raise SlackError("invalid_auth")
    if found.revoked:
        raise SlackError("token_revoked")
    return found, token


async def _call(request: web.Request) -> web.StreamResponse:
    name, args = request.match_info["method"], await _args(request)
    headers: dict[str, str] = {}
    try:
        space, token = _whose(request, args)
        space.calls.append({"method": name, "args": {k: v for k, v in args.items() if k != "token"}})
        headers["x-oauth-scopes"] = ",".join(sorted(space.scopes))
        fault = next((f for f in space.faults if f.method in (name, "*")), None)
        if fault is not None:
            return await _faulty(request, space, name, args, token, fault)
        return web.json_response({"ok": True, **_done(request, space, name, args, token)}, headers=headers)
    except SlackError as no:
        return _refused(no, headers)


def _refused(no: SlackError, headers: dict[str, str]) -> web.Response:
    more = dict(no.more)
    after = more.pop("retry_after", None)
    if after is None:
        return web.json_response({"ok": False, "error": no.error, **more}, headers=headers)
    return web.json_response({"ok": False, "error": no.error}, status=429, headers={"retry-after": str(after)})


def _done(request: web.Request, space: Workspace, name: str, args: dict[str, Any], token: str) -> dict[str, Any]:
    if name == "apps.connections.open":
        if token != space.app_token:
            raise SlackError("not_allowed_token_type")
        return {"url": f"ws://{request.host}/link/{envelopes.ticket(space)}"}
    if name in _NO_JSON and request.content_type == "application/json":
        raise SlackError("invalid_arguments")
    if name not in METHODS:
        raise SlackError("unknown_method")
    if token != space.token:
        raise SlackError("not_allowed_token_type")
    method, tier, scope = METHODS[name]
    if scope and not set(scope.split("|")) & space.scopes:
        raise SlackError("missing_scope", needed=scope.replace("|", ","), provided=",".join(sorted(space.scopes)))
    space.spend(f"method:{name}", space.rates.get(name, space.rates[tier]))
    done = method(space, args)
    return done | {"upload_url": f"{_base(request)}{done['upload_url']}"} if "upload_url" in done else done


async def _faulty(
    request: web.Request, space: Workspace, name: str, args: dict[str, Any], token: str, fault: Fault
) -> web.StreamResponse:
    fault.times -= 1
    if fault.times <= 0:
        space.faults.remove(fault)
    if fault.late:
        _done(request, space, name, args, token)
    if fault.stall:
        await asyncio.sleep(fault.stall)
    if fault.reset:
        assert request.transport is not None
        request.transport.abort()
    if fault.html:
        return web.Response(text="<html>An upstream proxy says hello</html>", content_type="text/html")
    if fault.status:
        return web.Response(text="upstream trouble", status=fault.status)
    if fault.error:
        raise SlackError(fault.error, **({"retry_after": fault.retry_after} if fault.retry_after else {}))
    return web.json_response({"ok": True})


async def _link(request: web.Request) -> web.WebSocketResponse:
    space = envelopes.TICKETS.pop(request.match_info["ticket"], None)
    if space is None:
        raise web.HTTPForbidden(text="this address was used before")
    socket = web.WebSocketResponse(heartbeat=30)
    await socket.prepare(request)
    await socket.send_str(json.dumps({"type": "hello", "num_connections": len(space.sockets) + 1}))
    space.sockets.append(socket)
    try:
        async for message in socket:
            if message.type is WSMsgType.TEXT and message.data.startswith("{"):
                envelopes.acknowledged(json.loads(message.data))
    finally:
        space.sockets.remove(socket)
    return socket


async def _response(request: web.Request) -> web.Response:
    try:
        space = SPACES[request.match_info["team"]]
        space.calls.append({"method": "response_url", "args": {}})
        fault = next((f for f in space.faults if f.method == "response_url"), None)
        if fault is not None:
            space.faults.remove(fault)
            return web.Response(status=fault.status or 500)
        people.respond(space, request.match_info["key"], await request.json())
    except SlackError as no:
        return web.json_response({"ok": False, "error": no.error, **no.more}, status=404)
    return web.Response(text="ok")


async def _uploaded(request: web.Request) -> web.Response:
    """Take a file's bytes at the address that was given for it; they need no token."""
    space = SPACES[request.match_info["team"]]
    file, content = space.files.get(request.match_info["file"]), await request.read()
    if file is None or len(content) != file.length:
        return web.Response(status=400, text="wrong length")
    file.content = content.hex()
    return web.Response(text=f"OK - {len(content)}")


def _known(space: Workspace) -> dict[str, Any]:
    return {
        "team": space.team, "token": space.token, "app_token": space.app_token, "secret": space.secret, "bot": space.bot,
    }  # fmt: skip


async def _new(request: web.Request) -> web.Response:
    asked = await request.json()
    if "like" in asked:
        space = SPACES[asked["like"]].twin()
    else:
        users = {u["id"]: User(**u) for u in asked.pop("users")}
        space = Workspace(team=new_id("T"), users={"U0BOT": User("U0BOT", "Disaster", is_bot=True), **users})
    _set(space, {k: v for k, v in asked.items() if k != "like"})
    SPACES[space.team] = space
    return web.json_response(_known(space))


def _set(space: Workspace, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(space, name, set(value) if name == "scopes" else value)


async def _change(request: web.Request) -> web.Response:
    space = SPACES[request.match_info["team"]]
    asked = await request.json()
    space.users |= {u["id"]: User(**u) for u in asked.pop("users", [])}
    space.faults += [Fault(**f) for f in asked.pop("faults", [])]
    for channel in (c for c in space.channels.values() if c.name in asked.get("shared", ())):
        channel.shared = True  # with another organisation
    asked.pop("shared", None)
    if asked.pop("forget_calls", False):
        space.calls.clear()
    _set(space, asked)
    return web.json_response({})


async def _end(request: web.Request) -> web.Response:
    space = SPACES.pop(request.match_info["team"])
    for socket in list(space.sockets):
        await socket.close()
    return web.json_response({})


Act = Callable[..., Awaitable[Any]]
_ACTS: dict[str, Act] = {
    "command": people.command, "press": people.press, "press_in_view": people.press_in_view, "submit": people.submit,
    "choose": people.choose, "shortcut": people.shortcut, "search": people.search, "windows": people.windows,
}  # fmt: skip
_TOLD: dict[str, Act] = {"say": people.say, "event": people.event}


async def _act(request: web.Request) -> web.Response:
    space, verb, asked = SPACES[request.match_info["team"]], request.match_info["verb"], await request.json()
    try:
        done = await (_TOLD[verb](space, **asked) if verb in _TOLD else _ACTS[verb](space, _base(request), **asked))
    except (fields.CantDo, SlackError) as no:
        return web.json_response({"error": f"{no} {getattr(no, 'more', '')}".strip()}, status=409)
    return web.json_response(done)


def _seen(space: Workspace, user: str, channel: str) -> dict[str, Any]:
    where = people.place(space, user, channel)
    shown = [
        {**vars(m), "pinned": m.ts in where.pins, "author": space.users[m.by].name if m.by != space.bot else "bot"}
        for m in where.messages
        if m.only_for in (None, user)
    ]
    return {
        "id": where.id, "messages": shown, "topic": where.topic, "bookmarks": where.bookmarks, "members": where.members,
        "is_private": where.is_private,
    }  # fmt: skip


def _window(space: Workspace, user: str) -> dict[str, Any]:
    def shown(view: Any) -> dict[str, Any]:
        said = {name: fields.said_in(block, view) for name, block in fields.inputs(view).items()}
        return {"id": view.id, "order": view.order, "view": view.payload, "said": said, "errors": view.errors}

    home = space.homes.get(user)
    return {"modals": [shown(v) for v in space.modals[user]], "home": shown(home) if home else None}


async def _see(request: web.Request) -> web.Response:
    space, what = SPACES[request.match_info["team"]], request.match_info["what"]
    user, channel = request.query.get("user", ""), request.query.get("channel", "dm")
    try:
        found: Any = {
            "channel": lambda: _seen(space, user, channel),
            "window": lambda: _window(space, user),
            "places": lambda: [{"id": c.id, "name": c.name} for c in space.rooms_of(user)],
            "calls": lambda: space.calls,
            "files": lambda: [{"id": key, **vars(file)} for key, file in space.files.items()],
            "channels": lambda: [vars(c) | {"messages": len(c.messages)} for c in space.channels.values()],
        }[what]()
    except fields.CantDo as no:
        return web.json_response({"error": str(no)}, status=409)
    return web.json_response(found, dumps=lambda o: json.dumps(o, default=vars))


def application() -> web.Application:
    """Return the server."""
    app = web.Application(client_max_size=4 * 2**20)
    app.router.add_route("*", "/api/{method}", _call)
    app.router.add_get("/link/{ticket}", _link)
    app.router.add_post("/upload/{team}/{file}", _uploaded)
    app.router.add_post("/response/{team}/{key}", _response)
    app.router.add_post("/_admin/workspaces", _new)
    app.router.add_patch("/_admin/{team}", _change)
    app.router.add_delete("/_admin/{team}", _end)
    app.router.add_post("/_admin/{team}/act/{verb}", _act)
    app.router.add_get("/_admin/{team}/see/{what}", _see)
    return app
