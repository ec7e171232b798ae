"""An inject of a running drill: when it is due, whether it is out, what was answered and how that was judged."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.card import Frozen
from bot.domain.drill_score import Part
from bot.domain.step import Step, StepState
from bot.domain.tabletop import Inject

BREATH = timedelta(minutes=1)  # a sweep may be some seconds behind; what is later moves what follows


class InjectState(StrEnum):
    """Where an inject stands; left_out: the drill ended before its minute."""

    WAITING = "waiting"
    POSTED = "posted"
    ANSWERED = "answered"
    LEFT_OUT = "left_out"


MOVES_TO: Mapping[InjectState, frozenset[InjectState]] = {
    InjectState.WAITING: frozenset({InjectState.POSTED, InjectState.ANSWERED, InjectState.LEFT_OUT}),
    InjectState.POSTED: frozenset({InjectState.ANSWERED}),
    InjectState.ANSWERED: frozenset(),
    InjectState.LEFT_OUT: frozenset(),
}
OUT = frozenset({InjectState.POSTED, InjectState.ANSWERED})


class Judgement(StrEnum):
    """How good an answer was; open: whoever runs the drill has not said yet."""

    OPEN = "open"
    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"


_POINTS = {Judgement.RIGHT: 2, Judgement.PARTLY: 1, Judgement.WRONG: 0}


class Run(Frozen):
    """One inject of one drill; plan: as the file stood at the start; answer: in the words of whoever gave it."""

    id: int
    drill_id: int
    incident_id: int | None = None
    key: str
    position: int
    plan: Inject
    state: InjectState
    due_at: datetime
    posted_at: datetime | None = None
    posted_by: str | None = None
    step_id: int | None = None
    answer: str = ""
    answered_by: str | None = None
    answered_at: datetime | None = None
    judgement: Judgement | None = None
    judged_by: str | None = None

    @property
    def reply(self) -> str:
        """What was answered, as it stood on the button."""
        return next((o.label for o in self.plan.options if o.value == self.answer), self.answer)


def judged(plan: Inject, answer: str) -> Judgement | None:
    """Return how an answer is judged at once: by what is right, or later by a person; None where nothing is."""
    if plan.wanted:
        return Judgement.RIGHT if answer in plan.wanted else Judgement.WRONG
    return Judgement.OPEN if plan.good else None


def unanswered(plan: Inject, step: Step | None) -> Judgement | None:
    """Return how it is judged that a question was still open when the drill ended; None where none had been asked."""
    asked = step is not None and step.ready_at is not None and step.state is not StepState.NOT_APPLICABLE
    return Judgement.WRONG if asked and (plan.wanted or plan.good) else None


def right(runs: Iterable[Run]) -> Part | None:
    """Return how much of what was asked was answered rightly, in half points; None when nothing was judged."""
    points = [_POINTS[run.judgement] for run in runs if run.judgement in _POINTS]
    return Part(n=sum(points), of=2 * len(points)) if points else None


def shifted(waiting: Sequence[Run], by: timedelta) -> list[tuple[Run, datetime]]:
    """Return what still waits with its new times: the distances stay."""
    return [(run, run.due_at + by) for run in waiting]
