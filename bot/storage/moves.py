"""Plans of moves and the moves themselves; the seat ledger is what these rows add up to."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bot.domain.move import HOLDS_SEAT, LIVE, Move, MoveState, PlanKind, PlanState, before_of, may_follow
from bot.domain.roll import RollState
from bot.storage import tables as t
from bot.storage import tallies
from bot.storage.database import Db, Work

_MOVE = [t.moves.c[name] for name in Move.model_fields]


def _move(row: Any) -> Move:
    return Move.model_validate(row)


async def add_moves(work: Work, rows: Sequence[dict[str, Any]]) -> None:
    """Write moves of a plan."""
    await work.add_all(t.moves, rows)


def others(incident: int, column: sa.ColumnElement[Any] = t.moves.c.incident_id) -> sa.ColumnElement[bool]:
    """Return whether a row is of another incident that counts for this one: for a real one the real, else all."""
    i, mine = t.incidents.c, t.incidents.alias("mine").c
    drill = sa.select(mine.drill).where(mine.id == incident).scalar_subquery()
    counts = sa.select(i.id).where(i.id != incident, sa.or_(drill, ~i.drill))
    return column.in_(counts)


async def release_elsewhere(work: Work, plan_id: int, incident: int) -> None:
    """Take a plan's people out of other incidents: drills, and those whose destination is hit now."""
    m, i = t.moves.c, t.incidents.c
    mine = await work.first(sa.select(i.drill, i.sites).where(i.id == incident))
    gives_way: sa.ColumnElement[bool] = m.incident_id.in_(sa.select(i.id).where(i.drill))
    if mine is not None and not mine["drill"]:  # nothing real gives way to a drill
        gives_way = sa.or_(gives_way, m.destination_id.in_(mine["sites"]))
    theirs = sa.and_(m.person_id.in_(sa.select(m.person_id).where(m.plan_id == plan_id)), gives_way)
    holding = sa.and_(m.incident_id != incident, theirs, m.state.in_(HOLDS_SEAT))
    for other in await work.column(sa.select(m.incident_id).where(holding).distinct()):
        await release(work, theirs, other, MoveState.RELEASED)


async def seated_elsewhere(db: Db, plan_id: int, incident: int) -> int:
    """Return how many of a plan's people hold a seat in another incident."""
    m = t.moves.c
    placed = sa.select(m.person_id).where(m.plan_id == plan_id, m.state == MoveState.PROPOSED)
    held = sa.and_(m.incident_id != incident, m.person_id.in_(placed), m.state.in_(HOLDS_SEAT))
    return int(await db.value(sa.select(sa.func.count()).select_from(t.moves).where(held)) or 0)


async def lock_destinations(work: Work) -> None:
    """Make other approvals wait, so that no seat is given twice."""
    await work.rows(sa.select(t.sites.c.id).order_by(t.sites.c.id).with_for_update())


async def wanted_seats(db: Db, plan_id: int, incident: int) -> dict[tuple[str, str], int]:
    """Return how many an incident has at work once a plan is approved, by destination and queue."""
    c = t.moves.c
    decided = c.state.in_((MoveState.PROPOSED, MoveState.UNPLACED))
    moving = sa.select(c.person_id).where(c.plan_id == plan_id, decided)
    staying = sa.and_(
        c.incident_id == incident, c.state.in_(HOLDS_SEAT - {MoveState.APPROVED}), c.person_id.not_in(moving)
    )
    proposed = sa.and_(c.plan_id == plan_id, c.state.in_((MoveState.PROPOSED, MoveState.APPROVED)))
    query = sa.select(c.destination_id, c.queue_id, sa.func.count().label("n")).where(sa.or_(proposed, staying))
    rows = await db.rows(query.group_by(c.destination_id, c.queue_id))
    return {(r["destination_id"], r["queue_id"]): r["n"] for r in rows}


