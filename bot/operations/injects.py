"""Injects: posted to the room at their minute, once however many look; their questions are steps like any other.

What is late moves what follows: after a pause the room gets one thing after the other, at the distances of the file.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from bot.domain.delivery import Subject
from bot.domain.drill import Drill, DrillState
from bot.domain.incident import Incident
from bot.domain.inject import BREATH, InjectState, Judgement, Run, judged, shifted, unanswered
from bot.domain.journal import Verb
from bot.domain.step import StepState
from bot.domain.tabletop import question_of
from bot.domain.template import render
from bot.domain.wording import injects as wording
from bot.operations import outbox, picture, progress
from bot.operations.apart import Part, apart
from bot.operations.desk import Desk
from bot.operations.steps import row
from bot.storage import drills, incidents, injects, people, steps
from bot.storage.database import Work

_PATIENCE = timedelta(minutes=15)  # a restart, or a slow machine, holds no clock
_HAS_ENDED = frozenset({InjectState.ANSWERED, InjectState.LEFT_OUT})


async def begin(desk: Desk, work: Work, drill: Drill, incident: Incident) -> None:
    """Lay out the injects of a drill that begins, tell whoever runs it, and post those of minute 0."""
    told = drill.tabletop
    if told is None:
        return
    await drills.write(work, drill.id, tabletop=told.model_dump(mode="json"))
    there = {step.key: step.id for step in await steps.of(work, incident.id)}
    base = {"drill_id": drill.id, "incident_id": incident.id, "state": InjectState.WAITING}
    rows = [
        {
            **base, "key": inject.id, "position": n, "plan": inject.model_dump(mode="json"),
            "due_at": work.now + timedelta(minutes=inject.at), "step_id": there.get(inject.decision),
        }
        for n, inject in enumerate(told.injects, 1)
    ]  # fmt: skip
    await injects.add(work, rows)
    running = drill.evolve(state=DrillState.RUNNING, incident_id=incident.id)
    await _to_organiser(desk, work, running, incident)
    await go_on(desk, work, running)


async def sweep(desk: Desk) -> int:
    """Keep what was answered, post what is due; return how much of it there was."""
    async with desk.read() as db:
        answered, due = await injects.to_settle(db), await injects.due(db)
    parts: list[Part] = [(run.incident_id or 0, partial(_settled, desk, run)) for run in answered]
    return await apart("injects", [*parts, *((0, partial(_attend, desk, key)) for key in due)])


async def _attend(desk: Desk, key: int) -> int:
    async with desk.work(alone=True) as work:
        drill = await drills.find(work, key)
        if drill is None or drill.state is not DrillState.RUNNING or drill.paused_at is not None:
            return 0
        left = await injects.waiting(work, key)
        if left and work.now - left[0].due_at > max(_PATIENCE, timedelta(minutes=desk.policy.drills.late_min)):
            return await _rest(desk, work, drill, left[0])
        return await go_on(desk, work, drill)


async def _rest(desk: Desk, work: Work, drill: Drill, first: Run) -> int:
    """Nothing ran for long: nobody knows who still sits there, so whoever runs it says when it goes on."""
    if not await drills.pause(work, drill, first.due_at):
        return 0
    held = drill.evolve(paused_at=first.due_at)
    await _to_organiser(desk, work, held, await incidents.get(work, drill.incident_id or 0), wording.RESTED)
    return 1


async def go_on(desk: Desk, work: Work, drill: Drill) -> int:
    """Post what is due; return how many."""
    count = 0
    while (left := await injects.waiting(work, drill.id)) and left[0].due_at <= work.now:
        if not await post(desk, work, drill, left, "bot"):
            break
        count += 1
    return count


async def post(desk: Desk, work: Work, drill: Drill, left: Sequence[Run], by: str) -> bool:
    """Post the first of what waits; the rest moves with it. False when somebody else did."""
    run, *rest = left
    if not await injects.move(work, run, InjectState.POSTED, posted_at=work.now, posted_by=by):
        return False
    late = (drill.paused_at or work.now) - run.due_at
    if late >= BREATH or late < timedelta():
        await injects.put_off(work, shifted(rest, late))
    incident = await incidents.get(work, drill.incident_id or 0)
    facts = (await picture.picture(desk, work, incident)).facts
    card = wording.news(run, drill.tabletop.title if drill.tabletop else "", render(run.plan.text, facts))
    await outbox.to_rooms(work, incident, Subject.CARD, card=card)
    await _ask(desk, work, incident, run)
    work.note(incident.id, by, Verb.STEP, f"inject {run.position}: {run.plan.title}", f"inject:{run.id}")
    await _to_organiser(desk, work, drill, incident)
    return True


async def _ask(desk: Desk, work: Work, incident: Incident, run: Run) -> None:
    """Put an inject's question to the room: a step of the role that is asked."""
    plan = question_of(run.plan, run.position)
    if plan is None:
        return
    due = work.now + timedelta(minutes=run.plan.within) if run.plan.within else None
    last = (await steps.of(work, incident.id))[-1].position
    await steps.add(work, [row(incident, plan.id, plan, last + 1, due)])
    await progress.advance(desk, work, incident)
    asked = next(step for step in await steps.of(work, incident.id) if step.key == plan.id)
    await injects.write(work, run.id, step_id=asked.id)


async def _to_organiser(desk: Desk, work: Work, drill: Drill, incident: Incident, why: str = "") -> None:
    """Show whoever runs a drill where it stands, what would be right, and what they can do."""
    card = wording.panel(drill, await injects.of(work, drill.id), why)
    await outbox.to_person(desk, work, incident, drill.organiser, card)


async def _settled(desk: Desk, run: Run) -> bool:
    async with desk.work(alone=True) as work:
        drill = await drills.find(work, run.drill_id)
        return drill is not None and await _settle(desk, work, drill, run)


async def _settle(desk: Desk, work: Work, drill: Drill, run: Run, *, ask: bool = True) -> bool:
    """Keep what was answered, and by whom; what can't be judged by itself is shown to whoever runs the drill."""
    step = await steps.find(work, run.step_id or 0)
    if step is None or step.state is not StepState.DONE:
        return False
    how = judged(run.plan, step.evidence)
    said = {"answer": step.evidence, "answered_by": step.ended_by, "answered_at": step.ended_at, "judgement": how}
    if not await injects.move(work, run, InjectState.ANSWERED, **said):
        return False
    if how is Judgement.OPEN and ask:
        incident = await incidents.get(work, step.incident_id)
        names = await people.named(work, [step.ended_by or ""])
        card = wording.ask_judgement(run.evolve(**said), names.get(step.ended_by or "", "somebody"))
        await outbox.to_person(desk, work, incident, drill.organiser, card)
    return True


async def over(desk: Desk, work: Work, drill: Drill, *, scored: bool) -> None:
    """A drill ends: what was answered is kept, what was asked and not answered is wrong, the rest is left out.

    scored: it was gone through to its end; else nobody is bothered with answers that are still to be judged.
    """
    for run in await injects.of(work, drill.id):
        if run.state in _HAS_ENDED or await _settle(desk, work, drill, run, ask=scored):
            continue
        if run.state is InjectState.WAITING:
            await injects.move(work, run, InjectState.LEFT_OUT)
        else:
            how = unanswered(run.plan, await steps.find(work, run.step_id or 0))
            await injects.judge(work, run, how, "bot")
