"""People, teams and their addresses."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from bot.domain.outreach import Contact
from bot.domain.person import Person, Team
from bot.storage import tables as t
from bot.storage.database import Db, has_item

_PERSON = [t.people.c[name] for name in Person.model_fields]
_FIND = sa.select(*_PERSON).where(t.people.c.id == sa.bindparam("id"))


def person_of(row: Any) -> Person:
    """Return a row as a person; rows are trusted, so nothing is checked again."""
    return Person.model_validate(row)


async def find(db: Db, person: str) -> Person | None:
    """Return a person by id."""
    row = await db.first(_FIND, {"id": person})
    return person_of(row) if row else None


async def named(db: Db, ids: Collection[str]) -> dict[str, str]:
    """Return names by id."""
    query = sa.select(t.people.c.id, t.people.c.name).where(t.people.c.id.in_(set(ids)))
    return {r["id"]: r["name"] for r in await db.rows(query)}


async def several(db: Db, ids: Collection[str]) -> dict[str, Person]:
    """Return people by id."""
    rows = await db.rows(sa.select(*_PERSON).where(t.people.c.id.in_(set(ids))))
    return {r["id"]: person_of(r) for r in rows}


async def still_here(db: Db, ids: Collection[str]) -> list[Person]:
    """Return those of these people who have not left."""
    query = sa.select(*_PERSON).where(t.people.c.id.in_(set(ids)), t.people.c.left_at.is_(None))
    return [person_of(r) for r in await db.rows(query.order_by(t.people.c.id))]


async def in_role(db: Db, roles: Sequence[str]) -> list[Person]:
    """Return those who may hold any of these roles, in the order of their ids."""
    holds = sa.or_(*[has_item(t.people.c.roles, role, db.dialect) for role in roles])
    query = sa.select(*_PERSON).where(holds, t.people.c.left_at.is_(None), t.people.c.kind == "staff")
    return [person_of(r) for r in await db.rows(query.order_by(t.people.c.id))]


_KINDS = ("agent", "staff", "outside")


def _matching(words: str, kinds: Sequence[str]) -> sa.ColumnElement[bool]:
    """Every word stands in the name, the id, the team, the site or the organisation."""
    c = t.people.c
    sought = words.replace("%", "").replace("_", "").split()[:6]
    places = (c.name, c.id, c.team, c.site, c.organisation)
    each = [sa.or_(*[place.ilike(f"%{word}%") for place in places]) for word in sought]
    return sa.and_(c.kind.in_(kinds), c.left_at.is_(None), *each)


async def search(db: Db, words: str, limit: int, kinds: Sequence[str] = _KINDS) -> list[Person]:
    """Return the people whom these words fit, by name."""
    query = sa.select(*_PERSON).where(_matching(words, kinds))
    return [person_of(r) for r in await db.rows(query.order_by(t.people.c.name, t.people.c.id).limit(limit))]


async def count_found(db: Db, words: str) -> int:
    """Return how many people these words fit."""
    return int(await db.value(sa.select(sa.func.count()).select_from(t.people).where(_matching(words, _KINDS))) or 0)


async def sites_of(db: Db, queues: Collection[str]) -> set[str]:
    """Return the sites where agents of these queues work."""
    c = t.people.c
    query = sa.select(c.site).distinct().where(c.queue.in_(queues), c.kind == "agent", c.left_at.is_(None))
    return set(await db.column(query)) if queues else set()


async def count_agents(db: Db) -> int:
    """Return how many agents there are."""
    where = sa.and_(t.people.c.kind == "agent", t.people.c.left_at.is_(None))
    return int(await db.value(sa.select(sa.func.count()).select_from(t.people).where(where)) or 0)


async def count(db: Db) -> int:
    """Return how many people are known."""
    return int(await db.value(sa.select(sa.func.count()).select_from(t.people)) or 0)


async def of_audience(db: Db, audiences: Sequence[str], limit: int) -> list[Person]:
    """Return the people of some audiences, by id."""
    query = sa.select(*_PERSON).where(t.people.c.audience.in_(audiences), t.people.c.left_at.is_(None))
    return [person_of(r) for r in await db.rows(query.order_by(t.people.c.id).limit(limit))]


async def team_members(db: Db, lead: str, limit: int) -> list[Person]:
    """Return some agents of the teams that somebody leads."""
    mine = sa.select(t.teams.c.id).where(t.teams.c.lead == lead)
    query = sa.select(*_PERSON).where(
        t.people.c.team.in_(mine), t.people.c.kind == "agent", t.people.c.left_at.is_(None)
    )
    return [person_of(r) for r in await db.rows(query.order_by(t.people.c.id).limit(limit))]


async def contacts(db: Db) -> list[Contact]:
    """Return how everybody who is here is reached, as the roster has it."""
    c = t.people.c
    query = sa.select(c.id, c.kind, c.email, c.phone).where(c.left_at.is_(None)).order_by(c.id)
    return [Contact(*row.values()) for row in await db.rows(query)]


async def teams_led_by(db: Db, person: str) -> list[Team]:
    """Return the teams that somebody leads, or deputises for."""
    leads = sa.or_(t.teams.c.lead == person, t.teams.c.deputy == person)
    return [Team.model_validate(r) for r in await db.rows(sa.select(t.teams).where(leads))]


async def teams(db: Db, ids: Collection[str]) -> dict[str, Team]:
    """Return teams by id."""
    return {
        r["id"]: Team.model_validate(r) for r in await db.rows(sa.select(t.teams).where(t.teams.c.id.in_(set(ids))))
    }


async def all_teams(db: Db) -> list[Team]:
    """Return every team, by name."""
    rows = await db.rows(sa.select(t.teams).order_by(t.teams.c.name, t.teams.c.id))
    return [Team.model_validate(row) for row in rows]


async def team(db: Db, team_id: str) -> Team | None:
    """Return a team by id."""
    row = await db.first(sa.select(t.teams).where(t.teams.c.id == team_id))
    return Team.model_validate(row) if row else None
