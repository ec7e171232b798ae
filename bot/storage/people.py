"""People, teams and their addresses."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from bot.domain.person import Person, Team
from bot.storage import tables as t
from bot.storage.database import Db, has_item

_PERSON = [t.people.c[name] for name in Person.model_fields]
_FIND = sa.select(*_PERSON).where(t.people.c.id == sa.bindparam("id"))


def person_of(row: Any) -> Person:
    """Return a row as a person; rows are trusted, so nothing is checked again."""
    return Person.model_validate(dict(row))


async def find(db: Db, person: str) -> Person | None:
    """Return a person by id."""
    row = await db.first(_FIND.params(id=person))
    return person_of(row) if row else None


async def named(db: Db, ids: Collection[str]) -> dict[str, str]:
    """Return names by id."""
    query = sa.select(t.people.c.id, t.people.c.name).where(t.people.c.id.in_(set(ids)))
    return {r["id"]: r["name"] for r in await db.rows(query)}


async def several(db: Db, ids: Collection[str]) -> dict[str, Person]:
    """Return people by id."""
    rows = await db.rows(sa.select(*_PERSON).where(t.people.c.id.in_(set(ids))))
    return {r["id"]: person_of(r) for r in rows}


async def in_role(db: Db, roles: Sequence[str]) -> list[Person]:
    """Return those who may hold any of these roles, in the order of their ids."""
    holds = sa.or_(*[has_item(t.people.c.roles, role, db.dialect) for role in roles])
    query = sa.select(*_PERSON).where(holds, t.people.c.left_at.is_(None), t.people.c.kind == "staff")
    return [person_of(r) for r in await db.rows(query.order_by(t.people.c.id))]


async def search(db: Db, words: str, limit: int, kinds: Sequence[str] = ("agent", "staff", "outside")) -> list[Person]:
    """Return people whose name, id or team holds the words."""
    like = f"%{words.replace('%', '').replace('_', '')}%"
    match = sa.or_(t.people.c.name.ilike(like), t.people.c.id.ilike(like), t.people.c.team.ilike(like))
    query = sa.select(*_PERSON).where(match, t.people.c.kind.in_(kinds), t.people.c.left_at.is_(None))
    return [person_of(r) for r in await db.rows(query.order_by(t.people.c.name, t.people.c.id).limit(limit))]


async def teams_led_by(db: Db, person: str) -> list[Team]:
    """Return the teams that somebody leads, or deputises for."""
    leads = sa.or_(t.teams.c.lead == person, t.teams.c.deputy == person)
    return [Team.model_validate(dict(r)) for r in await db.rows(sa.select(t.teams).where(leads))]


async def teams(db: Db, ids: Collection[str]) -> dict[str, Team]:
    """Return teams by id."""
    return {r["id"]: Team.model_validate(dict(r)) for r in await db.rows(sa.select(t.teams).where(t.teams.c.id.in_(set(ids))))}


async def team(db: Db, team_id: str) -> Team | None:
    """Return a team by id."""
    row = await db.first(sa.select(t.teams).where(t.teams.c.id == team_id))
    return Team.model_validate(dict(row)) if row else None


async def address(db: Db, person: str, platforms: Sequence[str]) -> tuple[str, str] | None:
    """Return the platform and address at which somebody is reached first."""
    c = t.identities.c
    rows = await db.rows(sa.select(c.platform, c.address).where(c.person_id == person, c.platform.in_(platforms)))
    known = {r["platform"]: r["address"] for r in rows}
    return next(((p, known[p]) for p in platforms if p in known), None)


async def at_address(db: Db, platform: str, address_: str) -> str | None:
    """Return the id of the person at an address."""
    c = t.identities.c
    found: str | None = await db.value(sa.select(c.person_id).where(c.platform == platform, c.address == address_))
    return found
