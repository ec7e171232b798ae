"""Crowds: whom a notice is for, as one statement whatever their number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from bot.domain.incident import Incident
from bot.domain.person import Audience
from bot.storage import tables as t
from bot.storage.database import Db
from bot.storage.routes import routes


@dataclass(frozen=True)
class Crowd:
    """Whom a notice is for: an audience of an incident, or the agents of one wave of a plan.

    roll_call: everybody on the roll where it hit, not the agents alone; silent: of these who were not heard from.
    """

    incident: Incident
    audience: Audience
    roll_call: bool = False
    silent: bool = False
    plan: int | None = None
    wave: int | None = None


def _excused(crowd: Crowd) -> sa.Select[Any]:
    """The people who need help or can't work: nobody sends them anywhere."""
    r = t.roll.c
    return sa.select(r.person_id).where(r.incident_id == crowd.incident.id, r.state.in_(("help", "unable")))


def _members(crowd: Crowd) -> sa.Select[Any]:
    """The person ids of a crowd. A drill's crowd holds nobody from outside."""
    r, m, incident = t.roll.c, t.moves.c, crowd.incident
    of_roll = sa.select(r.person_id).where(r.incident_id == incident.id, r.scope == "hit")
    match crowd.audience:
        case Audience.AGENTS if crowd.plan is not None:
            untold = m.state.in_(("approved", "proposed"))
            wave = sa.and_(m.plan_id == crowd.plan, m.wave == crowd.wave, untold)
            return sa.select(m.person_id).where(wave, m.person_id.not_in(_excused(crowd)))
        case Audience.UNPLACED:
            unplaced = sa.and_(m.plan_id == crowd.plan, m.state == "unplaced", ~_stands_by(crowd))
            return sa.select(m.person_id).where(unplaced, m.person_id.not_in(_excused(crowd)))
        case Audience.AGENTS:
            if crowd.silent:
                return of_roll.where(r.state == "silent")
            return of_roll if crowd.roll_call else of_roll.where(r.kind == "agent")
        case Audience.RESPONDERS:
            rooms = sa.select(t.rooms.c.id).where(t.rooms.c.incident_id == incident.id)
            return sa.select(t.room_members.c.person_id).where(t.room_members.c.room_id.in_(rooms)).distinct()
        case Audience.EVERYONE:
            mine = sa.select(t.recipients.c.person_id).where(t.recipients.c.incident_id == incident.id)
            direct = sa.select(t.deliveries.c.person_id).where(
                t.deliveries.c.incident_id == incident.id, t.deliveries.c.person_id.is_not(None)
            )
            rooms = sa.select(t.rooms.c.id).where(t.rooms.c.incident_id == incident.id)
            responders = sa.select(t.room_members.c.person_id).where(t.room_members.c.room_id.in_(rooms))
            return sa.select(mine.union(direct, responders).subquery().c.person_id)
        case _:
            return _by_audience(crowd)


def _stands_by(crowd: Crowd) -> sa.ColumnElement[bool]:
    """Whether somebody without a place was asked to stand by before, and had no place since."""
    r, n, m, since = t.recipients.c, t.notices.c, t.moves.c, t.moves.alias("since").c
    had = sa.exists().where(since.person_id == m.person_id, since.incident_id == crowd.incident.id)
    had = had.where(since.destination_id.is_not(None), since.at >= n.sent_at, since.plan_id != crowd.plan)
    had = had.correlate(t.notices, t.moves)  # theirs: without this it asks whether anybody had
    told = sa.exists().where(r.person_id == m.person_id, n.id == r.notice_id, n.audience == Audience.UNPLACED)
    return told.where(n.incident_id == crowd.incident.id, ~had)


_FROM_ELSEWHERE = (Audience.VENDORS, Audience.OUTSOURCERS)  # the site of those who help is where their seats are


def _by_audience(crowd: Crowd) -> sa.Select[Any]:
    p = t.people.c
    query = sa.select(p.id).where(p.audience == crowd.audience, p.left_at.is_(None))
    if crowd.audience not in _FROM_ELSEWHERE:
        query = query.where(sa.or_(p.site == "", p.site.in_(crowd.incident.sites)))
    if crowd.audience is Audience.VENDORS and crowd.incident.systems:
        vendors = sa.select(t.systems.c.vendor).where(t.systems.c.id.in_(crowd.incident.systems))
        query = query.where(p.id.in_(vendors))
    return query


