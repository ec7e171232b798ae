"""How an incident ends: everybody ever told is told, seats are given back, what is open ends."""

from collections.abc import Sequence

from bot.domain.card import Card
from bot.domain.delivery import Subject
from bot.domain.incident import Incident, IncidentState, SitrepState
from bot.domain.journal import Verb
from bot.domain.person import Audience
from bot.domain.refusal import Refused
from bot.domain.runbook import Message, Phase
from bot.domain.step import ENDED, LIVE, Step, StepState
from bot.domain.wording import incidents as wording
from bot.operations import drill_gate, picture, progress, sending, sitreps
from bot.operations.scene import Scene
from bot.storage import deliveries, incidents, moves, notices, steps
from bot.storage.crowds import Crowd


def everyone(incident: Incident) -> Crowd:
    """Return everybody who was ever told anything."""
    return Crowd(incident=incident, audience=Audience.EVERYONE)


async def end(
    scene: Scene, rows: picture.Ground, state: IncidentState, message: Message, said: str, card: Card | None = None
) -> None:
    """What every ending does, in one unit of work; card: how its message looks, and that it is the last word."""
    work, incident = scene.work, scene.incident
    if incident.state is IncidentState.DECLARED and state is IncidentState.STOOD_DOWN:
        await incidents.move(work, incident, IncidentState.ACTIVE)
        incident = incident.model_copy(update={"state": IncidentState.ACTIVE})
    ending = {"ended_at": work.now, "sitrep_state": SitrepState.ENDED, "sitrep_due_at": None}
    if not await incidents.move(work, incident, state, **ending):
        raise Refused(
            f"{incident.reference} is {wording.STATE_WORDS[incident.state]}: that can't be done any more.",
            instead="/disaster status shows where it stands.",
        )
    await notices.close_all(work, incident.id)
    await deliveries.withdraw(work, incident.id)
    if card is None:
        await sitreps.last(scene.desk, work, rows, scene.actor.id, state)
    facts = picture.facts(scene.desk, rows, work.now)
    await sending.send(scene.desk, work, everyone(incident), message, facts, scene.actor.id, card=card)
    await moves.release_all(work, incident.id)
    await drill_gate.over(scene.desk, work, incident, state)
    await _end_steps(scene, rows.steps, state, said)
    work.note(incident.id, scene.actor.id, Verb.STATE, said, f"incident:{incident.id}")
    await progress.advance(scene.desk, work, incident.model_copy(update={"state": state}))
    for shown in (Subject.INCIDENT, Subject.PLAN, Subject.CALL_LIST):  # nothing is left to be pressed on them
        await deliveries.refresh(work, incident.id, shown)


async def _end_steps(scene: Scene, all_steps: Sequence[Step], state: IncidentState, said: str) -> None:
    """What is open ends as skipped, but for what follows a stand-down; the step that tells everyone is done."""
    for step in all_steps:
        after = step.plan.phase is Phase.STAND_DOWN and state is IncidentState.STOOD_DOWN
        tells = any(m.audience is Audience.EVERYONE for m in step.plan.messages)
        if step.state in ENDED or (after and not tells):
            continue
        ends = StepState.DONE if tells and after and step.state in LIVE else StepState.SKIPPED
        evidence = "everyone was told" if tells and after else said
        await steps.move(scene.work, step, ends, ended_at=scene.work.now, ended_by=scene.actor.id, evidence=evidence)
        await deliveries.refresh(scene.work, step.incident_id, Subject.STEP, step_id=step.id)
