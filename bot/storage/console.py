"""The demo chat's own rows: what was said where. It stands in for a platform's servers."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.storage import tables as t
from bot.storage.database import Db, Work, upserting


async def say(
    work: Work, place: str, author: str, *, text: str | None = None, card: Any = None, only_for: str | None = None
) -> int:
    """Write a message into a place: "dm:A1" or "room:5"; only_for makes it private."""
    values = {"text": text, "card": card, "only_for": only_for, "at": work.now}
    return await work.add(t.console_messages, place=place, author=author, **values)


async def deliver(work: Work, rows: Sequence[dict[str, Any]]) -> dict[int, int]:
    """Write delivered cards once each; return the message id by delivery id."""
    await work.add_missing(t.console_messages, rows)
    c = t.console_messages.c
    query = sa.select(c.delivery_id, c.id).where(c.delivery_id.in_([r["delivery_id"] for r in rows]))
    return {r["delivery_id"]: r["id"] for r in await work.rows(query)}


_REWRITE = (
    sa.update(t.console_messages)
    .where(t.console_messages.c.id == sa.bindparam("message"))
    .values(card=sa.bindparam("shown"), edited_at=sa.bindparam("when"))
)


async def rewrite(work: Work, cards: dict[int, Any]) -> None:
    """Put new cards in the place of old ones, by message id."""
    if cards:
        await work.run(_REWRITE, [{"message": m, "shown": card, "when": work.now} for m, card in cards.items()])


async def found(db: Db, deliveries: Collection[int]) -> dict[int, int]:
    """Return the message id by delivery id, of those that arrived."""
    c = t.console_messages.c
    rows = await db.rows(sa.select(c.delivery_id, c.id).where(c.delivery_id.in_(deliveries)))
    return {r["delivery_id"]: r["id"] for r in rows}


async def message(db: Db, message_id: int) -> Any | None:
    """Return one message."""
    return await db.first(sa.select(t.console_messages).where(t.console_messages.c.id == message_id))


async def seen(db: Db, place: str, person: str, limit: int, before: int | None = None) -> list[Any]:
    """Return the last messages of a place that a person may see, oldest first."""
    c = t.console_messages.c
    query = sa.select(t.console_messages).where(c.place == place, sa.or_(c.only_for.is_(None), c.only_for == person))
    if before is not None:
        query = query.where(c.id < before)
    return list(reversed(await db.rows(query.order_by(c.id.desc()).limit(limit))))


async def pinned(db: Db, place: str) -> Any | None:
    """Return the message on top of a place."""
    c = t.console_messages.c
    return await db.first(
        sa.select(t.console_messages).where(c.place == place, c.pinned).order_by(c.id.desc()).limit(1)
    )


async def stamp(db: Db, place: str, person: str) -> tuple[int, datetime | None]:
    """Return what changes whenever something new is to be seen in a place."""
    c = t.console_messages.c
    where = sa.and_(c.place == place, sa.or_(c.only_for.is_(None), c.only_for == person))
    row = await db.first(
        sa.select(sa.func.max(c.id).label("last"), sa.func.max(c.edited_at).label("edited")).where(where)
    )
    return (row["last"] or 0, row["edited"]) if row else (0, None)


async def open_room(work: Work, name: str, members: Sequence[str]) -> str:
    """Open a room, or return the open one of that name; return its address."""
    address = f"room:{name}"
    values = {"address": address, "name": name, "topic": "", "members": list(members)}
    await work.run(upserting(t.console_rooms, work.dialect).values(**values).on_conflict_do_nothing())
    return address


async def invite(work: Work, address: str, people: Sequence[str]) -> None:
    """Bring people into a room."""
    c = t.console_rooms.c
    there = await work.value(sa.select(c.members).where(c.address == address).with_for_update()) or []
    members = [*there, *(p for p in people if p not in there)]
    await work.run(sa.update(t.console_rooms).where(c.address == address).values(members=members))


async def rooms(db: Db) -> Sequence[Any]:
    """Return every room, newest first."""
    return await db.rows(sa.select(t.console_rooms).order_by(t.console_rooms.c.address.desc()))


async def rooms_of(db: Db, person: str) -> list[Any]:
    """Return the rooms that somebody is in, newest first."""
    return [room for room in await rooms(db) if person in room["members"]]


async def played(db: Db, person: str) -> bool:
    """Whether somebody at the console has spoken or pressed as this person."""
    c = t.console_messages.c
    theirs = sa.and_(c.place == f"dm:{person}", sa.or_(c.author == person, c.only_for == person))
    return bool(await db.value(sa.select(sa.exists().where(theirs))))


async def to_answer(db: Db, after: int, limit: int) -> Sequence[Any]:
    """Return messages newer than one that ask an agent for an answer: id, person, notice, recipient, ask, at."""
    c, d, r, n = t.console_messages.c, t.deliveries.c, t.recipients.c, t.notices.c
    joined = t.console_messages.join(t.deliveries, d.id == c.delivery_id).join(t.recipients, r.id == d.recipient_id)
    joined = joined.join(t.notices, n.id == r.notice_id).join(t.people, t.people.c.id == r.person_id)
    query = sa.select(c.id, r.person_id, r.notice_id, n.ask, c.at, t.people.c.kind).select_from(joined)
    return await db.rows(query.where(c.id > after, r.state == "waiting").order_by(c.id).limit(limit))


async def earlier(db: Db, place: str, person: str, before: int) -> int:
    """Return how many messages of a place a person could see are older than one."""
    c = t.console_messages.c
    where = sa.and_(c.place == place, sa.or_(c.only_for.is_(None), c.only_for == person), c.id < before)
    return int(await db.value(sa.select(sa.func.count()).where(where)) or 0)


async def setting(db: Db, name: str) -> str | None:
    """Return a setting of the demo."""
    found: str | None = await db.value(sa.select(t.console_settings.c.value).where(t.console_settings.c.name == name))
    return found


async def set_setting(work: Work, name: str, value: str) -> None:
    """Change a setting of the demo."""
    write = upserting(t.console_settings, work.dialect).values(name=name, value=value)
    await work.run(write.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


async def looked(work: Work, person: str, place: str, message: int) -> None:
    """Remember the newest message of a place that was on somebody's screen."""
    newer = t.console_looks.c.message_id < message
    write = upserting(t.console_looks, work.dialect).values(person_id=person, place=place, message_id=message)
    keys = ["person_id", "place"]
    await work.run(write.on_conflict_do_update(index_elements=keys, set_={"message_id": message}, where=newer))


