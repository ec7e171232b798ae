"""How many agents can do what: counted by the database, however many there are."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from bot.storage import tables as t
from bot.storage.database import Db, key_count


async def agents(db: Db) -> int:
    """Return how many agents there are."""
    return await _count(db)


async def cross_skilled(db: Db) -> int:
    """Return how many agents have two or more queue skills."""
    return await _count(db, key_count(t.people.c.skills, db.dialect) >= 2)


async def ready_at_home(db: Db, on: date, days: int) -> int:
    """Return how many agents have the kit at home and logged in from there as a test within so many days."""
    home = t.people.c.home
    tested = home["tested"].as_string() >= (on - timedelta(days=days)).isoformat()
    return await _count(db, home["kit"].as_boolean(), tested)


async def _count(db: Db, *where: Any) -> int:
    c = t.people.c
    query = sa.select(sa.func.count()).select_from(t.people).where(c.kind == "agent", c.left_at.is_(None), *where)
    return int(await db.value(query) or 0)
