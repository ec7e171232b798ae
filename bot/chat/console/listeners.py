"""The console's JSON API: a page or a script plays a person through it. Written down in docs/console.md."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from bot.domain.console import Speed
from bot.domain.refusal import Refused
from bot.operations import console
from bot.operations.desk import Desk
from bot.storage import people

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]", "testserver"})
_MAX_BODY = 200_000


def only_from_here(request: Request) -> None:
    """Refuse another site's page that has a browser on this machine call us."""
    origin = request.headers.get("origin")
    host = (urlsplit(f"//{request.headers.get('host', '')}").hostname or "").lower()
    if host not in _LOOPBACK or (origin and (urlsplit(origin).hostname or "") not in _LOOPBACK):
        raise HTTPException(403, "The console answers only this machine.")


async def _sent(request: Request) -> dict[str, list[str]]:
    """Return what was sent, as JSON or as a form: every value a list of words."""
    if int(request.headers.get("content-length") or 0) > _MAX_BODY:
        raise HTTPException(413, "That is too long.")
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            body = await request.json()
        except ValueError as wrong:
            raise HTTPException(400, "That is not JSON.") from wrong
        pairs = body.items() if isinstance(body, dict) else ()
        return {k: [str(v) for v in value] if isinstance(value, list) else [str(value)] for k, value in _flat(pairs)}
    form = await request.form()
    return {key: [str(v) for v in form.getlist(key)] for key in form}


def _flat(pairs: Any) -> Any:
    """JSON may give a form's fields as {"fields": {...}}."""
    for key, value in pairs:
        if key == "fields" and isinstance(value, dict):
            yield from ((f"field.{name}", said) for name, said in value.items())
        else:
            yield key, value


Sent = Annotated[dict[str, list[str]], Depends(_sent)]


def _one(sent: dict[str, list[str]], name: str) -> str:
    if not sent.get(name):
        raise HTTPException(422, f"{name} is missing.")
    return sent[name][0]


def _number(sent: dict[str, list[str]], name: str) -> int:
    word = _one(sent, name)
    if not word.isdecimal() or len(word) > 15:
        raise HTTPException(422, f"{name} must be a number.")
    return int(word)


async def _done(request: Request, sent: dict[str, list[str]], work: Callable[[], Awaitable[Any]]) -> Response:
    """Do it; answer a script with JSON, a page without scripting with the way back."""
    try:
        card = await work()
    except Refused as no:
        return JSONResponse({"error": f"{no.text} {no.instead}".strip()}, 409)
    if "application/json" in (request.headers.get("accept") or "") or request.headers.get(
        "content-type", ""
    ).startswith("application/json"):
        return JSONResponse({"ok": True, "card": card.model_dump(mode="json") if card is not None else None})
    person, place = sent.get("person", [""])[0], sent.get("place", ["dm"])[0]
    message = sent.get("message", [""])[0]
    anchor = f"#m-{quote(message)}" if message else ""
    return RedirectResponse(f"/console/{quote(person)}/{quote(place)}{anchor}" if person else "/console", 303)


def router(desk: Desk) -> APIRouter:
    """Return the API."""
    api = APIRouter(prefix="/console/api", dependencies=[Depends(only_from_here)])
    _looking(api, desk)
    _acting(api, desk)
    return api


def _looking(api: APIRouter, desk: Desk) -> None:
    @api.get("/people")
    async def _people(q: str = "", limit: int = 50) -> list[dict[str, str]]:
        async with desk.read() as db:
            found = await people.search(db, q, max(1, min(limit, 500)))
        return [
            {"id": p.id, "name": p.name, "about": console.row_of(p, desk.policy).about, "kind": p.kind} for p in found
        ]

    @api.get("/people/{person}/{place}")
    async def _view(person: str, place: str) -> Any:
        try:
            async with desk.read() as db:
                seen = await console.conversation(desk, db, person, place)
        except Refused as no:
            return JSONResponse({"error": f"{no.text} {no.instead}".strip()}, 404)
        return seen.model_dump(mode="json")


def _acting(api: APIRouter, desk: Desk) -> None:
    @api.post("/say")
    async def _say(request: Request, sent: Sent) -> Response:
        person, text = _one(sent, "person"), _one(sent, "text")
        address = console.address_of(_one(sent, "place"), person)
        return await _done(request, sent, lambda: console.say(desk, person, address, text))

    @api.post("/press")
    async def _press(request: Request, sent: Sent) -> Response:
        person, message, button = _one(sent, "person"), _number(sent, "message"), _one(sent, "button")
        return await _done(request, sent, lambda: console.press(desk, person, message, button))

    @api.post("/submit")
    async def _submit(request: Request, sent: Sent) -> Response:
        values = {k.removeprefix("field."): v for k, v in sent.items() if k.startswith("field.")}
        person, message = _one(sent, "person"), _number(sent, "message")
        return await _done(request, sent, lambda: console.submit(desk, person, message, values))

    @api.post("/simulate")
    async def _simulate(request: Request, sent: Sent) -> Response:
        word = _one(sent, "speed")
        if word not in set(Speed):
            raise HTTPException(422, f"speed is one of {', '.join(Speed)}.")
        return await _done(request, sent, lambda: console.set_speed(desk, Speed(word)))
