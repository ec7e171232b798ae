"""A running incident goes over to another version of its runbook, keeping what is done."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.domain.runbook import Message, Runbook, StepPlan
from bot.domain.step import ENDED, Step, StepState

_NOT_BEGUN = frozenset({StepState.WAITING, StepState.READY})


class Adoption(NamedTuple):
    """What becomes of an incident's steps: changed, by id; new ones with their positions; and those that fall away."""

    changed: Mapping[int, StepPlan]
    added: tuple[tuple[int, StepPlan], ...]
    dropped: tuple[Step, ...]
    positions: Mapping[int, int]


def adopt(old: Runbook, new: Runbook, steps: Sequence[Step]) -> Adoption:
    """Return what going over means; what has ended stays, steps added by hand and repeats stay.

    A step that is under way keeps its kind; wording that was changed in the incident is the incident's own.
    """
    there = {step.key: step for step in steps}
    before = {plan.id: plan for plan in old.steps}
    places = {plan.id: n * 10 for n, plan in enumerate(new.steps, 1)}
    changed = {
        step.id: _merged(step, before.get(plan.id), plan)
        for plan in new.steps
        if (step := there.get(plan.id)) is not None and _may_change(step, plan)
    }
    known = {step.id: step.plan for step in steps}
    return Adoption(
        changed={key: plan for key, plan in changed.items() if plan != known[key]},
        added=tuple((places[plan.id], plan) for plan in new.steps if plan.id not in there),
        dropped=tuple(s for s in steps if s.key in before and s.key not in places and s.state in _NOT_BEGUN),
        positions={s.id: places[s.key] for s in steps if s.key in places and s.position != places[s.key]},
    )


def _may_change(step: Step, plan: StepPlan) -> bool:
    return step.state in _NOT_BEGUN or (step.state not in ENDED and step.plan.kind is plan.kind)


def _merged(step: Step, before: StepPlan | None, plan: StepPlan) -> StepPlan:
    """Return the new plan, with the messages that were reworded in this incident as they stand there."""
    meant = {m.audience: m for m in before.messages} if before else {}
    own = {m.audience: m for m in step.plan.messages if m != meant.get(m.audience, m)}
    messages = tuple(_worded(m, own.get(m.audience)) for m in plan.messages)
    return plan.model_copy(update={"messages": messages})


def _worded(message: Message, own: Message | None) -> Message:
    if own is None:
        return message
    said = {"subject": own.subject, "text": own.text, "translations": own.translations}
    return message.model_copy(update=said)
