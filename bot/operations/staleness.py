"""Whether plans still fit: what they counted on against the rows; their cards say so, and the planner is told."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from bot.domain import capacity, staleness
from bot.domain import intent as i
from bot.domain.card import Card, Style, Tone
from bot.domain.delivery import Subject
from bot.domain.incident import Incident
from bot.domain.journal import Verb
from bot.domain.move import LIVE, MoveState, PlanKind, PlanState
from bot.domain.roll import RollScope, RollState
from bot.domain.staleness import Basis, basis_of
from bot.domain.wording.parts import button
from bot.operations import outbox
from bot.operations.apart import apart
from bot.operations.desk import Desk
from bot.operations.situation import limits_now, places_now, sites_hit
from bot.storage import deliveries, incidents, moves, places, planning, plans, tallies, wishes
from bot.storage.database import Db

# Of lost places the planner hears from replanning, of their own wishes not.
_LOUD = ("damage", "restored", "seats", "shared")


async def basis(db: Db, incident: Incident) -> Basis:
    """Read what a plan made now counts on."""
    counts = await tallies.of(db, incident.id)
    taken = await planning.at_work(db, incident.id)
    sites, _ = await places_now(db)
    return Basis(
        hit=tuple(sorted(await sites_hit(db, incident))),
        off=tallies.total(counts, "roll", RollState.HELP, RollState.UNABLE),
        lost=tallies.total(counts, "move", MoveState.FAILED),
        live=tallies.total(counts, "move", *LIVE),
        seats={pool.id: pool.left for pool in capacity.seats(sites, taken)},
        wishes=tuple(wish.id for wish in await wishes.standing(db, incident.id)),
        shared={pool.id: max(0, pool.left) for pool in await limits_now(db, incident.id)},
        agents=tallies.total(counts, "agents", RollScope.HIT),
    )


async def why(db: Db, incident: Incident, row: Mapping[str, Any]) -> dict[str, str]:
    """Return why a plan no longer fits, words by kind; nothing while it does."""
    kept = row["summary"].get("basis")
    if not kept or row["state"] == PlanState.SUPERSEDED or not incident.open:
        return {}
    then, now = basis_of(kept), await basis(db, incident)
    names = {key: site.name for key, site in (await places.sites(db)).items()}
    wanted = await moves.wanted_seats(db, row["id"], incident.id)
    used = {key: capacity.used(wanted, (key,)) for key in names}
    for pool in await limits_now(db, incident.id):
        names[pool.id], used[pool.id] = pool.name, capacity.used(wanted, pool.destinations, pool.queues)
    return staleness.stale(then, now, used, names, approved=row["state"] == PlanState.APPROVED)


async def sweep(desk: Desk) -> int:
    """Redraw every plan that became stale, or fits again; return how many."""
    async with desk.read() as db:
        opened = await incidents.opened(db)
        rows = [(o, await plans.latest(db, o.id, kind=PlanKind.MOVE)) for o in opened]
        changed = [(o, row["id"]) for o, row in rows if row is not None and await why(db, o, row) != row["stale"]]
    return await apart(
        "plans", [(incident.id, partial(_know, desk, incident, plan_id)) for incident, plan_id in changed]
    )


async def _know(desk: Desk, incident: Incident, plan_id: int) -> bool:
    async with desk.work(alone=True) as work:
        row = await plans.find(work, plan_id)
        if row is None:
            return False
        reasons = await why(work, incident, row)
        await plans.set_stale(work, plan_id, reasons)
        await deliveries.refresh(work, incident.id, Subject.PLAN, plan_id=plan_id)
        loud = [words for kind, words in reasons.items() if kind in _LOUD and row["stale"].get(kind) != words]
        if not loud:
            return True
        work.note(incident.id, "bot", Verb.PLAN, f"plan {row['version']} is out of date: {' '.join(loud)}")
        card = Card(
            title=f"Plan {row['version']} is out of date",
            tone=Tone.WARN,
            text=(*loud, "A new plan keeps people where they were told, unless moving them pays."),
            buttons=(button("Plan again", i.PlanAgain(incident=incident.id), Style.PRIMARY),),
        )
        roles = await incidents.roles(work, incident.id)
        planner = roles.get("PLAN") or roles.get("OPS") or roles.get("IC")
        if planner is not None:
            await outbox.to_person(desk, work, incident, planner, card)
        return True
