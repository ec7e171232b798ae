"""Seats: a plan is looked up in the state that is wanted, and its seats are counted again before they are given."""

from collections.abc import Mapping
from typing import Any

from bot.domain import capacity
from bot.domain.incident import Incident
from bot.domain.move import PlanKind, PlanState
from bot.domain.policy import Policy
from bot.domain.refusal import Refused, Why
from bot.domain.text import listed
from bot.domain.wording.incidents import taken
from bot.operations import missing
from bot.operations.scene import Scene
from bot.operations.situation import destinations, leads_going, limits_now, places_now, sites_hit
from bot.storage import moves, people, planning, plans
from bot.storage.database import Work

GONE = Refused("That plan does not exist.", instead="/disaster plan makes one.")


async def plan_row(scene: Scene, plan_id: int, state: PlanState) -> Mapping[str, Any]:
    """Return a plan's row, or say why it is not to be had in this state."""
    row = await plans.find(scene.db, plan_id)
    if row is None or row["incident_id"] != scene.incident.id:
        raise GONE
    if row["state"] != state:
        names = await people.named(scene.db, {row["approved_by"]} if row["approved_by"] else set())
        said = f"Plan {row['version']} was {row['state']} already"
        text = taken(f"{said} by", row["approved_by"], row["approved_at"], names)
        raise Refused(text if row["approved_by"] else f"{said}.", instead="/disaster moves shows all.", why=Why.TAKEN)
    found: Mapping[str, Any] = row
    return found


async def check(work: Work, incident: Incident, row: Mapping[str, Any]) -> None:
    """Nobody moves where people are missing, and no seat twice: approvals wait, and each counts again what is left."""
    await missing.check(work, incident, row["id"])
    await moves.lock_destinations(work)
    wanted = await moves.wanted_seats(work, row["id"], incident.id)
    taken_ = await planning.at_work(work, incident.id)
    sites, _ = await places_now(work)
    hit = await sites_hit(work, incident, back=row["kind"] == PlanKind.RETURN)
    old = f"Plan {row['version']} is out of date"
    if burning := [sites[d].name for d in dict.fromkeys(d for d, _ in wanted) if d in hit]:
        raise Refused(f"{old}: {', '.join(burning)} is hit.", instead="Press Plan again.")
    if over := capacity.over(capacity.seats(sites, taken_), wanted):
        raise Refused(f"{old}: too few seats are free at {listed(over)}.", instead="Press Plan again.")
    if row["kind"] == PlanKind.MOVE:  # on the way back people take the places that were theirs
        await _check_shared(work, incident, wanted, old)


async def _check_shared(work: Work, incident: Incident, wanted: capacity.Heads, old: str) -> None:
    """What is scarcer than seats is counted again too: card-safe seats, licences, gateways."""
    if over := capacity.over(await limits_now(work, incident.id), wanted):
        text = f"{old}: too few are left of {listed(over)}."
        raise Refused(text, instead="Press Plan again.")


async def check_leads(work: Work, policy: Policy, incident: Incident, row: Mapping[str, Any]) -> None:
    """What a team lead can look after is counted again when a plan is approved; later waves don't wait for one."""
    wanted = await moves.wanted_seats(work, row["id"], incident.id)
    going = leads_going(await planning.leads(work, incident.id))
    if short := capacity.leads_lacking(await destinations(policy, work, incident), wanted, going):
        text = f"Plan {row['version']} is out of date: too few team leads are left for {listed(short)}."
        raise Refused(text, instead="Press Plan again.")
