"""REAL INCIDENT: anybody in a drill stops it at once; everybody who was told is told, the real one is offered."""

from dataclasses import replace

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.delivery import Subject
from bot.domain.drill import DrillState
from bot.domain.incident import Incident, IncidentState
from bot.domain.person import Audience
from bot.domain.refusal import Refused
from bot.domain.runbook import Message
from bot.domain.template import literal
from bot.domain.wording import drill_stop as wording
from bot.operations import outbox, picture
from bot.operations.incidents import end
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
        await _stop(scene, one)
    return wording.stopped(mine, scene.desk.policy.hotline, able=able)


async def _stop(scene: Scene, incident: Incident) -> None:
    work, desk = scene.work, scene.desk
    drill = await drills.of_incident(work, incident.id)
    if drill is not None:
        await drills.move(work, drill, DrillState.STOPPED, ended_at=work.now)
    card = wording.to_everyone(incident, desk.policy.hotline)
    message = Message(audience=Audience.EVERYONE, subject=card.title, text=literal("\n".join(card.text)))
    returning = incident.state is IncidentState.RECOVERING
    state = IncidentState.STOOD_DOWN if returning else IncidentState.CANCELLED
    here = replace(scene, about=incident)
    said = f"stopped: {scene.actor.name} said REAL INCIDENT"
    await end(here, await picture.ground(work, incident), state, message, said, card)
    offer = wording.offer(incident, scene.actor.name)
    await outbox.to_rooms(work, incident, Subject.CARD, card=offer)
    commander = (await incidents.roles(work, incident.id)).get("IC")
    if commander and commander != scene.actor.id:
        await outbox.to_person(desk, work, incident, commander, offer)
