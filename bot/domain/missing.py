"""Whether people who are missing hold moves back: nobody is moved to or from a site where nobody looks for them."""

from collections.abc import Mapping, Sequence

from bot.domain.place import Site, SiteKind
from bot.domain.runbook import HANDED_OVER, StepKind
from bot.domain.step import Step, StepState


def holds_moves(steps: Sequence[Step]) -> bool:
    """Whether the roll is called in this incident, and nobody has said that the missing were found or handed over."""
    called = any(s.plan.kind is StepKind.ROLL_CALL and s.state is not StepState.NOT_APPLICABLE for s in steps)
    return called and not any(s.key == HANDED_OVER and s.state is StepState.DONE for s in steps)


def missing_at(silent: Mapping[str, int], touched: set[str], sites: Mapping[str, Site]) -> dict[str, int]:
    """Return the sites that moves touch where people are unaccounted for, by name; homes are no site to search."""
    return {
        sites[key].name: silent[key]
        for key in sorted(touched & set(silent))
        if silent[key] and key in sites and sites[key].kind is not SiteKind.HOME
    }
