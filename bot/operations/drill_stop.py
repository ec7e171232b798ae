"""A drill gives way to what is real: by REAL INCIDENT from anybody in it, or because something real is declared there.

It stops at once and everybody who was told anything is told.
"""

from dataclasses import replace

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.delivery import Subject
from bot.domain.drill import DrillState
from bot.domain.incident import Incident, IncidentState
from bot.domain.person import Audience
from bot.domain.refusal import Refused
from bot.domain.runbook import Message
from bot.domain.template import verbatim
from bot.domain.wording import drill_stop as wording
from bot.operations import drill_gate, outbox, picture
from bot.operations.ending import end
from bot.operations.scene import Scene
from bot.storage import crowds, drills, incidents


async def stop(scene: Scene, intent: i.RealIncident) -> Card:  # noqa: ARG001
    """Stop every drill that the asker is in."""
    able = bool(set(scene.actor.roles) & set(scene.desk.policy.may_declare))
    opened = [one for one in await incidents.opened(scene.work) if one.drill]
    mine = [one for one in opened if able or await crowds.touches(scene.work, one.id, scene.actor.id)]
    if not mine:
        raise Refused("You are in no drill that runs.", instead=wording.otherwise(scene.desk.policy.hotline, able=able))
    for one in mine:
        said = f"stopped: {scene.actor.name} said REAL INCIDENT"
        await _stop(scene, one, wording.to_everyone(one, scene.desk.policy.hotline), said)
        await _offer(scene, one, wording.offer(one, scene.actor.name))
    return wording.stopped(mine, scene.desk.policy.hotline, able=able)


async def make_way(scene: Scene, real: Incident) -> None:
    """Stop the drills at the places of an incident that is real, but for those that its commander let go ahead."""
    for one in await drill_gate.drills_beside(scene.work, real):
        drill = await drills.of_incident(scene.work, one.id)
        if drill is not None and real.id in drill.allowed:
            continue
        card = wording.to_everyone(one, scene.desk.policy.hotline, real)
        await _stop(scene, one, card, f"stopped: {real.reference} is real")
        await _offer(scene, one, wording.joins(one, real))


async def _stop(scene: Scene, incident: Incident, card: Card, said: str) -> None:
    work = scene.work
    drill = await drills.of_incident(work, incident.id)
    if drill is not None:
        await drills.move(work, drill, DrillState.STOPPED, ended_at=work.now)
    message = Message(audience=Audience.EVERYONE, subject=card.title, text=verbatim("\n".join(card.text)))
    returning = incident.state is IncidentState.RECOVERING
    state = IncidentState.STOOD_DOWN if returning else IncidentState.CANCELLED
    await end(replace(scene, about=incident), await picture.ground(work, incident), state, message, said, card)


async def _offer(scene: Scene, incident: Incident, offer: Card) -> None:
    """Show those who run the drill how it goes on for real."""
    await outbox.to_rooms(scene.work, incident, Subject.CARD, card=offer)
    commander = (await incidents.roles(scene.work, incident.id)).get("IC")
    if commander and commander != scene.actor.id:
        await outbox.to_person(scene.desk, scene.work, incident, commander, offer)
