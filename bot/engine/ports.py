"""The port to a chat platform: all that the engine asks of one."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.domain.delivery import Found, Outgoing, Sent, Sought


class Messenger(Protocol):
    """Sends cards on one platform; says truly what became of each, and never raises for a message.

    tenant: the workspace or tenant that it sends to; with the platform it names the lane whose pace is shared.
    at_once: how many messages one call of send takes; 1 where each is a request of its own.
    remembers: the platform can be asked what arrived. What it does not know of when the lease is over never did, as far
    as anybody can say: it is sent again, as a repeat.
    once: it takes a delivery once, however often it is sent, so a repeat never doubles anything.
    """

    platform: str
    tenant: str
    at_once: int
    remembers: bool
    once: bool

    async def send(self, batch: Sequence[Outgoing]) -> list[Sent]:
        """Send finished cards, at most at_once; return one outcome for each. Several calls run at the same time."""

    async def found(self, sought: Sequence[Sought]) -> Mapping[int, Found]:
        """Return the platform's id of those that arrived, None for those that did not, Unseen where we may not look.

        What it can't say now is left out: it is asked again.
        """

    async def open_room(self, name: str, people: Sequence[str]) -> str:
        """Open the room of this name, or find it open; return its address."""

    async def invite(self, address: str, people: Sequence[str]) -> None:
        """Bring people into a room."""