async def places_touched(db: Db, plan_id: int) -> set[str]:
    """Return the sites that a plan's moves lead from and to, as far as nobody was told of them yet."""
    m, r = t.moves.c, t.roll.c
    mine = sa.and_(m.plan_id == plan_id, m.state.in_((MoveState.PROPOSED, MoveState.APPROVED)))
    origin = sa.select(r.site_id).join(t.moves, sa.and_(m.incident_id == r.incident_id, m.person_id == r.person_id))
    found = sa.union(origin.where(mine), sa.select(m.destination_id).where(mine))
    return {site for site in await db.column(found) if site}


async def hold(work: Work, plan_id: int, incident: int) -> None:
    """Give the people of an approved plan their seats; those of a return have them when their wave is told."""
    m = t.moves.c
    mine = sa.and_(m.plan_id == plan_id, m.state == MoveState.PROPOSED)
    await work.run(sa.update(t.moves).where(mine).values(state=MoveState.APPROVED, at=work.now))
    await count_plan(work, plan_id, incident)


async def count_plan(work: Work, plan_id: int, incident: int) -> None:
    """Count the moves of a plan that was approved."""
    for row in await _counted(work, t.moves.c.plan_id == plan_id):
        _count(work, incident, (row["queue_id"], row["destination_id"]), None, row["state"], row["n"])


