"""The triage step of a runbook: it shows each regime that may apply, and ends when all of them are decided."""

from collections.abc import Sequence

from bot.domain.card import Card
from bot.domain.clock import REPORTABLE, UNDECIDED, Clock, ClockState, Decision, by_regime
from bot.domain.delivery import Subject
from bot.domain.incident import Incident
from bot.domain.journal import Verb
from bot.domain.runbook import StepKind
from bot.domain.step import LIVE, Step, StepState
from bot.domain.wording import clocks as wording
from bot.operations import progress
from bot.operations.desk import Desk
from bot.storage import clocks, deliveries, steps
from bot.storage.database import Db, Work

KEY = "NT4"  # the field's name for regulator triage; NT4_later asks again


def is_triage(step: Step) -> bool:
    """Whether a step asks what must be told to which authority."""
    return step.plan.kind is StepKind.DECISION and step.key.partition("_")[0] == KEY


async def with_regimes(db: Db, step: Step, card: Card) -> Card:
    """Return a step's card; of the triage step, with the regimes that may apply."""
    if not is_triage(step) or step.state not in LIVE:
        return card
    found = await clocks.of(db, step.incident_id)
    return wording.on_step(card, step.incident_id, found, db.now) if found else card


async def close(desk: Desk, work: Work, incident: Incident, every: Sequence[Clock], by: str) -> tuple[str, ...]:
    """End the triage steps whose question the regimes answer by now; else redraw them. Return what to say of it."""
    answer, said = _answer(every), []
    for step in [s for s in await steps.of(work, incident.id) if is_triage(s) and s.state in LIVE]:
        if answer in {option.value for option in step.plan.options}:
            said.append(await _end(desk, work, incident, step, answer, by))
        else:
            await deliveries.refresh(work, incident.id, Subject.STEP, step_id=step.id)
    return tuple(said)


def _answer(every: Sequence[Clock]) -> str:
    """What the regimes say together; empty while one was not asked about yet."""
    found = by_regime(every).values()
    if any(c.state is ClockState.TRIAGE for c in every):
        return ""
    if any(c.state in UNDECIDED for c in every):
        return Decision.NOT_YET_KNOWN
    reportable = any(c.state in REPORTABLE for some in found for c in some)
    return Decision.REPORTABLE if reportable else Decision.NOT_REPORTABLE


async def _end(desk: Desk, work: Work, incident: Incident, step: Step, answer: str, by: str) -> str:
    label = next(o.label for o in step.plan.options if o.value == answer)
    if not await steps.move(work, step, StepState.DONE, ended_at=work.now, ended_by=by, evidence=answer):
        return f"{step.code} has ended."
    work.note(incident.id, by, Verb.DECISION, f"{step.title}: {label}", f"step:{step.id}")
    ready = await progress.changed(desk, work, incident, step)
    return " ".join((f"Every regime is decided: {step.code} is done.", *progress.summary(ready)))
