"""Messages on a lane that is down: taken off it, where their person has another way."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from bot.domain.delivery import Delivery, DeliveryState
from bot.domain.notice import RecipientState
from bot.storage import tables as t
from bot.storage.database import Db, Work
from bot.storage.deliveries import DELIVERY, count, delivery_of
from bot.storage.routes import routes

_ALIVE = (DeliveryState.QUEUED.value, DeliveryState.SENDING.value, DeliveryState.SENT.value)


async def take_off(work: Work, platform: str, others: Sequence[str], limit: int, error: str) -> list[Delivery]:
    """End messages that wait on a platform and whose person has an address on one of the others; return them.

    Whom another copy of the same message reaches anyway keeps this one waiting.
    """
    d = t.deliveries.c
    where = sa.and_(t.QUEUED, d.platform == platform, d.edits.is_(None), d.room_id.is_(None), _has(others, work))
    return await _ended(work, sa.and_(where, ~_another(platform)), limit, error)


async def take_posts_off(work: Work, platform: str, limit: int, error: str) -> list[Delivery]:
    """End posts in teams' channels that wait on a platform; return them."""
    d = t.deliveries.c
    where = sa.and_(t.QUEUED, d.platform == platform, d.edits.is_(None), d.team_id.is_not(None))
    return await _ended(work, where, limit, error)


async def unsure(work: Work, platform: str, others: Sequence[str], limit: int) -> list[Delivery]:
    """Return messages of which a platform that is down can't say whether they arrived, and that went no other way."""
    d = t.deliveries.c
    lost = sa.and_(t.UNDER_WAY, d.state == DeliveryState.UNKNOWN, d.platform == platform, d.edits.is_(None))
    where = sa.and_(lost, d.recipient_id.is_not(None), _has(others, work), ~_another(platform))
    query = sa.select(*DELIVERY).where(where).order_by(d.priority, d.id).limit(limit).with_for_update(skip_locked=True)
    return [delivery_of(r) for r in await work.rows(query)]


async def written_to(db: Db, platform: str, address: str, within: timedelta) -> bool:
    """Whether a service took something for an address within this time."""
    d = t.deliveries.c
    taken = sa.exists().where(d.platform == platform, d.sent_at > db.now - within, d.address == address)
    return bool(await db.value(sa.select(taken)))


async def bounce(work: Work, platform: str, address: str, error: str) -> list[Delivery]:
    """End messages that a service took and did not deliver, and that still want an answer; return them."""
    d, r = t.deliveries.c, t.recipients.c
    owed = sa.exists().where(r.id == d.recipient_id, r.state == RecipientState.WAITING)
    where = sa.and_(
        d.platform == platform, d.address == address, d.state == DeliveryState.SENT, d.edits.is_(None), owed
    )
    write = sa.update(t.deliveries).where(where).values(state=DeliveryState.FAILED, error=error)
    rows = [delivery_of(row) for row in await work.rows(write.returning(*DELIVERY))]
    count(work, rows, DeliveryState.SENT, DeliveryState.FAILED)
    await _not_reached(work, rows)
    return rows


async def _not_reached(work: Work, rows: Sequence[Delivery]) -> None:
    """Take those from the count of the reached whom no other message has reached."""
    d, mine = t.deliveries.c, {one.recipient_id: one for one in rows}
    other = sa.and_(d.recipient_id.in_(mine), d.state == DeliveryState.SENT, d.edits.is_(None))
    known = set(await work.column(sa.select(d.recipient_id).where(other)))
    for one in (one for recipient, one in mine.items() if recipient not in known):
        work.shift(one.incident_id, "reached", str(one.notice_id), old=DeliveryState.SENT, new=None)


async def _ended(work: Work, where: sa.ColumnElement[bool], limit: int, error: str) -> list[Delivery]:
    d = t.deliveries.c
    query = sa.select(d.id).where(where).order_by(d.priority, d.id).limit(limit).with_for_update(skip_locked=True)
    ids = await work.column(query)
    write = sa.update(t.deliveries).where(d.id.in_(ids), d.state == DeliveryState.QUEUED)
    write = write.values(state=DeliveryState.FAILED, error=error)
    rows = [delivery_of(r) for r in await work.rows(write.returning(*DELIVERY))] if ids else []
    count(work, rows, DeliveryState.QUEUED, DeliveryState.FAILED)
    return rows


def _has(platforms: Sequence[str], work: Work) -> sa.ColumnElement[bool]:
    """Whether a message's person has an address that works on one of these platforms, where it may go."""
    d = t.deliveries.c
    real, drill = routes(work, drill=False).c, routes(work, drill=True).c
    of_real = sa.exists().where(real.person_id == d.person_id, real.platform.in_(platforms), ~d.drill)
    of_drill = sa.exists().where(drill.person_id == d.person_id, drill.platform.in_(platforms), d.drill)
    return sa.or_(of_real, of_drill)


def _another(platform: str) -> sa.ColumnElement[bool]:
    """Whether the same was written to its recipient another way, then or later."""
    d, e = t.deliveries.c, t.deliveries.alias("another").c
    same = sa.and_(e.recipient_id == d.recipient_id, e.platform != platform, e.queued_at >= d.queued_at)
    return sa.exists().where(same, e.id != d.id, e.edits.is_(None), e.state.in_(_ALIVE))
