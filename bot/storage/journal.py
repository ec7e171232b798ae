"""Reading the journal."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.domain.drill_quiet import WORKED
from bot.domain.journal import Entry, Verb
from bot.storage import tables as t
from bot.storage.database import Db


async def of(db: Db, incident: int, verbs: Sequence[Verb] = (), limit: int | None = None) -> list[Entry]:
    """Return an incident's entries, oldest first; with verbs only those."""
    query = sa.select(t.journal).where(t.journal.c.incident_id == incident).order_by(t.journal.c.id)
    if verbs:
        query = query.where(t.journal.c.verb.in_(verbs))
    return [Entry.model_validate(r) for r in await db.rows(query.limit(limit) if limit else query)]


async def newest(db: Db) -> int:
    """Return the number of the last entry: it changes whenever anything happens."""
    return int(await db.value(sa.select(sa.func.max(t.journal.c.id))) or 0)


async def last_at(db: Db, incident: int, verb: Verb, subject: str = "") -> datetime | None:
    """Return when something of this kind last happened, to anybody or to a subject."""
    c = t.journal.c
    query = sa.select(c.at).where(c.incident_id == incident, c.verb == verb)
    query = query.where(c.subject == subject) if subject else query
    found: datetime | None = await db.value(query.order_by(c.id.desc()).limit(1))
    return found


async def worked_at(db: Db, incident: int) -> datetime | None:
    """Return when somebody last did something in an incident that those who run it do."""
    c = t.journal.c
    query = sa.select(sa.func.max(c.at)).where(c.incident_id == incident, c.verb.in_(WORKED), c.actor != "bot")
    found: datetime | None = await db.value(query)
    return found


async def anybody_since(db: Db, incident: int, moment: datetime) -> bool:
    """Whether anybody did or answered anything after a moment."""
    c = t.journal.c
    query = sa.select(sa.literal(1)).where(c.incident_id == incident, c.actor != "bot", c.at > moment)
    return bool(await db.value(query.limit(1)))


async def moments(db: Db, incident: int, verbs: Sequence[Verb]) -> Sequence[tuple[datetime, Verb, str]]:
    """Return when such things happened and who did them, oldest first: for what is only counted."""
    c = t.journal.c
    query = sa.select(c.at, c.verb, c.actor).where(c.incident_id == incident, c.verb.in_(verbs)).order_by(c.id)
    return [(r["at"], Verb(r["verb"]), r["actor"]) for r in await db.rows(query)]
