"""What a platform told us, so that nothing is done twice; and intents that are too long for a button there."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache

import sqlalchemy as sa

from bot.storage import tables as t
from bot.storage.database import Db, Work, upserting

AGAIN_AFTER = timedelta(seconds=20)
_KEEP = timedelta(hours=2)
_KEEP_INTENTS = timedelta(days=90)  # a button of an old message is pressed late, but not so late


async def take(work: Work, platform: str, key: str) -> bool:
    """Take something that we were told; False when it was taken before.

    What was taken and not finished is taken again after a while: whoever took it was stopped in the middle.
    """
    c = t.heard.c
    row = {"platform": platform, "key": key, "state": "taken", "at": work.now}
    if await work.run(_taking(work.dialect), row):
        return True
    late = sa.and_(c.platform == platform, c.key == key, c.state == "taken", c.at < work.now - AGAIN_AFTER)
    return bool(await work.run(sa.update(t.heard).where(late).values(at=work.now)))


@cache
def _taking(dialect: str) -> sa.Executable:
    """Return the statement that takes: always the same one, because every press is taken."""
    write: sa.Executable = upserting(t.heard, dialect).on_conflict_do_nothing()
    return write


async def finish(work: Work, platform: str, key: str) -> None:
    """Write down that it was done."""
    c = t.heard.c
    await work.run(sa.update(t.heard).where(c.platform == platform, c.key == key).values(state="done"))


async def release(work: Work, platform: str, key: str) -> None:
    """Give back what was taken and came to nothing: when it is told again, it is taken again."""
    c = t.heard.c
    await work.run(sa.delete(t.heard).where(c.platform == platform, c.key == key, c.state == "taken"))


async def done(db: Db, platform: str, key: str) -> bool:
    """Whether something that we were told was done."""
    c = t.heard.c
    return bool(await db.value(sa.select(sa.exists().where(c.platform == platform, c.key == key, c.state == "done"))))


async def keep(work: Work, intents: Mapping[str, str]) -> None:
    """Keep intents that a button names; one that is shown again is kept as long again."""
    rows = [{"name": n, "intent": i, "at": work.now} for n, i in intents.items()]
    if rows:
        write = upserting(t.kept_intents, work.dialect)
        await work.run(write.on_conflict_do_update(index_elements=["name"], set_={"at": write.excluded.at}), rows)


async def kept(db: Db, name: str) -> str | None:
    """Return an intent that was kept."""
    found: str | None = await db.value(sa.select(t.kept_intents.c.intent).where(t.kept_intents.c.name == name))
    return found


async def forget(work: Work) -> None:
    """Drop what can't come again."""
    await work.run(sa.delete(t.heard).where(t.heard.c.at < work.now - _KEEP))
    await work.run(sa.delete(t.kept_intents).where(t.kept_intents.c.at < work.now - _KEEP_INTENTS))
