"""Addresses: which ones take messages, and the next one of a person whose last one does not."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bot.domain.delivery import Delivery, DeliveryState, Gone
from bot.storage import tables as t
from bot.storage.database import Db, Work
from bot.storage.routes import routes

_OF_THE_ADDRESS = frozenset({Gone.NO_ADDRESS, Gone.BLOCKED, Gone.UNINSTALLED, Gone.LEFT})
_COPIED = (
    "incident_id", "subject", "card", "notice_id", "recipient_id", "step_id", "plan_id", "person_id", "pinned",
    "drill", "priority", "repeats", "about",
)  # fmt: skip


async def lose(work: Work, gone: Mapping[str, Collection[tuple[str, Gone]]]) -> None:
    """Write down which addresses take no messages any more, by platform."""
    c = t.identities.c
    for platform, found in gone.items():
        for reason in {why for _, why in found} & _OF_THE_ADDRESS:
            addresses = sorted({address for address, why in found if why is reason})
            where = sa.and_(c.platform == platform, c.address.in_(addresses))
            await work.run(sa.update(t.identities).where(where).values(lost_at=work.now, lost_why=reason))


async def found(work: Work, platform: str, address: str) -> None:
    """Write down that somebody was heard from at an address: it takes messages again."""
    c = t.identities.c
    where = sa.and_(c.platform == platform, c.address == address, c.lost_at.is_not(None))
    await work.run(sa.update(t.identities).where(where).values(lost_at=None, lost_why=None))


async def move_on(
    work: Work, failed: Sequence[Delivery], platforms: Sequence[str], *, repeat: bool = False
) -> set[int]:
    """Queue messages that did not arrive once more, at each person's next address; return which had one.

    repeat: they may have arrived, which the copies say, and which is counted.
    """
    direct = {d.id: d for d in failed if d.person_id and d.edits is None and d.room_id is None}
    after = {d.id: _after(d.platform, platforms) for d in direct.values()}
    d = t.deliveries.c
    rows = await work.rows(sa.select(d.id, *(d[name] for name in _COPIED)).where(d.id.in_(direct)).order_by(d.id))
    found = {drill: await _known(work, rows, platforms, drill=drill) for drill in {bool(row["drill"]) for row in rows}}
    moved: dict[int, dict[str, Any]] = {}
    for row in rows:
        known = found[bool(row["drill"])]
        route = next((known[row["person_id"], p] for p in after[row["id"]] if (row["person_id"], p) in known), None)
        if route is not None:
            kept = {name: row[name] for name in _COPIED} | ({"repeats": row["repeats"] + 1} if repeat else {})
            moved[row["id"]] = {**kept, **route, "state": DeliveryState.QUEUED, "queued_at": work.now}
    await work.add_all(t.deliveries, list(moved.values()))
    for key in moved:
        part = str(direct[key].notice_id or "other")
        work.shift(direct[key].incident_id, "delivery", part, old=None, new=DeliveryState.QUEUED)
        if repeat:
            work.shift(direct[key].incident_id, "repeat", part, old=None, new="repeat")
    return set(moved)


def _after(platform: str, platforms: Sequence[str]) -> Sequence[str]:
    """The routes that come after one: nothing ever goes back to a route that failed."""
    return platforms[platforms.index(platform) + 1 :] if platform in platforms else ()


async def _known(
    db: Db, rows: Sequence[Any], platforms: Sequence[str], *, drill: bool
) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the routes of those whom messages of a drill, or real ones, are for."""
    c = routes(db, drill=drill).c
    people = {row["person_id"] for row in rows if bool(row["drill"]) is drill}
    query = sa.select(c.person_id, c.platform, c.address, c.outside)
    found = await db.rows(query.where(c.person_id.in_(people), c.platform.in_(platforms)))
    return {
        (row["person_id"], row["platform"]): {k: row[k] for k in ("platform", "address", "outside")} for row in found
    }
