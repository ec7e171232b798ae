"""The workspace as a whole: its line, its sender and its listeners, and what is looked after now and then."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from fastapi import APIRouter
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from bot.chat.slack import channels, listeners, people
from bot.chat.slack.door import Door
from bot.chat.slack.line import Access, Line
from bot.chat.slack.rooms import Rooms
from bot.chat.slack.sender import SlackMessenger
from bot.chat.slack.troubles import Trouble
from bot.domain.journal import Verb
from bot.operations.desk import Desk
from bot.storage import heard

_log = structlog.get_logger()
_EVERY = 60.0
_SOON = 15.0
LINK_AGAIN = timedelta(hours=1)


class Workspace:
    """Slack, built but not connected."""

    def __init__(self, desk: Desk, access: Access, board: str, archive_hours: int) -> None:
        self.desk, self.access, self._archive_hours = desk, access, archive_hours
        self.line = Line(access)
        self.rooms = Rooms(desk, self.line, board)
        self.messenger = SlackMessenger(desk, self.line, self.rooms)
        self.door = Door(access.signing_secret, desk.clock) if access.signing_secret else None
        self._bolt = listeners.app(desk, self.line)
        self._socket: AsyncSocketModeHandler | None = None
        self._link_at = self._find_at = desk.clock.now()

    def routers(self) -> list[APIRouter]:
        """Return what is served over HTTP: nothing without a signing secret."""
        return [self.door.router(self._bolt)] if self.door else []

    async def connect(self) -> None:
        """Open the Socket Mode connection, when there is a token for one; it opens itself again when it breaks."""
        if self.access.app_token and self._socket is None:
            self._socket = AsyncSocketModeHandler(self._bolt, self.access.app_token, web_client=self.line.client)
            await self._socket.client.connect()  # type: ignore[no-untyped-call]

    async def look_after(self) -> None:
        """Do what is due: count what was turned away, link people and channels, archive rooms. Raises Trouble.

        What needs no Slack comes first, and what was done is not done again because something after it fails.
        """
        await self._tidy()
        await self._hear_again()
        if self.desk.clock.now() >= self._link_at:
            linked = await people.link_all(self.desk, self.line)
            self._link_at = self.desk.clock.now() + LINK_AGAIN
            _log.info("slack people linked", linked=linked.linked, unlinked=len(linked.unlinked))
        if self.desk.clock.now() >= self._find_at:
            teams = await channels.link(self.desk, self.line)
            self._find_at = self.desk.clock.now() + LINK_AGAIN
            _log.info("slack channels found", teams=teams)
        await self.rooms.archive(self._archive_hours)

    async def _tidy(self) -> None:
        """Write down what was turned away, and forget what can't come again."""
        async with self.desk.store.work(self.desk.clock.now()) as work:
            await heard.forget(work)
            for why, n in (self.door.taken() if self.door else {}).items():
                work.note(None, "bot", Verb.REFUSED, f"{n} requests in Slack's name turned away: {why}", "slack")

    async def _hear_again(self) -> None:
        """Have a new address asked for when the connection does not come about: each is good once, and not for long."""
        if self._socket is not None and not await self._socket.client.is_connected():
            self._socket.client.wss_uri = None  # the library itself would try the old one for ever

    async def run(self) -> None:
        """Stay connected and look after things until cancelled; Slack may be away for as long as it likes."""
        connecting = asyncio.create_task(self.connect())
        try:
            while True:  # nobody wakes this: it looks now and then
                well = await self._tried(self.look_after)
                await asyncio.sleep(_EVERY if well else _SOON)
        finally:
            connecting.cancel()
            await self.close()

    async def _tried(self, work: Callable[[], Awaitable[None]]) -> bool:
        try:
            await work()
        except Trouble as trouble:
            _log.warning("slack is not well", trouble=trouble.word, remedy=trouble.remedy)
            return False
        except Exception as error:  # noqa: BLE001 - what is looked after now and then must not stop the rest
            _log.error("looking after slack failed", error=type(error).__name__, exc_info=True)
            return False
        return True

    async def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            await self._socket.client.close()  # type: ignore[no-untyped-call]
            self._socket = None
        await self.line.close()
