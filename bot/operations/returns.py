"""The return to normal as a plan: who goes back in which wave, their seats released wave by wave."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.delivery import Subject
from bot.domain.homecoming import Returning, back_by, stages
from bot.domain.incident import Incident, IncidentState
from bot.domain.journal import Verb
from bot.domain.move import MoveState, PlanKind
from bot.domain.refusal import Refused
from bot.domain.relocation_terms import Rules, rules_of
from bot.domain.roll import RollState
from bot.domain.wording import returning as wording
from bot.domain.wording.parts import done
from bot.operations import drafting, outbox, plans
from bot.operations.scene import Scene
from bot.operations.situation import sites_hit
from bot.storage import deliveries, incidents, moves, places, steps
from bot.storage import plans as plan_rows
from bot.storage.database import Work

_OFF = (RollState.HELP, RollState.UNABLE)
NOT_CALLED = "needs help or can't work: told when it is over"


async def plan_return(scene: Scene, intent: i.PlanReturn) -> Card:
    """Plan the way back of everybody who is not back yet, keep it as a proposal, show it."""
    desk, incident = scene.desk, scene.incident
    _check(incident)
    fit = [key for key in incident.sites if key in intent.to or len(incident.sites) == 1]
    if intent.first_min is None or intent.every_min is None:
        sites = await places.sites(scene.db)
        return wording.ask_times(incident, intent.step, {key: sites[key].name for key in incident.sites})
    if not fit:
        raise Refused("Nobody can go back yet.", fields={"to": "choose the places that are fit for use"})
    hit = await sites_hit(scene.db, incident, back=True)
    rows = [r for r in await moves.to_return(scene.db, incident.id, fit, incident.sites) if r["site"] not in hit]
    if not rows:
        raise Refused("Nobody is left to go back.", instead="Finish the step.")
    tiers = {key: queue.tier for key, queue in (await places.queues(scene.db)).items()}
    going = [
        Returning(r["id"], r["queue"], tiers.get(r["queue"], 9), r["site"], r["shift"], r["tz"])
        for r in rows
        if r["said"] not in _OFF
    ]
    waves = stages(going, desk.policy.wave_size)
    told_of = _rows(intent, waves, desk.clock.now(), rules_of(desk.policy))
    plan_id = await drafting.written(desk, incident, scene.actor.id, PlanKind.RETURN, told_of)
    async with desk.work(alone=True) as work:
        _check(await incidents.get(work, incident.id))
        before = await plan_rows.latest(work, incident.id)
        await _keep(scene, work, intent, plan_id, waves, len(rows) - len(going))
        if before is not None:
            await deliveries.refresh(work, incident.id, Subject.PLAN, plan_id=before["id"])
        await outbox.to_rooms(work, incident, Subject.PLAN, plan=plan_id)
        if scene.place.room is None:
            return await plans.card(desk, work, incident, plan_id)
    return done("The return is planned", "It stands in this room in a moment, to be approved or planned again.")


def _check(incident: Incident) -> None:
    if incident.state is not IncidentState.RECOVERING:
        instead = "Press Begin the return on the incident's card when the place is fit for use."
        raise Refused("The return has not begun.", instead=instead)
    if not incident.sites:
        raise Refused("No site was hit, so nobody has to go back.", instead="Finish the step.")


async def _keep(
    scene: Scene, work: Work, intent: i.PlanReturn, plan_id: int, waves: list[list[Returning]], off: int
) -> None:
    incident, by = scene.incident, scene.actor.id
    going = sum(map(len, waves))
    summary = {
        "method": "return", "placed": going, "kept": 0, "queues": [], "destinations": [],
        "unplaced": [[NOT_CALLED, off]] if off else [], "first_min": intent.first_min, "every_min": intent.every_min,
    }  # fmt: skip
    step = next((s for s in await steps.of(work, incident.id) if s.plan.goes_back), None)
    version = await plan_rows.propose(work, plan_id, step=step.id if step else None, summary=summary)
    work.note(incident.id, by, Verb.PLAN, f"return plan {version}: {going} in {len(waves)} waves", f"plan:{plan_id}")


def _rows(intent: i.PlanReturn, waves: list[list[Returning]], now: datetime, rules: Rules) -> Iterator[dict[str, Any]]:
    for n, wave in enumerate(waves, 1):
        minutes = (intent.first_min or 0) + (n - 1) * (intent.every_min or 0)
        for one in wave:
            yield {
                "person_id": one.id,
                "queue_id": one.queue,
                "destination_id": one.site,
                "wave": n,
                "report_at": back_by(now, minutes, one.shift, one.tz, rules),
                "state": MoveState.PROPOSED,
                "reason": "",
            }
