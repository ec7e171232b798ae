"""Incident rooms and who belongs in them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.storage import tables as t
from bot.storage.database import Db, Work


async def want(work: Work, incident: int, platform: str, name: str) -> int:
    """Ask for a room to be opened."""
    return await work.add(t.rooms, incident_id=incident, platform=platform, name=name, state="wanted")


async def of(db: Db, incident: int) -> Sequence[Any]:
    """Return an incident's rooms: id, platform, address, state."""
    return await db.rows(sa.select(t.rooms).where(t.rooms.c.incident_id == incident))


async def wanted(db: Db) -> Sequence[Any]:
    """Return the rooms that are still to be opened."""
    return await db.rows(sa.select(t.rooms).where(t.rooms.c.state == "wanted"))


async def take(work: Work, room: int, lease: timedelta) -> bool:
    """Take a wanted room to open it; False when another process has it, or it is open."""
    c = t.rooms.c
    free = sa.or_(c.lease_until.is_(None), c.lease_until <= work.now)
    where = sa.and_(c.id == room, c.state == "wanted", free)
    return await work.run(sa.update(t.rooms).where(where).values(lease_until=work.now + lease)) == 1


async def incident_at(db: Db, platform: str, address: str) -> int | None:
    """Return the incident whose room is at an address."""
    where = sa.and_(t.rooms.c.platform == platform, t.rooms.c.address == address)
    found: int | None = await db.value(sa.select(t.rooms.c.incident_id).where(where))
    return found


async def opened(work: Work, room: int, address: str) -> bool:
    """Write down where a room is, and let waiting messages go there; False when it was open."""
    c = t.rooms.c
    where = sa.and_(c.id == room, c.state == "wanted")
    if not await work.run(sa.update(t.rooms).where(where).values(state="open", address=address, trouble=None)):
        return False
    waiting = sa.and_(t.deliveries.c.room_id == room, t.deliveries.c.address.is_(None))
    await work.run(sa.update(t.deliveries).where(waiting).values(address=address))
    return True


async def shut(work: Work, room: int, word: str) -> bool:
    """Write down why a wanted room can't be opened; False when that is known, or it is open by now."""
    c = t.rooms.c
    where = sa.and_(c.id == room, c.state == "wanted", c.trouble.is_distinct_from(word))
    return await work.run(sa.update(t.rooms).where(where).values(trouble=word)) == 1


async def not_opened(db: Db) -> Sequence[Any]:
    """Return the rooms of open incidents that can't be opened: reference of the incident, platform, name, trouble."""
    c, joined = t.rooms.c, t.rooms.join(t.incidents, t.incidents.c.id == t.rooms.c.incident_id)
    query = sa.select(t.incidents.c.reference, c.platform, c.name, c.trouble).select_from(joined)
    over = t.incidents.c.ended_at.is_not(None)
    return await db.rows(query.where(c.state == "wanted", c.trouble.is_not(None), ~over).order_by(c.id))


async def invite(work: Work, room: int, people: Collection[str]) -> None:
    """Ask for people to be brought into a room."""
    rows = [{"room_id": room, "person_id": person, "state": "wanted"} for person in sorted(set(people))]
    await work.add_missing(t.room_members, rows)


async def to_invite(db: Db) -> Sequence[Any]:
    """Return open rooms with those still to be brought in who can be: room_id, platform, address, person_id.

    Whoever has no address on that platform yet is brought in as soon as they have.
    """
    m, i, p = t.room_members, t.identities, t.people.c
    joined = m.join(t.rooms, t.rooms.c.id == m.c.room_id).join(
        i, sa.and_(i.c.person_id == m.c.person_id, i.c.platform == t.rooms.c.platform)
    )
    joined = joined.join(t.people, p.id == m.c.person_id).join(t.incidents, t.incidents.c.id == t.rooms.c.incident_id)
    inside = sa.or_(~t.incidents.c.drill, sa.and_(p.kind != "outside", ~i.c.outside))
    query = sa.select(m.c.room_id, m.c.person_id, t.rooms.c.platform, t.rooms.c.address).select_from(joined)
    return await db.rows(query.where(m.c.state == "wanted", t.rooms.c.state == "open", inside))


async def to_archive(db: Db, platform: str, before: datetime) -> Sequence[Any]:
    """Return a platform's rooms of incidents that ended before a moment and are still in use: id, address."""
    joined = t.rooms.join(t.incidents, t.incidents.c.id == t.rooms.c.incident_id)
    query = sa.select(t.rooms.c.id, t.rooms.c.address).select_from(joined)
    mine = sa.and_(t.rooms.c.platform == platform, t.rooms.c.state == "open", t.rooms.c.archived_at.is_(None))
    return await db.rows(query.where(mine, t.incidents.c.ended_at < before))


async def archived(work: Work, room: int) -> None:
    """Write down that a room is archived."""
    await work.run(sa.update(t.rooms).where(t.rooms.c.id == room).values(archived_at=work.now))


async def invited(work: Work, room: int, people: Collection[str]) -> None:
    """Write down that people are in."""
    c = t.room_members.c
    await work.run(sa.update(t.room_members).where(c.room_id == room, c.person_id.in_(people)).values(state="in"))


async def members(db: Db, incident: int) -> list[str]:
    """Return who belongs in an incident's rooms."""
    joined = t.room_members.join(t.rooms, t.rooms.c.id == t.room_members.c.room_id)
    query = sa.select(t.room_members.c.person_id).select_from(joined).where(t.rooms.c.incident_id == incident)
    return await db.column(query.distinct())
