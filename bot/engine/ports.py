"""The port to a chat platform: all that the engine asks of one."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.delivery import Outgoing, Sent


class Messenger(Protocol):
    """Sends cards on one platform; says truly what became of each, and never raises for a message.

    remembers: the platform can be asked what arrived, so what it does not know of never did.
    """

    platform: str
    remembers: bool

    async def send(self, batch: Sequence[Outgoing]) -> list[Sent]:
        """Send finished cards; return one outcome for each."""

    async def found(self, deliveries: Sequence[int]) -> dict[int, str]:
        """Return the platform's id of those deliveries that arrived, for a platform that can be asked; else nothing."""

    async def open_room(self, name: str, people: Sequence[str]) -> str:
        """Open the room of this name, or find it open; return its address."""

    async def invite(self, address: str, people: Sequence[str]) -> None:
        """Bring people into a room."""
