"""Queries of vendors: who they are stands in the roster, what they attested in rows of their own."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bot.domain.person import Person
from bot.domain.vendor import KEPT, SCOPES, Vendor, key_of
from bot.storage import people
from bot.storage import tables as t
from bot.storage.database import Db, Work, upserting

_MOST = 2_000


async def every(db: Db) -> dict[str, Vendor]:
    """Return every vendor and outsourcer of the roster by id, with what is kept of it."""
    by_name: dict[tuple[str, str], list[Person]] = defaultdict(list)
    for person in await people.of_audience(db, [*SCOPES], _MOST):
        by_name[person.organisation or person.name, person.audience].append(person)
    columns = [t.vendors.c[name] for name in KEPT]
    kept = {row["id"]: dict(row) for row in await db.rows(sa.select(*columns))}
    found = {}
    for (name, _), contacts in sorted(by_name.items()):
        key = key_of(name)
        about = kept.get(key) or {"id": key}
        found[key] = Vendor.model_validate(
            {**about, "name": name, "scope": SCOPES[contacts[0].audience], "contacts": contacts}
        )
    return found


async def asked_again(work: Work, vendor: str) -> bool:
    """Note that a contact asks for a new link; False when one did so within a day."""
    c = t.vendors.c
    await work.add_missing(t.vendors, [{"id": vendor, "skills": []}])
    long_ago = sa.or_(c.asked_again_at.is_(None), c.asked_again_at < work.now - timedelta(days=1))
    return await work.run(sa.update(t.vendors).where(c.id == vendor, long_ago).values(asked_again_at=work.now)) == 1


async def put(work: Work, vendor: str, **values: Any) -> None:
    """Write what is known of a vendor; its row is made when there is none."""
    made = upserting(t.vendors, work.dialect).values(id=vendor, **values)
    await work.run(made.on_conflict_do_update(index_elements=["id"], set_=values))
