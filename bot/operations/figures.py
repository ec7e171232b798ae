"""Figures that some steps show on their cards, kept current: contacts against agents, and who is back."""

from collections.abc import Mapping
from functools import partial

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.coupling import Line, guard
from bot.domain.delivery import Subject
from bot.domain.incident import Incident
from bot.domain.journal import Verb
from bot.domain.move import LIVE as LIVE_MOVES
from bot.domain.move import MoveState, PlanKind, PlanState
from bot.domain.refusal import Refused
from bot.domain.step import LIVE, Step
from bot.domain.wording import coupling as coupling_words
from bot.domain.wording import returning as return_words
from bot.domain.wording.figures import Figures
from bot.domain.wording.steps import happened
from bot.operations import outbox, picture
from bot.operations.apart import apart
from bot.operations.desk import Desk
from bot.operations.scene import Scene
from bot.storage import deliveries, incidents, plans, steps
from bot.storage.database import Db

_COMING = (MoveState.APPROVED, MoveState.TOLD, MoveState.MOVING)


async def of(db: Db, incident: Incident, step: Step) -> Figures | None:
    """Return what a step's card shows beside the step, if it is one of those."""
    if step.state not in LIVE:
        return None
    if step.plan.moves_contacts:
        lines = await _lines(db, incident)
        return coupling_words.figures(step, guard(lines, step.percent), lines) if lines else None
    return await _back(db, incident, step) if step.plan.goes_back and incident.sites else None


async def _lines(db: Db, incident: Incident) -> list[Line]:
    """Return the hit queues: the agents who took their contacts before, and those who will."""
    rows = await picture.ground(db, incident)
    agents, moving = rows.counts.get("agents", {}), rows.counts.get("move", {})
    return [
        Line(
            name=line.queue.name,
            had=sum(agents.get(line.queue.id, {}).values()),
            live=line.live,
            arrived=moving.get(line.queue.id, {}).get(MoveState.ARRIVED, 0),
            coming=_some(moving.get(line.queue.id, {}), *_COMING),
        )
        for line in rows.queues
        if line.hit and agents.get(line.queue.id)
    ]


async def _back(db: Db, incident: Incident, step: Step) -> Figures:
    row = await plans.latest(db, incident.id, PlanState.APPROVED, kind=PlanKind.RETURN)
    states: dict[str, int] = {}
    for wave in (await plans.waves(db, row["id"])).values() if row else ():
        for state, n in wave.items():
            states[state] = states.get(state, 0) + n
    back = _some(states, MoveState.ARRIVED, *LIVE_MOVES)
    told = _some(states, MoveState.TOLD, MoveState.MOVING)
    return return_words.figures(step, back, told, _some(states, MoveState.PROPOSED), planned=row is not None)


def _some(states: Mapping[str, int], *wanted: MoveState) -> int:
    return sum(states.get(state, 0) for state in wanted)


async def reroute(scene: Scene, intent: i.Reroute) -> Card:
    """Take down how many of the contacts are moved; what may follow then stands on the step's card."""
    work, step, incident = scene.work, scene.step, scene.incident
    if not step.plan.moves_contacts or step.state not in LIVE:
        raise Refused("That step moves no contacts now.", instead="/disaster steps lists those that can be worked.")
    if intent.percent is None:
        return coupling_words.ask_percent(step)
    await steps.write(work, step.id, percent=intent.percent)
    work.note(incident.id, scene.actor.id, Verb.STEP, f"{step.code}: contacts at {intent.percent} %", f"step:{step.id}")
    await deliveries.refresh(work, incident.id, Subject.STEP, step_id=step.id)
    told = happened(step, scene.actor.name, f"moved contacts to {intent.percent} %")
    await outbox.under_step(work, incident, step, told)
    lines = await _lines(work, incident)
    return coupling_words.noted(guard(lines, intent.percent))


async def sweep(desk: Desk) -> int:
    """Redraw the steps whose figures have changed; return how many."""
    async with desk.read() as db:
        opened = await incidents.opened(db)
    return await apart("figures", [(o.id, partial(_redraw, desk, o)) for o in opened])


async def _redraw(desk: Desk, incident: Incident) -> int:
    async with desk.read() as db:
        found = [
            (step, shown.digest)
            for step in await steps.of(db, incident.id)
            if (shown := await of(db, incident, step)) is not None and shown.digest != step.figures
        ]
    for step, digest in found:
        async with desk.work(alone=True) as work:
            await steps.write(work, step.id, figures=digest)
            await deliveries.refresh(work, incident.id, Subject.STEP, step_id=step.id)
    return len(found)
