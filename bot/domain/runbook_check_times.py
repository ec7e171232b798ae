"""Due times of a runbook: well written, known when they are needed, and not before the step can be done."""

from collections.abc import Iterator
from datetime import timedelta

from bot.domain import due
from bot.domain.due import Anchor, Due
from bot.domain.nearest import did_you_mean
from bot.domain.possible import Span, outcomes, worlds
from bot.domain.runbook import StepPlan
from bot.domain.runbook_check_conditions import known_values
from bot.domain.runbook_faults import Case, Fault, Name
from bot.domain.template import BadTemplate

_FORTNIGHT = 14 * 24 * 60
_LETTER = {Anchor.DECLARED: "T", Anchor.DETECTED: "D"}


def check(case: Case, step: StepPlan) -> Iterator[Fault]:
    """Yield what is wrong with a step's due and repeat_every."""
    try:
        parsed = due.parse(step.due)
        yield from _anchored(case, step, parsed)
        yield from _in_order(case, step, parsed)
    except ValueError as error:
        yield Fault(Name.BAD_TIME, ("due",), str(error), "")
    try:
        if step.repeat_every and due.duration(step.repeat_every) < timedelta(minutes=1):
            yield Fault(Name.BAD_TIME, ("repeat_every",), "a minute is the least; write 15m, 2h or 1d")
    except ValueError as error:
        yield Fault(Name.BAD_TIME, ("repeat_every",), str(error), "")


def _anchored(case: Case, step: StepPlan, parsed: Due) -> Iterator[Fault]:
    """What a due time counts from is there, and known by then."""
    if parsed.anchor is Anchor.RTO and not 0 < parsed.percent <= 100:
        yield Fault(Name.BAD_TIME, ("due",), "write 1 to 100 % of rto: beyond it the queue is lost")
    if parsed.anchor is not Anchor.STEP:
        return
    if parsed.step not in case.steps:
        yield Fault(Name.UNKNOWN_STEP, ("due",), f"no such step; {did_you_mean(parsed.step, case.steps)}")
    elif parsed.step == step.id:
        yield Fault(Name.NEVER_DUE, ("due",), "a step can't be due after itself; name an earlier one")
    elif parsed.step not in case.earlier(step.id):
        yield Fault(Name.NEVER_DUE, ("due",), f"{parsed.step} need not have ended by then; add it to after")


def _in_order(case: Case, step: StepPlan, parsed: Due) -> Iterator[Fault]:
    """No step is due before it can be ready, nor before one that ends first is due itself."""
    minutes = _minutes(parsed)
    if minutes is None:
        return
    earliest = max([_waits(case, step), *(_waits(case, s) for s in case.certain(step.id))])
    if minutes < earliest:
        yield Fault(Name.DUE_TOO_SOON, ("due",), f"it can't be ready before T+{earliest}m; make it due later")
        return
    for other in case.certain(step.id):
        found = _latest(case, other)
        if found is not None and parsed.anchor in _LETTER and _surely_later(found, (parsed.anchor, minutes)):
            said = f"{other.id} ends first and is due at {_LETTER[found[0]]}+{found[1]}m"
            yield Fault(Name.DUE_BEFORE, ("due",), f"{said}; make it due later, or that one sooner")
            return


def _minutes(parsed: Due) -> int | None:
    """How many minutes after declaration a step is due at the latest; None when that is not known beforehand."""
    return int(parsed.offset.total_seconds() // 60) if parsed.anchor in _LETTER else None


def _surely_later(found: tuple[Anchor, int], than: tuple[Anchor, int]) -> bool:
    """Detection comes before declaration, nobody knows how long before."""
    same = found[0] is than[0] or found[0] is Anchor.DECLARED
    return same and found[1] > than[1]


def _latest(case: Case, step: StepPlan) -> tuple[Anchor, int] | None:
    """When a step is due, counted from declaration or detection; through the steps that its due time counts from."""
    minutes, seen = 0, {step.id}
    while True:
        try:
            parsed = due.parse(step.due)
        except ValueError:
            return None
        minutes += int(parsed.offset.total_seconds() // 60)
        if parsed.anchor in _LETTER:
            return parsed.anchor, minutes
        if parsed.anchor is not Anchor.STEP or parsed.step in seen or parsed.step not in case.steps:
            return None
        seen.add(parsed.step)
        step = case.steps[parsed.step]


def _waits(case: Case, step: StepPlan) -> int:
    """For how many minutes after declaration a step's once keeps it waiting at least."""
    if not step.once or _may_be_within(case, step.once, 0):
        return 0
    low, high = 0, _FORTNIGHT  # not within low minutes; within high, or never
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _may_be_within(case, step.once, middle) else (middle, high)
    return high


def _may_be_within(case: Case, condition: str, minutes: int) -> bool:
    try:
        known = {"values": known_values(case), "minutes_since_declared": Span(0, minutes)}
        return any(True in outcomes(condition, world) for world in worlds(**known))
    except BadTemplate:
        return True
