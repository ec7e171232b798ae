"""What services pass on: answers by text message, and what did not arrive. JSON or a form; they prove themselves."""

import base64
from collections.abc import Collection, Mapping
from functools import partial
from hmac import compare_digest
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response

from bot.chat.outreach import receipts
from bot.domain.outreach import Route
from bot.domain.text import clean, clip
from bot.operations.desk import Desk
from bot.operations.receipts import undelivered
from bot.operations.texted import texted

PATH, MAIL_PATH = "/outreach/sms", "/outreach/email"
_MOST, _MOST_MAIL = 16_384, 262_144  # bytes
_NAMES = {
    "number": ("from", "From"), "text": ("text", "Body", "body"), "key": ("id", "MessageSid", "SmsMessageSid"),
    "to": ("to", "To"), "status": ("status", "MessageStatus"),
}  # fmt: skip
_log = structlog.get_logger()


def router(desk: Desk, secret: str, routes: Collection[Route]) -> APIRouter:
    """Return the addresses that services call: that of the SMS gateway, and that for what became of mails."""
    doors = APIRouter()
    if Route.SMS in routes:
        doors.add_api_route(PATH, partial(_text, desk, secret), methods=["POST"])
    if Route.EMAIL in routes:
        doors.add_api_route(MAIL_PATH, partial(_mail, desk, secret), methods=["POST"])
    return doors


async def _text(desk: Desk, secret: str, request: Request) -> Response:
    if no := _turned_away(request, secret):
        return no
    body = await _body(request, _MOST)
    if body is None:
        return Response("At most 16 KB.", 413)
    given = receipts.given(body, request.headers.get("content-type", ""))
    said = [one for piece in given or () if (one := _said(piece))]
    if given is None or len(said) < len(given):  # of a batch all or nothing: what is half understood is sent again
        return Response("Wanted: from, text and id, as JSON or as a form.", 422)
    for one in said:
        await _taken(desk, one)
    return Response(status_code=204)


async def _taken(desk: Desk, said: Mapping[str, str]) -> None:
    if not said["status"]:
        await texted(desk, said["number"], said["text"], said["key"])
    elif news := receipts.in_news({"to": said["to"], "status": said["status"], "id": said["key"]}):
        await undelivered(desk, Route.SMS, news.address, f"{news.key} {news.word}", news.gone)


async def _mail(desk: Desk, secret: str, request: Request) -> Response:
    if no := _turned_away(request, secret):
        return no
    body, kind = await _body(request, _MOST_MAIL), request.headers.get("content-type", "")
    if body is None:
        return Response("At most 256 KB.", 413)
    if kind.startswith(("message/", "multipart/report")):
        report = b"Content-Type: " + kind.encode("latin-1") + b"\n\n" + body if kind.startswith("multipart/") else body
        found, lately = receipts.in_mail(report), True
    elif said := [one for one in receipts.given(body, kind) or () if receipts.first(one, receipts.TO)]:
        found, lately = [news for one in said if (news := receipts.in_news(one))], False
    else:
        return Response("Wanted: to, status and id, as JSON or as a form; or the mail that came back.", 422)
    for news in found:
        await undelivered(desk, Route.EMAIL, news.address, f"{news.key} {news.word}", news.gone, lately=lately)
    return Response(status_code=204)


def _turned_away(request: Request, secret: str) -> Response | None:
    if _knows(request.headers.get("authorization", ""), secret):
        return None
    _log.warning("a caller without the secret was turned away", path=request.url.path)
    return Response(status_code=401, headers={"www-authenticate": 'Basic realm="outreach"'})


def _knows(authorization: str, secret: str) -> bool:
    """Whether the caller has the secret: as a bearer, or as the password of a user of any name."""
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode().partition(":")[2]
        except ValueError:  # no base64, or no text
            return False
    return compare_digest(given.strip().encode(), secret.encode())


async def _body(request: Request, most: int) -> bytes | None:
    """Return what was sent; None when it is too much."""
    found = b""
    async for part in request.stream():
        found += part
        if len(found) > most:
            return None
    return found


def _said(given: Mapping[str, Any]) -> dict[str, str] | None:
    """Return who wrote, what, its key, and of a receipt status and reader; None when something is missing."""
    found = {name: receipts.first(given, names) for name, names in _NAMES.items()}
    status = found["status"].lower() if found["to"] and not found["text"] else ""  # one that comes in has a status too
    if not (found["to"] if status else found["number"]) or not found["key"]:
        return None
    who = {"number": clip(found["number"], 40), "to": clip(found["to"], 40)}
    return {**who, "text": clip(clean(found["text"]), 1_600), "key": found["key"][:180], "status": status[:20]}
