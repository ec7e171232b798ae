"""A drill that has ended is scored; what it found wanting is given to owners, and chased until it is closed."""

from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.delivery import Subject
from bot.domain.drill import Drill
from bot.domain.drill_action import Action, first_reminder, morning, next_reminder
from bot.domain.drill_score import KEEPERS, Score
from bot.domain.incident import Incident
from bot.domain.journal import Verb
from bot.domain.refusal import Refused, Why
from bot.domain.wording import drill_actions as wording
from bot.domain.wording import drill_scores as score_words
from bot.operations import drill_scores, outbox
from bot.operations.apart import apart
from bot.operations.desk import Desk
from bot.operations.keepers import keepers
from bot.operations.report import story_of
from bot.operations.scene import Scene
from bot.storage import drill_actions, drills, incidents, letters, people
from bot.storage.database import Work


async def score_ended(desk: Desk) -> int:
    """Score the drills that have ended, once each; return how many."""
    async with desk.read() as db:
        found = await drills.unscored(db, timedelta(hours=desk.policy.drills.judge_hours))
    return await apart("scores", [(drill.incident_id or 0, partial(_score, desk, drill)) for drill in found])


async def _score(desk: Desk, drill: Drill) -> bool:
    async with desk.work(alone=True) as work:
        incident = await incidents.get(work, drill.incident_id or 0)
        found = await drill_scores.measured(desk, work, drill, await story_of(desk, work, incident))
        if not await drills.keep_score(work, drill.id, found.model_dump(mode="json")):
            return False
        await _find(desk, work, drill, incident, found)
        card = score_words.scored(drill, found, incident.reference)
        await outbox.to_rooms(work, incident, Subject.CARD, card=card)
        link = desk.link(drill.organiser, f"drills/{drill.reference}")
        mine = score_words.scored(drill, found, incident.reference, link)
        await letters.write(work, drill.organiser, desk.platforms, outbox.marked(mine, incident))
        return True


async def _find(desk: Desk, work: Work, drill: Drill, incident: Incident, found: Score) -> None:
    """Give each threshold that was missed to whoever held the role that mends it."""
    roles, rules, tz = await incidents.roles(work, incident.id), desk.policy.drills, desk.policy.tz
    due = work.now.astimezone(ZoneInfo(tz)).date() + timedelta(days=rules.action_days)
    rows = [
        {
            "drill_id": drill.id, "gauge": mark.gauge, "text": score_words.mend(mark), "state": "open", "due_on": due,
            "owner": next((roles[r] for r in KEEPERS[mark.gauge] if r in roles), drill.organiser),
            "chased": 0, "next_at": first_reminder(due, tz, rules.chase_days),
        }
        for mark in found.missed
    ]  # fmt: skip
    await drill_actions.add(work, rows)
    for action in await drill_actions.of(work, drill.id):
        await letters.write(work, action.owner, desk.platforms, wording.given(action))
        work.note(incident.id, "bot", Verb.STEP, f"finding: {action.text}", f"action:{action.id}")


async def chase(desk: Desk) -> int:
    """Remind the owners of findings, and then those above them; each reminder once, however many look."""
    async with desk.read() as db:
        found = await drill_actions.due(db)
    return await apart("findings", [(0, partial(_remind, desk, action)) for action in found])


async def _remind(desk: Desk, action: Action) -> bool:
    tz = desk.policy.tz
    async with desk.work(alone=True) as work:
        if not await drill_actions.remind(
            work, action, next_reminder(action, work.now, tz, desk.policy.drills.chase_days)
        ):
            return False
        person, card = await _whom(desk, work, action)
        return await letters.write(work, person, desk.platforms, card)


async def _whom(desk: Desk, work: Work, action: Action) -> tuple[str, Card]:
    """Its owner; who let it lie, or can't be reached, has somebody above them."""
    known = await keepers(desk, work, [action.owner])
    above = known.lead_of(action.owner)
    if above is None or (not action.goes_up and action.owner in known.named):
        return action.owner, wording.reminder(action, late=_late(action, work.now, desk.policy.tz))
    names = await people.named(work, [action.owner])
    return above, wording.to_lead(action, names.get(action.owner, action.owner))


def _late(action: Action, now: datetime, tz: str) -> bool:
    return now >= morning(action.due_on, tz)


async def close(scene: Scene, intent: i.CloseAction) -> Card:
    """Close a finding, with what was done: its owner, or somebody who may declare."""
    action = await drill_actions.find(scene.db, intent.action)
    if action is None:
        raise Refused("There is no such finding.", instead="/disaster drills lists them.")
    if scene.actor.id != action.owner and not set(scene.actor.roles) & set(scene.desk.policy.may_declare):
        names = await people.named(scene.db, [action.owner])
        raise Refused(f"This finding is {names.get(action.owner, action.owner)}'s.", why=Why.FORBIDDEN)
    if intent.evidence is None:
        return wording.ask(action)
    if not await drill_actions.end(scene.work, action, scene.actor.id, intent.evidence):
        raise Refused("It is closed already.", why=Why.TAKEN)
    scene.work.note(None, scene.actor.id, Verb.STEP, f"closed a finding of {action.reference}", f"action:{action.id}")
    return wording.closed(action)
