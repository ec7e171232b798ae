"""How a running runbook moves on: what becomes ready is posted, what sends itself is sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.domain import due as due_times
from bot.domain.delivery import Subject
from bot.domain.incident import OPEN, Incident, IncidentState
from bot.domain.permission import few
from bot.domain.progress import advance as next_changes
from bot.domain.runbook import StepKind, StepPlan
from bot.domain.step import LIVE, Step, StepState
from bot.operations import outbox, picture
from bot.operations.apart import apart
from bot.operations.desk import Desk
from bot.operations.sending import send_step
from bot.storage import deliveries, incidents, steps
from bot.storage.database import Work

_BREATH = timedelta(minutes=1)  # however long ago it was noticed, nothing is overdue when it is declared
_ROUNDS = 20  # automatic sends may unlock more; no runbook needs nearly as many rounds


async def advance(desk: Desk, work: Work, incident: Incident) -> list[Step]:
    """Make ready what can be, say so in the room, send what sends itself; return what became ready."""
    ready: list[Step] = []
    for _ in range(_ROUNDS):
        rows = await picture.ground(work, incident)
        facts = picture.facts(desk, rows, work.now)
        by_id = {s.id: s for s in rows.steps}
        fresh = [
            by_id[c.step_id]
            for c in next_changes(rows.steps, facts)
            if await _becomes(work, incident, by_id[c.step_id], c.state, rows)
        ]
        if not fresh:
            break
        ready += [s for s in fresh if await _posted(desk, work, incident, s)]
    return ready


async def _becomes(work: Work, incident: Incident, step: Step, state: StepState, rows: picture.Ground) -> bool:
    if state is StepState.READY:
        when = step.due_at or due_at(incident, step.plan, rows)
        return await steps.move(work, step, state, ready_at=work.now, due_at=when)
    return await steps.move(work, step, state, ended_at=work.now, ended_by="bot")


async def _posted(desk: Desk, work: Work, incident: Incident, step: Step) -> bool:
    """Post a step that is ready now; False when it turned out not to apply."""
    now = await steps.find(work, step.id)
    if now is None or now.state is not StepState.READY:
        return False
    await post(desk, work, incident, now)
    if step.plan.auto and step.plan.kind in (StepKind.NOTIFY, StepKind.ROLL_CALL):
        facts = (await picture.picture(desk, work, incident)).facts
        await send_step(desk, work, incident, now, facts, "bot")
    return True


async def post(desk: Desk, work: Work, incident: Incident, step: Step) -> None:
    """Show a step where it is worked: in the rooms, or to the few who may see it."""
    if not step.plan.restricted:
        await outbox.to_rooms(work, incident, Subject.STEP, step=step.id)
        return
    for person in few(step, await incidents.roles(work, incident.id), desk.policy.commander):
        await outbox.step_to(desk, work, incident, step.id, person)


async def redraw(desk: Desk, work: Work, incident: Incident) -> None:
    """After roles or steps changed: redraw the steps, and show the restricted ones to those whom they concern now."""
    await deliveries.refresh(work, incident.id, Subject.STEP)
    for step in await steps.of(work, incident.id):
        if step.plan.restricted and step.state in LIVE:
            await post(desk, work, incident, step)


def due_at(incident: Incident, plan: StepPlan, rows: picture.Ground | None) -> datetime | None:
    """Return when a step is due; None while that is not known, or never."""
    ended = {s.key: s.ended_at for s in rows.steps if s.ended_at} if rows else {}
    hit = [line.queue.rto_min for line in rows.queues if line.hit] if rows else []
    when = due_times.due_at(
        due_times.parse(plan.due), incident.declared_at, incident.detected_at, ended, min(hit, default=None)
    )
    return max(when, incident.declared_at + _BREATH) if when is not None else None


async def changed(desk: Desk, work: Work, incident: Incident, step: Step) -> list[Step]:
    """After a step moved: redraw it, make the incident active, and let others become ready."""
    await deliveries.refresh(work, incident.id, Subject.STEP, step_id=step.id)
    if incident.state is IncidentState.DECLARED and await incidents.move(work, incident, IncidentState.ACTIVE):
        incident = incident.model_copy(update={"state": IncidentState.ACTIVE})
    return await advance(desk, work, incident)


async def sweep(desk: Desk) -> int:
    """Let time itself make steps ready, in every open incident; return how many became so."""
    async with desk.read() as db:
        opened = [o.id for o in await incidents.opened(db) if o.state in OPEN]
    return await apart("steps", [(key, partial(_advance, desk, key)) for key in opened])


async def _advance(desk: Desk, key: int) -> int:
    async with desk.read() as db:
        waiting = any(s.state is StepState.WAITING for s in await steps.of(db, key))
    if not waiting:
        return 0
    async with desk.work(alone=True) as work:
        return len(await advance(desk, work, await incidents.get(work, key)))


def summary(ready: Sequence[Step]) -> tuple[str, ...]:
    """Return what became ready, in a line."""
    told = [s for s in ready if not s.plan.restricted]
    return (f"Now ready: {'; '.join(f'{s.code} {s.title}' for s in told)}",) if told else ()
