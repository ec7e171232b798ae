"""The Bot Connector's side of the fake: conversations, activities, members; with its limits and faults."""

import asyncio
import base64
import json
import secrets
from typing import Any

import jwt
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from tests.fakes.teams import cards
from tests.fakes.teams.state import (
    COUNT,
    PER_APP,
    PER_CONVERSATION,
    TENANTS,
    Conversation,
    Fault,
    Message,
    TeamsError,
    Tenant,
)

MOST = 80_000
CARD = "application/vnd.microsoft.card.adaptive"


async def token(request: web.Request) -> web.Response:
    """Give a token for client credentials."""
    tenant, form = TENANTS[request.match_info["tenant"]], await request.post()
    fault = _fault(tenant, "TOKEN", "")
    if fault is not None:
        return web.json_response({"error": fault.code or "temporarily_unavailable"}, status=fault.status or 503)
    right = form.get("client_id") == tenant.app_id and _proven(tenant, form, str(request.url))
    if not right or not str(form.get("scope", "")).endswith("/.default"):
        return web.json_response({"error": "invalid_client"}, status=401)
    new = secrets.token_hex(16)
    tenant.tokens.add(new)
    tenant.issued += 1
    return web.json_response({"token_type": "Bearer", "expires_in": 3600, "access_token": new})


async def graph(request: web.Request) -> web.Response:
    """Tell who is in the directory, a page at a time; only whoever was permitted to ask is told."""
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    tenant = next((one for one in TENANTS.values() if bearer in one.tokens), None)
    if tenant is None:
        return web.json_response({"error": {"code": "InvalidAuthenticationToken"}}, status=401)
    if not tenant.permitted:
        return web.json_response({"error": {"code": "Authorization_RequestDenied"}}, status=403)
    start, users = int(request.query.get("$skiptoken", 0)), [*tenant.users.values(), *tenant.outside.values()]
    end = start + min(int(request.query["$top"]), tenant.page)
    page: dict[str, Any] = {"value": [_listed(user) for user in users[start:end]]}
    more = f"http://{request.host}{request.path}?$top={request.query['$top']}&$skiptoken={end}"
    return web.json_response(page | ({"@odata.nextLink": more} if end < len(users) else {}))


def _listed(user: Any) -> dict[str, Any]:
    kind = "Member" if user.role == "user" else "Guest"
    return {
        "id": user.aad, "mail": user.email, "userPrincipalName": user.email, "userType": kind,
        "accountEnabled": user.enabled, "preferredLanguage": user.language,
    }  # fmt: skip


def _proven(tenant: Tenant, form: Any, url: str) -> bool:
    """Whether whoever asks has the password, or the key of the app's certificate where there is one."""
    if not tenant.certificate:
        return bool(form.get("client_secret") == tenant.password)
    known = x509.load_pem_x509_certificate(tenant.certificate.encode())
    said = str(form.get("client_assertion") or "")
    try:
        thumb = base64.urlsafe_b64encode(known.fingerprint(hashes.SHA256())).rstrip(b"=").decode()
        key: Any = known.public_key()
        claims = jwt.decode(said, key, algorithms=["PS256"], audience=url)
        return jwt.get_unverified_header(said)["x5t#S256"] == thumb and claims["iss"] == claims["sub"] == tenant.app_id
    except (jwt.InvalidTokenError, KeyError):
        return False


def _fault(tenant: Tenant, method: str, path: str) -> Fault | None:
    for fault in tenant.faults:
        if fault.times > 0 and fault.method in ("*", method) and (method == "TOKEN" or fault.path in path):
            if method == "TOKEN" and fault.method == "*":
                continue
            fault.times -= 1
            return fault
    return None


async def handle(request: web.Request) -> web.StreamResponse:
    """Answer one request of the bot."""
    path, bearer = request.match_info["path"], request.headers.get("authorization", "").removeprefix("Bearer ")
    tenant = next((one for one in TENANTS.values() if bearer in one.tokens), None)
    if tenant is None:
        return web.json_response({"error": {"code": "Unauthorized", "message": "no such token"}}, status=401)
    try:
        body = await _read(request)
        fault = _fault(tenant, request.method, path)
        if fault is not None and fault.kind != "taken":
            await _fails(request, fault)
        answer = _done(tenant, request.method, path, body, dict(request.query))
        if fault is not None:
            _loses(request, fault)
        tenant.calls.append((request.method, path, 200))
        return web.json_response(answer, status=201 if request.method == "POST" else 200)
    except TeamsError as no:
        tenant.calls.append((request.method, path, no.status))
        headers = {"retry-after": str(no.retry_after)} if no.retry_after is not None else {}
        return web.json_response({"error": {"code": no.code, "message": no.message}}, status=no.status, headers=headers)


async def _read(request: web.Request) -> Any:
    raw = await request.read()
    if len(raw) > MOST:
        raise TeamsError(413, "MessageSizeTooBig")
    return json.loads(raw) if raw else {}


async def _fails(request: web.Request, fault: Fault) -> None:
    if fault.kind == "reset":
        _reset(request)
    if fault.kind == "stall":
        await asyncio.sleep(3600)
    raise TeamsError(fault.status, fault.code, retry_after=fault.retry_after)


def _loses(request: web.Request, fault: Fault) -> None:
    """Lose the answer to what was done: behind a gateway that says so, or in a connection that breaks."""
    if fault.status:
        raise TeamsError(fault.status, fault.code, retry_after=fault.retry_after)
    _reset(request)


