"""Claiming messages: a lane's tokens and the messages that they pay for are taken in one transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from bot.clock import Clock
from bot.domain import breaker
from bot.domain import pace as p
from bot.domain.delivery import Delivery, DeliveryState
from bot.domain.notice import NoticeState
from bot.domain.pace import LaneKey, Pace, Waiting
from bot.storage import lanes
from bot.storage import tables as t
from bot.storage.database import Db, Work
from bot.storage.deliveries import DELIVERY, count, delivery_of
from bot.storage.routes import outside


class Terms(NamedTuple):
    """On which terms a lane's messages are claimed: for whom, how many at most, how long, at which pace.

    clock: tells when the lease begins, which may be long after the work did: it waits for its turn.
    """

    by: str
    most: int
    lease: timedelta
    pace: Pace
    share: float
    clock: Clock


class Claimed(NamedTuple):
    """Messages that are this process's until their lease ends; next_at: when a lane will have room, if it has none."""

    deliveries: list[Delivery]
    next_at: datetime | None = None


async def claim(work: Work, key: LaneKey, terms: Terms) -> Claimed:
    """Take the lane's next messages, the most urgent first, as many as its tokens pay for."""
    incidents = await _incidents(work, key.platform)
    if not incidents:
        return Claimed([])
    lane = p.refilled(await lanes.lock(work, key, terms.pace, terms.share), terms.pace, terms.share, work.now)
    room = p.room(lane, terms.pace, terms.share, work.now)
    most = breaker.most(lane, min(room.urgent, terms.most))
    picked = await _picked(work, key.platform, incidents, terms, room._replace(urgent=most)) if most else []
    rows = await _take(work, [one.id for one in picked], terms)
    spent = p.spent(lane, len(rows))
    await lanes.write(work, breaker.tried(spent, work.now) if rows else spent)
    if rows:
        full = p.room(spent, terms.pace, terms.share, work.now).patient < 1
        return Claimed(rows, p.next_at(spent, terms.pace, terms.share, work.now) if full else None)
    return Claimed([], await _again(work, key.platform, lane, terms, asked=most))


async def _incidents(db: Db, platform: str) -> list[int]:
    """Return the incidents that have messages in the queue, jumping from one to the next in the index."""
    c = t.deliveries.c
    first = sa.select(sa.func.min(c.incident_id)).where(t.QUEUED, c.platform == platform)
    found = sa.select(first.scalar_subquery().label("id")).cte("found", recursive=True)
    after = first.where(c.incident_id > found.c.id).scalar_subquery()
    found = found.union_all(sa.select(after).where(found.c.id.is_not(None)))
    return await db.column(sa.select(found.c.id).where(found.c.id.is_not(None)))


async def oldest(db: Db, platform: str) -> datetime | None:
    """Return since when the oldest message waits that could go now: the first of each priority, by the index."""
    c = t.deliveries.c
    found: list[datetime] = []
    for incident in await _incidents(db, platform):
        queued = sa.and_(t.QUEUED, c.platform == platform, c.incident_id == incident)
        priority = await db.value(sa.select(sa.func.min(c.priority)).where(queued))
        while priority is not None:
            ready = sa.or_(c.not_before.is_(None), c.not_before <= db.now)
            first = sa.select(c.queued_at).where(queued, c.priority == priority, c.address.is_not(None), ready)
            at = await db.value(first.order_by(c.id).limit(1))
            found += [at] if at else []
            priority = await db.value(sa.select(sa.func.min(c.priority)).where(queued, c.priority > priority))
    return min(found, default=None)


async def _picked(work: Work, platform: str, incidents: Sequence[int], terms: Terms, room: p.Room) -> Sequence[Waiting]:
    busy = await _busy(work, platform, terms.pace.apart) if terms.pace.apart_s else set()
    waiting: list[Waiting] = []
    for incident in incidents:
        query = _free(platform, incident, work.now, busy).limit(room.urgent)
        waiting += [Waiting(**row) for row in await work.rows(query.with_for_update(skip_locked=True))]
    room = p.Room(room.urgent, min(room.patient, room.urgent))
    return p.chosen(waiting, room, apart=bool(terms.pace.apart_s))


def _free(platform: str, incident: int, now: datetime, busy: Collection[str]) -> sa.Select[tuple[int, int, int, str]]:
    """The messages of an incident that could go now, the most urgent first."""
    c = t.deliveries.c
    ended = sa.exists().where(t.notices.c.id == c.notice_id, t.notices.c.state == NoticeState.CLOSED)
    ready = sa.or_(c.not_before.is_(None), c.not_before <= now)
    may = sa.and_(~ended, sa.or_(~c.drill, ~outside(c.person_id)))  # who was inside when it was queued
    where = sa.and_(t.QUEUED, c.platform == platform, c.incident_id == incident, c.address.is_not(None), ready, may)
    if busy:
        where = sa.and_(where, c.address.not_in(busy))
    parts = (c.id, c.incident_id.label("incident"), c.priority, c.address)
    return sa.select(*parts).where(where).order_by(c.priority, c.id)


async def _busy(db: Db, platform: str, apart: timedelta) -> set[str]:
    """Return the conversations in which something is being sent, or was a moment ago."""
    c = t.deliveries.c
    sending = sa.and_(t.UNDER_WAY, c.state == DeliveryState.SENDING, c.platform == platform)
    lately = sa.and_(c.platform == platform, c.sent_at > db.now - apart, c.sent_at < db.now + p.SKEW)
    query = sa.union(sa.select(c.address).where(sending), sa.select(c.address).where(lately))
    return set(await db.column(query))


async def _take(work: Work, ids: Sequence[int], terms: Terms) -> list[Delivery]:
    if not ids:
        return []
    c = t.deliveries.c
    taken = {
        "state": DeliveryState.SENDING, "claimed_by": terms.by, "lease_until": terms.clock.now() + terms.lease,
        "attempts": c.attempts + 1,
    }  # fmt: skip
    write = sa.update(t.deliveries).where(c.id.in_(ids), c.state == DeliveryState.QUEUED).values(**taken)
    rows = {row["id"]: delivery_of(row) for row in await work.rows(write.returning(*DELIVERY))}
    count(work, list(rows.values()), DeliveryState.QUEUED, DeliveryState.SENDING)
    return [rows[one] for one in ids if one in rows]


async def _again(db: Db, platform: str, lane: p.Lane, terms: Terms, *, asked: int) -> datetime | None:
    """Return when to look again: the lane has no room now, or the next ones' conversations want a pause."""
    if not asked:
        return p.next_at(lane, terms.pace, terms.share, db.now)
    c = t.deliveries.c
    waits = sa.exists().where(t.QUEUED, c.platform == platform, c.address.is_not(None), c.not_before.is_(None))
    if await db.value(sa.select(waits)):
        return max(p.next_at(lane, terms.pace, terms.share, db.now), db.now + terms.pace.apart)
    return None
