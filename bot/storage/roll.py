"""The roll of an incident: everyone to be accounted for."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bot.domain.incident import Incident
from bot.domain.move import HOLDS_SEAT
from bot.domain.roll import RollEntry, RollScope, RollState
from bot.domain.runbook import Ask
from bot.storage import moves, tallies
from bot.storage import tables as t
from bot.storage.database import Db, Work

_ENTRY = [t.roll.c[name] for name in RollEntry.model_fields]


def hit_by(incident: Incident) -> sa.ColumnElement[bool]:
    """Whether a person works where the disaster hit: by their own site or queue, or sent there by another incident."""
    p, m = t.people.c, t.moves.c
    real = sa.select(t.incidents.c.id).where(~t.incidents.c.drill)  # whom a drill moved is where they always were
    sent = sa.exists().where(
        m.person_id == p.id, m.state.in_(HOLDS_SEAT), m.destination_id.in_(incident.sites), m.incident_id.in_(real)
    )
    return sa.or_(p.site.in_(incident.sites), p.queue.in_(incident.queues), sent)


async def freeze(work: Work, incident: Incident) -> int:
    """Write the whole roster down as it stands; return how many are on it."""
    p = t.people.c
    scope = sa.case((hit_by(incident), RollScope.HIT.value), else_=RollScope.REST.value)
    inside = sa.and_(p.kind != "outside", p.left_at.is_(None))
    chosen = sa.select(
        sa.literal(incident.id), p.id, p.team, p.site, p.queue, p.kind, scope, sa.literal(RollState.SILENT.value)
    ).where(inside)
    columns = ["incident_id", "person_id", "team_id", "site_id", "queue_id", "kind", "scope", "state"]
    count = await work.run(sa.insert(t.roll).from_select(columns, chosen))
    await _tally(work, incident.id)
    return count


async def _tally(work: Work, incident: int) -> None:
    c = t.roll.c
    where = sa.and_(c.incident_id == incident, c.scope == RollScope.HIT)
    for row in await work.rows(sa.select(c.site_id, sa.func.count().label("n")).where(where).group_by(c.site_id)):
        work.shift(incident, "roll", row["site_id"], old=None, new=RollState.SILENT, n=row["n"])
    agents = sa.and_(c.incident_id == incident, c.kind == "agent")
    parts = (c.queue_id, c.site_id, c.scope, t.people.c.shift, t.people.c.tz)
    query = sa.select(*parts, sa.func.count().label("n")).select_from(_WHO).where(agents)
    for row in await work.rows(query.group_by(*parts)):
        work.shift(incident, "agents", row["queue_id"], old=None, new=row["scope"], n=row["n"])
        if row["scope"] == RollScope.REST:
            work.shift(incident, "seat", row["site_id"], old=None, new=RollScope.REST, n=row["n"])
            work.shift(incident, tallies.SHIFT, row["queue_id"], old=None, new=tallies.shift_of(row), n=row["n"])


_WHO = t.roll.join(t.people, t.people.c.id == t.roll.c.person_id)
_SHIFT = (t.people.c.shift, t.people.c.tz)


async def find(db: Db, incident: int, person: str) -> RollEntry | None:
    """Return somebody's row."""
    where = sa.and_(t.roll.c.incident_id == incident, t.roll.c.person_id == person)
    row = await db.first(sa.select(*_ENTRY).where(where))
    return RollEntry.model_validate(row) if row else None


ON_ROLL = (t.roll.c.state.label("roll_state"), t.roll.c.site_id.label("roll_site"), t.roll.c.scope.label("roll_scope"))
_MINE = sa.and_(t.roll.c.incident_id == sa.bindparam("incident"), t.roll.c.person_id == sa.bindparam("person"))
_BEFORE = sa.select(*ON_ROLL).where(_MINE)
_SAY = (
    sa.update(t.roll)
    .where(_MINE, t.roll.c.state == sa.bindparam("was"))
    .values(state=sa.bindparam("to"), said_by=sa.bindparam("by"), said_at=sa.bindparam("at"))
)


