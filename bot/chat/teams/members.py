"""The members of the configured team: whom the bot can reach, linked to the roster by directory id or e-mail."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.chat.teams import graph
from bot.chat.teams.answering import Account, account_of
from bot.chat.teams.connector import Answer, Connector, Unsent, Unsure, segment
from bot.chat.teams.conversations import Conversations
from bot.chat.teams.sender import PLATFORM
from bot.operations import linking
from bot.operations.desk import Desk
from bot.storage import heard, identities, posts, teams

_log = structlog.get_logger()
_EVERY, _AGAIN, _PAGE = 3600.0, 60.0, 500


class NoMembers(Exception):
    """Teams does not tell who is in the team."""


@dataclass
class Members:
    """Keeps the roster's addresses on Teams true: at the start, every hour, and when the team changes.

    directory: whether Graph is asked for everybody; closed: why it did not tell, "" when it did. channels: ids by name,
    None while they can't be read; lacking: those that the roster names and the team has not got.
    """

    desk: Desk
    conversations: Conversations
    team: str
    directory: bool = True
    closed: str = ""
    channels: Mapping[str, str] | None = None
    lacking: tuple[str, ...] = ()
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def connector(self) -> Connector:
        """What Teams is asked through."""
        return self.conversations.messenger.connector

    def soon(self) -> None:
        """Look again soon: somebody came or went."""
        self._woken.set()

    async def run(self) -> None:
        """Keep them true until cancelled."""
        while True:
            self._woken.clear()
            patience = _EVERY if await self._tried() else _AGAIN
            try:
                async with asyncio.timeout(patience):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def _tried(self) -> bool:
        try:
            found = await self.sync()
            async with self.desk.work() as work:
                await heard.forget(work)
        except Exception as error:  # noqa: BLE001 - whatever it was, it is tried again in a minute
            _log.warning("members of the team can't be read", error=type(error).__name__, why=str(error)[:100])
            return False
        self.conversations.soon()
        _log.info("members of the team", people=found.linked, changed=found.changed, without=len(found.unlinked))
        return True

    async def sync(self) -> linking.Linked:
        """Read every member and link them; who is no longer there loses their address, unless it is known to work."""
        members = await self._read()
        everybody = [a for a in (account_of(m, self.connector.who.tenant) for m in members) if a is not None]
        mine = [a for a in everybody if not a.guest]
        others = await self._directory({a.address for a in mine})
        found = [*mine, *others]
        emails = {email.lower(): a.address for a in reversed(found) for email in reversed(a.emails)}
        async with self.desk.work() as work:
            await teams.remember_all(work, [{"address": a.address, "user_id": a.user} for a in everybody])
            reached, before = set(await teams.reached(work)), await identities.all_of(work, PLATFORM)
            theirs = {p["id"]: p["email"].lower() for p in await identities.linkable(work)}
        spared = {theirs[p]: address for p, address in before.items() if address in reached and p in theirs}
        ids = reached | {a.address for a in (*everybody, *others)}
        linked = await linking.link_all(self.desk, PLATFORM, spared | emails, ids)
        await linking.speak(self.desk, PLATFORM, {a.address: a.language for a in others if a.language})
        try:
            await self._channels()
        except NoMembers as why:  # people are reached without channels too
            _log.warning("channels of the team can't be read", why=str(why)[:100])
        return linked

    async def _directory(self, known: Collection[str]) -> list[Account]:
        """Return whom the directory has beside the team; nobody where the administrators do not permit to ask it."""
        if not (self.directory and self.connector.who.app_id):
            return []
        try:
            found = await graph.everybody(self.connector)
        except graph.NoDirectory as why:
            self.closed = str(why) or "no answer"
            _log.info("people are read from the team alone", graph=self.closed[:100])
            return []
        self.closed = ""
        return [account for account in found if account.address not in known]

    async def _channels(self) -> None:
        """Give each team of the roster the channel of its name, where one post reaches all of it."""
        self.channels = None
        answer = await self._asked(f"v3/teams/{segment(self.team)}/conversations")
        there = {str(c.get("name") or "").casefold(): str(c.get("id")) for c in answer.body.get("conversations") or ()}
        async with self.desk.work() as work:
            names = await posts.named(work)
            found = {team: there[name.casefold()] for team, name in names.items() if name.casefold() in there}
            await posts.link(work, PLATFORM, found)
        self.channels = there
        self.lacking = tuple(sorted({name for name in names.values() if name.casefold() not in there}))

    async def hidden(self, channel: str) -> str:
        """Return why a channel can't be seen, or "": it is asked who is in it, because lists may lack private ones."""
        try:
            await self._asked(f"v3/conversations/{segment(channel)}/pagedmembers?pageSize=1")
        except NoMembers as why:
            return str(why)
        return ""

    async def _asked(self, path: str) -> Answer:
        try:
            answer = await self.connector.call("GET", "", path)
        except (Unsent, Unsure) as why:
            raise NoMembers(str(why)) from why
        if not answer.ok:
            raise NoMembers(f"{answer.status} {answer.code}")
        return answer

    async def _read(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        token = ""
        while True:
            more = f"&continuationToken={segment(token)}" if token else ""
            path = f"v3/conversations/{segment(self.team)}/pagedmembers?pageSize={_PAGE}{more}"
            answer = await self._asked(path)
            found += [m for m in answer.body.get("members") or () if isinstance(m, dict)]
            token = str(answer.body.get("continuationToken") or "")
            if not token:
                return found
