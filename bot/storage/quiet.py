"""Holding back what can wait until its reader's quiet hours are over; never for people of a site that is hit."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from bot.domain.delivery import DeliveryState
from bot.storage import tables as t
from bot.storage.database import Db, Work


async def zones(db: Db) -> list[str]:
    """Return the zones in which people live."""
    return await db.column(sa.select(t.people.c.tz).where(t.people.c.left_at.is_(None)).distinct())


async def hold(work: Work, notice: int, until: Mapping[str, datetime]) -> int:
    """Let a notice's queued direct messages wait, by the zone of their readers; return how many do."""
    d, p, roll = t.deliveries.c, t.people.c, t.roll.c
    hit = sa.exists().where(roll.incident_id == d.incident_id, roll.person_id == d.person_id, roll.scope == "hit")
    mine = sa.and_(d.notice_id == notice, d.state == DeliveryState.QUEUED, d.person_id.is_not(None), ~hit)
    held = 0
    for zone, moment in until.items():
        there = sa.and_(mine, d.person_id.in_(sa.select(p.id).where(p.tz == zone)))
        held += await work.run(sa.update(t.deliveries).where(there).values(not_before=moment))
    return held