async def say(work: Work, incident: int, person: str, state: RollState, by: str, seen: Any = None) -> bool:
    """Write what somebody says of themselves, or a proxy of them; False when that is what stands there.

    seen: a row with their ON_ROLL, if the caller has read it in this work.
    """
    whose = {"incident": incident, "person": person}
    before = seen or await work.first(_BEFORE, whose)
    while before is not None and before["roll_state"] not in (None, state):
        was = before["roll_state"]
        if await work.run(_SAY, {**whose, "was": was, "to": state, "by": by, "at": work.now}):
            if before["roll_scope"] == RollScope.HIT:
                work.shift(incident, "roll", before["roll_site"], old=was, new=state)
            else:
                _beside(work, incident, before["roll_site"], was, state)
            return True
        before = await work.first(_BEFORE, whose)  # somebody else spoke meanwhile
    return False


def _beside(work: Work, incident: int, site: str, was: str | None, state: str | None) -> None:
    """Count a call for help of somebody whom it did not hit, or its end."""
    old, new = (state_ if state_ == RollState.HELP else None for state_ in (was, state))
    work.shift(incident, tallies.BESIDE, site, old=old, new=new)


async def people_in(db: Db, incident: int, states: Sequence[RollState], *, limit: int, skip: int = 0) -> Sequence[Any]:
    """Return the hit people in these states: person_id, name, phone, team_id, site_id, state."""
    c = t.roll.c
    joined = t.roll.join(t.people, t.people.c.id == c.person_id)
    query = sa.select(c.person_id, t.people.c.name, t.people.c.phone, c.team_id, c.site_id, c.state).select_from(joined)
    query = query.where(c.incident_id == incident, c.scope == RollScope.HIT, c.state.in_(states))
    return await db.rows(query.order_by(c.team_id, t.people.c.name, c.person_id).limit(limit).offset(skip))


async def needing_help(db: Db, incident: int, teams: Sequence[str] | None, limit: int) -> Sequence[Any]:
    """Return who needs help, of these teams or of all, the longest waiting first.

    person_id, name, phone, team_id, said_at.
    """
    c = t.roll.c
    joined = t.roll.join(t.people, t.people.c.id == c.person_id)
    query = sa.select(c.person_id, t.people.c.name, t.people.c.phone, c.team_id, c.said_at).select_from(joined)
    query = query.where(c.incident_id == incident, c.state == RollState.HELP)
    if teams is not None:
        query = query.where(t.people.c.team.in_(teams))
    return await db.rows(query.order_by(c.said_at, c.person_id).limit(limit))


async def unasked(db: Db, incident: int) -> int:
    """Return of how many hit people nothing was heard because nobody has asked them how they are, since all changed."""
    c, r, n = t.roll.c, t.recipients.c, t.notices.c
    joined = t.recipients.join(t.notices, n.id == r.notice_id)
    since = sa.or_(c.said_at.is_(None), n.sent_at > c.said_at)
    asked = sa.exists().select_from(joined).where(r.incident_id == incident, r.person_id == c.person_id, since)
    asked = asked.where(n.ask.in_((Ask.SAFETY, Ask.MOVE))).correlate(t.roll)
    where = sa.and_(c.incident_id == incident, c.scope == RollScope.HIT, c.state == RollState.SILENT)
    return int(await db.value(sa.select(sa.func.count()).select_from(t.roll).where(where, ~asked)) or 0)


async def anybody_of(db: Db, incident: int, sites: Sequence[str]) -> bool:
    """Whether anybody on the roll belongs to these sites."""
    where = sa.and_(t.roll.c.incident_id == incident, t.roll.c.site_id.in_(sites))
    return await db.first(sa.select(t.roll.c.person_id).where(where).limit(1)) is not None


