"""Moves: planned, approved, told in waves, reported step by step."""

import asyncio
from collections.abc import Mapping
from typing import Any

from bot.domain import intent as i
from bot.domain import relocation
from bot.domain.card import Card
from bot.domain.delivery import Subject
from bot.domain.incident import Incident
from bot.domain.journal import Verb
from bot.domain.move import MoveState, PlanState
from bot.domain.person import Audience
from bot.domain.refusal import Refused, Why
from bot.domain.runbook import Message, StepKind
from bot.domain.step import LIVE, Step, StepState
from bot.domain.text import plural
from bot.domain.wording import moves as wording
from bot.domain.wording.incidents import taken
from bot.domain.wording.parts import banner, done, how_long
from bot.domain.wording.people import MOVE_WORDS, moved
from bot.operations import outbox, picture, progress, sending
from bot.operations.desk import Desk
from bot.operations.scene import Scene
from bot.storage import crowds, deliveries, incidents, moves, people, places, steps
from bot.storage.crowds import Crowd
from bot.storage.database import Db, Work


async def situation(desk: Desk, db: Db, incident: Incident) -> relocation.Situation:
    """Read all that a plan depends on."""
    rows = await picture.ground(db, incident)
    taken = await moves.seats_taken(db, incident.id)
    rest = rows.counts.get("agents", {})
    hit = await sites_hit(db, incident)
    agents = [relocation.agent_of(row) for row in await moves.agents_to_move(db, incident.id, sorted(hit))]
    queues = [relocation.demand_of(line.queue, rest.get(line.queue.id, {}).get("rest", 0)) for line in rows.queues]
    destinations = [
        relocation.destination_of(
            site, taken=taken.get(key, (0, 0))[0], card_taken=taken.get(key, (0, 0))[1], hit=key in hit
        )
        for key, site in rows.sites.items()
    ]
    return relocation.Situation(agents, queues, destinations, relocation.rules_of(desk.policy), db.now)


async def sites_hit(db: Db, incident: Incident) -> set[str]:
    """Return the sites where nobody may be sent: this incident's, and those of every open real one."""
    opened = await incidents.opened(db)
    return {site for o in opened if not o.drill or o.id == incident.id for site in o.sites}


async def plan_again(scene: Scene, intent: i.PlanAgain) -> Card:  # noqa: ARG001
    """Make a plan beside everything else that goes on, keep it as a proposal, show it."""
    desk, incident = scene.desk, scene.incident
    asked = await situation(desk, scene.db, incident)
    if not asked.agents:
        raise Refused("No agent works where it hit.", instead="There is nobody to move.")
    made = await asyncio.to_thread(relocation.plan, asked)
    async with desk.work(alone=True) as work:
        if not (await incidents.get(work, incident.id)).open:
            raise Refused(f"{incident.reference} ended meanwhile.", instead="No plan is needed any more.")
        plan_id = await _keep(work, incident, made, scene.actor.id)
        await outbox.to_rooms(work, incident, Subject.PLAN, plan=plan_id)
        if scene.place.room is None:
            return await card(desk, work, incident, plan_id)
    return done("The plan is made", "It stands in this room in a moment, to be approved or made again.")


async def _keep(work: Work, incident: Incident, made: relocation.Plan, by: str) -> int:
    version = await moves.next_version(work, incident.id)
    step = next((s for s in await steps.of(work, incident.id) if s.plan.kind is StepKind.RELOCATE), None)
    plan_id = await moves.add_plan(work, incident.id, version, step.id if step else None, by, made.summary())
    base = {"incident_id": incident.id, "plan_id": plan_id, "at": work.now}
    placed = [
        {
            **base,
            "person_id": p.agent,
            "queue_id": p.queue,
            "destination_id": p.destination,
            "wave": p.wave,
            "report_at": p.report_at,
            "state": MoveState.PROPOSED,
            "reason": "",
        }
        for p in made.new
    ]
    lost = [
        {
            **base,
            "person_id": u.agent,
            "queue_id": u.queue,
            "destination_id": None,
            "wave": 0,
            "report_at": None,
            "state": MoveState.UNPLACED,
            "reason": u.reason,
        }
        for u in made.unplaced
    ]
    await moves.add_moves(work, [*placed, *lost])
    work.note(
        incident.id, by, Verb.PLAN, f"plan {version}: {len(made.placements)} placed, {len(lost)} not", f"plan:{plan_id}"
    )
    return plan_id


