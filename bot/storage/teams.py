"""Queries of Microsoft Teams: where the bot may write to somebody, and the threads that are rooms."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.account import Reached
from bot.storage import routes
from bot.storage import tables as t
from bot.storage.database import Db, Work, upserting

PLATFORM = "teams"
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)  # when whoever is only known to be there was tried or heard from
chats, threads = t.teams_chats, t.teams_threads


async def chat(db: Db, address: str) -> Any | None:
    """Return what is known of somebody's conversation with the bot."""
    return await db.first(sa.select(chats).where(chats.c.address == address))


async def remember(work: Work, address: str, **known: Any) -> None:
    """Write down what is known of somebody's conversation; what is not said stays as it was."""
    row = {"state": Reached.KNOWN, "at": work.now, **known}
    await _remember(work, [{"address": address, **row}], (*known, "at"))


async def remember_all(work: Work, rows: Sequence[dict[str, Any]]) -> None:
    """Write down many users at once: address and user_id. It says nothing of whether they can be written to."""
    if rows:
        base = {"state": Reached.KNOWN, "at": _NEVER}
        await _remember(work, [base | row for row in rows], ("user_id",))


async def _remember(work: Work, rows: Sequence[dict[str, Any]], changed: Collection[str]) -> None:
    write = upserting(chats, work.dialect)
    set_ = {name: write.excluded[name] for name in changed}
    await work.run(write.on_conflict_do_update(index_elements=["address"], set_=set_), list(rows))


async def people(db: Db, persons: Collection[str]) -> Sequence[Any]:
    """Return name, address and user_id of those of these people who are on Teams."""
    i = t.identities.c
    joined = t.identities.join(t.people, t.people.c.id == i.person_id).outerjoin(chats, chats.c.address == i.address)
    query = sa.select(t.people.c.name, i.address, chats.c.user_id).select_from(joined)
    return await db.rows(query.where(i.platform == PLATFORM, i.person_id.in_(persons)).order_by(i.person_id))


async def unreached(db: Db) -> Sequence[Any]:
    """Return everybody of the roster to whom the bot can't be sure to write: name, and state or None."""
    i = t.identities
    on_teams = sa.and_(i.c.person_id == t.people.c.id, i.c.platform == PLATFORM)
    joined = t.people.outerjoin(i, on_teams).outerjoin(chats, chats.c.address == i.c.address)
    query = sa.select(t.people.c.name, i.c.address, chats.c.state).select_from(joined)
    inside = sa.and_(t.people.c.left_at.is_(None), t.people.c.kind != "outside")
    none = sa.or_(chats.c.state.is_(None), chats.c.state != Reached.REACHED)
    return await db.rows(query.where(inside, none).order_by(t.people.c.name))


async def unopened(db: Db, most: int) -> list[str]:
    """Return addresses without a conversation that were not tried today; whoever has left has no address."""
    i, stale = t.identities.c, db.now - routes.LOST_FOR
    query = sa.select(i.address).select_from(t.identities.outerjoin(chats, chats.c.address == i.address))
    due = sa.or_(chats.c.address.is_(None), chats.c.at <= stale)
    none = sa.and_(i.platform == PLATFORM, sa.func.coalesce(chats.c.conversation, "") == "")
    return await db.column(query.where(none, due).order_by(i.address).limit(most))


async def standing(db: Db, address: str) -> Any | None:
    """Return what is known of somebody's conversation and account: also language, and since when it takes nothing."""
    i = t.identities.c
    query = sa.select(*chats.c, i.language, i.lost_at).select_from(chats.outerjoin(t.identities, _theirs()))
    return await db.first(query.where(chats.c.address == address))


def _theirs() -> sa.ColumnElement[bool]:
    return sa.and_(t.identities.c.address == chats.c.address, t.identities.c.platform == PLATFORM)


async def thread(db: Db, name: str) -> str | None:
    """Return the address of the thread of this name."""
    found: str | None = await db.value(sa.select(threads.c.address).where(threads.c.name == name))
    return found


async def for_few(db: Db, address: str) -> bool:
    """Whether the thread at an address is that of an incident for few eyes."""
    joined = t.rooms.join(t.incidents, t.incidents.c.id == t.rooms.c.incident_id)
    query = sa.select(t.incidents.c.private).select_from(joined)
    return bool(await db.value(query.where(t.rooms.c.platform == PLATFORM, t.rooms.c.address == address)))


async def add_thread(work: Work, name: str, address: str) -> None:
    """Write down where a thread is; the first of a name stays."""
    await work.add_missing(threads, [{"name": name, "address": address, "at": work.now}])


async def reached(db: Db) -> list[str]:
    """Return the addresses of those to whom the bot has a conversation that works."""
    return await db.column(sa.select(chats.c.address).where(chats.c.state == Reached.REACHED))
