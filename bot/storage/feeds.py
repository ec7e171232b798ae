"""Queries of people's own calendars."""

import sqlalchemy as sa

from bot.domain.feed import Feed, FeedState
from bot.storage import tables as t
from bot.storage.database import Db, Work, upserting

_FEED = [t.feeds.c[name] for name in Feed.model_fields]


async def find(db: Db, person: str) -> Feed | None:
    """Return somebody's calendar."""
    row = await db.first(sa.select(*_FEED).where(t.feeds.c.person_id == person))
    return Feed.model_validate(dict(row)) if row else None


async def put(work: Work, feed: Feed) -> None:
    """Write how somebody's calendar stands."""
    values = feed.model_dump()
    made = upserting(t.feeds, work.dialect).values(**values)
    await work.run(made.on_conflict_do_update(index_elements=["person_id"], set_=values))


async def end(work: Work, person: str) -> bool:
    """End somebody's calendar; False when it had ended."""
    c = t.feeds.c
    where = sa.and_(c.person_id == person, c.state == FeedState.OPEN)
    return await work.run(sa.update(t.feeds).where(where).values(state=FeedState.ENDED)) == 1
