"""Notices and their recipients; audiences are written as one statement each, whatever their size."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.delivery import DeliveryState, Priority, Subject
from bot.domain.followup import Starts
from bot.domain.notice import RANK, Answer, Notice, NoticeState, RecipientState
from bot.domain.person import OUTSIDE, Audience, Person
from bot.domain.runbook import Ask
from bot.storage import crowds
from bot.storage import tables as t
from bot.storage.columns import Utc
from bot.storage.crowds import Crowd
from bot.storage.database import Db, Work
from bot.storage.people import person_of
from bot.storage.roll import ON_ROLL
from bot.storage.routes import routes

_NOTICE = [t.notices.c[name] for name in Notice.model_fields]
_PRIORITY = {
    Audience.LEADERS: Priority.LEADERS,
    Audience.RESPONDERS: Priority.COMMAND,
    **dict.fromkeys(OUTSIDE, Priority.OUTSIDE),
}


async def next_number(db: Db, incident: int) -> int:
    """Return the number of an incident's next notice."""
    return (
        int(
            await db.value(sa.select(sa.func.count()).select_from(t.notices).where(t.notices.c.incident_id == incident))
            or 0
        )
        + 1
    )


async def add(work: Work, **values: Any) -> int:
    """Write a notice."""
    return await work.add(t.notices, **values)


async def address(
    work: Work,
    notice: Notice,
    crowd: Crowd,
    platforms: Sequence[str],
    *,
    starts: Starts,
    only_must: bool,
    group: Sequence[str] = (),
) -> int:
    """Write a recipient for everyone in the crowd, and a delivery for everyone with an address; return how many.

    group: platforms on which a team's channel goes first; people whose team has one get no direct message yet.
    """
    people = crowds.reachable(crowd).subquery()
    ways = routes(work, drill=notice.drill)
    mine = sa.and_(ways.c.person_id == people.c.id, ways.c.platform.in_(platforms))
    known, posted = sa.exists().where(mine), _has_channel(people.c.id, group)
    state = _state_column(notice, people, known, only_must=only_must)
    due = [sa.literal(notice.sent_at + s.after if s.after is not None else None, Utc()) for s in starts]
    next_at = sa.case((~known, due[2]), (posted, due[0]), else_=due[1])
    rung = sa.case((~known, starts.lost.rung), (posted, starts.posted.rung), else_=starts.direct.rung)
    chosen = sa.select(sa.literal(notice.id), sa.literal(notice.incident_id), people.c.id, state, rung, next_at)
    columns = ["notice_id", "incident_id", "person_id", "state", "rung", "next_at"]
    size = await work.run(sa.insert(t.recipients).from_select(columns, chosen))
    await work.run(sa.update(t.notices).where(t.notices.c.id == notice.id).values(size=size))
    await _tally(work, notice)
    alone = sa.and_(t.recipients.c.notice_id == notice.id, ~_has_channel(t.recipients.c.person_id, group))
    for platform in platforms:
        await enqueue(work, notice, platform, alone, once=True)
    return size


def _has_channel(person: sa.ColumnElement[Any], platforms: Sequence[str]) -> sa.ColumnElement[bool]:
    """Whether somebody's team has a channel on one of these platforms."""
    if not platforms:
        return sa.false()
    member, c = t.people.alias("member").c, t.channels.c
    return sa.exists().where(member.id == person, c.team_id == member.team, c.platform.in_(platforms))


def _state_column(
    notice: Notice, people: sa.Subquery, known: sa.ColumnElement[bool], *, only_must: bool
) -> sa.ColumnElement[str]:
    if not notice.ask.answers:
        asked: sa.ColumnElement[str] = sa.literal(RecipientState.TOLD.value)
    elif only_must:
        must = sa.exists().where(t.people.c.id == people.c.id, t.people.c.must_answer)
        asked = sa.case((must, RecipientState.WAITING.value), else_=RecipientState.TOLD.value)
    else:
        asked = sa.literal(RecipientState.WAITING.value)
    return sa.case((known, asked), else_=sa.literal(RecipientState.UNREACHABLE.value))


