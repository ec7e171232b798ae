"""Addresses: which ones take messages, and the next one of a person whose last one does not."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.domain.delivery import Delivery, DeliveryState, Gone
from bot.storage import tables as t
from bot.storage.database import Db, Work

LOST_FOR = timedelta(hours=24)  # then it is tried again: people come back, installations are put right
_OF_THE_ADDRESS = frozenset({Gone.NO_ADDRESS, Gone.BLOCKED, Gone.UNINSTALLED, Gone.LEFT})
_COPIED = (
    "incident_id", "subject", "card", "notice_id", "recipient_id", "step_id", "plan_id", "person_id", "pinned",
    "drill", "priority", "repeats",
)  # fmt: skip


def works(now: datetime) -> sa.ColumnElement[bool]:
    """Whether an address takes messages, as far as is known."""
    c = t.identities.c
    return sa.or_(c.lost_at.is_(None), c.lost_at <= now - LOST_FOR)


async def lose(work: Work, gone: Mapping[str, Collection[tuple[str, Gone]]]) -> None:
    """Write down which addresses take no messages any more, by platform."""
    c = t.identities.c
    for platform, found in gone.items():
        for reason in {why for _, why in found} & _OF_THE_ADDRESS:
            addresses = sorted({address for address, why in found if why is reason})
            where = sa.and_(c.platform == platform, c.address.in_(addresses))
            await work.run(sa.update(t.identities).where(where).values(lost_at=work.now, lost_why=reason))


async def move_on(work: Work, failed: Sequence[Delivery], platforms: Sequence[str]) -> set[int]:
    """Queue messages that did not arrive once more, at each person's next address; return which had one."""
    direct = {d.id: d for d in failed if d.person_id and d.edits is None and d.room_id is None}
    after = {d.id: _after(d.platform, platforms) for d in direct.values()}
    known = await _known(work, {d.person_id or "" for d in direct.values()}, platforms)
    d = t.deliveries.c
    rows = await work.rows(sa.select(d.id, *(d[name] for name in _COPIED)).where(d.id.in_(direct)).order_by(d.id))
    moved: dict[int, dict[str, Any]] = {}
    for row in rows:
        route = next((known[row["person_id"], p] for p in after[row["id"]] if (row["person_id"], p) in known), None)
        if route is not None and not (route["outside"] and row["drill"]):
            kept = {name: row[name] for name in _COPIED}
            moved[row["id"]] = {**kept, **route, "state": DeliveryState.QUEUED, "queued_at": work.now}
    await work.add_all(t.deliveries, list(moved.values()))
    for key in moved:
        part = str(direct[key].notice_id or "other")
        work.shift(direct[key].incident_id, "delivery", part, old=None, new=DeliveryState.QUEUED)
    return set(moved)


def _after(platform: str, platforms: Sequence[str]) -> Sequence[str]:
    """The routes that come after one: nothing ever goes back to a route that failed."""
    return platforms[platforms.index(platform) + 1 :] if platform in platforms else ()


async def _known(db: Db, people: Collection[str], platforms: Sequence[str]) -> dict[tuple[str, str], dict[str, Any]]:
    c = t.identities.c
    query = sa.select(c.person_id, c.platform, c.address, c.outside)
    rows = await db.rows(query.where(c.person_id.in_(people), c.platform.in_(platforms), works(db.now)))
    return {
        (row["person_id"], row["platform"]): {k: row[k] for k in ("platform", "address", "outside")} for row in rows
    }
