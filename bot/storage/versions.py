"""Queries of runbook versions: what incidents were declared with, and which bad files the owners know of."""

import sqlalchemy as sa

from bot.domain.runbook import Runbook
from bot.storage import tables as t
from bot.storage.database import Db, Work


async def keep(work: Work, book: Runbook) -> None:
    """Keep a version, so that it can be compared with later ones."""
    row = {
        "digest": book.digest, "category": book.category.value, "version": book.version,
        "kept_at": work.now, "book": book.model_dump(mode="json"),
    }  # fmt: skip
    await work.add_missing(t.runbook_versions, [row])


async def find(db: Db, digest: str) -> Runbook | None:
    """Return a version that was kept."""
    row = await db.first(sa.select(t.runbook_versions.c.book).where(t.runbook_versions.c.digest == digest))
    return Runbook.model_validate(row["book"]) if row else None


async def found_bad(work: Work, digest: str) -> bool:
    """Remember that files are bad; False when that was known."""
    c = t.runbook_bad_files.c
    if await work.value(sa.select(sa.func.count()).where(c.digest == digest)):
        return False
    await work.add_missing(t.runbook_bad_files, [{"digest": digest, "found_at": work.now}])
    return True


async def found_good(work: Work) -> bool:
    """Forget what was bad; False when nothing was."""
    return await work.run(sa.delete(t.runbook_bad_files)) > 0


async def offer(work: Work, incident: int, digest: str) -> bool:
    """Remember that a version was offered to an incident; False when it was before."""
    c = t.incidents.c
    query = sa.update(t.incidents).where(c.id == incident, c.runbook_offered != digest).values(runbook_offered=digest)
    return await work.run(query) == 1