async def _tally(work: Work, notice: Notice) -> None:
    c = t.recipients.c
    query = sa.select(c.state, sa.func.count().label("n")).where(c.notice_id == notice.id).group_by(c.state)
    for row in await work.rows(query):
        work.shift(notice.incident_id, "recipient", str(notice.id), old=None, new=row["state"], n=row["n"])
        if row["state"] != RecipientState.TOLD and notice.ask.answers:
            work.shift(notice.incident_id, "asked", str(notice.id), old=None, new="asked", n=row["n"])


async def enqueue(work: Work, notice: Notice, platform: str, which: sa.ColumnElement[bool], *, once: bool) -> int:
    """Queue the notice for these recipients, the most critical queues first; once: not if it was queued before."""
    ways, d = routes(work, drill=notice.drill), t.deliveries
    r, i = t.recipients.c, ways.c
    joined = t.recipients.join(ways, sa.and_(i.person_id == r.person_id, i.platform == platform))
    joined = joined.outerjoin(t.roll, sa.and_(t.roll.c.incident_id == r.incident_id, t.roll.c.person_id == r.person_id))
    joined = joined.outerjoin(t.queues, t.queues.c.id == t.roll.c.queue_id)
    base = _PRIORITY.get(notice.audience, Priority.AGENTS)
    tier = sa.func.coalesce(t.queues.c.tier, 0) if notice.audience not in _PRIORITY else sa.literal(0)
    chosen = (
        sa.select(
            r.incident_id,
            r.notice_id,
            r.id,
            r.person_id,
            sa.literal(platform),
            i.address,
            sa.literal(Subject.NOTICE.value),
            sa.literal(DeliveryState.QUEUED.value),
            sa.literal(notice.drill),
            i.outside,
            sa.literal(int(base)) + tier,
            sa.literal(work.now, Utc()),
        )
        .select_from(joined)
        .where(which, r.state != RecipientState.UNREACHABLE)
    )
    if once:
        chosen = chosen.where(~sa.exists().where(d.c.recipient_id == r.id))
    columns = [
        "incident_id",
        "notice_id",
        "recipient_id",
        "person_id",
        "platform",
        "address",
        "subject",
        "state",
        "drill",
        "outside",
        "priority",
        "queued_at",
    ]
    n = await work.run(sa.insert(d).from_select(columns, chosen.order_by(r.id)))
    if n:
        work.shift(notice.incident_id, "delivery", str(notice.id), old=None, new=DeliveryState.QUEUED, n=n)
    return n


async def find(db: Db, notice: int) -> Notice | None:
    """Return a notice by id."""
    row = await db.first(sa.select(*_NOTICE).where(t.notices.c.id == notice))
    return Notice.model_validate(row) if row else None


async def last_sitrep(db: Db, incident: int) -> Any | None:
    """Return when and by whom the last SITREP was sent."""
    c = t.notices.c
    query = sa.select(c.sent_at, c.sent_by).where(c.incident_id == incident, c.card.is_not(None))
    return await db.first(query.order_by(c.id.desc()).limit(1))


async def several(db: Db, ids: Sequence[int]) -> dict[int, Notice]:
    """Return notices by id."""
    return {
        r["id"]: Notice.model_validate(r)
        for r in await db.rows(sa.select(*_NOTICE).where(t.notices.c.id.in_(set(ids))))
    }


async def of(db: Db, incident: int) -> list[Notice]:
    """Return an incident's notices in the order they were sent."""
    query = sa.select(*_NOTICE).where(t.notices.c.incident_id == incident).order_by(t.notices.c.number)
    return [Notice.model_validate(r) for r in await db.rows(query)]


