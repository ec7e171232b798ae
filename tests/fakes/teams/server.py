"""The fake Teams as a server: the Connector, the token endpoint, the channel's keys, and a side door for tests."""

import copy
import json
from typing import Any

from aiohttp import web
from jwt.algorithms import RSAAlgorithm

from tests.fakes.teams import cards, people, rest
from tests.fakes.teams.state import COUNT, TENANTS, Fault, Refused, TeamsError, Tenant, User

UP = {"keys": True, "asked": 0}


def _metadata(request: web.Request) -> web.Response:
    UP["asked"] += 1
    if not UP["keys"]:
        return web.json_response({}, status=503)
    return web.json_response({"issuer": people.ISSUER, "jwks_uri": f"http://{request.host}/keys/jwks"})


def _jwks(_request: web.Request) -> web.Response:
    key = json.loads(RSAAlgorithm.to_jwk(people.KEY.public_key()))
    return web.json_response({"keys": [{**key, "kid": people.KEY_ID, "use": "sig", "endorsements": ["msteams"]}]})


async def _metadata_(request: web.Request) -> web.Response:
    return _metadata(request)


async def _jwks_(request: web.Request) -> web.Response:
    return _jwks(request)


async def _new(request: web.Request) -> web.Response:
    body = await request.json()
    name = f"tenant-{next(COUNT)}"
    if "like" in body:
        tenant = copy.deepcopy(TENANTS[body["like"]])
        tenant.id, tenant.tokens, tenant.dialogs = name, set(), {}
    else:
        tenant = Tenant(name, f"http://{request.host}/teams/")
        tenant.users = {u["aad"]: User(**u) for u in body.get("users", ())}
    TENANTS[name] = tenant
    told = {key: getattr(tenant, key) for key in ("id", "url", "app_id", "password", "team", "channel")}
    return web.json_response(told)


async def _change(request: web.Request) -> web.Response:
    tenant, body = TENANTS[request.match_info["tenant"]], await request.json()
    for key, value in body.items():
        if key == "faults":
            tenant.faults = [Fault(**f) for f in value]
        elif key in ("users", "outside"):
            getattr(tenant, key).update({u["aad"]: User(**u) for u in value})
        elif key == "gone":
            tenant.users.pop(value)
        elif key == "lost":
            tenant.conversations.pop(value)
        elif key == "tokens":
            tenant.tokens.clear()
        elif key == "keys":
            UP["keys"] = value
        else:
            setattr(tenant, key, value)
    return web.json_response({})


async def _act(request: web.Request) -> web.Response:
    tenant, said = TENANTS[request.match_info["tenant"]], await request.json()
    try:
        return web.json_response(await people.VERBS[request.match_info["verb"]](tenant, said))
    except (Refused, cards.BadCard, TeamsError) as no:
        return web.json_response({"error": f"{type(no).__name__}: {no}"}, status=409)


async def _see(request: web.Request) -> web.Response:
    tenant, query = TENANTS[request.match_info["tenant"]], request.query
    try:
        return web.json_response(_seen(tenant, request.match_info["what"], query))
    except (Refused, TeamsError) as no:
        return web.json_response({"error": f"{type(no).__name__}: {no}"}, status=409)


def _seen(tenant: Tenant, what: str, query: Any) -> Any:
    match what:
        case "messages":
            return people.look(tenant, query["user"], query["place"])
        case "places":
            return people.places(tenant, query["user"])
        case "members":
            where = tenant.conversation(query["place"])
            return sorted({m for message in where.messages for m in message.mentions})
        case "threads":
            return [c.id for c in tenant.conversations.values() if not c.user]
        case _:
            return {
                "calls": tenant.calls, "issued": tenant.issued, "answers": tenant.answers, "asked": UP["asked"],
                "took": tenant.ended - (tenant.began or 0.0),
            }  # fmt: skip


async def _end(request: web.Request) -> web.Response:
    TENANTS.pop(request.match_info["tenant"], None)
    return web.json_response({})


def application() -> web.Application:
    """Return the server."""
    app = web.Application(client_max_size=2**24)
    app.router.add_post("/login/{tenant}/oauth2/v2.0/token", rest.token)
    app.router.add_get("/keys/openid", _metadata_)
    app.router.add_get("/keys/jwks", _jwks_)
    app.router.add_get("/graph/v1.0/users", rest.graph)
    app.router.add_post("/_admin/tenants", _new)
    app.router.add_patch("/_admin/{tenant}", _change)
    app.router.add_delete("/_admin/{tenant}", _end)
    app.router.add_post("/_admin/{tenant}/act/{verb}", _act)
    app.router.add_get("/_admin/{tenant}/see/{what}", _see)
    app.router.add_route("*", "/teams/{path:.*}", rest.handle)
    return app
