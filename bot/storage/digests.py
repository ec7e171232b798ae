"""Queries of the weekly digest: one is ahead, and is sent once."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.digest import DigestRow, DigestState
from bot.storage import tables as t
from bot.storage.database import Db, Work

_DIGEST = [t.digests.c[name] for name in DigestRow.model_fields]


def _digest(row: Any) -> DigestRow | None:
    return DigestRow.model_validate(dict(row)) if row else None


async def waiting(db: Db) -> DigestRow | None:
    """Return the digest that is ahead."""
    c = t.digests.c
    return _digest(await db.first(sa.select(*_DIGEST).where(c.state == DigestState.WAITING).order_by(c.due_at)))


async def last(db: Db) -> DigestRow | None:
    """Return the digest that went out last."""
    c = t.digests.c
    query = sa.select(*_DIGEST).where(c.state == DigestState.SENT).order_by(c.sent_at.desc(), c.id.desc())
    return _digest(await db.first(query.limit(1)))


async def plan(work: Work, due_at: datetime) -> None:
    """Have one go out at a moment, unless one does or did."""
    await work.add_missing(t.digests, [{"state": DigestState.WAITING, "due_at": due_at}])


async def take(work: Work, row: DigestRow, **values: Any) -> bool:
    """Count a digest as sent; False when another machine sent it, or it was put off."""
    c = t.digests.c
    where = sa.and_(c.id == row.id, c.state == DigestState.WAITING, c.due_at == row.due_at)
    values = {"state": DigestState.SENT, "sent_at": work.now, **values}
    return await work.run(sa.update(t.digests).where(where).values(**values)) == 1


async def count(work: Work, row: DigestRow, told: int) -> None:
    """Write down to how many a digest goes."""
    await work.run(sa.update(t.digests).where(t.digests.c.id == row.id).values(told=told))


async def call_off(work: Work, row: DigestRow) -> None:
    """Have the one that is ahead not go out: its day was changed, or there are to be none."""
    c = t.digests.c
    await work.run(sa.delete(t.digests).where(c.id == row.id, c.state == DigestState.WAITING))


async def remember(work: Work, sent_at: datetime, reading: dict[str, Any]) -> None:
    """Write down a digest of the past: the demo's made-up one."""
    row = {"state": DigestState.SENT, "due_at": sent_at, "sent_at": sent_at, "told": 0, "reading": reading}
    await work.add_missing(t.digests, [row])
