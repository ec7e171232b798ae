"""Running a drill from beside it: the next inject now, the clock held, answers judged, the end."""

from dataclasses import replace

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.delivery import Subject
from bot.domain.drill import Drill, DrillState
from bot.domain.incident import Incident
from bot.domain.inject import Judgement, Run, shifted
from bot.domain.journal import Verb
from bot.domain.refusal import Refused, Why
from bot.domain.wording import injects as wording
from bot.operations import incidents as incident_verbs
from bot.operations import injects as inject_verbs
from bot.operations import outbox
from bot.operations.scene import Scene
from bot.storage import drills, incidents, injects, people


async def show(scene: Scene, intent: i.Injects) -> Card:
    """Show every inject of a drill, what was answered, and what waits to be judged."""
    drill, incident = await _run_by(scene, intent.drill)
    runs = await _told(scene, drill)
    names = await people.named(scene.db, {run.answered_by for run in runs if run.answered_by})
    return outbox.marked(wording.listing(drill, runs, names), incident)


async def _told(scene: Scene, drill: Drill) -> list[Run]:
    runs = await injects.of(scene.db, drill.id)
    if not runs:
        raise Refused(f"{drill.reference} plays no tabletop.", instead="/disaster drill offers those that there are.")
    return runs


async def _run_by(scene: Scene, key: int) -> tuple[Drill, Incident]:
    """Return a drill that the asker runs, with its incident: they organise it, or command in it."""
    drill = await drills.find(scene.db, key)
    if drill is None or drill.incident_id is None:
        raise Refused("That drill has not begun.", instead="/disaster drills lists them.")
    roles = await incidents.roles(scene.db, drill.incident_id)
    if scene.actor.id not in (drill.organiser, *(roles.get(role) for role in scene.desk.policy.commander)):
        name = (await people.named(scene.db, [drill.organiser])).get(drill.organiser, drill.organiser)
        raise Refused(f"This is for {name}, who runs the drill.", why=Why.FORBIDDEN)
    return drill, await incidents.get(scene.db, drill.incident_id)


async def running(scene: Scene, key: int) -> tuple[Drill, Incident]:
    """Return a drill that still runs and that the asker runs, with its incident."""
    drill, incident = await _run_by(scene, key)
    if drill.state is not DrillState.RUNNING:
        raise Refused(f"{drill.reference} does not run any more.", why=Why.TAKEN)
    return drill, incident


async def next_(scene: Scene, intent: i.NextInject) -> Card:
    """Post the next inject now; those behind it come sooner by as much."""
    drill, incident = await running(scene, intent.drill)
    left = await injects.waiting(scene.work, drill.id)
    if not left or left[0].id != intent.inject:
        raise Refused("That inject is out already.", why=Why.TAKEN)
    if not await inject_verbs.post(scene.desk, scene.work, drill, left, scene.actor.id):
        raise Refused("That inject is out already.", why=Why.TAKEN)
    return outbox.marked(wording.posted(left[0]), incident)


async def hold(scene: Scene, intent: i.HoldClock) -> Card:
    """Hold the clock, or let it go on: what waits keeps its distance."""
    drill, incident = await running(scene, intent.drill)
    await _told(scene, drill)
    work, since = scene.work, drill.paused_at
    if intent.hold == (since is not None) or not await drills.pause(work, drill, work.now if intent.hold else None):
        raise Refused(f"The clock {'is held' if intent.hold else 'goes on'} already.", why=Why.TAKEN)
    if since is not None:
        await injects.put_off(work, shifted(await injects.waiting(work, drill.id), work.now - since))
    card = wording.held(scene.actor.name) if intent.hold else wording.goes_on(scene.actor.name)
    await outbox.to_rooms(work, incident, Subject.CARD, card=card)
    work.note(incident.id, scene.actor.id, Verb.STATE, card.title, f"drill:{drill.id}")
    now = drill.evolve(paused_at=work.now if intent.hold else None)
    return outbox.marked(wording.panel(now, await injects.of(work, drill.id)), incident)


async def judge(scene: Scene, intent: i.Judge) -> Card:
    """Say how good an answer in words was; until the drill is scored it can be said again."""
    run = await injects.find(scene.work, intent.inject)
    if run is None or run.judgement is None or not run.plan.judged:
        raise Refused("Nothing is to be judged there.", instead="/disaster drills shows the drill.")
    drill, incident = await _run_by(scene, run.drill_id)
    if drill.score is not None:
        raise Refused(f"{drill.reference} is scored already.", why=Why.TAKEN)
    if not await injects.judge(scene.work, run, Judgement(intent.judgement), scene.actor.id):
        raise Refused("Somebody judged it at this moment.", instead="Look at it again.", why=Why.TAKEN)
    said = f"judged inject {run.position}: {wording.JUDGED[Judgement(intent.judgement)]}"
    scene.work.note(incident.id, scene.actor.id, Verb.DECISION, said, f"inject:{run.id}")
    return outbox.marked(wording.judged(run, Judgement(intent.judgement)), incident)


async def end(scene: Scene, intent: i.EndDrill) -> Card:
    """End a drill: everybody in it is told that it is over."""
    _, incident = await running(scene, intent.drill)
    over = i.StandDown(incident=incident.id, sure=True)
    return await incident_verbs.stand_down(replace(scene, about=incident), over)