async def free_earlier(work: Work, notice: Notice) -> int:
    """Ask its people no more for the older messages that this one replaces."""
    r, n = t.recipients, t.notices.c
    less = [ask.value for ask, rank in RANK.items() if 0 < rank <= RANK[notice.ask]]
    if not less:
        return 0
    older = sa.select(n.id).where(
        n.incident_id == notice.incident_id, n.audience == notice.audience, n.id < notice.id, n.ask.in_(less)
    )
    mine = sa.select(r.c.person_id).where(r.c.notice_id == notice.id)
    where = sa.and_(r.c.notice_id.in_(older), r.c.state == RecipientState.WAITING, r.c.person_id.in_(mine))
    locked = await work.column(sa.select(r.c.notice_id).where(where).order_by(r.c.id).with_for_update())
    counts = Counter(locked)
    for key, count_ in counts.items():
        states = {"old": RecipientState.WAITING, "new": RecipientState.TOLD}
        work.shift(notice.incident_id, "recipient", str(key), **states, n=count_)
    return await work.run(sa.update(r).where(where).values(state=RecipientState.TOLD, next_at=None)) if counts else 0


async def numbers_of(db: Db, incident: int, people: Sequence[str], audience: str) -> dict[str, list[tuple[int, Ask]]]:
    """Return number and ask of the asking messages that people got for an audience, by person, in order."""
    joined = t.recipients.join(t.notices, t.notices.c.id == t.recipients.c.notice_id)
    query = sa.select(t.recipients.c.person_id, t.notices.c.number, t.notices.c.ask).select_from(joined)
    query = query.where(
        t.notices.c.incident_id == incident, t.recipients.c.person_id.in_(set(people)), t.notices.c.audience == audience
    )
    found: dict[str, list[tuple[int, Ask]]] = {}
    for row in await db.rows(query.where(t.notices.c.ask != "nothing").order_by(t.notices.c.number)):
        found.setdefault(row["person_id"], []).append((row["number"], Ask(row["ask"])))
    return found


async def close_all(work: Work, incident: int) -> None:
    """Nobody is asked any more: the incident is over."""
    c = t.notices.c
    await work.run(
        sa.update(t.notices)
        .where(c.incident_id == incident, c.state == NoticeState.LIVE)
        .values(state=NoticeState.CLOSED)
    )


_OF_RECIPIENT = (
    t.recipients.c.id,
    t.recipients.c.notice_id,
    t.recipients.c.state,
    t.recipients.c.answer,
    t.recipients.c.answered_by,
    t.recipients.c.answered_at,
    t.recipients.c.rung,
    t.notices.c.ask,
    t.notices.c.state.label("notice_state"),
    t.notices.c.number,
    t.notices.c.incident_id,
    t.notices.c.audience,
    t.notices.c.subject,
    t.notices.c.drill,
    *ON_ROLL,
)
_ON_ROLL = sa.and_(t.roll.c.incident_id == t.notices.c.incident_id, t.roll.c.person_id == t.recipients.c.person_id)
_MINE = (
    sa.select(*_OF_RECIPIENT)
    .select_from(
        t.recipients.join(t.notices, t.notices.c.id == t.recipients.c.notice_id).outerjoin(t.roll, _ON_ROLL),
    )
    .where(t.recipients.c.notice_id == sa.bindparam("notice"), t.recipients.c.person_id == sa.bindparam("person"))
)
_I_AM = {f"i_am_{name}": name for name in Person.model_fields}
_ME_AND_MINE = (
    sa.select(*(t.people.c[name].label(label) for label, name in _I_AM.items()), *_OF_RECIPIENT)
    .select_from(
        t.people.outerjoin(
            t.recipients,
            sa.and_(t.recipients.c.person_id == t.people.c.id, t.recipients.c.notice_id == sa.bindparam("notice")),
        )
        .outerjoin(t.notices, t.notices.c.id == t.recipients.c.notice_id)
        .outerjoin(t.roll, _ON_ROLL)
    )
    .where(t.people.c.id == sa.bindparam("person"))
)


async def recipient(db: Db, notice: int, person: str) -> Any | None:
    """Return somebody's row of a notice, with what the notice asks and how they stand on the roll."""
    return await db.first(_MINE, {"notice": notice, "person": person})


async def asked(db: Db, notice: int, person: str) -> tuple[Person | None, Any | None]:
    """Return a person and their row of a notice, in one journey: they come by the thousand to answer it."""
    row = await db.first(_ME_AND_MINE, {"notice": notice, "person": person})
    if row is None:
        return None, None
    return person_of({name: row[label] for label, name in _I_AM.items()}), row if row["id"] is not None else None


