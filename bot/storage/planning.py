"""What a plan of moves reads: the agents who lost their place, who works where, team leads; lean, for 100,000."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from bot.domain.move import HOLDS_SEAT, LIVE, PlanKind
from bot.domain.relocation import Agent, agent_of
from bot.domain.roll import RollScope, RollState
from bot.storage import tables as t
from bot.storage import tallies
from bot.storage.database import Db
from bot.storage.moves import others

_LISTS = ("languages", "skills", "home", "travel")


async def agents(db: Db, incident: int, sites: Sequence[str]) -> list[Agent]:
    """Return the hit agents with all that a plan weighs, whom nobody else has seated somewhere that is not hit."""
    return [agent_of(parsed(row)) for row in await db.rows(_agents(incident, sites))]


def _agents(incident: int, sites: Sequence[str]) -> sa.Select[Any]:
    p, r, m, e = t.people.c, t.roll.c, t.moves, t.moves.alias("elsewhere").c
    mine = sa.and_(m.c.person_id == p.id, m.c.incident_id == incident, m.c.state.in_(HOLDS_SEAT))
    joined = t.roll.join(t.people, p.id == r.person_id).outerjoin(m, mine)
    seated = sa.exists().where(
        e.person_id == p.id, e.state.in_(HOLDS_SEAT), e.destination_id.not_in(sites), others(incident, e.incident_id)
    )
    plain = [p.id, p.site, p.team, r.queue_id.label("queue"), p.shift, p.tz, p.mobility, p.area]
    lists = [sa.cast(p[name], sa.Text).label(name) for name in _LISTS]
    said = [r.state.label("said"), m.c.state.label("move_state"), m.c.destination_id, m.c.queue_id.label("move_queue")]
    query = sa.select(*plain, *lists, *said).select_from(joined).where(~seated)
    return query.where(r.incident_id == incident, r.scope == RollScope.HIT, r.kind == "agent").order_by(p.id)


def parsed(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with its cells of JSON read, as agent_of takes it."""
    cells = {"languages": tuple(_value(row["languages"])), "home": _value(row["home"])}
    return {**row, **cells, "skills": _pairs(row["skills"]), "travel": _pairs(row["travel"])}


@lru_cache(maxsize=50_000)
def _pairs(text: str) -> tuple[tuple[str, int], ...]:
    """Return the pairs that a cell holds, sorted; one tuple for all whose cells are alike."""
    return tuple(sorted(json.loads(text).items()))


@lru_cache(maxsize=50_000)
def _value(text: str) -> Any:
    """Return what a cell of JSON holds; remembered, because most people's are alike."""
    return json.loads(text)


async def at_work(db: Db, incident: int) -> dict[tuple[str, str], int]:
    """Return how many hold a seat that a plan can't give: {(site, queue): people}.

    They are the incident's own people who work on there, and those whom other incidents sent there.
    """
    r, m = t.roll.c, t.moves.c
    own = sa.select(r.site_id.label("site"), r.queue_id.label("queue"))
    own = own.where(r.incident_id == incident, r.scope == RollScope.REST, r.kind == "agent")
    held = sa.select(m.destination_id.label("site"), m.queue_id.label("queue"))
    held = held.where(others(incident), m.state.in_(HOLDS_SEAT), m.destination_id.is_not(None))
    c = sa.union_all(own, held).subquery().c
    query = sa.select(c.site, c.queue, sa.func.count().label("n")).group_by(c.site, c.queue)
    return {(row["site"], row["queue"]): row["n"] for row in await db.rows(query)}


async def leads(db: Db, incident: int) -> dict[tuple[str, str], int]:
    """Return how many team leads can work, by site and scope of the roll: {("leeds", "hit"): 40}."""
    r = t.roll.c
    leading = r.person_id.in_(sa.select(t.teams.c.lead))
    able = r.state.not_in((RollState.HELP, RollState.UNABLE))
    query = sa.select(r.site_id, r.scope, sa.func.count().label("n")).where(r.incident_id == incident, leading, able)
    return {(row["site_id"], row["scope"]): row["n"] for row in await db.rows(query.group_by(r.site_id, r.scope))}


async def live_at(db: Db, incident: int, sites: Collection[str], own: Collection[str]) -> dict[str, int]:
    """Return how many of an incident's moves have somebody at work at these sites, or at its own, by queue.

    Who returned is at work at one of its own on purpose.
    """
    m = t.moves.c
    back = sa.select(t.plans.c.id).where(t.plans.c.incident_id == incident, t.plans.c.kind == PlanKind.RETURN)
    there = sa.or_(m.destination_id.in_(sites), sa.and_(m.destination_id.in_(own), m.plan_id.not_in(back)))
    query = sa.select(m.queue_id, sa.func.count().label("n")).where(m.incident_id == incident, m.state.in_(LIVE))
    rows = await db.rows(query.where(there).group_by(m.queue_id))
    return {row["queue_id"]: row["n"] for row in rows}


async def away_by_shift(db: Db, incident: int, others_: Collection[int]) -> dict[str, dict[str, int]]:
    """Return how many of an incident's people who work on others hit, by queue and shift as they are counted."""
    r, p, theirs = t.roll.c, t.people.c, t.roll.alias("theirs").c
    hit = sa.select(theirs.person_id).where(theirs.incident_id.in_(others_), theirs.scope == RollScope.HIT)
    parts = (r.queue_id, p.shift, p.tz)
    query = sa.select(*parts, sa.func.count().label("n")).select_from(t.roll.join(t.people, p.id == r.person_id))
    query = query.where(r.incident_id == incident, r.scope == RollScope.REST, r.kind == "agent", r.person_id.in_(hit))
    found: dict[str, dict[str, int]] = {}
    for row in await db.rows(query.group_by(*parts)):
        found.setdefault(row["queue_id"], {})[tallies.shift_of(row)] = row["n"]
    return found


async def elsewhere(db: Db, incident: int, burning: Mapping[int, Collection[str]]) -> dict[str, int]:
    """Return what other incidents change in each queue's live seats: their hit people away, those who work again there.

    burning: the incidents that count, with the sites where nobody they sent can be working now.
    """
    r, theirs, m = t.roll.c, t.roll.alias("theirs").c, t.moves.c
    hit = sa.select(theirs.person_id).where(theirs.incident_id.in_(burning), theirs.scope == RollScope.HIT)
    away = sa.select(r.queue_id.label("queue"), (-sa.func.count()).label("n"))
    away = away.where(r.incident_id == incident, r.scope == RollScope.REST, r.kind == "agent")
    away = away.where(r.person_id.in_(hit)).group_by(r.queue_id)
    there = [sa.and_(m.incident_id == key, m.destination_id.not_in(sites)) for key, sites in burning.items()]
    working = sa.select(m.queue_id.label("queue"), sa.func.count().label("n"))
    working = working.where(m.state.in_(LIVE), sa.or_(*there)).group_by(m.queue_id)
    found: Counter[str] = Counter()
    for row in await db.rows(sa.union_all(away, working)):
        found[row["queue"]] += row["n"]
    return found