async def card(desk: Desk, db: Db, incident: Incident, plan_id: int) -> Card:
    """Return a plan's card as it stands."""
    row = await moves.plan(db, plan_id)
    if row is None:
        raise Refused("That plan does not exist.", instead="/disaster plan makes one.")
    waves = await moves.waves(db, plan_id)
    people = sum(n for states in waves.values() for n in states.values())
    return wording.plan_card(incident, row, waves, sending.seconds_for(desk, people))


async def _plan_row(scene: Scene, plan_id: int, state: PlanState) -> Mapping[str, Any]:
    row = await moves.plan(scene.db, plan_id)
    if row is None or row["incident_id"] != scene.incident.id:
        raise Refused("That plan does not exist.", instead="/disaster plan makes one.")
    if row["state"] != state:
        names = await people.named(scene.db, {row["approved_by"]} if row["approved_by"] else set())
        said = f"Plan {row['version']} was {row['state']} already"
        text = taken(f"{said} by", row["approved_by"], row["approved_at"], names)
        raise Refused(text if row["approved_by"] else f"{said}.", instead="/disaster moves shows all.", why=Why.TAKEN)
    found: Mapping[str, Any] = row
    return found


async def approve(scene: Scene, intent: i.ApprovePlan) -> Card:
    """Approve a plan: seats are taken, wave 1 and the unplaced are told."""
    work, incident = scene.work, scene.incident
    row = await _plan_row(scene, intent.plan, PlanState.PROPOSED)
    await _check_seats(scene, row)
    await moves.release_elsewhere(work, row["id"], incident.id)
    await moves.release_replaced(work, incident.id, row["id"])
    await moves.release_untold(work, incident.id, row["id"])
    if not await moves.approve(work, row["id"], incident.id, scene.actor.id):
        raise Refused(f"Plan {row['version']} was approved already.", why=Why.TAKEN)
    work.note(incident.id, scene.actor.id, Verb.PLAN, f"approved plan {row['version']}", f"plan:{row['id']}")
    waves = await moves.waves(work, row["id"])
    told = await _tell(scene, row, min(waves)) if waves else 0
    waiting = await _tell_unplaced(scene, row)
    await _end_step(scene, row)
    await deliveries.refresh(work, incident.id, Subject.PLAN, plan_id=row["id"])
    how = how_long(sending.seconds_for(scene.desk, told + waiting))
    return done(
        f"Plan {row['version']} is approved",
        f"Telling {plural(told, 'agent')} where to go, and {plural(waiting, 'agent')} to stand by: {how}.",
    )


async def _check_seats(scene: Scene, row: Mapping[str, Any]) -> None:
    """No seat twice: approvals wait for each other, and each counts again what is left."""
    await moves.lock_destinations(scene.work)
    wanted = await moves.wanted_seats(scene.work, row["id"], scene.incident.id)
    taken = await moves.seats_taken(scene.work, scene.incident.id)
    sites = await places.sites(scene.work)
    hit = await sites_hit(scene.work, scene.incident)
    if burning := [sites[d].name for d in wanted if d in hit]:
        raise Refused(
            f"Plan {row['version']} is out of date: {', '.join(burning)} is hit.", instead="Press Plan again."
        )
    over = [sites[d].name for d, n in wanted.items() if n > max(0, sites[d].seats - taken.get(d, (0, 0))[0])]
    if over:
        raise Refused(
            f"Plan {row['version']} is out of date: seats at {', '.join(over)} went to another incident.",
            instead="Press Plan again.",
        )


def _message(all_steps: list[Step], audience: Audience) -> Message | None:
    texts = [
        m for s in all_steps if s.plan.kind is StepKind.RELOCATE for m in s.plan.messages if m.audience is audience
    ]
    return texts[0] if texts else None


