"""A step of a running runbook: its states, and which of them may follow which."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from bot.domain.card import Frozen
from bot.domain.runbook import Evidence, StepPlan


class StepState(StrEnum):
    """Where a step stands."""

    WAITING = "waiting"
    READY = "ready"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    SKIPPED = "skipped"
    NOT_APPLICABLE = "not_applicable"


MOVES_TO: dict[StepState, frozenset[StepState]] = {
    StepState.WAITING: frozenset({StepState.READY, StepState.SKIPPED, StepState.NOT_APPLICABLE}),
    StepState.READY: frozenset({StepState.IN_PROGRESS, StepState.DONE, StepState.SKIPPED, StepState.NOT_APPLICABLE}),
    StepState.IN_PROGRESS: frozenset({StepState.DONE, StepState.SKIPPED, StepState.NOT_APPLICABLE}),
    StepState.DONE: frozenset(),
    StepState.SKIPPED: frozenset(),
    StepState.NOT_APPLICABLE: frozenset(),
}
HIDDEN = "restricted"
RESTRICTED = "known to its owner and the commanders"
LIVE = frozenset({StepState.READY, StepState.IN_PROGRESS})
ENDED = frozenset({StepState.DONE, StepState.SKIPPED, StepState.NOT_APPLICABLE})


_AGAIN = re.compile(r"(.+)_again_(\d+)")


def base_of(key: str) -> str:
    """Return the runbook's id of a step, however often it was laid out."""
    found = _AGAIN.fullmatch(key)
    return found[1] if found else key


def times_again(key: str) -> int:
    """Return how often a step was laid out before: 0 the first time."""
    found = _AGAIN.fullmatch(key)
    return int(found[2]) if found else 0


def again_of(key: str) -> str:
    """Return the key of a step that is laid out once more."""
    return f"{base_of(key)}_again_{times_again(key) + 1}"


class Step(Frozen):
    """One step run of one incident; plan is the runbook's step as it stood at declaration.

    percent: how many of the contacts are moved, where it moves them; figures: a digest of those its card shows.
    """

    id: int
    incident_id: int
    key: str
    position: int
    plan: StepPlan
    state: StepState
    assignee: str | None
    due_at: datetime | None
    ready_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    evidence: str = ""
    reminded: int = 0
    percent: int = 0
    figures: str = ""

    @property
    def code(self) -> str:
        """What people call it: LS3, and LS3 (2) when it was laid out a second time."""
        count = times_again(self.key)
        return f"{base_of(self.key)} ({count + 1})" if count else self.key

    @property
    def title(self) -> str:
        """What the step asks for, in a few words."""
        return self.plan.title

    @property
    def role(self) -> str:
        """The role that owns the step."""
        return self.plan.owner

    def for_all(self) -> "Step":
        """What everybody may see of it: of a restricted step only that there is one, whose it is, and how it stands."""
        if not self.plan.restricted:
            return self
        plan = self.plan.model_copy(update={"title": RESTRICTED, "guidance": "", "evidence": Evidence(), "options": ()})
        return self.model_copy(update={"key": HIDDEN, "plan": plan, "evidence": ""})

    def holder(self, roles: Mapping[str, str]) -> str | None:
        """Return whose step it is: who holds its owner's role, else the first fallback that somebody holds."""
        return next((roles[role] for role in (self.plan.owner, *self.plan.fallback) if role in roles), None)

    def taken_by(self, actor: str, roles: Mapping[str, str]) -> str | None:
        """Return whose it is once somebody begins it: it stays with its owner, also when a commander begins it."""
        if self.assignee is not None:
            return self.assignee
        return actor if self.holder(roles) in (None, actor) else None

    @property
    def outcome(self) -> str:
        """What it ended with: its evidence, the answer to a decision in words, or why it was left out."""
        return next((o.label for o in self.plan.options if o.value == self.evidence), self.evidence)

    def overdue(self, now: datetime) -> bool:
        """Whether it should have been done by now."""
        return self.state in LIVE and self.due_at is not None and self.due_at < now