async def answers(db: Db, ids: Sequence[int], people: Sequence[str]) -> dict[tuple[int, str], Any]:
    """Return state and answer by notice and person."""
    c = t.recipients.c
    query = sa.select(c.notice_id, c.person_id, c.state, c.answer).where(
        c.notice_id.in_(set(ids)), c.person_id.in_(set(people))
    )
    return {(r["notice_id"], r["person_id"]): r for r in await db.rows(query)}


_ANSWER = (
    sa.update(t.recipients)
    .where(t.recipients.c.id == sa.bindparam("recipient"), t.recipients.c.state == sa.bindparam("old"))
    .values(
        state=sa.bindparam("to"), answer=sa.bindparam("said"), answered_at=sa.bindparam("at"),
        answered_by=sa.bindparam("by"), answered_on=sa.bindparam("on"), next_at=None,
    )
)  # fmt: skip


async def answer(
    work: Work, recipient_id: int, old: str, state: RecipientState, answer_: Answer, by: str, on: str | None = None
) -> bool:
    """Write an answer; False when somebody else wrote one since. on: the platform where they answered themselves."""
    said = {"to": state, "said": answer_, "at": work.now, "by": by, "on": on}
    return await work.run(_ANSWER, {**said, "recipient": recipient_id, "old": old}) == 1


async def last_answer(db: Db, person: str) -> datetime | None:
    """Return when somebody last answered, or was answered for."""
    c = t.recipients.c
    found: datetime | None = await db.value(sa.select(sa.func.max(c.answered_at)).where(c.person_id == person))
    return found


def among(ids: Sequence[int]) -> sa.ColumnElement[bool]:
    """Whether a recipient is one of these, and still silent."""
    return sa.and_(t.recipients.c.id.in_(ids), t.recipients.c.state == RecipientState.WAITING)


async def people_of(db: Db, notice: int) -> list[str]:
    """Return whom a notice is for, those without an address left out."""
    c = t.recipients.c
    lost = RecipientState.UNREACHABLE
    return await db.column(sa.select(c.person_id).where(c.notice_id == notice, c.state != lost).order_by(c.id))


async def latest_for(db: Db, incident: int, person: str) -> Notice | None:
    """Return the last live notice that somebody was sent."""
    joined = t.notices.join(t.recipients, t.recipients.c.notice_id == t.notices.c.id)
    query = sa.select(*_NOTICE).select_from(joined)
    query = query.where(t.recipients.c.incident_id == incident, t.recipients.c.person_id == person)
    row = await db.first(query.where(t.notices.c.state == "live").order_by(t.notices.c.id.desc()).limit(1))
    return Notice.model_validate(row) if row else None


async def asked_of(db: Db, person: str) -> Any | None:
    """Return the newest question that somebody was sent and that still holds: id, incident_id, ask, drill."""
    n, r = t.notices.c, t.recipients.c
    query = sa.select(n.id, n.incident_id, n.ask, n.drill).join(t.recipients, r.notice_id == n.id)
    query = query.where(r.person_id == person, n.state == NoticeState.LIVE, n.ask != Ask.NOTHING)
    return await db.first(query.order_by(n.id.desc()).limit(1))


async def said(db: Db, incident: int) -> Sequence[Any]:
    """Return how many recipients of each notice are in which state with which answer: notice_id, state, answer, n."""
    c = t.recipients.c
    parts = (c.notice_id, c.state, c.answer)
    query = sa.select(*parts, sa.func.count().label("n")).where(c.incident_id == incident)
    return await db.rows(query.group_by(*parts))


async def answer_times(db: Db, incident: int) -> dict[int, list[datetime]]:
    """Return when each answer that stands was given, by notice, in order."""
    c = t.recipients.c
    query = sa.select(c.notice_id, c.answered_at).where(c.incident_id == incident, c.answered_at.is_not(None))
    times: dict[int, list[datetime]] = {}
    for row in await db.rows(query.order_by(c.answered_at)):
        times.setdefault(row["notice_id"], []).append(row["answered_at"])
    return times
