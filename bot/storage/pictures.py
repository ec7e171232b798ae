"""Pictures that a platform holds already: each is uploaded once, whoever sends it."""

from datetime import datetime

import sqlalchemy as sa

from bot.storage import tables as t
from bot.storage.database import Db, Work


async def find(db: Db, platform: str, digest: str) -> tuple[str, datetime] | None:
    """Return the platform's name of a picture and when it was uploaded."""
    c = t.pictures.c
    rows = await db.rows(sa.select(c.file, c.at).where(c.platform == platform, c.digest == digest))
    return (rows[0]["file"], rows[0]["at"]) if rows else None


async def add(work: Work, platform: str, digest: str, file: str) -> None:
    """Remember a picture that was uploaded; another process may have been first."""
    row = {"platform": platform, "digest": digest, "file": file, "at": work.now}
    await work.add_missing(t.pictures, [row])
