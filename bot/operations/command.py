"""Who commands, and whether the return has begun: what must be possible when the usual people are not there."""

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.delivery import Subject
from bot.domain.incident import IncidentState
from bot.domain.journal import Verb
from bot.domain.refusal import Refused, Why
from bot.domain.when import at
from bot.domain.wording import forms
from bot.domain.wording import incidents as wording
from bot.domain.wording.parts import done
from bot.operations import outbox, progress, waves
from bot.operations.incidents import invite
from bot.operations.scene import Scene
from bot.storage import incidents


async def take(scene: Scene, intent: i.TakeCommand) -> Card:
    """Become the commander: for when the one there is can't be reached. Everybody is told, with the reason."""
    incident, work = scene.incident, scene.work
    before = scene.roles.get("IC")
    if before == scene.actor.id:
        raise Refused("You are the commander already.")
    if intent.reason is None:
        return forms.take_command(incident.id, scene.names.get(before or "", "nobody"))
    await incidents.give_role(work, incident.id, "IC", scene.actor.id)
    await invite(scene, scene.actor.id)
    text = f"{scene.actor.name} took command: {intent.reason}"
    work.note(incident.id, scene.actor.id, Verb.ROLE, text, f"person:{scene.actor.id}")
    card = done(f"{scene.actor.name} commands now", intent.reason)
    await outbox.to_rooms(work, incident, Subject.CARD, card=card)
    if before is not None:
        await outbox.to_person(scene.desk, work, incident, before, card)
    await progress.redraw(scene.desk, work, incident)
    return wording.called_in(incident, [scene.desk.policy.role_name("IC")])


async def resume(scene: Scene, intent: i.Resume) -> Card:  # noqa: ARG001
    """The return began too soon: the incident is active again."""
    incident, work = scene.incident, scene.work
    if not await incidents.move(work, incident, IncidentState.ACTIVE, recovering_at=None):
        raise Refused(f"{incident.reference} is {wording.STATE_WORDS[incident.state]}.", why=Why.TAKEN)
    work.note(incident.id, scene.actor.id, Verb.STATE, "the return is put off: active again", f"incident:{incident.id}")
    said = ["The incident is active again. Return steps stay open until it begins anew."]
    if when := await waves.take_up(scene.desk, work, incident, scene.actor.id):
        said.append(f"The next wave goes out by itself at {at(when)}.")
    card = done("The return is put off", *said)
    await outbox.to_rooms(work, incident, Subject.CARD, card=card)
    return card
