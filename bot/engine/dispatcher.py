"""The dispatcher: claims rows (commit), sends them with no transaction open, records what became of them (commit)."""

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.domain.delivery import Delivery, Gone, Outcome, Outgoing, Sent
from bot.domain.pace import LONGEST, Held, LaneKey
from bot.engine import recovery
from bot.engine.leases import LEASE, SPARE, Watch
from bot.engine.ports import Messenger
from bot.operations import compose, outcomes
from bot.operations.desk import Desk
from bot.storage import claims, deliveries, lanes, orphans
from bot.storage.claims import Claimed, Terms
from bot.storage.database import explain

_log = structlog.get_logger()
BATCH = 250
HOLD = timedelta(seconds=5)
_GATHER, _EACH = 0.05, 0.0005  # seconds in which outcomes are gathered before they are written down; for each awaited
_AGAIN = 1.0  # seconds between two tries to write down what became of messages


async def _sleep() -> None:
    await asyncio.sleep(_AGAIN)


@dataclass
class _Known:
    """Outcomes as they come in; they are written down together, because a commit costs more than a message does."""

    said: list[Sent]
    waited_for: int
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _failed: BaseException | None = None

    def add(self, said: Sequence[Sent]) -> None:
        """Add outcomes."""
        self.said += said
        self._news.set()

    def fail(self, error: BaseException) -> None:
        """Let whoever waits know that nothing will come of some of it: the process is being stopped."""
        self._failed = error
        self._news.set()

    async def next(self) -> list[Sent]:
        """Wait for outcomes that were not handed out yet, and for those that come right after; none: that was all."""
        if not self.waited_for:
            return []
        if not self.said:
            await self._news.wait()
        if self._failed is not None:
            raise self._failed
        if len(self.said) < self.waited_for:
            await asyncio.sleep(min(_GATHER, _EACH * (self.waited_for - len(self.said))))
        self._news.clear()
        said, self.said = self.said, []
        self.waited_for -= len(said)
        return said


