"""Overdue steps: their owner is reminded, then the commander; however late the sweep runs, each once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.domain.delivery import Subject
from bot.domain.incident import Incident
from bot.domain.journal import Verb
from bot.domain.step import Step
from bot.domain.text import listed
from bot.domain.wording.parts import name_of
from bot.domain.wording.steps import reminder
from bot.operations import outbox
from bot.operations.apart import apart
from bot.operations.desk import Desk
from bot.storage import deliveries, incidents, people, steps
from bot.storage.database import Work

_BATCH = 200


async def sweep(desk: Desk) -> int:
    """Remind of every step that is due for it; return how many."""
    async with desk.read() as db:
        late = await steps.overdue(db, db.now, len(desk.policy.step_reminders_min), _BATCH)
    return await apart("reminders", [(row["incident_id"], partial(_attend, desk, row["id"])) for row in late])


async def _attend(desk: Desk, key: int) -> bool:
    async with desk.read() as db:
        step = await steps.find(db, key)
        due = step is not None and _due_rungs(desk, step, db.now) > step.reminded
    if step is None or not due:
        return False
    async with desk.work(alone=True) as work:
        return await _remind(desk, work, step)


def _due_rungs(desk: Desk, step: Step, now: datetime) -> int:
    """How many reminders should have gone out by now."""
    if step.due_at is None:
        return 0
    return sum(step.due_at + timedelta(minutes=m) <= now for m in desk.policy.step_reminders_min)


async def _remind(desk: Desk, work: Work, step: Step) -> bool:
    rungs = _due_rungs(desk, step, work.now)
    if not await steps.remind(work, step, rungs):
        return False
    incident = await incidents.get(work, step.incident_id)
    roles = await incidents.roles(work, incident.id)
    owner = step.assignee or step.holder(roles)
    commander = next((roles[r] for r in desk.policy.commander if r in roles), None)
    told = [p for p in _targets(step, rungs, owner, commander) if p is not None]
    await deliveries.refresh(work, incident.id, Subject.STEP, step_id=step.id)
    if told:
        names = await people.named(work, told)
        words = f"This is overdue: {listed([name_of(p, names) for p in told])} {'were' if told[1:] else 'was'} told."
        await outbox.under_step(work, incident, step, words)
    reminded = False
    for target in told:
        who = "Nobody owns it." if owner is None else "Its owner has been reminded." if target != owner else ""
        reminded |= await _send(desk, work, incident, step, target, who)
    return reminded


def _targets(step: Step, rungs: int, owner: str | None, commander: str | None) -> Sequence[str | None]:
    """Whom it is high time to remind: after a pause the owner comes first all the same."""
    if owner is None or owner == commander:
        return [commander]
    return [*([owner] if step.reminded == 0 else []), *([commander] if rungs > 1 else [])]


async def _send(desk: Desk, work: Work, incident: Incident, step: Step, target: str, who: str) -> bool:
    card = reminder(step, desk.policy, who, drill=incident.drill)
    work.note(incident.id, "bot", Verb.CHASE, f"{step.code} is overdue: reminded", f"person:{target}")
    return await outbox.to_person(desk, work, incident, target, card)
