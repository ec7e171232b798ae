"""What comes in from Teams: one address, where only what the channel has signed is read."""

from dataclasses import dataclass
from typing import Any

import structlog
from botbuilder.core import TurnContext
from botbuilder.schema import Activity
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from bot.chat.teams.answering import ACTIONS, Answering
from bot.chat.teams.auth import Adapter, Unauthenticated
from bot.chat.teams.heard import Said, activity_of, said_in, tenant_of
from bot.chat.teams.members import Members
from bot.chat.teams.sender import PLATFORM

_log = structlog.get_logger()
_MOST = 262_144
_FAILED = "That did not work: the fault is ours, and it is in the log. Try again in a moment."


@dataclass
class Listener:
    """Takes activities, and counts how many of each kind came, so that what is ignored is seen (/metrics)."""

    adapter: Adapter
    answering: Answering
    members: Members
    tenant: str = ""

    async def receive(self, request: Request) -> Response:
        """Answer one call: 401 for whatever is not signed for us, never 500."""
        body = await _body(request)
        if body is None:
            return self._ignored("too large", 413)
        activity, whole = activity_of(body)
        try:
            caller = await self.adapter.authenticated(
                activity if whole else Activity(channel_id="msteams"), request.headers.get("authorization", "")
            )
        except Unauthenticated as no:
            self._count("unauthenticated")
            _log.warning("teams: not signed for us", why=str(no))
            return JSONResponse({"error": "unauthorized"}, 401)
        if not whole or activity.type not in _KINDS:
            return self._ignored("malformed" if not whole else "unknown")
        if self.tenant and tenant_of(activity) != self.tenant:
            return self._ignored("other tenant")
        return await self._taken(caller, activity)

    def _count(self, what: str) -> None:
        self.answering.desk.meter.heard(PLATFORM, what)

    def _ignored(self, why: str, status: int = 200) -> Response:
        self._count(why)
        _log.info("teams: ignored", why=why)
        return JSONResponse({}, status)

    async def _taken(self, caller: Any, activity: Activity) -> Response:
        answers: list[dict[str, Any]] = []

        async def turn(context: TurnContext) -> None:
            answers.append(await self._turn(context.activity))

        self._count(activity.type)
        try:
            await self.adapter.process_activity(caller, activity, turn)
        except Exception as error:  # noqa: BLE001 - Teams must not be told 500: it may stop delivering
            self._count("failed")
            _log.error("teams: could not be worked", kind=activity.type, error=type(error).__name__, exc_info=True)
            return JSONResponse(_failure(activity))
        return JSONResponse(answers[0] if answers else {})

    async def _turn(self, activity: Activity) -> dict[str, Any]:
        said = said_in(activity)
        if activity.type == "installationUpdate" and activity.action in ("remove", "remove-upgrade"):
            if said.personal and activity.action == "remove":  # whoever takes it out of a team, or renews it, keeps it
                await self.answering.removed(said)
            return {}
        if not str(activity.name).startswith("composeExtension/"):  # an action is used in others' chats too
            await self._remembered(said)
        match activity.type:
            case "message":
                await self._message(said)
            case "invoke":
                return await self._invoke(str(activity.name), said)
            case "installationUpdate" if said.personal and activity.action == "add":
                await self.answering.typed(_welcomed(said))
            case "conversationUpdate" if not said.personal:
                self.members.soon()
        return {}

    async def _remembered(self, said: Said) -> None:
        try:
            await self.answering.remember(said)
        except Exception as error:  # noqa: BLE001 - it is written down the next time; what they say counts more
            _log.error("teams: a conversation was not written down", error=type(error).__name__)

    async def _message(self, said: Said) -> None:
        if said.text:
            await self.answering.typed(said)
        elif said.verb:
            await self.answering.older(said)
        elif said.personal:  # a picture, a voice message: we read words alone, and say which
            await self.answering.typed(_welcomed(said))

    async def _invoke(self, name: str, said: Said) -> dict[str, Any]:
        match name:
            case "adaptiveCard/action":
                return await self.answering.in_place(said)
            case "application/search":
                return await self.answering.search(said)
            case "task/fetch" | "task/submit" | "composeExtension/submitAction":
                return await self.answering.dialog(said)
            case "composeExtension/fetchTask" if said.dataset in ACTIONS:
                return await self.answering.action(said)
            case _:
                self._count("unknown invoke")
                return {}


_KINDS = frozenset({"message", "invoke", "installationUpdate", "conversationUpdate"})


def _welcomed(said: Said) -> Said:
    return Said(**{**vars(said), "text": "help"})


def _failure(activity: Activity) -> dict[str, Any]:
    """Return how a person is told that it did not work, where they wait for an answer."""
    if activity.type != "invoke":
        return {}
    if activity.name == "adaptiveCard/action":
        return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": _FAILED}
    return {"task": {"type": "message", "value": _FAILED}}


async def _body(request: Request) -> bytes | None:
    """Return what was posted, or None when it is more than Teams ever sends."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST:
            return None
    return bytes(body)


def router(listener: Listener) -> APIRouter:
    """Return the one address that Teams calls."""
    api = APIRouter()

    @api.post("/api/messages")
    async def _messages(request: Request) -> Response:
        return await listener.receive(request)

    return api
