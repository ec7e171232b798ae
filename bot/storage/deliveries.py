"""The outbox: messages to send, claimed under a lease, each with an outcome."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.domain.delivery import Delivery, DeliveryState, Outcome, Priority, Sent, Subject
from bot.domain.notice import NoticeState
from bot.domain.outreach import OUTREACH
from bot.domain.pace import LONGEST, SKEW
from bot.storage import tables as t
from bot.storage.database import Db, Work

DELIVERY = [t.deliveries.c[name] for name in Delivery.model_fields]


def delivery_of(row: Any) -> Delivery:
    """Return a row as a delivery; rows are trusted."""
    return Delivery.model_construct(**row)


async def find(db: Db, delivery: int) -> Delivery | None:
    """Return one message."""
    row = await db.first(sa.select(*DELIVERY).where(t.deliveries.c.id == delivery))
    return delivery_of(row) if row else None


async def in_doubt(db: Db) -> Sequence[Any]:
    """Return of how many messages nobody knows whether they arrived, by incident, platform and its own word for why.

    Rewrites of a message that is there already are none of them.
    """
    c = t.deliveries.c
    lost = sa.and_(t.UNDER_WAY, c.state == "unknown", c.edits.is_(None))
    query = sa.select(c.incident_id, c.platform, c.error, sa.func.count().label("n")).where(lost)
    few = query.group_by(c.incident_id, c.platform, c.error).subquery("few")
    joined = few.join(t.incidents, t.incidents.c.id == few.c.incident_id)
    parts = (t.incidents.c.reference, few.c.platform, few.c.error, few.c.n)
    return await db.rows(sa.select(*parts).select_from(joined).order_by(*parts[:3]))


def part_of(delivery: Delivery) -> str:
    """What a delivery is counted under."""
    if delivery.edits is not None:
        return "edit"
    return str(delivery.notice_id) if delivery.notice_id is not None else "other"


async def add(work: Work, incident: int, **values: Any) -> int:
    """Queue one message."""
    base = {"state": DeliveryState.QUEUED, "queued_at": work.now, "outside": False}
    delivery = await work.add(t.deliveries, incident_id=incident, **{**base, **values})
    work.shift(incident, "delivery", str(values.get("notice_id") or "other"), old=None, new=DeliveryState.QUEUED)
    return delivery


def count(work: Work, rows: Sequence[Delivery], old: str, new: str) -> None:
    """Count deliveries from one state to another."""
    for (incident, part), n in Counter((d.incident_id, part_of(d)) for d in rows).items():
        work.shift(incident, "delivery", part, old=old, new=new, n=n)


async def never_arrived(db: Db, ids: Sequence[int]) -> set[int]:
    """Return those of the messages that failed for good."""
    c = t.deliveries.c
    return set(await db.column(sa.select(c.id).where(c.id.in_(set(ids)), c.state == DeliveryState.FAILED)))


async def originals(db: Db, ids: Sequence[int]) -> dict[int, str | None]:
    """Return the platform's ids of messages that are to be rewritten."""
    c = t.deliveries.c
    return {r["id"]: r["external_id"] for r in await db.rows(sa.select(c.id, c.external_id).where(c.id.in_(set(ids))))}


async def copies(db: Db, recipients: Sequence[int]) -> dict[tuple[int, str], tuple[int, int]]:
    """Return each recipient's first delivery and their last on each platform; what failed is no copy."""
    c = t.deliveries.c
    where = sa.and_(c.recipient_id.in_(set(recipients)), c.edits.is_(None), c.state != DeliveryState.FAILED)
    ends = sa.func.min(c.id).label("first"), sa.func.max(c.id).label("last")
    rows = await db.rows(sa.select(c.recipient_id, c.platform, *ends).where(where).group_by(c.recipient_id, c.platform))
    first: dict[int, int] = {}
    for row in rows:
        first[row["recipient_id"]] = min(row["first"], first.get(row["recipient_id"], row["first"]))
    return {(r["recipient_id"], r["platform"]): (first[r["recipient_id"]], r["last"]) for r in rows}


