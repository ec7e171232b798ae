"""Queries of the roster: read it whole, write how it differs, give people their addresses."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from bot.domain.person import Person, PersonKind, Team
from bot.domain.place import Queue, Site
from bot.domain.roster import CLOSED, Difference, Part, Record, Roster
from bot.storage import outsiders, places
from bot.storage import tables as t
from bot.storage.database import Db, Work
from bot.storage.people import person_of

T = TypeVar("T")
CHUNK = 2000
TABLES: Mapping[str, sa.Table] = {
    "people": t.people,
    "teams": t.teams,
    "sites": t.sites,
    "queues": t.queues,
    "systems": t.systems,
}
# Which rows of an incident name a record: as long as one does, the record stays, closed.
_NAMED_BY: Mapping[str, Sequence[sa.Column[Any]]] = {
    "teams": (t.roll.c.team_id,),
    "sites": (t.roll.c.site_id, t.moves.c.destination_id),
    "queues": (t.roll.c.queue_id, t.moves.c.queue_id),
    "systems": (),
}


async def read(db: Db) -> Roster:
    """Return the roster as it stands, without the people who left."""
    return Roster(
        people=await _people(db),
        teams=await _teams(db),
        sites=tuple((await places.sites(db)).values()),
        queues=tuple((await places.queues(db)).values()),
        systems=tuple((await places.systems(db)).values()),
    )


async def _people(db: Db) -> tuple[Person, ...]:
    columns = [t.people.c[name] for name in Person.model_fields]
    here = sa.select(*columns).where(t.people.c.left_at.is_(None)).order_by(t.people.c.id)
    return tuple(person_of(row) for row in await db.rows(here))


async def _teams(db: Db) -> tuple[Team, ...]:
    return tuple(Team.model_validate(row) for row in await db.rows(sa.select(t.teams).order_by(t.teams.c.id)))


async def write(work: Work, wanted: Roster, difference: Difference) -> None:
    """Write how the wanted roster differs from the stored one; nobody who has rows is ever deleted."""
    for noun, records in wanted.parts().items():
        part = difference.parts[noun]
        by_id = {record.id: record for record in records}
        returning = await _returning(work, part.added) if noun == "people" else frozenset()
        await _insert(work, TABLES[noun], [by_id[id_] for id_ in part.added if id_ not in returning])
        await _update(work, TABLES[noun], part, by_id)
        await _return(work, [by_id[id_] for id_ in part.added if id_ in returning])
        await _leave(work, noun, part.left)
    if any("kind" in change.columns for change in difference.parts["people"].changed):
        await outsiders.part(work)


def _row(record: Record) -> dict[str, Any]:
    """Return a record's columns; dates stay dates, lists and enums become JSON's and words."""
    row = record.model_dump(mode="json")
    return row | {"script_reviewed_on": record.script_reviewed_on} if isinstance(record, Queue) else row


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


async def _returning(work: Work, ids: Sequence[str]) -> frozenset[str]:
    """Return those of these people who were here before."""
    found: set[str] = set()
    for chunk in _chunks(ids):
        found.update(await work.column(sa.select(t.people.c.id).where(t.people.c.id.in_(chunk))))
    return frozenset(found)


async def _insert(work: Work, table: sa.Table, records: Sequence[Record]) -> None:
    for chunk in _chunks(records):
        await work.add_all(table, [_row(record) for record in chunk])


async def _return(work: Work, records: Sequence[Record]) -> None:
    """Write people who come back whole, and that they are here again."""
    rows = [{**_row(record), "left_at": None} for record in records]
    await _set(work, t.people, tuple(rows[0]) if rows else (), rows)


async def _update(work: Work, table: sa.Table, part: Part, by_id: Mapping[str, Record]) -> None:
    """Write the changed columns, rows that change alike together."""
    alike: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for change in part.changed:
        alike[change.columns].append(_row(by_id[change.id]))
    for columns, rows in alike.items():
        await _set(work, table, columns, rows)


async def _set(work: Work, table: sa.Table, columns: Iterable[str], rows: Sequence[Mapping[str, Any]]) -> None:
    named = [name for name in columns if name != "id"]
    statement = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("of_id"))
        .values({name: sa.bindparam(f"new_{name}") for name in named})
    )
    for chunk in _chunks(rows):
        await work.run(statement, [{"of_id": r["id"]} | {f"new_{name}": r[name] for name in named} for r in chunk])


async def _leave(work: Work, noun: str, ids: Sequence[str]) -> None:
    table = TABLES[noun]
    for chunk in _chunks(ids):
        gone = table.c.id.in_(chunk)
        if noun == "people":
            await work.run(sa.update(table).where(gone).values(left_at=work.now))
            continue
        unnamed = [~sa.exists().where(column == table.c.id) for column in _NAMED_BY[noun]]
        await work.run(sa.delete(table).where(gone, *unnamed))
        if closing := _CLOSING.get(noun):
            await work.run(sa.update(table).where(gone).values(**closing))


_CLOSING = {"teams": CLOSED[Team], "sites": CLOSED[Site], "queues": CLOSED[Queue]}


async def ensure_identities(work: Work, platform: str) -> int:
    """Give everybody here an address on a platform where it is the person's id; return how many had none.

    Whether a person is outside is kept true here too: a drill's deliveries are held back by it.
    """
    outside = t.people.c.kind == PersonKind.OUTSIDE
    has_one = sa.exists().where(t.identities.c.person_id == t.people.c.id, t.identities.c.platform == platform)
    missing = sa.select(t.people.c.id, sa.literal(platform), t.people.c.id, outside).where(
        t.people.c.left_at.is_(None), ~has_one
    )
    columns = ["person_id", "platform", "address", "outside"]
    added = await work.run(sa.insert(t.identities).from_select(columns, missing))
    is_outside = sa.select(outside).where(t.people.c.id == t.identities.c.person_id).scalar_subquery()
    stale = sa.update(t.identities).where(t.identities.c.platform == platform, t.identities.c.outside != is_outside)
    await work.run(stale.values(outside=is_outside))
    return added
