"""The door for Slack's requests over HTTP: only what Slack signed, and signed just now, gets in."""

from collections import Counter

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.signature import Clock as SignatureClock
from slack_sdk.signature import SignatureVerifier

from bot.clock import Clock

_log = structlog.get_logger()
MAX_BODY = 1_000_000
_STAMP = "x-slack-request-timestamp"
_SIGNATURE = "x-slack-signature"


class _Ticking(SignatureClock):
    """Our clock, as the verifier wants it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        """Return the moment in seconds."""
        return self._clock.now().timestamp()


class Door:
    """Verifies requests and counts those that it turned away, by why."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._verifier = SignatureVerifier(secret, _Ticking(clock))
        self.refused: Counter[str] = Counter()

    def fault(self, body: bytes, stamp: str | None, signature: str | None) -> str:
        """Return why a request is turned away; nothing for one that Slack signed."""
        if not stamp or not signature:
            return "not signed"
        if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 13):
            return "a time stamp that is no number"
        try:
            good = self._verifier.is_valid(body=body, timestamp=stamp, signature=signature)
        except (ValueError, TypeError):  # a body that is no text, a signature that is not ASCII
            good = False
        return "" if good else "a signature that is wrong or old"

    def taken(self) -> dict[str, int]:
        """Return how many were turned away since this was asked last."""
        counted, self.refused = dict(self.refused), Counter()
        return counted

    def router(self, bolt: AsyncApp) -> APIRouter:
        """Return the route that Slack posts to."""
        api = APIRouter()
        handler = AsyncSlackRequestHandler(bolt)

        @api.post("/slack/events")
        async def _events(request: Request) -> Response:
            body = await request.body() if _length(request) <= MAX_BODY else b""
            why = self.fault(body, request.headers.get(_STAMP), request.headers.get(_SIGNATURE))
            if why:
                self.refused[why] += 1
                return JSONResponse({"error": f"This was {why}."}, 401)
            return await handler.handle(request)

        return api


def _length(request: Request) -> int:
    said = request.headers.get("content-length", "")
    return int(said) if said.isdecimal() and len(said) < 12 else MAX_BODY + 1
