"""Lanes: the pace of each platform and workspace, one row each, shared by every replica."""

from collections.abc import Sequence

import sqlalchemy as sa

from bot.domain import breaker
from bot.domain.pace import WINDOW, Held, Lane, LaneKey, Pace, begun, grown, pushed, refilled
from bot.storage import tables as t
from bot.storage.database import Db, Work, upserting

_LANE = [t.lanes.c[name] for name in Lane.model_fields]


def _is(key: LaneKey) -> sa.ColumnElement[bool]:
    return sa.and_(t.lanes.c.platform == key.platform, t.lanes.c.tenant == key.tenant)


async def lock(work: Work, key: LaneKey, pace: Pace, share: float) -> Lane:
    """Return a lane, nobody else's until this work ends; one that is not there yet begins."""
    query = sa.select(*_LANE).where(_is(key)).with_for_update()
    row = await work.first(query)
    if row is None:
        first = begun(key, pace, share, work.now)
        write = upserting(t.lanes, work.dialect).values(**first.model_dump())
        await work.run(write.on_conflict_do_nothing())
        row = await work.first(query)
    return Lane.model_construct(**row) if row is not None else begun(key, pace, share, work.now)


async def learn(
    work: Work, key: LaneKey, pace: Pace, share: float, *, sent: int, held: Held | None, troubles: int = 0
) -> None:
    """Teach a lane what became of messages: how many were taken or met trouble, what was said to all of it."""
    if not (sent or held or troubles):
        return
    lane = refilled(await lock(work, key, pace, share), pace, share, work.now)
    lane = grown(lane, pace, sent, work.now) if sent else lane
    if held is not None:
        lane = pushed(lane, pace, held, work.now, await _lately(work, key) if held.limited else None)
    await write(
        work, breaker.after(lane, work.now, sent=sent, troubles=troubles, why=held.why if held else "no answer")
    )


async def _lately(db: Db, key: LaneKey) -> int:
    """Return how many messages the platform took within the window by which it counts."""
    c = t.deliveries.c
    where = sa.and_(c.platform == key.platform, c.sent_at > db.now - WINDOW, c.sent_at <= db.now)
    return int(await db.value(sa.select(sa.func.count()).where(where)) or 0)


async def write(work: Work, lane: Lane) -> None:
    """Write down how a lane stands; it is not news that would wake anybody."""
    values = lane.model_dump(exclude={"platform", "tenant"})
    key = LaneKey(lane.platform, lane.tenant)
    await work.connection.execute(sa.update(t.lanes).where(_is(key)).values(**values))


async def of(db: Db) -> Sequence[Lane]:
    """Return every lane."""
    query = sa.select(*_LANE).order_by(t.lanes.c.platform, t.lanes.c.tenant)
    return [Lane.model_construct(**row) for row in await db.rows(query)]