async def unread(db: Db, person: str, places: Collection[str]) -> dict[str, int]:
    """Return how many messages of each place one person has not had on the screen."""
    mine = t.console_messages.c.only_for == person
    return await _unread(db, places, t.console_looks.c.person_id == person, mine)


async def unread_directly(db: Db, people: Collection[str]) -> dict[str, int]:
    """Return how many direct messages have not been on the screen, by person."""
    theirs = t.console_looks.c.place == sa.literal("dm:") + t.console_looks.c.person_id
    found = await _unread(db, [f"dm:{person}" for person in people], theirs, sa.false())
    return {place.removeprefix("dm:"): n for place, n in found.items()}


async def _unread(
    db: Db, places: Collection[str], whose: sa.ColumnElement[bool], private: sa.ColumnElement[bool]
) -> dict[str, int]:
    c, k = t.console_messages.c, t.console_looks.c
    joined = t.console_messages.outerjoin(t.console_looks, sa.and_(k.place == c.place, whose))
    shown = sa.or_(c.only_for.is_(None), private)
    new = sa.and_(c.place.in_(places), c.author == "bot", shown, c.id > sa.func.coalesce(k.message_id, 0))
    query = sa.select(c.place, sa.func.count().label("n")).select_from(joined).where(new).group_by(c.place)
    return {row["place"]: row["n"] for row in await db.rows(query)}


async def newest(db: Db) -> int:
    """Return the newest message of all."""
    return int(await db.value(sa.select(sa.func.max(t.console_messages.c.id))) or 0)
