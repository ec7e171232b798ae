"""What is wrong with a tabletop beyond its form: every fault with its place, so that the loader adds the line."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.domain import template
from bot.domain.drill import DrillKind
from bot.domain.facts import EXAMPLE_DRILL, FACT_NAMES, PERSON_NAMES
from bot.domain.nearest import did_you_mean
from bot.domain.policy import Policy
from bot.domain.regime_check import Fault
from bot.domain.runbook import Category, Runbook, StepKind
from bot.domain.tabletop import Inject, Tabletop

_TAKEN = frozenset((*Category, *DrillKind))


@dataclass(frozen=True)
class Beside:
    """What a tabletop is held against: roles, runbooks, the ids of regimes; None where that can't be read."""

    policy: Policy
    runbooks: Mapping[Category, Runbook | None] = field(default_factory=dict)
    regimes: frozenset[str] | None = frozenset()


def check(told: Tabletop, name: str, beside: Beside) -> list[Fault]:
    """Return every fault of the file; name: what it is called, without its ending."""
    faults = [*_whole(told, name, beside), *_order(told)]
    for n, inject in enumerate(told.injects):
        for part in _PARTS:
            faults += [fault._replace(path=("injects", n, *fault.path)) for fault in part(told, inject, beside)]
    return faults


def _whole(told: Tabletop, name: str, beside: Beside) -> Iterator[Fault]:
    if name in _TAKEN or not name.replace("_", "").isalnum() or name != name.lower():
        fix = "small letters, digits and _, and no category or kind of drill; people type it"
        yield Fault((), f"the file's name is typed as one word: {fix}; rename it", name)
    if told.category not in beside.runbooks:
        yield Fault(("category",), f"there is no runbook for it; {did_you_mean(told.category, beside.runbooks)}")
    known = told.clocks.keys() if beside.regimes is None else beside.regimes
    for regime in told.clocks:
        if regime not in known:
            yield Fault(("clocks", regime), f"no such regime in regimes.yaml; {did_you_mean(regime, known)}")
    if not any(inject.question or inject.decision for inject in told.injects):
        yield Fault(("injects",), "nothing is asked, so nothing can be scored; add a question", "", warning=True)
    if "{{" in told.story or "{%" in told.story:
        yield Fault(("story",), "is plain text; names of what is hit can stand in the injects' texts", "{{")
    if not told.objectives:
        yield Fault(("objectives",), "say what it should show, so that you see whether it did", "", warning=True)


def _order(told: Tabletop) -> Iterator[Fault]:
    seen: set[str] = set()
    before = 0
    for n, inject in enumerate(told.injects):
        if inject.id in seen:
            yield Fault(("injects", n, "id"), "another inject has this id; give each its own")
        if inject.at < before:
            yield Fault(
                ("injects", n, "at"), f"minute out of order: the one above is at {before}; move it up, or later"
            )
        if inject.at > told.minutes:
            yield Fault(("injects", n, "at"), f"behind the end, which is at minute {told.minutes}; make minutes more")
        seen.add(inject.id)
        before = max(before, inject.at)


def _roles(told: Tabletop, inject: Inject, beside: Beside) -> Iterator[Fault]:  # noqa: ARG001
    roles = beside.policy.roles
    if inject.to and inject.to not in roles:
        yield Fault(("to",), f"no such role in app.yaml's policy.roles; {did_you_mean(inject.to, roles)}")
    if inject.question and not (inject.to or inject.decision):
        yield Fault(("to",), "say which role is asked", "")
    if inject.to and not (inject.question or inject.decision):
        yield Fault(("question",), f"{inject.to} is asked nothing; add a question, or remove to", "")


def _question(told: Tabletop, inject: Inject, beside: Beside) -> Iterator[Fault]:
    ways = [name for name in ("options", "decision", "good") if getattr(inject, name)]
    if inject.question and not ways:
        yield Fault(("question",), "say what is right: options, decision, or good (what a good answer contains)", "")
    if len(ways) > 1:
        yield Fault((ways[1],), f"has {ways[0]} already; keep one of options, decision and good", "")
    if ways and not (inject.question or inject.decision):
        yield Fault((ways[0],), "without a question; add it", "")
    if inject.within and not (inject.question or inject.decision):
        yield Fault(("within",), "nothing is asked; remove it, or add a question")
    yield from _options(inject)
    yield from _decision(told, inject, beside)


def _options(inject: Inject) -> Iterator[Fault]:
    values = [reply.value for reply in inject.options]
    rights = sum(reply.right for reply in inject.options)
    if len(values) == 1:
        yield Fault(("options",), "a question needs two options or more", "")
    if len(set(values)) < len(values):
        yield Fault(("options",), "two options have the same value; give each its own", "")
    if len(values) > 1 and rights in (0, len(values)):
        yield Fault(("options",), f"{'none' if not rights else 'each'} is right; mark some with right: true", "")


def _decision(told: Tabletop, inject: Inject, beside: Beside) -> Iterator[Fault]:
    if not inject.decision:
        if inject.right:
            yield Fault(("right",), "belongs to decision; mark the options with right: true", "")
        return
    book = beside.runbooks.get(told.category)
    if book is None and told.category in beside.runbooks:
        return
    steps = {step.id: step for step in book.steps if step.kind is StepKind.DECISION} if book else {}
    if inject.decision not in steps:
        yield Fault(("decision",), f"no such decision in the runbook; {did_you_mean(inject.decision, steps)}")
        return
    values = [option.value for option in steps[inject.decision].options]
    for n, value in enumerate(inject.right):
        if value not in values:
            yield Fault(("right", n), f"no answer of {inject.decision}; {did_you_mean(value, values)}")
    if not inject.right:
        yield Fault(("right",), f"say which answer is right: {', '.join(values)}", "")


def _texts(told: Tabletop, inject: Inject, beside: Beside) -> Iterator[Fault]:  # noqa: ARG001
    yield from _written(inject.text, ("text",))


def _written(text: str, at: tuple[str | int, ...]) -> Iterator[Fault]:
    """A text is a template over the facts; what differs from reader to reader can't stand in a room."""
    try:
        lost = sorted(template.names_used(text) - FACT_NAMES)
        for name in lost:
            fix = "it differs from reader to reader" if name in PERSON_NAMES else did_you_mean(name, FACT_NAMES)
            yield Fault(at, f"{name} is no known fact; {fix}", "")
        if not lost:
            template.render(text, EXAMPLE_DRILL)
    except template.BadTemplate as error:
        yield Fault(at, str(error), "")


_PARTS: tuple[Callable[[Tabletop, Inject, Beside], Iterator[Fault]], ...] = (_roles, _question, _texts)
