"""The desk: everything an operation works with, built once, handed to each as its first argument."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from bot.clock import Clock
from bot.domain.outreach import OUTREACH
from bot.domain.policy import Policy
from bot.meter import Meter
from bot.storage.database import Db, Store, Work
from bot.storage.runbooks import Library
from bot.storage.shelf import Shelf


class Links(Protocol):
    """Makes a person's own link to one of the pages."""

    def __call__(self, person: str, page: str = "board", /) -> str:
        """Return the link."""


@dataclass(frozen=True)
class Desk:
    """platforms: the chats and outreach routes, in the order in which people are reached.

    link: a person's link to the board or another page; nudge: tells the loops that rows wait; meter: what this process
    measures.
    """

    store: Store
    clock: Clock
    policy: Policy
    shelf: Shelf
    platforms: tuple[str, ...]
    link: Links
    nudge: Callable[[], None]
    meter: Meter = field(default_factory=Meter)

    @property
    def chats(self) -> tuple[str, ...]:
        """The platforms that have rooms and channels."""
        return tuple(platform for platform in self.platforms if platform not in OUTREACH)

    @property
    def library(self) -> Library:
        """The runbooks in force now."""
        return self.shelf.library

    @asynccontextmanager
    async def work(self, *, alone: bool = False) -> AsyncIterator[Work]:
        """Open a unit of work, alone among those that ask for it; when it has committed, the loops are woken."""
        async with self.store.work(self.clock.now(), alone=alone) as work:
            yield work
        if work.wrote:
            self.nudge()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Db]:
        """Open a transaction that only reads."""
        async with self.store.read(self.clock.now()) as db:
            yield db
