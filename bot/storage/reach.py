"""What the rows prove of people's addresses: the last message that each took, the last answer on it."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.domain.delivery import DeliveryState, Gone
from bot.domain.journal import Verb
from bot.domain.outreach import OUTREACH
from bot.domain.reach import ENOUGH
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


async def whys(db: Db, platforms: Collection[str]) -> dict[tuple[str, str], Gone]:
    """Return why addresses take no messages, by person and platform."""
    c = t.identities.c
    where = sa.and_(c.platform.in_(platforms), c.lost_at.is_not(None), c.lost_why.is_not(None))
    rows = await db.rows(sa.select(c.person_id, c.platform, c.lost_why).where(where))
    return {(r["person_id"], r["platform"]): Gone(r["lost_why"]) for r in rows}


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


async def counted(db: Db, platforms: Collection[str], days: int) -> tuple[int, int, int]:
    """Return how many people there are, how many have no proven way, and how many have fewer than enough of them.

    One statement, whatever their number. The rule is that of domain/reach.py: only what is young enough can prove.
    """
    i, p = t.identities.c, t.people.c
    sent, said = (
        _newest_sent(platforms, db.now - timedelta(days=days)),
        _newest_said(platforms, db.now - timedelta(days=days)),
    )
    both = t.identities.outerjoin(said, _same(said)).outerjoin(sent, _same(sent))
    stands = sa.or_(i.lost_at.is_(None), said.c.at > i.lost_at, sent.c.at > i.lost_at)
    proves = sa.or_(said.c.at.is_not(None), sa.and_(sent.c.at.is_not(None), i.platform.not_in(OUTREACH)))
    ways = sa.select(i.person_id, sa.func.count(i.platform.distinct()).label("n")).select_from(both)
    proven = ways.where(i.platform.in_(platforms), stands, proves).group_by(i.person_id).subquery()
    has = sa.func.coalesce(proven.c.n, 0)
    none, few = (sa.func.coalesce(sa.func.sum(sa.case((has < most, 1), else_=0)), 0) for most in (1, ENOUGH))
    query = sa.select(sa.func.count(), none, few).select_from(t.people.outerjoin(proven, proven.c.person_id == p.id))
    people_, alone, short = (await db.rows(query.where(p.left_at.is_(None))))[0].values()
    return int(people_), int(alone), int(short)


def _newest_sent(platforms: Collection[str], since: datetime) -> sa.Subquery:
    c = t.deliveries.c
    query = sa.select(c.person_id, c.platform, sa.func.max(c.sent_at).label("at")).where(
        c.platform.in_(platforms), c.state == DeliveryState.SENT, c.edits.is_(None), c.sent_at >= since
    )
    return query.group_by(c.person_id, c.platform).subquery("sent")


def _newest_said(platforms: Collection[str], since: datetime) -> sa.Subquery:
    c = t.recipients.c
    query = sa.select(c.person_id, c.answered_on.label("platform"), sa.func.max(c.answered_at).label("at"))
    query = query.where(c.answered_on.in_(platforms), c.answered_at >= since)
    return query.group_by(c.person_id, c.answered_on).subquery("said")


def _same(other: sa.Subquery) -> sa.ColumnElement[bool]:
    i = t.identities.c
    return sa.and_(other.c.person_id == i.person_id, other.c.platform == i.platform)


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