async def newest_copy(db: Db, delivery: Delivery) -> Delivery:
    """Return the last copy of a message on its platform."""
    found = await copies(db, [delivery.recipient_id] if delivery.recipient_id else [])
    _, last = found.get((delivery.recipient_id or 0, delivery.platform), (delivery.id, delivery.id))
    return await find(db, last) or delivery


_MOST_DOUBTS = 5  # tries of a message that a gateway may have passed on; then it goes another way
_BECOMES = {
    Outcome.SENT: DeliveryState.SENT,
    Outcome.GONE: DeliveryState.FAILED,
    Outcome.HELD: DeliveryState.QUEUED,
    Outcome.UNKNOWN: DeliveryState.UNKNOWN,
}
_OUTCOME = (
    sa.update(t.deliveries)
    .where(t.deliveries.c.id == sa.bindparam("delivery"))
    .values(
        state=sa.bindparam("to"), external_id=sa.bindparam("external"), error=sa.bindparam("why"),
        reason=sa.bindparam("because"), repeats=sa.bindparam("again"),
        sent_at=sa.bindparam("when"), not_before=sa.bindparam("later"), lease_until=sa.bindparam("leased"),
    )
)  # fmt: skip


async def record(
    work: Work, by: str, claimed: Sequence[Delivery], outcomes: Sequence[Sent], hold: timedelta
) -> list[Delivery]:
    """Write what became of claimed messages; return those written: one whose lease ended is left to whoever has it."""
    said = {o.delivery_id: o for o in outcomes}
    mine = await _still_mine(work, by, [d.id for d in claimed])
    kept = [d for d in claimed if mine.get(d.id) == d.attempts]
    if kept:
        await work.run(_OUTCOME, [_outcome_row(work, d, said[d.id], hold) for d in kept])
    for delivery in kept:
        state, part = _becomes(delivery, said[delivery.id]), part_of(delivery)
        work.shift(delivery.incident_id, "delivery", part, old=DeliveryState.SENDING, new=state)
        if _again(delivery, said[delivery.id]):
            work.shift(delivery.incident_id, "repeat", part, old=None, new="repeat")
    await _reach(work, [d for d in kept if said[d.id].outcome is Outcome.SENT])
    return kept


def _doubted(delivery: Delivery, sent: Sent) -> bool:
    """Whether a message that is tried again may have come already; a rewrite doubles nothing."""
    return sent.outcome is Outcome.HELD and sent.unsure and delivery.edits is None


def _again(delivery: Delivery, sent: Sent) -> bool:
    return _doubted(delivery, sent) and delivery.repeats < _MOST_DOUBTS


def _becomes(delivery: Delivery, sent: Sent) -> DeliveryState:
    given_up = _doubted(delivery, sent) and not _again(delivery, sent)
    return DeliveryState.UNKNOWN if given_up else _BECOMES[sent.outcome]


async def _reach(work: Work, sent: Sequence[Delivery]) -> None:
    """Count the recipients whom these messages are the first to reach: who is written to twice counts once."""
    fresh = {d.recipient_id: d for d in sent if d.recipient_id is not None and d.edits is None}
    if not fresh:
        return
    c = t.deliveries.c
    before = sa.and_(c.recipient_id.in_(fresh), c.state == DeliveryState.SENT, c.edits.is_(None))
    known = set(await work.column(sa.select(c.recipient_id).where(before, c.id.not_in([d.id for d in sent]))))
    for (incident, part), n in Counter((d.incident_id, part_of(d)) for r, d in fresh.items() if r not in known).items():
        work.shift(incident, "reached", part, old=None, new=DeliveryState.SENT, n=n)