def _reset(request: web.Request) -> None:
    assert request.transport is not None
    request.transport.abort()
    raise ConnectionResetError


def _done(tenant: Tenant, method: str, path: str, body: Any, query: dict[str, str]) -> Any:
    parts = path.strip("/").split("/")[1:]  # without v3
    _count(tenant, parts)
    match method, parts:
        case "POST", ["conversations"]:
            return _create(tenant, body)
        case "POST", ["conversations", where, "activities", *_]:
            only = body["recipient"]["id"] if query.get("isTargetedActivity") == "true" else ""
            return {"id": _post(tenant, _writable(tenant, where), body, only=only)}
        case "PUT", ["conversations", where, "activities", which]:
            return _rewrite(_writable(tenant, where), which, body)
        case "DELETE", ["conversations", where, "activities", which]:
            _writable(tenant, where).messages.remove(_find(_writable(tenant, where), which))
            return {}
        case "GET", ["conversations", where, "pagedmembers"]:
            return _members(tenant, where, query)
        case "GET", ["teams", where, "conversations"] if where == tenant.team:
            there = {"Incidents": tenant.channel, **tenant.channels}
            return {"conversations": [{"id": key, "name": name} for name, key in there.items()]}
        case "GET", ["conversations", _, "members", who]:
            return _member(tenant, who)
    raise TeamsError(405, "MethodNotAllowed")


def _count(tenant: Tenant, parts: list[str]) -> None:
    if tenant.limited:
        tenant.take("app", PER_APP)
        if len(parts) > 1:
            tenant.take(parts[1], PER_CONVERSATION)
    tenant.began, tenant.ended = tenant.began if tenant.began is not None else tenant.now, tenant.now


def _create(tenant: Tenant, body: Any) -> Any:
    if body.get("isGroup"):
        channel = body["channelData"]["channel"]["id"]
        if not tenant.has(channel):
            raise TeamsError(404, "ChannelNotFound")
        thread = tenant.thread(channel)
        root = _post(tenant, thread, body["activity"], thread.id.partition("messageid=")[2])
        return {"id": thread.id, "activityId": root}
    if body.get("tenantId") != tenant.id or body["bot"]["id"] != f"28:{tenant.app_id}":
        raise TeamsError(400, "BadSyntax")
    user = tenant.user(body["members"][0]["id"])
    if not user.installed:
        raise TeamsError(403, "BotNotInConversationRoster")
    if user.opens >= 400:
        raise TeamsError(user.opens, "NoConversation")
    return {"id": tenant.chat_of(user).id} if user.opens == 201 else {}


def _writable(tenant: Tenant, where: str) -> Conversation:
    if tenant.has(where):
        return tenant.thread(where)
    found = tenant.conversation(where)
    if found.user and not tenant.users[found.user].installed:
        raise TeamsError(403, "MessageWritesBlocked")
    return found


def _shown(body: Any) -> Any:
    for attachment in body.get("attachments") or ():
        if attachment["contentType"] != CARD:
            raise TeamsError(400, "BadArgument", "no card that Teams knows")
        try:
            cards.check(attachment["content"])
        except cards.BadCard as wrong:
            raise TeamsError(400, "BadArgument", str(wrong)) from wrong
        return attachment["content"]
    if not body.get("text"):
        raise TeamsError(400, "BadArgument", "nothing is said")
    return None


def _post(tenant: Tenant, where: Conversation, body: Any, key: str = "", only: str = "") -> str:
    card, mentions = _shown(body), [m for m in body.get("entities") or () if m["type"] == "mention"]
    for mention in mentions:
        if mention["text"] not in body.get("text", ""):
            raise TeamsError(400, "BadArgument", "a mention that is not in the text")
        tenant.user(mention["mentioned"]["id"])
    order = next(COUNT)
    named = tuple(m["mentioned"]["id"].removeprefix("29:") for m in mentions)
    where.messages.append(Message(key or str(order), order, "bot", body.get("text", ""), card, named, only=only))
    return where.messages[-1].id


def _find(where: Conversation, which: str) -> Message:
    found = next((m for m in where.messages if m.id == which and m.by == "bot"), None)
    if found is None:
        raise TeamsError(404, "ActivityNotFoundInConversation")
    return found


def _rewrite(where: Conversation, which: str, body: Any) -> Any:
    message = _find(where, which)
    message.card, message.text, message.own = _shown(body), body.get("text", ""), {}
    message.edited += 1
    return {"id": which}


def _members(tenant: Tenant, where: str, query: dict[str, str]) -> Any:
    if where != tenant.team and not tenant.has(where):
        raise TeamsError(404, "ConversationNotFound")
    size = min(int(query.get("pageSize", 50)), 500, tenant.page)
    start = int(query.get("continuationToken", 0))
    users = list(tenant.users.values())
    page: dict[str, Any] = {"members": [_account(tenant, u) for u in users[start : start + size]]}
    return page | ({"continuationToken": str(start + size)} if start + size < len(users) else {})


def _member(tenant: Tenant, who: str) -> Any:
    return _account(tenant, tenant.user(who))


def _account(tenant: Tenant, user: Any) -> Any:
    return {
        "id": user.id,
        "objectId": user.aad,
        "aadObjectId": user.aad,
        "name": user.name,
        "email": user.email,
        "userPrincipalName": user.email,
        "userRole": user.role,
        "tenantId": tenant.id if user.role == "user" else "another",
    }
