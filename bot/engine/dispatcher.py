"""The dispatcher: claims rows (commit), sends them with no transaction open, records what became of them (commit)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from bot.domain.delivery import Delivery, DeliveryState, Outcome, Outgoing, Sent
from bot.domain.journal import Verb
from bot.engine.ports import Messenger
from bot.operations import compose
from bot.operations.desk import Desk
from bot.storage import deliveries

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
            return ready, [Sent(delivery_id=d, outcome=Outcome.GONE, error=words) for d, e in late.items() if e in dead]
        except (ValueError, LookupError, TypeError) as error:
            if len(claimed) == 1:
                _log.error(
                    "message can't be written", delivery=claimed[0].id, error=type(error).__name__, exc_info=True
                )
                words = "it could not be written; the log says why"
                return [], [Sent(delivery_id=claimed[0].id, outcome=Outcome.GONE, error=words)]
        parts = [await self._compose([delivery]) for delivery in claimed]
        return [o for ready, _ in parts for o in ready], [b for _, broken in parts for b in broken]

    async def _send(self, claimed: Sequence[Delivery], ready: Sequence[Outgoing]) -> list[Sent]:
        platform = {d.id: d.platform for d in claimed}
        sent: dict[int, Sent] = {}
        for name, messenger in self.messengers.items():
            mine = [o for o in ready if platform[o.delivery_id] == name]
            if mine:
                sent |= {s.delivery_id: s for s in await self._attempt(messenger, mine)}
        return [
            sent.get(d.id) or Sent(delivery_id=d.id, outcome=Outcome.HELD, error="its first message is not out yet")
            for d in claimed
        ]

    async def _attempt(self, messenger: Messenger, batch: Sequence[Outgoing]) -> list[Sent]:
        """A sender that breaks leaves everything unknown: nobody can say what arrived."""
        try:
            return await messenger.send(batch)
        except Exception as error:  # noqa: BLE001 - whatever it was, the outcome is unknown and must be recorded
            _log.warning("sender failed", platform=messenger.platform, error=type(error).__name__, count=len(batch))
            return [Sent(delivery_id=o.delivery_id, outcome=Outcome.UNKNOWN, error=type(error).__name__) for o in batch]

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
        arrived = await messenger.found([d.id for d in lost]) if messenger else {}
        async with self.desk.work() as work:
            for delivery in lost:
                if delivery.id in arrived:
                    values = {"external_id": arrived[delivery.id], "sent_at": work.now}
                    await deliveries.settle(work, delivery, DeliveryState.SENT, **values)
                elif delivery.repeats < MOST_REPEATS:
                    text = "may have been sent before the stop; sent again"
                    repeats = delivery.repeats + (0 if messenger and messenger.remembers else 1)
                    await deliveries.settle(work, delivery, DeliveryState.QUEUED, repeats=repeats, error=text)
                else:
                    await deliveries.settle(work, delivery, DeliveryState.FAILED, error="unknown twice; given up")
                    work.note(
                        delivery.incident_id,
                        "bot",
                        Verb.DELIVERY,
                        "a message could not be confirmed twice; it was given up",
                        f"delivery:{delivery.id}",
                    )
