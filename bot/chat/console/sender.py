"""Sending on the console: a card becomes a row of the demo chat, once, however often it is sent."""

from collections.abc import Sequence

from bot.clock import Clock
from bot.domain.delivery import Outcome, Outgoing, Sent, Sought
from bot.storage import console
from bot.storage.database import Store

PLATFORM = "console"


def place_of(address: str) -> str:
    """Return the place behind an address: a room's own, or a person's direct messages."""
    return address if address.startswith("room:") else f"dm:{address}"


class ConsoleMessenger:
    """The console as a platform; it remembers every delivery, so nothing is ever doubled on it."""

    platform = PLATFORM
    tenant = ""
    at_once = 250
    remembers = once = True

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def send(self, batch: Sequence[Outgoing]) -> list[Sent]:
        """Write new messages and rewrite old ones."""
        new, edits = [o for o in batch if o.edits is None], [o for o in batch if o.edits is not None]
        async with self._store.work(self._clock.now()) as work:
            rows = [
                {
                    "place": place_of(o.address),
                    "author": "bot",
                    "card": o.card.model_dump(mode="json"),
                    "delivery_id": o.delivery_id,
                    "pinned": o.pinned,
                    "at": work.now,
                    "repeats": int(o.repeat),
                }
                for o in new
            ]
            ids = await console.deliver(work, rows) if rows else {}
            await console.rewrite(work, {int(o.edits or 0): o.card.model_dump(mode="json") for o in edits})
        done = [Sent(delivery_id=o.delivery_id, outcome=Outcome.SENT, external_id=str(ids[o.delivery_id])) for o in new]
        return done + [Sent(delivery_id=o.delivery_id, outcome=Outcome.SENT, external_id=o.edits) for o in edits]

    async def found(self, sought: Sequence[Sought]) -> dict[int, str | None]:
        """Return the message ids of deliveries that arrived."""
        async with self._store.read(self._clock.now()) as db:
            there = await console.found(db, [s.delivery_id for s in sought])
        return {s.delivery_id: str(there[s.delivery_id]) if s.delivery_id in there else None for s in sought}

    async def open_room(self, name: str, people: Sequence[str]) -> str:
        """Open a room, or find it open."""
        async with self._store.work(self._clock.now()) as work:
            return await console.open_room(work, name, people)

    async def invite(self, address: str, people: Sequence[str]) -> None:
        """Bring people into a room."""
        async with self._store.work(self._clock.now()) as work:
            await console.invite(work, address, people)
