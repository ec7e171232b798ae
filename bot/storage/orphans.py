"""Messages that somebody has claimed and does not send: given back at a stop, or left behind by a broken connection."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from bot.domain.delivery import DeliveryState
from bot.storage import tables as t
from bot.storage.database import Work
from bot.storage.deliveries import DELIVERY, count, delivery_of


async def give_back(work: Work, by: str, handed: Collection[int]) -> int:
    """At a stop: what was claimed and not handed to a sender waits again; what was handed over is unknown at once."""
    c = t.deliveries.c
    mine = sa.and_(t.UNDER_WAY, c.state == DeliveryState.SENDING, c.claimed_by == by)
    back = await _back(work, sa.and_(mine, c.id.not_in(handed)))
    lost = sa.update(t.deliveries).where(mine).values(state=DeliveryState.UNKNOWN)
    unknown_ = [delivery_of(r) for r in await work.rows(lost.returning(*DELIVERY))]
    count(work, unknown_, DeliveryState.SENDING, DeliveryState.UNKNOWN)
    return back + len(unknown_)


async def let_go(work: Work, by: str, known: Collection[int], until: datetime) -> int:
    """Put back into the queue what somebody has claimed some moments ago and knows nothing of.

    The connection broke before they heard of it, or before it could be written: it was handed to no sender. until:
    their leases end before then; those that are over already are somebody else's to settle.
    """
    c = t.deliveries.c
    mine = sa.and_(t.UNDER_WAY, c.state == DeliveryState.SENDING, c.claimed_by == by)
    return await _back(work, sa.and_(mine, c.lease_until < until, c.lease_until > work.now, c.id.not_in(known)))


async def _back(work: Work, which: sa.ColumnElement[bool]) -> int:
    c = t.deliveries.c
    write = sa.update(t.deliveries).where(which)
    write = write.values(state=DeliveryState.QUEUED, lease_until=None, claimed_by=None, attempts=c.attempts - 1)
    rows = [delivery_of(r) for r in await work.rows(write.returning(*DELIVERY))]
    count(work, rows, DeliveryState.SENDING, DeliveryState.QUEUED)
    return len(rows)