async def widen(work: Work, incident: int, sites: Sequence[str]) -> int:
    """Call the people of more sites hit, and count them so; return how many.

    What they said stays said, but for those who were sent to these sites: that they were safe was somewhere else.
    """
    c, there = t.roll.c, _sent_to(incident, sites)
    mine = sa.and_(
        c.incident_id == incident, c.scope == RollScope.REST, sa.or_(c.site_id.in_(sites), c.person_id.in_(there))
    )
    columns = (c.site_id, c.queue_id, c.kind, c.state, *_SHIFT)
    rows = await work.rows(sa.select(*columns).select_from(_WHO).where(mine).with_for_update(of=t.roll))
    for row in rows:
        work.shift(incident, "roll", row["site_id"], old=None, new=row["state"])
        _beside(work, incident, row["site_id"], row["state"], None)
        if row["kind"] == "agent":
            work.shift(incident, tallies.SHIFT, row["queue_id"], old=tallies.shift_of(row), new=None)
            work.shift(incident, "agents", row["queue_id"], old=RollScope.REST, new=RollScope.HIT)
            work.shift(incident, "seat", row["site_id"], old=RollScope.REST, new=None)
    more = await work.run(sa.update(t.roll).where(mine).values(scope=RollScope.HIT))
    return more + await _ask_again(work, incident, there)


async def narrow(work: Work, incident: Incident, sites: Sequence[str]) -> int:
    """Call the people of sites that can be used again not hit, and count them so; return how many.

    incident: as it is without them. Whom it hits otherwise stays hit, and whoever was told of a move: they come back by
    the return. What nobody was told yet is dropped.
    """
    c = t.roll.c
    there = sa.or_(c.site_id.in_(sites), c.person_id.in_(_sent_to(incident.id, sites)))
    still = (c.site_id.in_(incident.sites), c.queue_id.in_(incident.queues))
    away = c.person_id.in_(sa.union(moves.told_of(incident.id), _sent_to(incident.id, incident.sites)))
    mine = sa.and_(c.incident_id == incident.id, c.scope == RollScope.HIT, there, ~sa.or_(*still, away))
    columns = (c.site_id, c.queue_id, c.kind, c.state, *_SHIFT)
    rows = await work.rows(sa.select(*columns).select_from(_WHO).where(mine).with_for_update(of=t.roll))
    for row in rows:
        work.shift(incident.id, "roll", row["site_id"], old=row["state"], new=None)
        _beside(work, incident.id, row["site_id"], None, row["state"])
        if row["kind"] == "agent":
            work.shift(incident.id, tallies.SHIFT, row["queue_id"], old=None, new=tallies.shift_of(row))
            work.shift(incident.id, "agents", row["queue_id"], old=RollScope.HIT, new=RollScope.REST)
            work.shift(incident.id, "seat", row["site_id"], old=None, new=RollScope.REST)
    await moves.drop_untold(work, incident.id, sa.select(c.person_id).where(mine))
    return await work.run(sa.update(t.roll).where(mine).values(scope=RollScope.REST))


def _sent_to(incident: int, sites: Sequence[str]) -> sa.Select[Any]:
    """The people whom this incident, or a real one, sent to these sites."""
    m = t.moves.c
    real = sa.select(t.incidents.c.id).where(~t.incidents.c.drill)
    ours = sa.or_(m.incident_id == incident, m.incident_id.in_(real))
    return sa.select(m.person_id).where(m.state.in_(HOLDS_SEAT), m.destination_id.in_(sites), ours)


async def _ask_again(work: Work, incident: int, who: sa.Select[Any]) -> int:
    c = t.roll.c
    safe = sa.and_(c.incident_id == incident, c.state == RollState.SAFE, c.person_id.in_(who))
    for row in await work.rows(sa.select(c.site_id, sa.func.count().label("n")).where(safe).group_by(c.site_id)):
        work.shift(incident, "roll", row["site_id"], old=RollState.SAFE, new=RollState.SILENT, n=row["n"])
    return await work.run(sa.update(t.roll).where(safe).values(state=RollState.SILENT, said_at=work.now))
