"""How Slack tells the app what people do: over a Socket Mode WebSocket when one is open, else by signed HTTP."""

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.fakes.slack.state import Interaction, Workspace

TICKETS: dict[str, Workspace] = {}
_WAITING: dict[str, Interaction] = {}


def ticket(space: Workspace) -> str:
    """Return a new ticket for a WebSocket."""
    key = uuid.uuid4().hex
    TICKETS[key] = space
    return key


def acknowledged(message: dict[str, Any]) -> None:
    """Take what the app sent over its WebSocket: the acknowledgement of an envelope."""
    interaction = _WAITING.pop(str(message.get("envelope_id")), None)
    if interaction is not None:
        _take(interaction, 200, message.get("payload"))


def _take(interaction: Interaction, status: int, body: Any) -> None:
    interaction.status, interaction.body = status, body
    interaction.acked.set()


async def send(space: Workspace, kind: str, payload: dict[str, Any], interaction: Interaction, **headers: str) -> None:
    """Tell the app; kind: slash_commands, interactive or events_api."""
    if space.sockets:
        envelope = uuid.uuid4().hex
        _WAITING[envelope] = interaction
        body = {"envelope_id": envelope, "type": kind, "payload": payload, "accepts_response_payload": True}
        if headers:
            body |= {"retry_attempt": int(headers["x_slack_retry_num"]), "retry_reason": "timeout"}
        await space.sockets[-1].send_str(json.dumps(body))
    else:
        await _post(space, kind, payload, interaction, headers)


def signed(secret: str, body: str, at: float | None = None) -> dict[str, str]:
    """Return the headers that prove who sent a body."""
    stamp = str(int(time.time() if at is None else at))
    mac = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={mac}"}


def encoded(kind: str, payload: dict[str, Any]) -> tuple[str, str]:
    """Return a payload as Slack posts it: the body and its content type."""
    if kind == "events_api":
        return json.dumps(payload), "application/json"
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(fields), "application/x-www-form-urlencoded"


async def _post(space: Workspace, kind: str, payload: Any, interaction: Interaction, headers: dict[str, str]) -> None:
    body, content = encoded(kind, payload)
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {**signed(space.secret, body), "content-type": content, **more}
    try:
        timeout = aiohttp.ClientTimeout(3)
        async with (
            aiohttp.ClientSession() as web,
            web.post(space.events_url, data=body, headers=sent, timeout=timeout) as answer,
        ):
            text = await answer.text()
            _take(interaction, answer.status, json.loads(text) if text.startswith("{") else text or None)
    except (TimeoutError, aiohttp.ClientError):
        _take(interaction, 0, None)


async def settled(interaction: Interaction, seconds: float, *, seen: bool = True) -> dict[str, Any]:
    """Wait until the app has acknowledged, and (seen) shown the person something; say what came of it."""
    began = time.monotonic()
    waited = [interaction.acked.wait(), *([interaction.answered.wait()] if seen else [])]
    try:
        async with asyncio.timeout(seconds):
            await asyncio.gather(*waited)
    except TimeoutError:
        pass
    return {
        "acked": interaction.acked.is_set(), "answered": interaction.answered.is_set(), "status": interaction.status,
        "ms": round((time.monotonic() - began) * 1000),
    }  # fmt: skip
