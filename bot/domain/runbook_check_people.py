"""People before everything else: what may be sent when, what is never asked, what only few may read."""

import re
from collections.abc import Iterator

from bot.domain import template
from bot.domain.nearest import did_you_mean
from bot.domain.runbook import FIRST, HANDED_OVER, RETURN, Ask, Message, Phase, StepKind, StepPlan
from bot.domain.runbook_faults import Case, Fault, Name, Place
from bot.domain.runbook_values import misnamed

SPEAKS = frozenset({StepKind.NOTIFY, StepKind.ROLL_CALL, StepKind.STATUS, StepKind.RELOCATE})
_WHY = re.compile(r"\b(why|reasons?|symptoms?|diagnos\w+|ill(?:ness)?|sick(?:ness)?)\b", re.IGNORECASE)
_NOT_ASKED = re.compile(r"\b(?:need not|needn't|never|don't have to|do not have to|not ask)\b", re.IGNORECASE)
_ONLY_VALUES = "responders' words may name values only, such as {{ values.few }}"


def check(case: Case, step: StepPlan) -> Iterator[Fault]:
    """Yield what forgets the people in it."""
    yield from _order(case, step)
    yield from _reasons(step)
    yield from _restricted(case, step)
    for key, name in misnamed(step, case.book.values):
        fix = f"values.{name} is not in this runbook; {did_you_mean(name, case.book.values)}" if name else _ONLY_VALUES
        yield Fault(Name.UNKNOWN_PART, (key,), fix, name)


def _order(case: Case, step: StepPlan) -> Iterator[Fault]:
    earlier = case.earlier(step.id)
    if _needs_a_phone(step) and FIRST in case.steps and FIRST not in {step.id, *earlier}:
        fix = f"people come first: wait for {FIRST}, or mark the step before_safety: true"
        yield Fault(Name.PEOPLE_FIRST, ("after",), fix, "")
    rolls = {s.id for s in case.book.steps if s.kind is StepKind.ROLL_CALL}
    if step.kind is not StepKind.RELOCATE or not rolls:
        return
    if not rolls & earlier:
        fix = f"nobody is moved before the roll is called: wait for {', '.join(sorted(rolls))}"
        yield Fault(Name.ROLL_FIRST, ("after",), fix, "")
    if HANDED_OVER not in case.decisions:
        fix = f"who is missing holds moves back until the decision {HANDED_OVER} is taken: add use: {HANDED_OVER}"
        yield Fault(Name.ROLL_FIRST, ("kind",), fix)


def _needs_a_phone(step: StepPlan) -> bool:
    """Whether the step sends, calls or moves somebody, and may not do so before people are safe."""
    if step.before_safety or step.phase in RETURN:
        return False
    return step.kind in SPEAKS or step.phase in {Phase.NOTIFY, Phase.RELOCATE}


def _reasons(step: StepPlan) -> Iterator[Fault]:
    for n, message in enumerate(step.messages):
        if message.ask in {Ask.SAFETY, Ask.MOVE} and (why := asks_why(message.text)):
            fix = "nobody is asked why: that is health data; leave it out, or say that it need not be said"
            yield Fault(Name.ASKS_WHY, ("messages", n, "text"), fix, why)


def asks_why(text: str) -> str:
    """Return the word with which a message asks for a reason; telling people that they need give none is right."""
    plain = re.sub(r"\{[{%].*?[%}]\}", "", text, flags=re.DOTALL)
    clauses = re.split(r"[.!?;:\n]", plain)
    return next((found[0] for c in clauses if (found := _WHY.search(c)) and not _NOT_ASKED.search(c)), "")


def _restricted(case: Case, step: StepPlan) -> Iterator[Fault]:
    if step.restricted and step.kind not in {StepKind.TASK, StepKind.DECISION}:
        fix = "what only few may know is not sent; make it a task or a decision"
        yield Fault(Name.RESTRICTED, ("kind",), fix)
    quiet = {key for key, other in case.steps.items() if other.restricted}
    for n, message in enumerate(step.messages):
        for key, text in _every_text(message):
            for told in sorted(quiet & _said(text)):
                fix = f"{told} is restricted: what it says is not passed on; leave it out"
                yield Fault(Name.RESTRICTED, ("messages", n, *key), fix, told)


def _every_text(message: Message) -> Iterator[tuple[Place, str]]:
    """Yield what a message says, in every language, each with where it stands."""
    yield from ((("subject",), message.subject), (("text",), message.text))
    for code, said in message.translations.items():
        at = ("translations", code)
        yield from (((*at, "subject"), said.subject), ((*at, "text"), said.text))


def _said(text: str) -> set[str]:
    """Return the steps whose answer or evidence a message uses."""
    try:
        return template.parts_used(text, "answers") | template.parts_used(text, "evidence")
    except template.BadTemplate:
        return set()  # it has its own fault