async def _still_mine(work: Work, by: str, ids: Sequence[int]) -> dict[int, int]:
    """Return which of these this process sends, each with the how manieth try it is: an earlier one may end late."""
    c = t.deliveries.c
    where = sa.and_(c.id.in_(ids), c.state == DeliveryState.SENDING, c.claimed_by == by)
    return {r["id"]: r["attempts"] for r in await work.rows(sa.select(c.id, c.attempts).where(where).with_for_update())}


def _outcome_row(work: Work, delivery: Delivery, sent: Sent, hold: timedelta) -> dict[str, Any]:
    done, waits = sent.outcome is Outcome.SENT, sent.outcome is Outcome.HELD and not sent.whole_lane
    pause = hold if sent.retry_after is None else timedelta(seconds=min(sent.retry_after, LONGEST.total_seconds()))
    return {
        "delivery": sent.delivery_id, "to": _becomes(delivery, sent), "external": sent.external_id,
        "why": sent.error, "because": sent.reason, "when": work.now if done else None,
        "later": work.now + pause * (1 + delivery.repeats if sent.unsure else 1) if waits else None,
        "again": delivery.repeats + int(_again(delivery, sent)),
        "leased": delivery.lease_until if sent.outcome is Outcome.UNKNOWN else None,
    }  # fmt: skip


async def expire(
    work: Work, mine: str | None = None, *, now: datetime | None = None, alive: Collection[int] = ()
) -> list[Delivery]:
    """Call unknown what was being sent when its lease ended; with mine, all that an earlier run of it was sending.

    now: by which leases are judged, else the work's own; alive: what this process knows to be under way.
    """
    c = t.deliveries.c
    over = c.lease_until <= (now or work.now)
    if mine is not None:
        over = sa.or_(over, c.claimed_by != mine)
    if alive:
        over = sa.and_(over, c.id.not_in(alive))
    write = sa.update(t.deliveries).where(t.UNDER_WAY, c.state == DeliveryState.SENDING, over)
    rows = [
        delivery_of(r)
        for r in await work.rows(write.values(state=DeliveryState.UNKNOWN, lease_until=None).returning(*DELIVERY))
    ]
    count(work, rows, DeliveryState.SENDING, DeliveryState.UNKNOWN)
    return rows


async def shorten(work: Work, end: datetime, *, tried: bool) -> None:
    """Cut leases that last longer than any does: the clock was set back; with tried, also pauses after a try."""
    c = t.deliveries.c
    long = sa.and_(t.UNDER_WAY, c.lease_until > end + SKEW)
    await work.connection.execute(sa.update(t.deliveries).where(long).values(lease_until=end))
    if tried:
        later = sa.and_(t.QUEUED, c.attempts > 0, c.not_before > work.now)
        await work.run(sa.update(t.deliveries).where(later).values(not_before=None))


async def unknown(db: Db, limit: int, patient: Collection[str], now: datetime) -> dict[str, list[Delivery]]:
    """Return messages that nobody knows the end of, so many of each platform: none waits for another's answer.

    patient: platforms that may know more when the lease is over, because what was sent may still be on its way.
    now: by which leases are judged.
    """
    c = t.deliveries.c
    over = sa.or_(c.platform.not_in(patient), c.lease_until.is_(None), c.lease_until <= now)
    lost = sa.and_(t.UNDER_WAY, c.state == DeliveryState.UNKNOWN, over)
    found: dict[str, list[Delivery]] = {}
    if not await db.value(sa.select(sa.exists().where(lost))):
        return found  # as nearly always: to tell platforms apart, SQLite would look through all that was ever sent
    for platform in await db.column(sa.select(c.platform).where(lost).distinct()):
        query = sa.select(*DELIVERY).where(lost, c.platform == platform).order_by(c.id).limit(limit)
        found[platform] = [delivery_of(r) for r in await db.rows(query)]
    return found


