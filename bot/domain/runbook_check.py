"""What is wrong with a runbook beyond its form: every fault with its place, so that the loader adds the line."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import NamedTuple

from bot.domain import due, template
from bot.domain.facts import EXAMPLE, EXAMPLE_DRILL, EXAMPLE_PERSON, FACT_NAMES, MAPS, PERSON_NAMES, Facts
from bot.domain.nearest import did_you_mean
from bot.domain.person import Audience
from bot.domain.runbook import Ask, Phase, Runbook, StepKind, StepPlan
from bot.domain.text import listed

SPEAKS = frozenset({StepKind.NOTIFY, StepKind.ROLL_CALL, StepKind.STATUS, StepKind.RELOCATE})
MAX_STEPS = 200
_AFTER_SAFETY = frozenset({Phase.NOTIFY, Phase.RELOCATE})

Place = tuple[str | int, ...]


class Fault(NamedTuple):
    """One fault: where in the runbook, what would be right, and the word that is wrong."""

    path: Place
    fix: str
    value: str | None = None
    warning: bool = False


@dataclass(frozen=True)
class _Case:
    """A runbook under examination."""

    book: Runbook
    roles: Collection[str]
    before: dict[str, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def steps(self) -> Mapping[str, StepPlan]:
        """The steps by id; of twins the last."""
        return {step.id: step for step in self.book.steps}

    @cached_property
    def decisions(self) -> Mapping[str, StepPlan]:
        """The decisions by id."""
        return {key: step for key, step in self.steps.items() if step.kind is StepKind.DECISION}

    def parts(self, of: str) -> Collection[str]:
        """Return the names that answers, evidence or values may be asked for."""
        return {"answers": self.decisions, "evidence": self.steps, "values": self.book.values}[of]

    def earlier(self, key: str) -> frozenset[str]:
        """Return every step that must have ended before this one, directly or not."""
        if key not in self.before:
            self.before[key] = frozenset()  # a cycle ends here; it has its own fault
            direct = [k for k in self.steps[key].after if k in self.steps] if key in self.steps else []
            self.before[key] = frozenset(direct).union(*(self.earlier(k) for k in direct))
        return self.before[key]


def check(book: Runbook, roles: Collection[str]) -> list[Fault]:
    """Return every fault of a runbook; roles are the codes that the policy knows."""
    if len(book.steps) > MAX_STEPS:
        return [Fault(("steps",), f"at most {MAX_STEPS} steps; split the runbook")]
    case = _Case(book, roles)
    faults = [*_twins(case), *_cycle(case)]
    if book.owner not in roles:
        faults.append(Fault(("owner",), f"no such role; {did_you_mean(book.owner, roles)}"))
    for n, step in enumerate(book.steps):
        for part in _PARTS:
            faults += [fault._replace(path=("steps", n, *fault.path)) for fault in part(case, step)]
    return faults


def _twins(case: _Case) -> Iterator[Fault]:
    seen: set[str] = set()
    for n, step in enumerate(case.book.steps):
        if step.id in seen:
            yield Fault(("steps", n, "id"), "another step has this id; give each its own")
        seen.add(step.id)


def _cycle(case: _Case) -> Iterator[Fault]:
    try:
        TopologicalSorter({s.id: [a for a in s.after if a in case.steps] for s in case.book.steps}).prepare()
    except CycleError as error:
        ring: list[str] = error.args[1][::-1]
        said = ", ".join(f"{one} waits for {other}" for one, other in pairwise(ring))
        n = next(n for n, s in enumerate(case.book.steps) if s.id == ring[0])
        yield Fault(("steps", n, "after"), f"these steps wait for each other: {said}; break the ring", "")


def _roles(case: _Case, step: StepPlan) -> Iterator[Fault]:
    if step.owner not in case.roles:
        yield Fault(("owner",), f"no such role; {did_you_mean(step.owner, case.roles)}")
    for n, role in enumerate(step.fallback):
        if role not in case.roles:
            yield Fault(("fallback", n), f"no such role; {did_you_mean(role, case.roles)}")


def _after(case: _Case, step: StepPlan) -> Iterator[Fault]:
    for n, key in enumerate(step.after):
        if key not in case.steps:
            yield Fault(("after", n), f"no such step; {did_you_mean(key, case.steps)}")
    firsts = {s.id for s in case.book.steps if s.phase is Phase.LIFE_SAFETY}
    if step.phase in _AFTER_SAFETY and firsts and not firsts & case.earlier(step.id):
        yield Fault(("after",), f"people come first: wait for a life-safety step ({', '.join(sorted(firsts))})", "")
    rolls = {s.id for s in case.book.steps if s.kind is StepKind.ROLL_CALL}
    if step.kind is StepKind.RELOCATE and rolls and not rolls & case.earlier(step.id):
        yield Fault(("after",), f"nobody is moved before the roll is called: wait for {', '.join(sorted(rolls))}", "")


def _times(case: _Case, step: StepPlan) -> Iterator[Fault]:
    try:
        anchor = due.parse(step.due).step
        if anchor and anchor not in case.steps:
            yield Fault(("due",), f"no such step; {did_you_mean(anchor, case.steps)}")
        elif anchor == step.id:
            yield Fault(("due",), "a step can't be due after itself; name an earlier one")
    except ValueError as error:
        yield Fault(("due",), str(error), "")
    try:
        if step.repeat_every:
            due.duration(step.repeat_every)
    except ValueError as error:
        yield Fault(("repeat_every",), str(error), "")


def _conditions(case: _Case, step: StepPlan) -> Iterator[Fault]:
    for key, condition in (("once", step.once), ("when", step.when)):
        if condition:
            yield from (Fault((key,), fix) for fix in _condition(case, step, condition))


def _condition(case: _Case, step: StepPlan, condition: str) -> Iterator[str]:
    try:
        template.check_condition(condition)
        asked = template.asked(condition)
        fixes = [*_names(case, asked, FACT_NAMES), *_answers(case, step, asked)]
        yield from fixes
        for facts in () if fixes else _examples(case):
            template.holds(condition, facts)
    except template.BadTemplate as error:
        yield str(error)


def _names(case: _Case, text: str, known: Collection[str]) -> Iterator[str]:
    for name in sorted(template.names_used(text) - set(known)):
        yield f"{name} is no known fact; {did_you_mean(name, known)}"
    for of in sorted(MAPS):
        for part in sorted(template.parts_used(text, of) - set(case.parts(of))):
            yield f"{of}.{part} is not in this runbook; {did_you_mean(part, case.parts(of))}"


def _answers(case: _Case, step: StepPlan, asked: str) -> Iterator[str]:
    """Answers are asked for after they are given, and only for options that there are."""
    for key in sorted(template.parts_used(asked, "answers") & set(case.decisions) - case.earlier(step.id)):
        yield f"the answer of {key} is not there yet; add {key} to after"
    for key, word in sorted(template.compared(asked, "answers")):
        options = [o.value for o in case.decisions[key].options] if key in case.decisions else []
        if options and word not in options:
            yield f"{key} has no option {word!r}; {did_you_mean(word, options)}"


def _kind(case: _Case, step: StepPlan) -> Iterator[Fault]:  # noqa: ARG001
    values = [option.value for option in step.options]
    if step.kind is StepKind.DECISION and len(values) < 2:
        yield Fault(("options",), "a decision needs two options or more", "")
    if step.kind is not StepKind.DECISION and values:
        yield Fault(("options",), "only a step of kind decision has options", "")
    if len(set(values)) < len(values):
        yield Fault(("options",), "two options have the same value; give each its own", "")
    if step.kind in SPEAKS and not step.messages:
        yield Fault(("messages",), f"a step of kind {step.kind} needs its messages", "")
    if step.kind not in SPEAKS and step.messages:
        yield Fault(("messages",), f"a step of kind {step.kind} sends nothing; make it notify", "")


def _audiences(case: _Case, step: StepPlan) -> Iterator[Fault]:  # noqa: ARG001
    seen = [message.audience for message in step.messages]
    for n, audience in enumerate(seen):
        if audience in seen[:n]:
            yield Fault(("messages", n, "audience"), "this step has a message for them already; keep one")
    if step.auto and Audience.REGULATOR in seen:
        yield Fault(("auto",), "nothing goes to a regulator by itself; leave auto out")
    wanted = {Audience.AGENTS, Audience.UNPLACED}
    if step.kind is StepKind.RELOCATE and not wanted <= set(seen):
        missing = listed(sorted(wanted - set(seen)))
        yield Fault(("messages",), f"a relocation tells agents and unplaced; add the message for {missing}", "")


def _asks(case: _Case, step: StepPlan) -> Iterator[Fault]:  # noqa: ARG001
    for n, message in enumerate(step.messages):
        at = ("messages", n, "ask")
        if step.kind is StepKind.RELOCATE and message.audience is Audience.AGENTS and message.ask is not Ask.MOVE:
            yield Fault(at, "agents who are moved are asked: move")
        if step.kind is StepKind.ROLL_CALL and message.ask not in {Ask.SAFETY, Ask.MOVE}:
            yield Fault(at, "a roll-call asks: safety")


def _texts(case: _Case, step: StepPlan) -> Iterator[Fault]:
    for n, message in enumerate(step.messages):
        for key, text in (("subject", message.subject), ("text", message.text)):
            yield from (Fault(("messages", n, key), fix, "") for fix in _text(case, text))


def _text(case: _Case, text: str) -> Iterator[str]:
    try:
        fixes = list(_names(case, text, FACT_NAMES | PERSON_NAMES))
        yield from fixes
        for word in template.misspelt(text):
            yield f"{{{word}}} names nothing; {did_you_mean(word, PERSON_NAMES)}"
        for facts in () if fixes else _examples(case):
            if not template.render(text, facts, EXAMPLE_PERSON).strip():
                yield f"nothing is left of it in {'a drill' if facts.drill else 'a real incident'}; write what is said"
    except template.BadTemplate as error:
        yield str(error)


def _examples(case: _Case) -> list[Facts]:
    """Return a real incident and a drill of this runbook, before anything was answered."""
    own = {"category": case.book.category.value, "values": case.book.values}
    return [facts.model_copy(update=own) for facts in (EXAMPLE, EXAMPLE_DRILL)]


_PARTS: tuple[Callable[[_Case, StepPlan], Iterator[Fault]], ...] = (
    _roles, _after, _times, _conditions, _kind, _audiences, _asks, _texts,
)  # fmt: skip