async def _say(scene: Scene, row: Mapping[str, Any], audience: Audience, wave: int | None) -> int:
    message = _message(await steps.of(scene.work, scene.incident.id), audience)
    if message is None:
        raise Refused(
            "The runbook has no wording for telling people where to go.", instead="Add a relocate step to it."
        )
    crowd = Crowd(incident=scene.incident, audience=audience, plan=row["id"], wave=wave)
    people, _ = await crowds.count(scene.work, crowd, scene.desk.platforms)
    if not people:
        return 0
    facts = (await picture.picture(scene.desk, scene.work, scene.incident)).facts
    notice = await sending.send(scene.desk, scene.work, crowd, message, facts, scene.actor.id, step=row["step_id"])
    return notice.size


async def _tell(scene: Scene, row: Mapping[str, Any], wave: int) -> int:
    told = await _say(scene, row, Audience.AGENTS, wave)
    await moves.tell(scene.work, row["id"], wave, scene.incident.id)
    scene.work.note(
        scene.incident.id, scene.actor.id, Verb.PLAN, f"told wave {wave} of plan {row['version']}", f"plan:{row['id']}"
    )
    return told


async def _tell_unplaced(scene: Scene, row: Mapping[str, Any]) -> int:
    return await _say(scene, row, Audience.UNPLACED, None)


async def _end_step(scene: Scene, row: Mapping[str, Any]) -> None:
    step = await steps.find(scene.work, row["step_id"]) if row["step_id"] else None
    if step is None or step.state not in LIVE:
        return
    lost = sum(n for _, n in row["summary"]["unplaced"])
    said = f"plan {row['version']}: {row['summary']['placed']} placed, {lost} not"
    if await steps.move(
        scene.work, step, StepState.DONE, ended_at=scene.work.now, ended_by=scene.actor.id, evidence=said
    ):
        await progress.changed(scene.desk, scene.work, scene.incident, step)


async def tell_wave(scene: Scene, intent: i.TellWave) -> Card:
    """Tell a later wave."""
    row = await _plan_row(scene, intent.plan, PlanState.APPROVED)
    waves = await moves.waves(scene.work, row["id"])
    if not waves.get(intent.wave, {}).get(MoveState.APPROVED):
        raise Refused(
            f"Wave {intent.wave} was told already.",
            instead="/disaster moves shows how far everybody is.",
            why=Why.TAKEN,
        )
    await _check_seats(scene, row)
    told = await _tell(scene, row, intent.wave)
    await deliveries.refresh(scene.work, scene.incident.id, Subject.PLAN, plan_id=row["id"])
    return done(
        f"Telling wave {intent.wave}: {plural(told, 'agent')}",
        f"It takes {how_long(sending.seconds_for(scene.desk, told))}.",
    )


async def report(scene: Scene, intent: i.SetMove) -> Card:
    """Take a move on: the agent's own word, or the lead's for them."""
    move, work = scene.asked_move, scene.work
    if move is None:
        raise Refused("That move does not exist.", instead="/disaster where tells what you do now.")
    if not await moves.step_on(work, move, intent.state):
        fresh = await moves.find(work, move.id) or move
        raise Refused(
            f"That is out of date: the move is “{MOVE_WORDS[fresh.state]}” now.",
            instead="/disaster where shows the next step.",
            why=Why.TAKEN,
        )
    proxied = scene.actor.id != move.person_id
    text = f"{MOVE_WORDS[intent.state]}" + (", said by their lead" if proxied else "")
    work.note(move.incident_id, scene.actor.id, Verb.PROXY if proxied else Verb.MOVE, text, f"person:{move.person_id}")
    site = (await places.sites(work)).get(move.destination_id or "")
    card = moved(move, intent.state, site.name if site else "", work.now)
    return card.evolve(banner=banner(drill=(await incidents.get(work, move.incident_id)).drill))


async def take_back(scene: Scene, intent: i.TakeBack) -> Card:
    """Take the last report of a move back: somebody pressed by mistake."""
    move, work = scene.asked_move, scene.work
    if move is None or move.state != intent.state:
        raise Refused("That was changed meanwhile.", instead="/disaster where shows how it stands.", why=Why.TAKEN)
    before = await moves.step_back(work, move)
    if before is None:
        raise Refused("That can't be taken back.", instead="Ask your team lead.")
    text = f"took back “{MOVE_WORDS[move.state]}”"
    work.note(move.incident_id, scene.actor.id, Verb.MOVE, text, f"person:{move.person_id}")
    return done(f"Taken back: {MOVE_WORDS[before]}")