async def settle(work: Work, delivery: Delivery, state: DeliveryState, **values: Any) -> bool:
    """End an unknown: found after all, queued once more, or given up."""
    c = t.deliveries.c
    where = sa.and_(c.id == delivery.id, c.state == DeliveryState.UNKNOWN)
    if not await work.run(sa.update(t.deliveries).where(where).values(state=state, lease_until=None, **values)):
        return False
    count(work, [delivery], DeliveryState.UNKNOWN, state)
    if values.get("repeats", 0) > delivery.repeats:
        work.shift(delivery.incident_id, "repeat", part_of(delivery), old=None, new="repeat")
    if state is DeliveryState.SENT:
        await _reach(work, [delivery])
    return True


async def step_cards(db: Db, incident: int, step: int, platforms: Collection[str]) -> Sequence[Any]:
    """Return the messages in rooms that show a step, of some platforms: id, platform, address, room_id."""
    d = t.deliveries.c
    where = sa.and_(d.incident_id == incident, d.subject == Subject.STEP, d.step_id == step, d.edits.is_(None))
    there = sa.and_(d.room_id.is_not(None), d.platform.in_(platforms), d.state != DeliveryState.FAILED)
    return await db.rows(sa.select(d.id, d.platform, d.address, d.room_id).where(where, there).order_by(d.id))


async def notices_among(db: Db, ids: Sequence[int]) -> list[Delivery]:
    """Return those of the deliveries that are notices."""
    c = t.deliveries.c
    query = sa.select(*DELIVERY).where(c.id.in_(set(ids)), c.subject == Subject.NOTICE, c.recipient_id.is_not(None))
    return [delivery_of(r) for r in await db.rows(query)]


async def refresh(work: Work, incident: int, subject: Subject, *, but: str = "", **which: int | str | None) -> int:
    """Queue a rewrite of every place that shows this; not where one is queued, or nothing was sent yet.

    but: a platform whose messages stay as they are.
    """
    d, e = t.deliveries.c, t.deliveries.alias("e").c
    shown = sa.and_(
        d.incident_id == incident, d.subject == subject, d.edits.is_(None), d.platform.not_in(OUTREACH),
        *(d[k] == v for k, v in which.items()),
    )  # fmt: skip
    pending = sa.exists().where(e.edits == d.id, e.state == DeliveryState.QUEUED)
    there = d.state.in_((DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNKNOWN))  # unknown may have arrived
    inside = sa.or_(~d.drill, ~sa.exists().where(t.people.c.id == d.person_id, t.people.c.kind == "outside"))
    query = sa.select(*DELIVERY, d.drill, d.outside).where(shown, there, ~pending, inside)
    rows = await work.rows(query.where(d.platform != but) if but else query)
    await work.add_all(t.deliveries, [_edit(r, work.now) for r in rows])
    if rows:
        work.shift(incident, "delivery", "edit", old=None, new=DeliveryState.QUEUED, n=len(rows))
    return len(rows)


async def refresh_call_list(work: Work, incident: int, team: str) -> None:
    """Redraw the call lists of those who call a team's people."""
    c = t.teams.c
    for lead in await work.rows(sa.select(c.lead, c.deputy).where(c.id == team)):
        for caller in lead.values():
            await refresh(work, incident, Subject.CALL_LIST, person_id=caller)


_KEPT = (
    "incident_id",
    "platform",
    "address",
    "subject",
    "notice_id",
    "recipient_id",
    "step_id",
    "plan_id",
    "person_id",
    "room_id",
    "team_id",
    "about",
    "card",
    "pinned",
    "drill",
    "outside",
)


def _edit(row: Any, now: datetime) -> dict[str, Any]:
    kept = {name: row[name] for name in _KEPT}
    return {
        **kept,
        "edits": row["id"],
        "state": DeliveryState.QUEUED,
        "priority": Priority.ROOM if row["room_id"] else Priority.EDIT,
        "queued_at": now,
    }


