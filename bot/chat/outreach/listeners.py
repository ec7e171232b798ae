"""What an SMS gateway passes on: answers by text message. One address, JSON or a form; the gateway proves itself."""

import base64
import json
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qsl

import structlog
from fastapi import APIRouter, Request, Response

from bot.domain.text import clean, clip
from bot.operations.desk import Desk
from bot.operations.texted import texted, undelivered

PATH = "/outreach/sms"
_MOST = 16_384  # bytes
_NAMES = {
    "number": ("from", "From"), "text": ("text", "Body", "body"), "key": ("id", "MessageSid", "SmsMessageSid"),
    "to": ("to", "To"), "status": ("status", "MessageStatus"),
}  # fmt: skip
_UNDELIVERED = frozenset({"undelivered", "failed", "rejected", "expired"})
_log = structlog.get_logger()


def router(desk: Desk, secret: str) -> APIRouter:
    """Return the address that the gateway calls."""
    doors = APIRouter()

    @doors.post(PATH)
    async def _take(request: Request) -> Response:
        if not _knows(request.headers.get("authorization", ""), secret):
            _log.warning("a caller without the gateway's secret was turned away", path=PATH)
            return Response(status_code=401, headers={"www-authenticate": 'Basic realm="sms"'})
        body = await _body(request)
        if body is None:
            return Response("At most 16 KB.", 413)
        said = _said(body, request.headers.get("content-type", ""))
        if said is None:
            return Response("Wanted: from, text and id, as JSON or as a form.", 422)
        if status := said.pop("status"):
            if status in _UNDELIVERED:
                await undelivered(desk, said["to"], f"{said['key']} {status}")
        else:
            await texted(desk, said["number"], said["text"], said["key"])
        return Response(status_code=204)

    return doors


def _knows(authorization: str, secret: str) -> bool:
    """Whether the caller has the secret: as a bearer, or as the password of a user of any name."""
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode().partition(":")[2]
        except ValueError:  # no base64, or no text
            return False
    return compare_digest(given.strip().encode(), secret.encode())


async def _body(request: Request) -> bytes | None:
    """Return what was sent; None when it is too much."""
    found = b""
    async for part in request.stream():
        found += part
        if len(found) > _MOST:
            return None
    return found


def _said(body: bytes, kind: str) -> dict[str, str] | None:
    """Return who wrote, what, its key, and of a receipt status and reader; None when something is missing."""
    try:
        given: Any = json.loads(body) if "json" in kind else dict(parse_qsl(body.decode(), keep_blank_values=True))
    except ValueError:
        return None
    if not isinstance(given, Mapping):
        return None
    found = {name: _first(given, names) for name, names in _NAMES.items()}
    status = found["status"].lower() if found["to"] and not found["text"] else ""  # one that comes in has a status too
    if not (found["to"] if status else found["number"]) or not found["key"]:
        return None
    who = {"number": clip(found["number"], 40), "to": clip(found["to"], 40)}
    return {**who, "text": clip(clean(found["text"]), 1_600), "key": found["key"][:180], "status": status[:20]}


def _first(given: Mapping[str, Any], names: tuple[str, ...]) -> str:
    found = next((given[name] for name in names if name in given), "")
    return str(found).strip() if isinstance(found, str | int) else ""
