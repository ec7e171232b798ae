"""Routes: where people are reached now. For a drill those outside are not even read: there is nothing to send to."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.storage import tables as t
from bot.storage.database import Db

LOST_FOR = timedelta(hours=24)  # then it is tried again: people come back, installations are put right


def works(now: datetime) -> sa.ColumnElement[bool]:
    """Whether an address takes messages, as far as is known."""
    c = t.identities.c
    return sa.or_(c.lost_at.is_(None), c.lost_at <= now - LOST_FOR)


def routes(db: Db, *, drill: bool) -> sa.Subquery:
    """Return the addresses that take messages: person_id, platform, address, outside; a drill's are all inside.

    Who is outside is asked of the person and of the address: either is enough.
    """
    return _known(drill=drill).where(works(db.now)).subquery("routes")


def _known(*, drill: bool) -> sa.Select[Any]:
    c = t.identities.c
    query = sa.select(c.person_id, c.platform, c.address, c.outside)
    return query.where(~c.outside, ~outside(c.person_id)) if drill else query


def outside(person: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Whether somebody is outside by now."""
    them = t.people.alias("them").c
    return sa.exists().where(them.id == person, them.kind == "outside")


async def first(db: Db, person: str, platforms: Sequence[str], *, drill: bool) -> Any | None:
    """Return where somebody is reached first: platform, address, and whether that is outside."""
    c = routes(db, drill=drill).c
    rows = await db.rows(
        sa.select(c.platform, c.address, c.outside).where(c.person_id == person, c.platform.in_(platforms))
    )
    known = {r["platform"]: r for r in rows}
    return next((known[p] for p in platforms if p in known), None)


async def first_of(db: Db, people: Collection[str], platforms: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return where each of these people, all inside, is reached first: platform and address by person."""
    c = routes(db, drill=True).c
    query = sa.select(c.person_id, c.platform, c.address).where(c.person_id.in_(people), c.platform.in_(platforms))
    known = sorted(await db.rows(query), key=lambda row: list(platforms).index(row["platform"]), reverse=True)
    return {row["person_id"]: {"platform": row["platform"], "address": row["address"]} for row in known}


async def reachable(db: Db, people: Collection[str], platforms: Sequence[str]) -> set[str]:
    """Return those of these people, all inside, who have an address on one of these platforms."""
    c = routes(db, drill=True).c
    return set(await db.column(sa.select(c.person_id).where(c.person_id.in_(people), c.platform.in_(platforms))))


async def way_to(db: Db, person: str, platform: str, *, drill: bool) -> Any | None:
    """Return somebody's address on a platform, though it was given up: platform, address, outside."""
    c = _known(drill=drill).subquery("routes").c
    return await db.first(
        sa.select(c.platform, c.address, c.outside).where(c.person_id == person, c.platform == platform)
    )
