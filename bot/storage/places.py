"""Sites, queues and systems: small tables, read whole."""

import sqlalchemy as sa

from bot.domain.place import Queue, Site, System
from bot.storage import tables as t
from bot.storage.database import Db


async def sites(db: Db) -> dict[str, Site]:
    """Return every site by id."""
    return {r["id"]: Site.model_validate(r) for r in await db.rows(sa.select(t.sites).order_by(t.sites.c.id))}


async def queues(db: Db) -> dict[str, Queue]:
    """Return every queue by id, the most critical first."""
    rows = await db.rows(sa.select(t.queues).order_by(t.queues.c.tier, t.queues.c.rto_min, t.queues.c.id))
    return {r["id"]: Queue.model_validate(r) for r in rows}


async def systems(db: Db) -> dict[str, System]:
    """Return every system by id."""
    rows = await db.rows(sa.select(t.systems).order_by(t.systems.c.id))
    return {r["id"]: System.model_validate(r) for r in rows}