async def shown_to(db: Db, incident: int, person: str, subject: Subject, step: int | None = None) -> bool:
    """Whether somebody was sent this subject before, of this step if one is named."""
    d = t.deliveries.c
    where = sa.and_(d.incident_id == incident, d.person_id == person, d.subject == subject, d.edits.is_(None))
    if step is not None:
        where = sa.and_(where, d.step_id == step)
    return bool(await db.value(sa.select(sa.exists().where(where))))


async def withdraw(work: Work, incident: int) -> int:
    """Take back what an incident's notices still had queued: it must not arrive after the end."""
    c = t.deliveries.c
    queued = sa.and_(c.incident_id == incident, c.state == DeliveryState.QUEUED, c.notice_id.is_not(None))
    write = (
        sa.update(t.deliveries).where(queued).values(state=DeliveryState.FAILED, error="withdrawn: the incident ended")
    )
    rows = [delivery_of(r) for r in await work.rows(write.returning(*DELIVERY))]
    count(work, rows, DeliveryState.QUEUED, DeliveryState.FAILED)
    return len(rows)


async def withdraw_for(work: Work, recipient: int) -> None:
    """Take back the reminders that somebody who has answered would still get."""
    c = t.deliveries.c
    queued = sa.and_(c.recipient_id == recipient, c.state == DeliveryState.QUEUED, c.edits.is_(None))
    write = sa.update(t.deliveries).where(queued).values(state=DeliveryState.FAILED, error="withdrawn: answered before")
    rows = [delivery_of(r) for r in await work.rows(write.returning(*DELIVERY))]
    count(work, rows, DeliveryState.QUEUED, DeliveryState.FAILED)


async def withdraw_ended(work: Work) -> int:
    """Take back what came back into the queue after its notice had ended."""
    c, ended = t.deliveries.c, sa.select(t.notices.c.id).where(t.notices.c.state == NoticeState.CLOSED)
    queued = sa.and_(c.state == DeliveryState.QUEUED, c.notice_id.in_(ended))
    write = (
        sa.update(t.deliveries).where(queued).values(state=DeliveryState.FAILED, error="withdrawn: the incident ended")
    )
    rows = [delivery_of(r) for r in await work.rows(write.returning(*DELIVERY))]
    count(work, rows, DeliveryState.QUEUED, DeliveryState.FAILED)
    return len(rows)


async def repeats(db: Db, incident: int) -> int:
    """Return how many messages of an incident were sent again because their first end was unknown."""
    d = t.deliveries.c
    return int(
        await db.value(sa.select(sa.func.coalesce(sa.func.sum(d.repeats), 0)).where(d.incident_id == incident)) or 0
    )


async def waiting(db: Db) -> dict[str, int]:
    """Return how many messages wait to be sent, by platform."""
    c = t.deliveries.c
    query = sa.select(c.platform, sa.func.count().label("n")).where(t.QUEUED, c.address.is_not(None))
    return {row["platform"]: row["n"] for row in await db.rows(query.group_by(c.platform))}


async def pending(db: Db) -> int:
    """Return how many messages wait to be sent."""
    d = t.deliveries.c
    return int(
        await db.value(sa.select(sa.func.count()).where(d.state.in_((DeliveryState.QUEUED, DeliveryState.SENDING))))
        or 0
    )


async def troubled(db: Db, incident: int, limit: int) -> Sequence[Any]:
    """Return messages that failed, have no known end, or may have come twice: who, which notice, where, what, why."""
    d = t.deliveries.c
    wrong = sa.or_(d.state.in_((DeliveryState.FAILED, DeliveryState.UNKNOWN)), d.repeats > 0)
    query = sa.select(d.person_id, d.notice_id, d.platform, d.state, d.repeats, d.error)
    where = sa.and_(d.incident_id == incident, d.edits.is_(None), wrong)
    return await db.rows(query.where(where).order_by(d.id).limit(limit))
