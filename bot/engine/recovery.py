"""Recovery: what nobody knows the end of is asked about, else repeated once and counted, else given up."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import structlog

from bot.domain.delivery import Delivery, DeliveryState, Found, Sought, Unseen
from bot.domain.journal import Verb
from bot.domain.pace import LaneKey
from bot.domain.text import plural
from bot.domain.wording.delivery import unseen
from bot.engine.leases import LEASE, SPARE, Watch
from bot.engine.ports import Messenger
from bot.operations import outcomes
from bot.operations.desk import Desk
from bot.storage import deliveries, lanes, orphans, outsiders
from bot.storage.database import Work

_log = structlog.get_logger()
MOST_REPEATS = 1
MOST_ASKED = 10  # repeats where the platform says each time that it has none of it: that doubles nothing
_REWRITES = 20  # a rewrite doubles nothing; one that never ends well is given up all the same


class Mine(NamedTuple):
    """What this process knows of its own: its name, what it is sending, what it ever handed to a sender.

    claiming: more may be its own at this moment, of which it has not heard yet.
    """

    name: str
    sending: Collection[int]
    handed: Collection[int]
    claiming: bool


async def sweep(desk: Desk, messengers: Mapping[str, Messenger], most: int, *, watch: Watch, mine: Mine) -> int:
    """Call unknown what outlived its lease; settle every unknown by asking the platform, else repeat it once.

    What this process is sending lives, whatever the clock says; what it has claimed and never handed to a sender,
    because the database went away in between, waits again at once.
    """
    async with desk.work() as work:
        now = await watch.look(work)
        if not mine.claiming:
            await orphans.let_go(work, mine.name, {*mine.sending, *mine.handed}, now + LEASE - SPARE)
        await deliveries.expire(work, now=now, alive=mine.sending)
        await deliveries.withdraw_ended(work)
        await outsiders.withdraw(work)
    async with desk.read() as db:
        patient = [platform for platform, messenger in messengers.items() if messenger.remembers and not messenger.once]
        lost = await deliveries.unknown(db, most, patient, now)
    for platform, rows in lost.items():
        await _settle(desk, messengers.get(platform), rows)
    return sum(map(len, lost.values()))


async def _settle(desk: Desk, messenger: Messenger | None, lost: Sequence[Delivery]) -> None:
    arrived = await _asked(desk, messenger, lost) if messenger else {}
    remembers = messenger is not None and messenger.remembers
    counted = messenger is None or not messenger.once
    async with desk.work() as work:
        for delivery in lost:
            if remembers and delivery.id not in arrived:
                continue  # the platform could be asked, and did not answer: nothing is assumed
            found = arrived.get(delivery.id)
            external, blind = (None, True) if isinstance(found, Unseen) else (found, False)
            more = _may_again(delivery, asked=remembers and not blind)
            await _settled(desk, work, delivery, external, counted=counted, more=more)
        _not_seen(work, lost, arrived)


def _not_seen(work: Work, lost: Sequence[Delivery], arrived: Mapping[int, Found]) -> None:
    """Say of how many messages the platform does not let us see whether they came, and what can be done about it."""
    groups = Counter(
        (d.incident_id, d.platform, found.why)
        for d in lost
        if isinstance(found := arrived.get(d.id), Unseen) and d.edits is None and not d.repeats
    )
    for (incident, platform, why), n in groups.items():
        work.shift(incident, "unseen", f"{platform}:{why}", old=None, new="unseen", n=n)
        work.note(incident, "bot", Verb.DELIVERY, f"{plural(n, 'message')} {unseen(platform, why)}")


async def _asked(desk: Desk, messenger: Messenger, lost: Sequence[Delivery]) -> Mapping[int, Found]:
    """Return what the platform says; that it can't be asked is trouble of its lane, which may be down."""
    async with desk.read() as db:
        above = await deliveries.originals(db, [d.under for d in lost if d.under])
    sought = [
        Sought(delivery_id=d.id, address=d.address or "", since=d.queued_at, under=above.get(d.under or 0))
        for d in lost
    ]
    try:
        return await messenger.found(sought)
    except Exception as error:  # noqa: BLE001 - whatever it was, nobody knows more than before
        _log.warning("platform can't be asked", platform=messenger.platform, error=type(error).__name__)
    key, pace = LaneKey(messenger.platform, messenger.tenant), desk.policy.pace(messenger.platform)
    async with desk.store.work(desk.clock.now()) as work:
        await lanes.learn(work, key, pace, desk.policy.keep_share, sent=0, held=None, troubles=len(lost))
    return {}


def _may_again(delivery: Delivery, *, asked: bool) -> bool:
    """Whether it may be sent once more."""
    if delivery.edits:
        return delivery.attempts < _REWRITES
    return delivery.repeats < (MOST_ASKED if asked else MOST_REPEATS)


async def _settled(
    desk: Desk, work: Work, delivery: Delivery, arrived: str | None, *, counted: bool, more: bool
) -> None:
    """End one unknown: it arrived, or is sent once more (counted unless that can't double it), or is given up."""
    how = "found" if arrived is not None else "again" if more else "given up"
    _log.info("unknown settled", delivery=delivery.id, incident=delivery.incident_id, how=how)
    if arrived is not None:
        await deliveries.settle(work, delivery, DeliveryState.SENT, external_id=arrived, sent_at=work.now)
    elif more:
        text = "may have been sent before the stop; sent again"
        repeats = delivery.repeats + int(counted and not delivery.edits)
        await deliveries.settle(work, delivery, DeliveryState.QUEUED, repeats=repeats, error=text)
    else:
        await deliveries.settle(work, delivery, DeliveryState.FAILED, error="unknown again and again; given up")
        text = "a message could not be confirmed; it was given up"
        work.note(delivery.incident_id, "bot", Verb.DELIVERY, text, f"delivery:{delivery.id}")
        if delivery.edits is None:
            await outcomes.fail(desk, work, [delivery], {delivery.id: None})
