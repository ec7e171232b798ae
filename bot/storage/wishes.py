"""Wishes: what planners changed about the plans of an incident, each until it is undone."""

import sqlalchemy as sa

from bot.domain.wish import Wish, WishState
from bot.storage import tables as t
from bot.storage.database import Db, Work

_WISH = [t.wishes.c[name] for name in Wish.model_fields]


async def standing(db: Db, incident: int) -> list[Wish]:
    """Return an incident's wishes in the order in which they were taken."""
    c = t.wishes.c
    query = sa.select(*_WISH).where(c.incident_id == incident, c.state == WishState.STANDING)
    return [Wish.model_validate(row) for row in await db.rows(query.order_by(c.id))]


async def find(db: Db, wish: int) -> Wish | None:
    """Return a wish by id."""
    row = await db.first(sa.select(*_WISH).where(t.wishes.c.id == wish))
    return Wish.model_validate(row) if row else None


async def take(work: Work, wish: Wish, price: str, by: str) -> int:
    """Write a wish down, return its id; one of the same kind about the same thing gives way to it."""
    c = t.wishes.c
    same = (c.incident_id == wish.incident_id, c.kind == wish.kind, c.target == wish.target, c.subject == wish.subject)
    ended = {"state": WishState.UNDONE, "undone_by": by, "undone_at": work.now}
    await work.run(sa.update(t.wishes).where(*same, c.state == WishState.STANDING).values(**ended))
    values = wish.model_dump(mode="json", exclude={"id", "state"})
    return await work.add(t.wishes, **values, state=WishState.STANDING, price=price, taken_by=by, taken_at=work.now)


async def undo(work: Work, wish: int, by: str) -> bool:
    """Take a wish back; False when somebody else did."""
    c = t.wishes.c
    ended = {"state": WishState.UNDONE, "undone_by": by, "undone_at": work.now}
    return await work.run(sa.update(t.wishes).where(c.id == wish, c.state == WishState.STANDING).values(**ended)) == 1
