"""The dispatcher: claims rows (commit), sends them with no transaction open, records what became of them (commit)."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from bot.domain.delivery import Delivery, DeliveryState, Gone, Outcome, Outgoing, Sent, Sought
from bot.domain.journal import Verb
from bot.engine.ports import Messenger
from bot.operations import compose
from bot.operations.desk import Desk
from bot.storage import deliveries
from bot.storage.database import Work

_log = structlog.get_logger()
BATCH = 250
LEASE = timedelta(seconds=60)
HOLD = timedelta(seconds=5)
MOST_REPEATS = 1


@dataclass
class Dispatcher:
    """Sends what the outbox holds; name tells this run of it from every other."""

    desk: Desk
    messengers: Mapping[str, Messenger]
    name: str = field(default_factory=lambda: uuid.uuid4().hex)

    async def run_once(self) -> int:
        """Send one batch; return how many were claimed."""
        async with self.desk.store.work(self.desk.clock.now()) as work:
            claimed = await deliveries.claim(work, self.name, BATCH, LEASE, list(self.messengers))
        if not claimed:
            return 0
        ready, broken = await self._compose(claimed)
        sent = broken + await self._send([d for d in claimed if d.id not in {b.delivery_id for b in broken}], ready)
        async with self.desk.store.work(self.desk.clock.now()) as work:
            await deliveries.record(work, self.name, claimed, sent, HOLD)
        return len(claimed)

    async def drain(self) -> int:
        """Send until nothing can be sent now; return how many were."""
        total = 0
        while n := await self.run_once():
            total += n
        return total

    async def _compose(self, claimed: Sequence[Delivery]) -> tuple[list[Outgoing], list[Sent]]:
        """Write the batch; when that fails, one by one, so that one bad message never holds back the others."""
        try:
            async with self.desk.read() as db:
                ready = await compose.outgoing(self.desk, db, claimed)
                written = {o.delivery_id for o in ready}
                late = {d.id: d.edits for d in claimed if d.edits is not None and d.id not in written}
                dead = await deliveries.never_arrived(db, list(late.values())) if late else set()
            words = "what it rewrites never arrived"
            return ready, [_unwritable(d, words) for d, e in late.items() if e in dead]
        except (ValueError, LookupError, TypeError) as error:
            if len(claimed) == 1:
                _log.error(
                    "message can't be written", delivery=claimed[0].id, error=type(error).__name__, exc_info=True
                )
                words = "it could not be written; the log says why"
                return [], [_unwritable(claimed[0].id, words)]
        parts = [await self._compose([delivery]) for delivery in claimed]
        return [o for ready, _ in parts for o in ready], [b for _, broken in parts for b in broken]

    async def _send(self, claimed: Sequence[Delivery], ready: Sequence[Outgoing]) -> list[Sent]:
        platform = {d.id: d.platform for d in claimed}
        sent: dict[int, Sent] = {}
        for name, messenger in self.messengers.items():
            mine = [o for o in ready if platform[o.delivery_id] == name]
            chunks = [mine[n : n + messenger.at_once] for n in range(0, len(mine), messenger.at_once)]
            for said in await asyncio.gather(*(self._attempt(messenger, chunk) for chunk in chunks)):
                sent |= {s.delivery_id: s for s in said}
        return [
            sent.get(d.id) or Sent(delivery_id=d.id, outcome=Outcome.HELD, error="its first message is not out yet")
            for d in claimed
        ]

    async def _attempt(self, messenger: Messenger, batch: Sequence[Outgoing]) -> list[Sent]:
        """A sender that breaks leaves everything unknown: nobody can say what arrived."""
        try:
            said = {s.delivery_id: s for s in await messenger.send(batch)}
        except Exception as error:  # noqa: BLE001 - whatever it was, the outcome is unknown and must be recorded
            _log.warning("sender failed", platform=messenger.platform, error=type(error).__name__, count=len(batch))
            said, why = {}, type(error).__name__
        else:
            why = "the sender did not say"
        return [said.get(o.delivery_id) or _unknown(o.delivery_id, why) for o in batch]

    async def take_over(self) -> int:
        """At the start, with one process on the database: all that an earlier run was sending is unknown now."""
        async with self.desk.work() as work:
            return len(await deliveries.expire(work, self.name))

    async def recover(self) -> int:
        """Call unknown what outlived its lease; settle every unknown by asking the platform, else repeat it once."""
        async with self.desk.work() as work:
            await deliveries.expire(work)
            await deliveries.withdraw_ended(work)
        async with self.desk.read() as db:
            lost = await deliveries.unknown(db, BATCH)
        for name in {d.platform for d in lost}:
            await self._settle(self.messengers.get(name), [d for d in lost if d.platform == name])
        return len(lost)

    async def _settle(self, messenger: Messenger | None, lost: Sequence[Delivery]) -> None:
        arrived = await self._asked(messenger, lost) if messenger else {}
        async with self.desk.work() as work:
            for delivery in lost:
                remembers = messenger is not None and messenger.remembers
                if remembers and delivery.id not in arrived:
                    continue  # the platform could be asked, and did not answer: nothing is assumed
                await _settled(work, delivery, arrived.get(delivery.id), counted=not remembers)

    async def _asked(self, messenger: Messenger, lost: Sequence[Delivery]) -> dict[int, str | None]:
        sought = [Sought(delivery_id=d.id, address=d.address or "", since=d.queued_at) for d in lost]
        try:
            return await messenger.found(sought)
        except Exception as error:  # noqa: BLE001 - whatever it was, nobody knows more than before
            _log.warning("platform can't be asked", platform=messenger.platform, error=type(error).__name__)
            return {}


def _unknown(delivery: int, why: str) -> Sent:
    return Sent(delivery_id=delivery, outcome=Outcome.UNKNOWN, error=why)


def _unwritable(delivery: int, words: str) -> Sent:
    return Sent(delivery_id=delivery, outcome=Outcome.GONE, reason=Gone.UNWRITABLE, error=words)


async def _settled(work: Work, delivery: Delivery, arrived: str | None, *, counted: bool) -> None:
    """End one unknown: it arrived, or is sent once more (counted where that may double it), or is given up."""
    if arrived is not None:
        await deliveries.settle(work, delivery, DeliveryState.SENT, external_id=arrived, sent_at=work.now)
    elif delivery.repeats < MOST_REPEATS:
        text = "may have been sent before the stop; sent again"
        repeats = delivery.repeats + int(counted)
        await deliveries.settle(work, delivery, DeliveryState.QUEUED, repeats=repeats, error=text)
    else:
        await deliveries.settle(work, delivery, DeliveryState.FAILED, error="unknown twice; given up")
        text = "a message could not be confirmed twice; it was given up"
        work.note(delivery.incident_id, "bot", Verb.DELIVERY, text, f"delivery:{delivery.id}")