@dataclass
class Dispatcher:
    """Sends what the outbox holds; name tells this run of it from every other."""

    desk: Desk
    messengers: Mapping[str, Messenger]
    name: str = field(default_factory=lambda: uuid.uuid4().hex)
    pause: Callable[[], Awaitable[None]] = _sleep
    next_at: datetime | None = None
    _handed: set[int] = field(default_factory=set)
    _under_way: set[int] = field(default_factory=set)
    _claiming: int = 0
    _watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        """Begin to watch the clock."""
        self._watch = Watch(self.desk.clock)

    async def run_once(self) -> int:
        """Send one batch on each lane; return how many were claimed. next_at: when a lane will have room again."""
        total, times = 0, []
        for messenger in self.messengers.values():
            claimed = await self.claim(messenger)
            await self.deliver(messenger, claimed.deliveries)
            total += len(claimed.deliveries)
            times.append(claimed.next_at)
        self.next_at = min((at for at in times if at is not None), default=None)
        return total

    async def drain(self) -> int:
        """Send until nothing can be sent now; return how many were."""
        total = 0
        while n := await self.run_once():
            total += n
        return total

    async def claim(self, messenger: Messenger, most: int | None = None) -> Claimed:
        """Take the next messages of a lane, at most so many."""
        policy = self.desk.policy
        pace, clock = policy.pace(messenger.platform), self.desk.clock
        terms = Terms(self.name, min(most or BATCH, BATCH), LEASE, pace, policy.keep_share, clock)
        self._claiming += 1
        try:
            async with self.desk.store.work(self.desk.clock.now()) as work:
                claimed = await claims.claim(work, key_of(messenger), terms)
        finally:
            self._claiming -= 1
        self._wait_noted(messenger, claimed.deliveries, work.now)
        return claimed

    def _wait_noted(self, messenger: Messenger, claimed: Sequence[Delivery], now: datetime) -> None:
        seconds = ((now - d.queued_at).total_seconds() for d in claimed)
        self.desk.meter.waited(messenger.platform, messenger.tenant, seconds)

    async def deliver(self, messenger: Messenger, claimed: Sequence[Delivery]) -> None:
        """Write claimed messages, send them, and record what became of each as soon as it is known."""
        if not claimed:
            return
        self._under_way.update(d.id for d in claimed)
        try:
            await self._delivered(messenger, claimed)
        finally:
            self._under_way.difference_update(d.id for d in claimed)

    async def _delivered(self, messenger: Messenger, claimed: Sequence[Delivery]) -> None:
        claimed_at = self.desk.clock.now()
        ready, ended = await self._compose(claimed)
        written = {o.delivery_id for o in ready} | {s.delivery_id for s in ended}
        ended += [_waits(d.id) for d in claimed if d.id not in written]
        known = _Known(ended, len(claimed))
        tasks = [
            asyncio.create_task(self._tell(known, messenger, chunk)) for chunk in _chunks(ready, messenger.at_once)
        ]
        try:
            while ended := await known.next():
                await self._record(messenger, claimed, ended, claimed_at)
        finally:
            for task in tasks:
                task.cancel()

    async def _tell(self, known: _Known, messenger: Messenger, batch: Sequence[Outgoing]) -> None:
        try:
            known.add(await self._attempt(messenger, batch))
        except BaseException as error:
            known.fail(error)
            raise

    async def _compose(self, claimed: Sequence[Delivery]) -> tuple[list[Outgoing], list[Sent]]:
        """Write the batch; when that fails, one by one, so that one bad message never holds back the others."""
        try:
            async with self.desk.read() as db:
                ready = await compose.outgoing(self.desk, db, claimed)
                written = {o.delivery_id for o in ready}
                late = {d.id: d.edits or d.under or 0 for d in claimed if d.id not in written}
                dead = await deliveries.never_arrived(db, list(late.values())) if late else set()
            words = "what it belongs to never arrived"
            return ready, [_unwritable(d, words) for d, e in late.items() if e in dead]
        except (ValueError, LookupError, TypeError) as error:
            if len(claimed) == 1:
                _log.error(
                    "message can't be written", delivery=claimed[0].id, error=type(error).__name__, exc_info=True
                )
                return [], [_unwritable(claimed[0].id, "it could not be written; the log says why")]
        parts = [await self._compose([delivery]) for delivery in claimed]
        return [o for ready, _ in parts for o in ready], [b for _, broken in parts for b in broken]

    async def _attempt(self, messenger: Messenger, batch: Sequence[Outgoing]) -> list[Sent]:
        """A sender that breaks, or goes on to the end of its lease, leaves all unknown: nobody can say what arrived."""
        said: dict[int, Sent] = {}
        why, seconds = "the sender did not say", self._seconds_for(batch)
        if seconds is not None and seconds <= 0:
            return [_waits(o.delivery_id, "its turn came too late") for o in batch]
        self._handed.update(o.delivery_id for o in batch)
        try:
            with self.desk.meter.span("send", platform=messenger.platform, messages=len(batch)):
                async with asyncio.timeout(seconds):
                    said = {s.delivery_id: s for s in await messenger.send(batch)}
        except Exception as error:  # noqa: BLE001 - whatever it was, the outcome is unknown and must be recorded
            why = type(error).__name__
            _log.warning("sender failed", platform=messenger.platform, error=why, count=len(batch))
        return [said.get(o.delivery_id) or _unknown(o.delivery_id, why) for o in batch]

    def _seconds_for(self, batch: Sequence[Outgoing]) -> float | None:
        """How long these may be sent: another begins when their lease ends."""
        ends = [o.until for o in batch if o.until is not None]
        return min(min(ends) - self.desk.clock.now(), LEASE).total_seconds() - SPARE.total_seconds() if ends else None

    async def _record(
        self, messenger: Messenger, claimed: Sequence[Delivery], ended: Sequence[Sent], claimed_at: datetime
    ) -> None:
        """Write outcomes down; a database that is away is waited for, whatever else goes wrong until the lease ends."""
        known = {s.delivery_id for s in ended}
        mine, steady = [d for d in claimed if d.id in known], self.desk.clock.steady
        ends = steady() + LEASE.total_seconds()
        while True:
            try:
                await self._written(messenger, mine, ended, claimed_at)
            except Exception as error:  # what is known must not be forgotten while it still counts
                _log.error("outcomes can't be written", count=len(ended), error=type(error).__name__)
                if explain(error) is None and steady() >= ends:
                    raise
                await self.pause()
            else:
                self._handed -= known
                return

    async def _written(
        self, messenger: Messenger, mine: Sequence[Delivery], ended: Sequence[Sent], claimed_at: datetime
    ) -> None:
        policy, n = self.desk.policy, sum(s.outcome is Outcome.SENT for s in ended)
        async with self.desk.store.work(self.desk.clock.now()) as work:
            kept = await deliveries.record(work, self.name, mine, ended, HOLD)
            await outcomes.follow(self.desk, work, kept, {s.delivery_id: s for s in ended})
            held = _held(ended, work.now, claimed_at)
            pace = policy.pace(messenger.platform)
            lane, met = key_of(messenger), sum(map(_trouble, ended))
            await lanes.learn(work, lane, pace, policy.keep_share, sent=n, held=held, troubles=met)
        noted(self.desk, messenger, kept, {s.delivery_id: s.outcome for s in ended})
        if held is not None:
            seconds = (held.until - claimed_at).total_seconds()
            _log.warning("lane held", platform=messenger.platform, seconds=round(seconds), why=held.why)

    async def give_back(self) -> int:
        """At a stop: let others have at once what this process had claimed."""
        async with self.desk.store.work(self.desk.clock.now()) as work:
            return await orphans.give_back(work, self.name, sorted(self._handed))

    async def take_over(self) -> int:
        """At the start, with one process on the database: all that an earlier run was sending is unknown now."""
        async with self.desk.work() as work:
            return len(await deliveries.expire(work, self.name))

    async def recover(self) -> int:
        """Settle what nobody knows the end of."""
        mine = recovery.Mine(self.name, self._under_way, self._handed, claiming=self._claiming > 0)
        return await recovery.sweep(self.desk, self.messengers, BATCH, watch=self._watch, mine=mine)


