"""What is wrong with a runbook beyond its form: every fault with its place, so that the loader adds the line."""

from collections.abc import Callable, Iterator
from datetime import date
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from bot.domain import (
    due,
    runbook_check_conditions,
    runbook_check_people,
    runbook_check_texts,
    runbook_check_times,
)
from bot.domain.nearest import did_you_mean
from bot.domain.policy import Policy
from bot.domain.runbook import EvidenceKind, Runbook, StepKind, StepPlan
from bot.domain.runbook_check_people import SPEAKS
from bot.domain.runbook_faults import Case, Fault, Name

MAX_STEPS = 200
_GOES_BY_ITSELF = frozenset({StepKind.NOTIFY, StepKind.ROLL_CALL, StepKind.STATUS})
_COMES_BACK = frozenset({StepKind.TASK, StepKind.ROLL_CALL, StepKind.DECISION})
_ENDS_BY_ITSELF = frozenset({StepKind.DECISION, StepKind.STATUS})


def check(book: Runbook, policy: Policy, today: date | None = None) -> list[Fault]:
    """Return every fault of a runbook; today: also say when its review is late."""
    if len(book.steps) > MAX_STEPS:
        return [Fault(Name.TOO_MANY_STEPS, ("steps",), f"at most {MAX_STEPS} steps; split the runbook")]
    case = Case(book, policy, today)
    faults = [*_whole(case), *_twins(case), *_cycle(case)]
    for n, step in enumerate(book.steps):
        for part in _PARTS:
            faults += [fault._replace(path=("steps", n, *fault.path)) for fault in part(case, step)]
    return faults


def _whole(case: Case) -> Iterator[Fault]:
    book, roles = case.book, case.policy.roles
    if book.owner not in roles:
        yield Fault(Name.UNKNOWN_ROLE, ("owner",), f"no such role; {did_you_mean(book.owner, roles)}")
    try:
        late = due.review_by(book.reviewed_on, book.review_every)
    except ValueError as error:
        yield Fault(Name.BAD_TIME, ("review_every",), str(error), "")
        return
    if case.today is not None and late < case.today:
        fix = f"its review was due on {late}; look it through and set the day"
        yield Fault(Name.REVIEW_DUE, ("reviewed_on",), fix)


def _twins(case: Case) -> Iterator[Fault]:
    seen: set[str] = set()
    for n, step in enumerate(case.book.steps):
        if step.id in seen:
            yield Fault(Name.TWIN_ID, ("steps", n, "id"), "another step has this id; give each its own")
        seen.add(step.id)


def _cycle(case: Case) -> Iterator[Fault]:
    try:
        TopologicalSorter({s.id: [a for a in s.after if a in case.steps] for s in case.book.steps}).prepare()
    except CycleError as error:
        ring: list[str] = error.args[1][::-1]
        said = ", ".join(f"{one} waits for {other}" for one, other in pairwise(ring))
        n = next(n for n, s in enumerate(case.book.steps) if s.id == ring[0])
        yield Fault(Name.RING, ("steps", n, "after"), f"these steps wait for each other: {said}; break the ring", "")


def _roles(case: Case, step: StepPlan) -> Iterator[Fault]:
    roles = case.policy.roles
    if step.owner not in roles:
        yield Fault(Name.UNKNOWN_ROLE, ("owner",), f"no such role; {did_you_mean(step.owner, roles)}")
    for n, role in enumerate(step.fallback):
        if role not in roles:
            yield Fault(Name.UNKNOWN_ROLE, ("fallback", n), f"no such role; {did_you_mean(role, roles)}")


def _after(case: Case, step: StepPlan) -> Iterator[Fault]:
    for n, key in enumerate(step.after):
        if key not in case.steps:
            yield Fault(Name.UNKNOWN_STEP, ("after", n), f"no such step; {did_you_mean(key, case.steps)}")


def _options(case: Case, step: StepPlan) -> Iterator[Fault]:  # noqa: ARG001
    values = [option.value for option in step.options]
    if step.kind is StepKind.DECISION and len(values) < 2:
        yield Fault(Name.OPTIONS, ("options",), "a decision needs two options or more", "")
    if step.kind is not StepKind.DECISION and values:
        yield Fault(Name.OPTIONS, ("options",), "only a step of kind decision has options", "")
    if len(set(values)) < len(values):
        yield Fault(Name.OPTIONS, ("options",), "two options have the same value; give each its own", "")


def _speaking(case: Case, step: StepPlan) -> Iterator[Fault]:  # noqa: ARG001
    if step.kind in SPEAKS and not step.messages:
        yield Fault(Name.MESSAGES, ("messages",), f"a step of kind {step.kind} needs its messages", "")
    if step.kind not in SPEAKS and step.messages:
        yield Fault(Name.MESSAGES, ("messages",), f"a step of kind {step.kind} sends nothing; make it notify", "")


def _idle(case: Case, step: StepPlan) -> Iterator[Fault]:  # noqa: ARG001
    """What is written and does nothing."""
    kind = f"a step of kind {step.kind}"
    if step.auto and step.kind not in _GOES_BY_ITSELF:
        yield Fault(Name.IDLE_AUTO, ("auto",), f"{kind} does not go by itself; leave auto out")
    if step.repeat_every and not _comes_back(step):
        yield Fault(Name.IDLE_REPEAT, ("repeat_every",), f"{kind} does not come back; leave it out")
    if step.evidence.kind is not EvidenceKind.NONE and step.kind in _ENDS_BY_ITSELF:
        yield Fault(Name.IDLE_EVIDENCE, ("evidence",), f"{kind} asks for no evidence; leave it out", "")


def _comes_back(step: StepPlan) -> bool:
    """What ends by being sent does not come back; what somebody reports does."""
    reported = step.kind is StepKind.NOTIFY and step.evidence.kind is not EvidenceKind.NONE
    return step.kind in _COMES_BACK or reported


_PARTS: tuple[Callable[[Case, StepPlan], Iterator[Fault]], ...] = (
    _roles, _after, runbook_check_people.check, runbook_check_times.check, runbook_check_conditions.check,
    _options, _speaking, _idle, runbook_check_texts.check,
)  # fmt: skip
