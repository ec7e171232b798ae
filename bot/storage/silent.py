"""The silent: who owes an answer, when they are chased next, and whose call list they stand on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.notice import Recipient, RecipientState
from bot.storage import tables as t
from bot.storage.database import Db, Work

_RECIPIENT = [t.recipients.c[name] for name in Recipient.model_fields]
_OWING = (RecipientState.WAITING.value, RecipientState.UNREACHABLE.value)
_SILENT = sa.and_(
    t.recipients.c.state.in_(_OWING),
    t.recipients.c.answer.is_(None),
    t.notices.c.ask != "nothing",
    t.notices.c.state == "live",
)


def _due(now: datetime) -> sa.ColumnElement[bool]:
    r = t.recipients.c
    return sa.and_(r.state.in_(_OWING), r.next_at <= now)


async def incidents_to_chase(db: Db, now: datetime) -> Sequence[int]:
    """Return the incidents of which somebody's next rung is due."""
    incident = t.recipients.c.incident_id
    return await db.column(sa.select(incident).where(_due(now)).distinct().order_by(incident))


async def to_chase(db: Db, incident: int, now: datetime, limit: int) -> Sequence[Any]:
    """Return whom an incident waits for and whose next rung is due, oldest first, with their team's lead and deputy.

    That is due at once for those whom no message reaches.
    """
    r = t.recipients.c
    joined = t.recipients.join(t.notices, t.notices.c.id == r.notice_id).join(t.people, t.people.c.id == r.person_id)
    joined = joined.outerjoin(t.teams, t.teams.c.id == t.people.c.team)
    query = sa.select(
        *_RECIPIENT, t.notices.c.audience, t.notices.c.sent_at, t.notices.c.state.label("notice_state"),
        t.notices.c.ask, t.people.c.tz, t.roll.c.scope,
        t.teams.c.lead, t.teams.c.deputy,
    )  # fmt: skip
    on_roll = sa.and_(t.roll.c.incident_id == r.incident_id, t.roll.c.person_id == r.person_id)
    joined = joined.outerjoin(t.roll, on_roll)
    query = query.select_from(joined).where(_due(now), r.incident_id == incident)
    return await db.rows(query.order_by(r.next_at, r.id).limit(limit))


async def lose(work: Work, ids: Sequence[int]) -> set[int]:
    """Call those unreachable whose every message failed for good; return them. Their lead is asked to call at once."""
    r, d = t.recipients.c, t.deliveries.c
    mine = sa.and_(d.recipient_id == r.id, d.edits.is_(None))
    failed, other = sa.exists().where(mine, d.state == "failed"), sa.exists().where(mine, d.state != "failed")
    where = sa.and_(r.id.in_(ids), r.state == RecipientState.WAITING, failed, ~other)
    lost = await work.rows(sa.select(r.id, r.incident_id, r.notice_id).where(where).order_by(r.id).with_for_update())
    for row in lost:
        old, new = RecipientState.WAITING, RecipientState.UNREACHABLE
        work.shift(row["incident_id"], "recipient", str(row["notice_id"]), old=old, new=new)
    found = {row["id"] for row in lost}
    if found:
        values = {"state": RecipientState.UNREACHABLE, "next_at": work.now}
        await work.run(sa.update(t.recipients).where(r.id.in_(found)).values(**values))
    return found


async def climb(work: Work, ids: Sequence[int], rung: int, to: int, next_at: datetime | None) -> int:
    """Take recipients from a rung to another; those whom another sweep took, or who answered, stay."""
    c = t.recipients.c
    where = sa.and_(c.id.in_(ids), c.rung == rung, c.state.in_(_OWING), c.next_at.is_not(None))
    return await work.run(sa.update(t.recipients).where(where).values(rung=to, next_at=next_at))


def _silent(incident: int) -> sa.Select[Any]:
    """People who owe an answer: person_id, name, phone, notice_id, ask, audience, state, rung, lead, said."""
    r, p, roll = t.recipients.c, t.people.c, t.roll.c
    joined = t.recipients.join(t.notices, t.notices.c.id == r.notice_id).join(t.people, p.id == r.person_id)
    joined = joined.outerjoin(t.teams, t.teams.c.id == p.team)
    joined = joined.outerjoin(t.roll, sa.and_(roll.incident_id == r.incident_id, roll.person_id == r.person_id))
    columns = [r.person_id, p.name, p.phone, r.notice_id, r.state, r.rung, t.teams.c.lead]
    query = sa.select(*columns, t.notices.c.ask, t.notices.c.audience, roll.state.label("said")).select_from(joined)
    return query.where(r.incident_id == incident, _SILENT).order_by(p.name, r.notice_id)


async def waiting_of(db: Db, incident: int, teams: Sequence[str], limit: int) -> Sequence[Any]:
    """Return the silent people of teams."""
    return await db.rows(_silent(incident).where(t.people.c.team.in_(teams)).limit(limit))


async def uncalled(db: Db, incident: int, audiences: Sequence[str], limit: int) -> Sequence[Any]:
    """Return the silent people of these audiences whom no lead calls.

    They are the leads themselves, people without one, and those whose lead and deputy are both silent.
    """
    lead, deputy = t.teams.c.lead, t.teams.c.deputy
    nobody = sa.and_(_is_silent(incident, lead), sa.or_(deputy == "", _is_silent(incident, deputy)))
    mine = sa.or_(t.teams.c.id.is_(None), lead == "", lead == t.people.c.id, nobody)
    return await db.rows(_silent(incident).where(mine, t.notices.c.audience.in_(audiences)).limit(limit))


def _is_silent(incident: int, person: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    r, n = t.recipients.alias("theirs").c, t.notices.alias("asking").c
    where = sa.and_(r.person_id == person, r.incident_id == incident, r.state.in_(_OWING), r.answer.is_(None))
    return sa.exists().where(where, n.id == r.notice_id, n.ask != "nothing", n.state == "live")


async def silent_among(db: Db, incident: int, people: Sequence[str]) -> set[str]:
    """Return those of these people who owe an answer themselves."""
    r = t.recipients.c
    joined = t.recipients.join(t.notices, t.notices.c.id == r.notice_id)
    query = sa.select(r.person_id).select_from(joined).where(r.incident_id == incident, _SILENT)
    return set(await db.column(query.where(r.person_id.in_(set(people))).distinct()))
