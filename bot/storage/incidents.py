"""Incidents and who holds which role in them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.incident import MOVES_TO, OPEN, Incident, IncidentState, reference
from bot.storage import tables as t
from bot.storage.database import Db, Work

_INCIDENT = [t.incidents.c[name] for name in Incident.model_fields]


def _incident(row: Any) -> Incident:
    return Incident.model_validate(row)


async def find(db: Db, incident: int | str) -> Incident | None:
    """Return an incident by id or by reference."""
    column = t.incidents.c.id if isinstance(incident, int) else t.incidents.c.reference
    key = incident if isinstance(incident, int) else incident.upper()
    row = await db.first(sa.select(*_INCIDENT).where(column == key))
    return _incident(row) if row else None


async def newest(db: Db, category: str) -> Incident | None:
    """Return the incident of a category that was declared last."""
    query = sa.select(*_INCIDENT).where(t.incidents.c.category == category).order_by(t.incidents.c.id.desc())
    row = await db.first(query.limit(1))
    return _incident(row) if row else None


async def get(db: Db, incident: int) -> Incident:
    """Return an incident that is known to exist."""
    found = await find(db, incident)
    if found is None:
        raise LookupError(f"no incident {incident}")
    return found


async def opened(db: Db) -> list[Incident]:
    """Return the open incidents, newest first."""
    query = sa.select(*_INCIDENT).where(t.incidents.c.state.in_(OPEN)).order_by(t.incidents.c.id.desc())
    return [_incident(r) for r in await db.rows(query)]


async def closed(db: Db, limit: int) -> list[Incident]:
    """Return the incidents that ended last."""
    query = sa.select(*_INCIDENT).where(t.incidents.c.state.not_in(OPEN)).order_by(t.incidents.c.id.desc())
    return [_incident(r) for r in await db.rows(query.limit(limit))]


async def next_reference(work: Work) -> str:
    """Return the reference of the next incident of this year."""
    year = work.now.year
    of_year = t.incidents.c.reference.like(f"INC-{year}-%")
    count = await work.value(sa.select(sa.func.count()).select_from(t.incidents).where(of_year))
    return reference(year, int(count) + 1)


async def add(work: Work, **values: Any) -> int:
    """Write a new incident."""
    return await work.add(t.incidents, **values)


async def move(work: Work, incident: Incident, state: IncidentState, **values: Any) -> bool:
    """Take an incident to another state; False when somebody else moved it first."""
    if state not in MOVES_TO[incident.state]:
        return False
    c = t.incidents.c
    where = sa.and_(c.id == incident.id, c.state == incident.state)
    return await work.run(sa.update(t.incidents).where(where).values(state=state, **values)) == 1


async def write(work: Work, incident: int, **values: Any) -> None:
    """Write named columns."""
    await work.run(sa.update(t.incidents).where(t.incidents.c.id == incident).values(**values))


async def claim_once(work: Work, incident: int, column: str, due: datetime) -> bool:
    """Mark that something was done for this due time; False when it was already."""
    c = t.incidents.c
    where = sa.and_(c.id == incident, c.sitrep_due_at == due, sa.or_(c[column].is_(None), c[column] != due))
    return await work.run(sa.update(t.incidents).where(where).values({column: due})) == 1


async def roles(db: Db, incident: int) -> dict[str, str]:
    """Return the person id by role."""
    query = sa.select(t.roles.c.role, t.roles.c.person_id).where(t.roles.c.incident_id == incident)
    return {r["role"]: r["person_id"] for r in await db.rows(query)}


async def give_role(work: Work, incident: int, role: str, person: str) -> None:
    """Give a role to somebody, taking it from whoever held it."""
    c = t.roles.c
    await work.run(sa.delete(t.roles).where(c.incident_id == incident, c.role == role))
    await work.run(sa.insert(t.roles).values(incident_id=incident, role=role, person_id=person, since=work.now))


async def held_by(db: Db, person: str, incidents: Sequence[int]) -> list[int]:
    """Return those of the incidents in which somebody holds a role."""
    c = t.roles.c
    return await db.column(
        sa.select(c.incident_id).where(c.person_id == person, c.incident_id.in_(incidents)).distinct()
    )


async def digests(db: Db) -> dict[int, str]:
    """Return what the cards of open incidents show."""
    c = t.incidents.c
    query = sa.select(c.id, c.card_digest).where(c.state.in_(OPEN))
    return {r["id"]: r["card_digest"] for r in await db.rows(query)}


async def card_shown(work: Work, incident: int, digest: str) -> bool:
    """Remember what the incident card shows; False when it shows that already."""
    c = t.incidents.c
    query = sa.update(t.incidents).where(c.id == incident, c.card_digest != digest).values(card_digest=digest)
    return await work.run(query) == 1
