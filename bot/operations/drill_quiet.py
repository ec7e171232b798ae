"""Drills that were forgotten: asked about, then ended by themselves; and those that nobody let go ahead, called off."""

from datetime import datetime, timedelta
from functools import partial

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.drill import Drill, DrillState
from bot.domain.drill_quiet import Then, patience, then
from bot.domain.incident import Incident, IncidentState
from bot.domain.journal import Verb
from bot.domain.person import Audience, Person, PersonKind
from bot.domain.wording import drill_quiet as wording
from bot.domain.wording.parts import exercised
from bot.operations import outbox, picture
from bot.operations.apart import Part, apart
from bot.operations.desk import Desk
from bot.operations.drills import hand_over, heirs
from bot.operations.ending import end
from bot.operations.facilitating import running
from bot.operations.scene import Place, Scene
from bot.storage import drills, incidents, journal, letters, people
from bot.storage.database import Work

_BOT = Person(id="bot", name="The bot", kind=PersonKind.STAFF, audience=Audience.RESPONDERS)


async def sweep(desk: Desk) -> int:
    """Look at the drills that are quiet, and at those that are held; return of how many something became."""
    rules = desk.policy.drills
    async with desk.read() as db:
        quiet = await drills.running_since(db, db.now - timedelta(hours=rules.quiet_hours))
        held = await drills.held_since(db, db.now - patience(rules))
    looks: list[Part] = [(drill.incident_id or 0, partial(_attend, desk, drill.id)) for drill in quiet]
    return await apart("forgotten", [*looks, *((0, partial(_drop, desk, drill)) for drill in held)])


async def _attend(desk: Desk, key: int) -> bool:
    async with desk.work(alone=True) as work:
        drill = await drills.find(work, key)
        if drill is None or drill.state is not DrillState.RUNNING or drill.incident_id is None:
            return False
        incident = await incidents.get(work, drill.incident_id)
        last = max(drill.started_at or drill.planned_at, await journal.worked_at(work, incident.id) or drill.planned_at)
        match then(last, drill.asked_at, work.now, desk.policy.drills, held=drill.paused_at is not None):
            case Then.ASKED:
                return await _ask(desk, work, drill, incident, last)
            case Then.ENDED:
                return await _end(desk, work, drill, incident)
            case Then.GOES_ON:
                return False


async def _ask(desk: Desk, work: Work, drill: Drill, incident: Incident, last: datetime) -> bool:
    """Ask whoever organises it and whoever commands in it, each once; while nobody can be asked it goes on."""
    runs = await _run_by(desk, work, drill, incident)
    if not runs or not await drills.ask(work, drill):
        return False
    card = wording.ask(drill, last, work.now + timedelta(hours=desk.policy.drills.end_hours))
    for person in runs:
        await outbox.to_person(desk, work, incident, person, card)
    work.note(incident.id, "bot", Verb.CHASE, f"asked whether {drill.reference} still runs", f"drill:{drill.id}")
    return True


async def _run_by(desk: Desk, work: Work, drill: Drill, incident: Incident) -> list[str]:
    """Return who can be asked; when neither can any more, whoever keeps the plan runs it from now on."""
    roles = await incidents.roles(work, incident.id)
    commander = next((roles[role] for role in desk.policy.commander if role in roles), drill.organiser)
    here = await people.still_here(work, {drill.organiser, commander})
    if runs := [one.id for one in here if await outbox.reaches(desk, work, incident, one.id)]:
        return runs
    for heir in await heirs(desk, work):
        if await outbox.reaches(desk, work, incident, heir.id):
            await hand_over(work, drill, heir)
            return [heir.id]
    return []


async def _end(desk: Desk, work: Work, drill: Drill, incident: Incident) -> bool:
    """End it as a stand-down does; where nobody ever did anything it counts for nothing."""
    done = await journal.anybody_since(work, incident.id, drill.started_at or drill.planned_at)
    state = IncidentState.STOOD_DOWN if done else IncidentState.CANCELLED
    scene = Scene(desk=desk, db=work, actor=_BOT, place=Place(""), roles={}, names={}, about=incident)
    said = "ended by itself: nobody did anything in it any more"
    await end(scene, await picture.ground(work, incident), state, wording.over(incident, desk.policy.hotline), said)
    card = wording.ended(drill, drill.asked_at or work.now, scored=done)
    await letters.write(work, drill.organiser, desk.platforms, outbox.marked(card, incident))
    return True


async def _drop(desk: Desk, drill: Drill) -> bool:
    """Call off what nobody let go ahead."""
    async with desk.work(alone=True) as work:
        if not await drills.move(work, drill, DrillState.CALLED_OFF, ended_at=work.now):
            return False
        work.note(None, "bot", Verb.STATE, f"called off {drill.reference}: held for too long", f"drill:{drill.id}")
        await letters.write(work, drill.organiser, desk.platforms, exercised(wording.not_let_go(drill)))
        return True


async def keep(scene: Scene, intent: i.KeepDrill) -> Card:
    """Say that a drill still runs: the journal's line is what counts as something done in it."""
    drill, incident = await running(scene, intent.drill)
    scene.work.note(incident.id, scene.actor.id, Verb.STATE, f"{drill.reference} still runs", f"drill:{drill.id}")
    return outbox.marked(wording.kept(drill, scene.desk.policy.drills.quiet_hours), incident)
