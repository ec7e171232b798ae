"""One-to-one conversations, opened in quiet times: a disaster should not begin with them.

To open one shows nothing to anybody. It tells, before it matters, who has not got the app.
"""

import asyncio
from dataclasses import dataclass, field

import structlog

from bot.chat.teams import outcomes
from bot.chat.teams.connector import Answer, Unsent, Unsure
from bot.chat.teams.sender import TeamsMessenger
from bot.domain.delivery import Outcome, Sent
from bot.operations.desk import Desk
from bot.storage import incidents, teams

_log = structlog.get_logger()
_APART = 0.2  # seconds: a tenth of what Teams takes from us, the rest is for messages
_AT_ONCE = 50
_LATER = frozenset({Outcome.HELD, Outcome.UNKNOWN})  # says more of Teams, or of the way to it, than of one account


@dataclass
class Conversations:
    """Opens the conversations that are not there yet, and asks anew each day where the app was missing."""

    desk: Desk
    messenger: TeamsMessenger
    apart: float = _APART
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def soon(self) -> None:
        """Look soon: it is known anew who is there."""
        self._woken.set()

    async def run(self) -> None:
        """Open what is missing whenever somebody says so, until cancelled."""
        while await self._woken.wait():
            self._woken.clear()
            try:
                if opened := await self.open():
                    _log.info("teams: conversations were opened", people=opened)
            except Exception as error:  # noqa: BLE001 - whatever it was, it is tried again when people are read again
                _log.warning("teams: conversations can't be opened", error=type(error).__name__)

    async def open(self) -> int:
        """Open those that are missing, unless there is an incident; return how many were opened."""
        opened = 0
        while (some := await self._missing()) and await self._quiet():
            for address in some:
                found = await self._opened(address)
                opened += found is None
                if found in _LATER:
                    return opened
                await asyncio.sleep(self.apart)
        return opened

    async def _missing(self) -> list[str]:
        async with self.desk.read() as db:
            return await teams.unopened(db, _AT_ONCE)

    async def _quiet(self) -> bool:
        async with self.desk.read() as db:
            return not await incidents.opened(db)

    async def _opened(self, address: str) -> Outcome | None:
        """Open one; return what kept it from being opened, if anything did.

        That is written down for `disaster check`, and to ask again in a day. Nobody's address is given up for it: what
        says no in a quiet hour may be one wrong setting for all, so in a disaster each is tried in earnest.
        """
        found = await self._hindrance(address)
        if found is None:
            return None
        if found.outcome is not Outcome.HELD:
            async with self.desk.work() as work:
                await teams.remember(work, address, **outcomes.known(found))
        if found.outcome in _LATER:
            _log.info("teams: conversations are opened later", why=found.error)
        return found.outcome

    async def _hindrance(self, address: str) -> Sent | None:
        try:
            where = await self.messenger.where(address)
        except Unsent as why:
            return outcomes.unsent(0, why)
        except Unsure as why:
            return outcomes.unsure(0, why)
        return outcomes.of(0, where, room=False, edits=False) if isinstance(where, Answer) else None