async def _counted(work: Work, where: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
    """Lock these moves, so that nobody changes one between the counting and the writing; return how many are alike."""
    c = t.moves.c
    rows = await work.rows(
        sa.select(c.queue_id, c.destination_id, c.state).where(where).order_by(c.id).with_for_update()
    )
    alike = Counter((r["queue_id"], r["destination_id"], r["state"]) for r in rows)
    return [{"queue_id": q, "destination_id": d, "state": s, "n": n} for (q, d, s), n in alike.items()]


def _count(work: Work, incident: int, of: tuple[str, str | None], old: str | None, new: str, n: int = 1) -> None:
    """Count moves of a queue to a destination from one state to another, and when a queue's live seats change."""
    queue, destination = of
    work.shift(incident, "move", queue, old=old, new=new, n=n)
    if destination is not None:
        work.shift(incident, "seat", destination, old=old, new=new, n=n)
    change = (new in LIVE) - (old in LIVE)
    if change:
        work.shift(incident, tallies.SEATED, queue, old=None, new=tallies.minute(work.now), n=n * change)


def told_of(incident: int) -> sa.Select[Any]:
    """The people whom an incident told of a move, or that there is no place for them."""
    c = t.moves.c
    return sa.select(c.person_id).where(c.incident_id == incident, c.state != MoveState.APPROVED, _standing())


def _standing() -> sa.ColumnElement[bool]:
    """Whether a move stands: it holds a seat, or a plan that was approved has no place for its person."""
    c, p = t.moves.c, t.plans.c
    approved = c.plan_id.in_(sa.select(p.id).where(p.state == PlanState.APPROVED))
    return sa.or_(c.state.in_(HOLDS_SEAT), sa.and_(c.state == MoveState.UNPLACED, approved))


async def release(work: Work, where: sa.ColumnElement[bool], incident: int, state: MoveState) -> int:
    """End moves of an incident, and count them so."""
    c = t.moves.c
    mine = sa.and_(c.incident_id == incident, where, _standing())
    for row in await _counted(work, mine):
        _count(work, incident, (row["queue_id"], row["destination_id"]), row["state"], state, row["n"])
    return await work.run(sa.update(t.moves).where(mine).values(state=state, at=work.now))


async def release_all(work: Work, incident: int) -> int:
    """Give back every seat of an incident that ends; how far each move had come stays counted, as "at_end"."""
    c = t.moves.c
    standing = sa.and_(c.incident_id == incident, _standing())
    for row in await _counted(work, standing):
        work.shift(incident, "at_end", row["queue_id"], old=None, new=row["state"], n=row["n"])
        if row["state"] in LIVE:  # the seats of an incident that is over were live to its end
            work.shift(incident, tallies.SEATED, row["queue_id"], old=None, new=tallies.minute(work.now), n=row["n"])
    return await release(work, sa.true(), incident, MoveState.RELEASED)


async def release_untold(work: Work, incident: int, keep: int) -> int:
    """Drop what earlier plans still promised to people who were never told, and their lists of the unplaced."""
    c = t.moves.c
    untold = c.state.in_((MoveState.APPROVED, MoveState.UNPLACED))
    await _release_untold_returns(work, incident, keep)
    return await release(work, sa.and_(c.plan_id != keep, untold), incident, MoveState.RELEASED)


async def drop_untold(work: Work, incident: int, people: sa.Select[Any]) -> None:
    """Drop what plans have for people who keep their own place, as far as nobody was told of it."""
    c, p = t.moves.c, t.plans.c
    theirs = c.person_id.in_(people)
    await release(work, sa.and_(theirs, c.state == MoveState.APPROVED), incident, MoveState.RELEASED)
    proposed = sa.select(p.id).where(p.incident_id == incident, p.state == PlanState.PROPOSED)
    await work.run(sa.update(t.moves).where(theirs, c.plan_id.in_(proposed)).values(state=MoveState.RELEASED))


async def _release_untold_returns(work: Work, incident: int, keep: int) -> None:
    """Drop what an earlier plan of the return still had before it; these people hold the seats that they have."""
    c, p = t.moves.c, t.plans.c
    approved = sa.select(p.id).where(p.incident_id == incident, p.state == PlanState.APPROVED, p.id != keep)
    mine = sa.and_(c.plan_id.in_(approved), c.state == MoveState.PROPOSED)
    for row in await _counted(work, mine):
        of = (row["queue_id"], row["destination_id"])
        _count(work, incident, of, MoveState.PROPOSED, MoveState.RELEASED, row["n"])
    await work.run(sa.update(t.moves).where(mine).values(state=MoveState.RELEASED, at=work.now))


async def release_replaced(work: Work, incident: int, plan_id: int) -> int:
    """Give back the seats of people whom a new plan sends elsewhere, or has no place for."""
    c = t.moves.c
    moving = sa.select(c.person_id).where(c.plan_id == plan_id)
    return await release(work, sa.and_(c.plan_id != plan_id, c.person_id.in_(moving)), incident, MoveState.RELEASED)


async def release_returning(work: Work, plan_id: int, wave: int, incident: int) -> int:
    """Give back the seats of a wave of people who return; return how many."""
    c = t.moves.c
    wave_ = sa.select(c.person_id).where(c.plan_id == plan_id, c.wave == wave, c.state == MoveState.PROPOSED)
    return await release(work, sa.and_(c.plan_id != plan_id, c.person_id.in_(wave_)), incident, MoveState.RELEASED)


async def tell(work: Work, plan_id: int, wave: int, incident: int) -> int:
    """Call a wave's moves told; end those of people who need help, can't work or have a seat in another incident.

    Return how many are told.
    """
    c, r, e = t.moves.c, t.roll.c, t.moves.alias("elsewhere").c
    unable = sa.select(r.person_id).where(r.incident_id == incident, r.state.in_((RollState.HELP, RollState.UNABLE)))
    taken = sa.select(e.person_id).where(e.incident_id != incident, e.state.in_(HOLDS_SEAT))
    off = sa.or_(c.person_id.in_(unable), c.person_id.in_(taken))
    of_wave = sa.and_(c.plan_id == plan_id, c.wave == wave, c.state.in_((MoveState.APPROVED, MoveState.PROPOSED)))
    await release(work, sa.and_(of_wave, off), incident, MoveState.FAILED)
    where = sa.and_(of_wave, ~off)
    for row in await _counted(work, where):
        _count(work, incident, (row["queue_id"], row["destination_id"]), row["state"], MoveState.TOLD, row["n"])
    return await work.run(sa.update(t.moves).where(where).values(state=MoveState.TOLD, at=work.now))


async def find(db: Db, move: int) -> Move | None:
    """Return a move by id."""
    row = await db.first(sa.select(*_MOVE).where(t.moves.c.id == move))
    return _move(row) if row else None


async def current(db: Db, incident: int, people: Sequence[str]) -> dict[str, Move]:
    """Return people's moves that still stand, by person; an unplaced person's row too."""
    c = t.moves.c
    query = sa.select(*_MOVE).where(c.incident_id == incident, c.person_id.in_(people), _standing())
    return {r["person_id"]: _move(r) for r in await db.rows(query.order_by(c.id))}


async def standing_of(db: Db, person: str) -> Move | None:
    """Return somebody's move that holds a seat, in whichever incident."""
    c = t.moves.c
    query = sa.select(*_MOVE).join(t.incidents, t.incidents.c.id == c.incident_id)
    query = query.where(c.person_id == person, c.state.in_(HOLDS_SEAT)).order_by(t.incidents.c.drill)
    row = await db.first(query)
    return _move(row) if row else None


async def under_way(db: Db) -> list[Move]:
    """Return the moves of people who said that they are on their way, or there."""
    c = t.moves.c
    query = sa.select(*_MOVE).where(c.state.in_((MoveState.MOVING, MoveState.ARRIVED, MoveState.LOGGED_IN)))
    return [_move(r) for r in await db.rows(query)]


async def step_on(work: Work, move: Move, state: MoveState) -> bool:
    """Take a move to its next state; False when it may not go there, or somebody moved it first."""
    if not may_follow(move.state, state):
        return False
    c = t.moves.c
    where = sa.and_(c.id == move.id, c.state == move.state)
    if not await work.run(sa.update(t.moves).where(where).values(state=state, at=work.now)):
        return False
    _count(work, move.incident_id, (move.queue_id, move.destination_id), move.state, state)
    return True


async def step_back(work: Work, move: Move) -> MoveState | None:
    """Take back the last reported state of a move; return where it stands then, None when it can't be."""
    before = before_of(move.state)
    c = t.moves.c
    where = sa.and_(c.id == move.id, c.state == move.state)
    if before is None or not await work.run(sa.update(t.moves).where(where).values(state=before, at=work.now)):
        return None
    _count(work, move.incident_id, (move.queue_id, move.destination_id), move.state, before)
    return before


async def of_teams(db: Db, incident: int, teams: Sequence[str], limit: int) -> Sequence[Any]:
    """Return the standing moves of a lead's people who are not at work yet: the move's columns and name."""
    c = t.moves.c
    joined = t.moves.join(t.people, t.people.c.id == c.person_id)
    going = c.state.in_((MoveState.TOLD, MoveState.MOVING, MoveState.ARRIVED, MoveState.LOGGED_IN))
    query = (
        sa.select(*_MOVE, t.people.c.name)
        .select_from(joined)
        .where(c.incident_id == incident, t.people.c.team.in_(teams), going)
    )
    return await db.rows(query.order_by(t.people.c.name).limit(limit))


async def to_return(db: Db, incident: int, sites: Sequence[str], hit: Sequence[str]) -> Sequence[Any]:
    """Return the agents of these sites who are not on their way back yet: id, site, queue, said (the roll), shift, tz.

    So are those who were told of a move away from a place that is no longer hit. Whoever has a seat in another
    incident that counts for this one is that one's to send back.
    """
    r, m, p, e, w = t.roll.c, t.moves.c, t.plans.c, t.moves.alias("elsewhere").c, t.people.c
    returns = sa.select(p.id).where(p.incident_id == incident, p.kind == PlanKind.RETURN)
    gone = sa.exists().where(m.person_id == r.person_id, m.plan_id.in_(returns), m.state.in_(_ON_THE_WAY))
    columns = (r.person_id.label("id"), r.site_id.label("site"), r.queue_id.label("queue"), r.state.label("said"))
    taken = sa.exists().where(e.person_id == r.person_id, e.state.in_(HOLDS_SEAT), others(incident, e.incident_id))
    query = sa.select(*columns, w.shift, w.tz).join(t.people, w.id == r.person_id)
    query = query.where(r.incident_id == incident, r.scope == "hit", r.kind == "agent", ~gone, ~taken)
    mine = sa.or_(r.site_id.in_(sites), sa.and_(r.site_id.not_in(hit), r.person_id.in_(told_of(incident))))
    return await db.rows(query.where(mine).order_by(r.person_id))


_ON_THE_WAY = tuple(HOLDS_SEAT - {MoveState.APPROVED})