def reachable(crowd: Crowd) -> sa.Select[Any]:
    """Return the people of a crowd, id and kind; nobody from outside in a drill."""
    members = _members(crowd).subquery()
    query = sa.select(t.people.c.id, t.people.c.kind).join(members, members.c[0] == t.people.c.id)
    return query.where(t.people.c.kind != "outside") if crowd.incident.drill else query


async def touches(db: Db, incident: int, person: str) -> bool:
    """Whether somebody is in an incident: written to, in its room, in one of its roles, or where it hit."""
    r, d, m, roll, roles = t.recipients.c, t.deliveries.c, t.room_members.c, t.roll.c, t.roles.c
    rooms = sa.select(t.rooms.c.id).where(t.rooms.c.incident_id == incident)
    ways = (
        sa.exists().where(r.incident_id == incident, r.person_id == person),
        sa.exists().where(d.incident_id == incident, d.person_id == person),
        sa.exists().where(m.room_id.in_(rooms), m.person_id == person),
        sa.exists().where(roles.incident_id == incident, roles.person_id == person),
        sa.exists().where(roll.incident_id == incident, roll.person_id == person, roll.scope == "hit"),
    )
    return bool(await db.value(sa.select(sa.or_(*ways))))


async def one_of(db: Db, crowd: Crowd) -> str | None:
    """Return somebody of a crowd, always the same; None when it is empty."""
    return await db.value(sa.select(sa.func.min(reachable(crowd).subquery().c.id)))  # type: ignore[no-any-return]


async def count(db: Db, crowd: Crowd, platforms: Sequence[str]) -> tuple[int, int]:
    """Return how many people a crowd has, and how many of them have no address."""
    people = reachable(crowd).subquery()
    ways = routes(db, drill=crowd.incident.drill).c
    known = sa.exists().where(ways.person_id == people.c.id, ways.platform.in_(platforms))
    row = await db.first(
        sa.select(sa.func.count().label("n"), sa.func.sum(sa.case((known, 0), else_=1)).label("lost")).select_from(
            people
        )
    )
    return (int(row["n"]), int(row["lost"] or 0)) if row else (0, 0)


async def kept_outside(db: Db, crowd: Crowd) -> int:
    """Return how many outside people a drill leaves alone."""
    if not crowd.incident.drill:
        return 0
    members = _members(crowd).subquery()
    query = sa.select(sa.func.count()).select_from(t.people.join(members, members.c[0] == t.people.c.id))
    return int(await db.value(query.where(t.people.c.kind == "outside")) or 0)


class Routed(NamedTuple):
    """A crowd by how it is reached: posts, people whom they address, people written to, by platform; and the lost."""

    posts: dict[str, int]
    posted: dict[str, int]
    direct: dict[str, int]
    lost: int


async def by_route(db: Db, crowd: Crowd, platforms: Sequence[str], group: Sequence[str]) -> Routed:
    """Count a crowd by route: each person once, on the first platform on which an address of theirs works."""
    people = reachable(crowd).subquery()
    c, i = t.channels.c, routes(db, drill=crowd.incident.drill).c
    has = {p: sa.exists().where(i.person_id == people.c.id, i.platform == p) for p in platforms}
    route = sa.case(*((known, p) for p, known in has.items()), else_="") if has else sa.literal("")
    channel = sa.select(sa.func.min(c.platform)).where(c.team_id == t.people.c.team, c.platform.in_(group))
    rows = sa.select(route.label("route"), channel.scalar_subquery().label("channel"), t.people.c.team)
    rows_ = rows.select_from(people.join(t.people, t.people.c.id == people.c.id)).subquery()
    teams = sa.func.count(sa.distinct(rows_.c.team)).label("teams")
    query = sa.select(rows_.c.route, rows_.c.channel, sa.func.count().label("n"), teams)
    found = Routed({}, {}, {}, 0)
    lost = 0
    for row in await db.rows(query.group_by(rows_.c.route, rows_.c.channel)):
        if row["channel"] and row["route"]:
            found.posts[row["channel"]] = max(found.posts.get(row["channel"], 0), row["teams"])
            found.posted[row["channel"]] = found.posted.get(row["channel"], 0) + row["n"]
        elif row["route"]:
            found.direct[row["route"]] = found.direct.get(row["route"], 0) + row["n"]
        else:
            lost += row["n"]
    return found._replace(lost=lost)
