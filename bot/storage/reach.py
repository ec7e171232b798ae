"""What the rows prove of people's addresses: the last message that each took, the last answer on it."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.domain.delivery import DeliveryState
from bot.domain.journal import Verb
from bot.storage import tables as t
from bot.storage.database import Db

_Times = dict[tuple[str, str], datetime]


async def people(db: Db, teams: Collection[str] | None) -> Sequence[Any]:
    """Return everybody who is here, or those of teams: id, name, kind, site's and team's name."""
    c = t.people.c
    joined = t.people.outerjoin(t.sites, t.sites.c.id == c.site).outerjoin(t.teams, t.teams.c.id == c.team)
    columns = [c.id, c.name, c.kind, t.sites.c.name.label("site"), t.teams.c.name.label("team")]
    query = sa.select(*columns).select_from(joined).where(c.left_at.is_(None))
    return await db.rows(query.where(c.team.in_(teams)) if teams is not None else query)


async def lost(db: Db, platforms: Collection[str]) -> dict[tuple[str, str], datetime | None]:
    """Return since when each address takes no messages, None where it does, by person and platform."""
    c = t.identities.c
    rows = await db.rows(sa.select(c.person_id, c.platform, c.lost_at).where(c.platform.in_(platforms)))
    return {(r["person_id"], r["platform"]): r["lost_at"] for r in rows}


async def sent(db: Db, platforms: Collection[str]) -> _Times:
    """Return when each address last took a message, by person and platform."""
    c = t.deliveries.c
    where = sa.and_(c.platform.in_(platforms), c.state == DeliveryState.SENT, c.person_id.is_not(None))
    query = sa.select(c.person_id, c.platform, sa.func.max(c.sent_at).label("at")).where(where, c.edits.is_(None))
    return _times(await db.rows(query.group_by(c.person_id, c.platform)))


async def answered(db: Db, platforms: Collection[str]) -> _Times:
    """Return when each person last answered on a platform themselves, by person and platform."""
    c = t.recipients.c
    query = sa.select(c.person_id, c.answered_on.label("platform"), sa.func.max(c.answered_at).label("at"))
    query = query.where(c.answered_on.in_(platforms))
    return _times(await db.rows(query.group_by(c.person_id, c.answered_on)))


def _times(rows: Sequence[Any]) -> _Times:
    return {(r["person_id"], r["platform"]): r["at"] for r in rows if r["at"] is not None}


async def platforms(db: Db) -> list[str]:
    """Return the platforms on which anybody has an address."""
    return await db.column(sa.select(t.identities.c.platform).distinct().order_by(t.identities.c.platform))


async def from_nobody(db: Db, days: int) -> int:
    """Return how many texts came from numbers that nobody has, in so many days."""
    c = t.journal.c
    where = sa.and_(c.incident_id.is_(None), c.verb == Verb.REFUSED, c.subject == "sms")
    query = sa.select(sa.func.count()).where(where, c.at > db.now - timedelta(days=days))
    return int(await db.value(query) or 0)
