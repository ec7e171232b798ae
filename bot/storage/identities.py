"""Who is who on a platform: a person's address there, and the person behind an address."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bot.domain.person import PersonKind
from bot.storage import tables as t
from bot.storage.database import Db, Work

_CHUNK = 2_000
_WHO = sa.select(t.identities.c.person_id).where(
    t.identities.c.platform == sa.bindparam("platform"), t.identities.c.address == sa.bindparam("address")
)


async def person_at(db: Db, platform: str, address: str) -> str | None:
    """Return the person behind an address."""
    row = await db.first(_WHO, {"platform": platform, "address": address})
    return row["person_id"] if row else None


async def spelt(db: Db, platform: str, address: str) -> str | None:
    """Return an address as we have it, however its letters are written; None when nobody has it."""
    c = t.identities.c
    where = sa.and_(c.platform == platform, sa.func.lower(c.address) == address.lower())
    found: str | None = await db.value(sa.select(c.address).where(where))
    return found


_READER = (
    sa.select(t.people.c.id, t.people.c.tz)
    .join(t.identities, t.identities.c.person_id == t.people.c.id)
    .where(t.identities.c.platform == sa.bindparam("platform"), t.identities.c.address == sa.bindparam("address"))
)


async def reader_at(db: Db, platform: str, address: str) -> tuple[str, str] | None:
    """Return the person behind an address and their time zone."""
    row = await db.first(_READER, {"platform": platform, "address": address})
    return (row["id"], row["tz"]) if row else None


async def zone_at(db: Db, platform: str, address: str) -> str | None:
    """Return the time zone of the person behind an address."""
    query = sa.select(t.people.c.tz).join(t.identities, t.identities.c.person_id == t.people.c.id)
    where = sa.and_(t.identities.c.platform == platform, t.identities.c.address == address)
    found: str | None = await db.value(query.where(where))
    return found


async def zones_at(db: Db, places: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the time zones of the people behind addresses, by platform and address: one query a platform."""
    found: dict[tuple[str, str], str] = {}
    for platform in {platform for platform, _ in places}:
        c = t.identities.c
        query = sa.select(c.address, t.people.c.tz).join(t.people, t.people.c.id == c.person_id)
        here = {address for where, address in places if where == platform}
        rows = await db.rows(query.where(c.platform == platform, c.address.in_(here)))
        found |= {(platform, row["address"]): row["tz"] for row in rows}
    return found


async def languages(db: Db, people: Collection[str]) -> dict[str, str]:
    """Return the language in which people have their chats, of those who are known to have one."""
    c = t.identities.c
    query = sa.select(c.person_id, c.language).where(c.person_id.in_(set(people)), c.language != "")
    return {r["person_id"]: r["language"] for r in await db.rows(query.order_by(c.platform.desc()))}


async def speak(work: Work, platform: str, told: Mapping[str, str]) -> None:
    """Write down the languages in which accounts are set, by address; those that are right already stay."""
    c = t.identities.c
    before = sa.select(c.address, c.language).where(c.platform == platform)
    before = before.where(c.address.in_(told)) if len(told) <= _CHUNK else before
    known = {r["address"]: r["language"] for r in await work.rows(before)}
    fresh = [{"at": a, "to": said} for a, said in told.items() if known.get(a, said) != said]
    here = sa.update(t.identities).where(c.platform == platform, c.address == sa.bindparam("at"))
    if fresh:
        await work.run(here.values(language=sa.bindparam("to")), fresh)


async def addresses(db: Db, platform: str, people: Collection[str]) -> dict[str, str]:
    """Return the addresses of people who have one there."""
    c = t.identities.c
    query = sa.select(c.person_id, c.address).where(c.platform == platform, c.person_id.in_(set(people)))
    return {r["person_id"]: r["address"] for r in await db.rows(query)}


async def all_of(db: Db, platform: str) -> dict[str, str]:
    """Return everybody's address on a platform."""
    c = t.identities.c
    query = sa.select(c.person_id, c.address).where(c.platform == platform)
    return {r["person_id"]: r["address"] for r in await db.rows(query)}


async def standing(db: Db, platform: str) -> dict[str, tuple[str, bool]]:
    """Return everybody's address on a platform, and whether it is outside."""
    c = t.identities.c
    query = sa.select(c.person_id, c.address, c.outside).where(c.platform == platform)
    return {r["person_id"]: (r["address"], r["outside"]) for r in await db.rows(query)}


async def linkable(db: Db) -> Sequence[Any]:
    """Return everybody who is here and has an e-mail address or an id in the directory: these, id, name, kind."""
    c = t.people.c
    query = sa.select(c.id, c.name, c.email, c.kind, c.aad_id).where(c.left_at.is_(None))
    return await db.rows(query.where(sa.or_(c.email != "", c.aad_id != "")).order_by(c.id))


async def link(work: Work, platform: str, found: Mapping[str, tuple[str, str]]) -> None:
    """Give people (by id) their address and kind; whoever had another there, or whom another has now, loses it."""
    await unlink(work, platform, [*found], addresses=[address for address, _ in found.values()])
    rows = [
        {"person_id": person, "platform": platform, "address": address, "outside": kind == PersonKind.OUTSIDE}
        for person, (address, kind) in found.items()
    ]
    for start in range(0, len(rows), _CHUNK):
        await work.add_all(t.identities, rows[start : start + _CHUNK])


async def unlink(work: Work, platform: str, people: Sequence[str], addresses: Sequence[str] = ()) -> None:
    """Take people's addresses on a platform away."""
    c = t.identities.c
    for column, values in ((c.person_id, people), (c.address, addresses)):
        for start in range(0, len(values), _CHUNK):
            part = values[start : start + _CHUNK]
            await work.run(sa.delete(t.identities).where(c.platform == platform, column.in_(part)))
