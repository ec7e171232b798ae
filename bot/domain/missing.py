"""Whether people who are missing hold moves back: nobody is moved to or from a site where nobody looks for them."""

from collections.abc import Iterable, Mapping, Sequence

from bot.domain.place import Site, SiteKind
from bot.domain.runbook import HANDED_OVER, StepKind
from bot.domain.step import Step, StepState, base_of, times_again


def hands_over(key: str) -> bool:
    """Whether a step is the decision that the missing were found or handed over, however often it was laid out."""
    return base_of(key) == HANDED_OVER


def handing_over(steps: Sequence[Step]) -> Step | None:
    """Return that decision as it was laid out last: each place that is hit later has a search of its own."""
    return last_of(steps, HANDED_OVER)


def last_of(steps: Sequence[Step], base: str) -> Step | None:
    """Return a step of the runbook as it was laid out last, None where the runbook has it not."""
    return max((s for s in steps if base_of(s.key) == base), key=lambda s: times_again(s.key), default=None)


def holds_moves(steps: Sequence[Step]) -> bool:
    """Whether the roll is called in this incident, and nobody has said that the missing were found or handed over."""
    last = handing_over(steps)
    return roll_called(steps) and not (last is not None and last.state is StepState.DONE)


def roll_called(steps: Iterable[Step]) -> bool:
    """Whether an incident asks where everybody is: only then is somebody missing of whom nothing was heard."""
    return any(s.plan.kind is StepKind.ROLL_CALL and s.state is not StepState.NOT_APPLICABLE for s in steps)


def missing_at(silent: Mapping[str, int], touched: set[str], sites: Mapping[str, Site]) -> dict[str, int]:
    """Return the sites that moves touch where people are unaccounted for, by name; homes are no site to search."""
    return {
        sites[key].name: silent[key]
        for key in sorted(touched & set(silent))
        if silent[key] and key in sites and sites[key].kind is not SiteKind.HOME
    }
