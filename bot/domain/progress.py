"""What becomes of waiting steps: which are ready now, which turn out not to apply."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.domain.facts import Facts
from bot.domain.incident import IncidentState
from bot.domain.runbook import Phase, StepPlan
from bot.domain.step import ENDED, Step, StepState
from bot.domain.template import BadTemplate, holds

RETURNING = frozenset({IncidentState.RECOVERING, IncidentState.STOOD_DOWN})
PHASES_OF_RETURN = frozenset({Phase.RECOVER, Phase.STAND_DOWN})


class Change(NamedTuple):
    """A waiting step's new state."""

    step_id: int
    state: StepState


def advance(steps: Sequence[Step], facts: Facts) -> list[Change]:
    """Return every change that the facts allow, until nothing more moves; the same again changes nothing.

    A step that does not apply counts as ended, so it lets through what waits for it.
    """
    states = {step.key: step.state for step in steps}
    changes: list[Change] = []
    moved = True
    while moved:
        found = [(s, now) for s in _waiting(steps, states) if (now := _next(s.plan, states, facts))]
        states |= {step.key: state for step, state in found}
        changes += [Change(step.id, state) for step, state in found]
        moved = bool(found)
    return changes


def waits_for(step: Step, steps: Sequence[Step]) -> list[Step]:
    """Return the steps that must end before this one can be ready."""
    return [other for other in steps if other.key in step.plan.after and other.state not in ENDED]


def _waiting(steps: Sequence[Step], states: Mapping[str, StepState]) -> list[Step]:
    return sorted((s for s in steps if states[s.key] is StepState.WAITING), key=lambda s: s.position)


def _next(plan: StepPlan, states: Mapping[str, StepState], facts: Facts) -> StepState | None:
    """Return the state that a waiting step goes to now, None while it waits on."""
    if any(states.get(key, StepState.DONE) not in ENDED for key in plan.after):
        return None
    if plan.phase in PHASES_OF_RETURN and facts.state not in RETURNING:
        return None
    if plan.once and not true(plan.once, facts):
        return None
    return StepState.READY if not plan.when or true(plan.when, facts) else StepState.NOT_APPLICABLE


def true(condition: str, facts: Facts) -> bool:
    """Ask a condition; one that fails was checked and should not, so the step goes ahead rather than being lost."""
    try:
        return holds(condition, facts)
    except BadTemplate:
        return True