def noted(desk: Desk, messenger: Messenger, kept: Sequence[Delivery], became: Mapping[int, Outcome]) -> None:
    """Count and log what was written down: which deliveries of which incident became what."""
    groups: dict[tuple[int, Outcome], list[int]] = defaultdict(list)
    for delivery in kept:
        groups[delivery.incident_id, became[delivery.id]].append(delivery.id)
    for (incident, outcome), ids in groups.items():
        desk.meter.recorded(messenger.platform, messenger.tenant, outcome, len(ids))
        _log.info("recorded", platform=messenger.platform, incident=incident, outcome=outcome, deliveries=ids)


def key_of(messenger: Messenger) -> LaneKey:
    """Return the lane of a messenger."""
    return LaneKey(messenger.platform, messenger.tenant)


def _chunks(ready: Sequence[Outgoing], size: int) -> Iterator[Sequence[Outgoing]]:
    return (ready[n : n + size] for n in range(0, len(ready), size))


def _held(ended: Sequence[Sent], now: datetime, claimed_at: datetime) -> Held | None:
    """What was said to the whole lane, if anything: the longest pause of it."""
    said = [s for s in ended if s.outcome is Outcome.HELD and s.whole_lane]
    if not said:
        return None
    longest = max(said, key=lambda s: s.retry_after or 0)
    seconds = HOLD.total_seconds() if longest.retry_after is None else longest.retry_after
    until = now + min(timedelta(seconds=seconds), LONGEST)
    return Held(until, longest.error, any(s.limited for s in said), claimed_at)


def _waits(delivery: int, why: str = "its first message is not out yet") -> Sent:
    return Sent(delivery_id=delivery, outcome=Outcome.HELD, error=why)


def _trouble(said: Sent) -> bool:
    """Whether it tells that the way itself does not work; that a message could not be written does not."""
    return said.outcome is Outcome.UNKNOWN or (said.outcome is Outcome.HELD and said.whole_lane and not said.limited)


def _unknown(delivery: int, why: str) -> Sent:
    return Sent(delivery_id=delivery, outcome=Outcome.UNKNOWN, error=why)


def _unwritable(delivery: int, words: str) -> Sent:
    return Sent(delivery_id=delivery, outcome=Outcome.GONE, reason=Gone.UNWRITABLE, error=words)
