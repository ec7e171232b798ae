"""An incident's channel: opened, named, filled, kept on top of, archived."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog

from bot.chat.slack.blocks import short
from bot.chat.slack.line import Line
from bot.chat.slack.troubles import Trouble
from bot.operations.desk import Desk
from bot.storage import identities, incidents, rooms

_log = structlog.get_logger()
_PLATFORM = "slack"
_INVITED = 100
_TOPIC, _TITLE = 250, 80
_NAMES = 20
_FINE = frozenset({"already_in_channel", "cant_invite_self"})


class Rooms:
    """Channels of incidents; board: where the board is, for their bookmark."""

    def __init__(self, desk: Desk, line: Line, board: str) -> None:
        self._desk, self._line, self._board = desk, line, board

    async def open(self, name: str) -> str:
        """Open a channel of this name and return its id; one that we opened before and never used is it."""
        private = await self._private(name)
        for number in range(1, _NAMES + 1):
            tried = name if number == 1 else f"{name}-{number}"
            try:
                said = await self._line.call(
                    "conversations.create", name=tried, is_private=private, **await self._line.team()
                )
                return str(said["channel"]["id"])
            except Trouble as trouble:
                if trouble.word != "name_taken":
                    raise
            ours = await self._unused(tried)
            if ours is not None:
                return ours
        raise Trouble("name_taken", "conversations.create")

    async def _private(self, name: str) -> bool:
        """Whether the incident is for few eyes."""
        async with self._desk.read() as db:
            incident = await incidents.find(db, name.upper())
        return incident is not None and incident.private

    async def _unused(self, name: str) -> str | None:
        """Return the channel of this name when we opened it and were stopped before we used it."""
        me = await self._line.me()
        ask: dict[str, Any] = {"types": "public_channel,private_channel", "limit": 1000, **await self._line.team()}
        async for page in self._line.pages("conversations.list", "channels", **ask):
            for one in page:
                if one["name"] == name:
                    fresh = not one.get("is_archived") and not (one.get("topic") or {}).get("value")
                    return str(one["id"]) if one.get("creator") == me.user and fresh else None
        return None

    async def invite(self, address: str, people: Sequence[str]) -> None:
        """Bring people in, as many at a time as Slack takes; who can't be is counted in the log."""
        async with self._desk.read() as db:
            known = await identities.addresses(db, _PLATFORM, people)
        users = sorted(known.values())
        for start in range(0, len(users), _INVITED):
            await self._bring_in(address, users[start : start + _INVITED])

    async def _bring_in(self, address: str, users: Sequence[str]) -> None:
        try:
            await self._line.call("conversations.invite", channel=address, users=",".join(users), force=True)
        except Trouble as trouble:
            if trouble.word not in _FINE | {"user_not_found", "cant_invite"}:
                raise
            if trouble.word not in _FINE:
                _log.warning("not everybody could be brought in", room=address, trouble=trouble.word)

    async def put_on_top(self, channel: str, ts: str, title: str) -> None:
        """Pin the incident's card, name the topic, bookmark the board; each is tried, none is needed."""
        await self._tried("pins.add", channel=channel, timestamp=ts)
        await self._tried("conversations.setTopic", channel=channel, topic=short(title, _TOPIC))
        if self._board:
            board = f"{self._board}/board"
            await self._tried("bookmarks.add", channel_id=channel, title="Board", type="link", link=board)

    async def _tried(self, method: str, **arguments: Any) -> None:
        try:
            await self._line.call(method, **arguments)
        except Trouble as trouble:
            _log.warning("room is not complete", method=method, trouble=trouble.word, needed=trouble.needed)

    async def archive(self, hours: int) -> int:
        """Archive the channels of incidents that ended so many hours ago; 0: never. Return how many."""
        if not hours:
            return 0
        async with self._desk.read() as db:
            over = await rooms.to_archive(db, _PLATFORM, db.now - timedelta(hours=hours))
        for room in over:
            try:
                await self._line.call("conversations.archive", channel=room["address"])
            except Trouble as trouble:
                if trouble.word not in ("already_archived", "is_archived", "channel_not_found"):
                    raise
            async with self._desk.work() as work:
                await rooms.archived(work, room["id"])
        return len(over)
