"""Putting Teams together: what sends, what listens, what keeps addresses true."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter

from bot.chat.teams.answering import Answering
from bot.chat.teams.auth import Adapter
from bot.chat.teams.connector import CLOUDS, Cloud, Connector, Credentials
from bot.chat.teams.conversations import Conversations
from bot.chat.teams.listeners import Listener, router
from bot.chat.teams.members import Members
from bot.chat.teams.sender import PLATFORM, Channels, TeamsMessenger
from bot.operations.desk import Desk

__all__ = ["PLATFORM", "Credentials", "Options", "Teams", "together"]


@dataclass(frozen=True)
class Options:
    """What an installation says about Teams; login, service, keys, graph: other addresses than the cloud's own."""

    who: Credentials
    cloud: str = "public"
    team: str = ""
    channel: str = ""
    private_channel: str = ""
    dialogs: bool = True
    login: str = ""
    service: str = ""
    keys: str = ""
    graph: str = ""
    directory: bool = True

    @property
    def endpoints(self) -> Cloud:
        """Where everything is."""
        changed = {name: getattr(self, name) for name in ("login", "service", "keys", "graph") if getattr(self, name)}
        return replace(CLOUDS[self.cloud], **changed)


@dataclass(frozen=True)
class Teams:
    """Teams, put together."""

    messenger: TeamsMessenger
    listener: Listener
    members: Members

    @property
    def api(self) -> APIRouter:
        """The address that Teams calls."""
        return router(self.listener)

    def loops(self) -> list[Callable[[], Coroutine[Any, Any, None]]]:
        """Return what runs as long as the bot does: the channel's keys, the people of the team, conversations.

        Without an app id nobody is authenticated, so nothing of Microsoft's is needed.
        """
        keys = [self.listener.adapter.keys.keep] if self.members.connector.who.app_id else []
        return [*keys, *([self.members.run, self.members.conversations.run] if self.members.team else [])]

    async def run(self, *, hears: bool = True) -> None:
        """Keep keys and addresses true until cancelled, in a process that Teams calls; then hang up."""
        try:
            await asyncio.gather(*(loop() for loop in self.loops() if hears))
            await asyncio.Event().wait()
        finally:
            await self.messenger.close()


def together(options: Options, desk: Desk) -> Teams:
    """Return all of it."""
    connector = Connector(options.endpoints, options.who)
    channels = Channels(options.channel, options.private_channel)
    sender = TeamsMessenger(desk.store, desk.clock, connector, channels, tz=desk.policy.tz, dialogs=options.dialogs)
    members = Members(desk, Conversations(desk, sender), options.team, options.directory)
    answering = Answering(desk, sender, dialogs=options.dialogs)
    adapter = Adapter(connector.cloud, options.who, desk.clock)
    return Teams(sender, Listener(adapter, answering, members, tenant=options.who.tenant), members)
