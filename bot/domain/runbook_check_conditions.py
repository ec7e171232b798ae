"""Conditions of a runbook: what they ask for is there, and what they wait for or depend on can happen."""

from collections.abc import Collection, Iterator
from itertools import product
from math import inf
from typing import Any

from bot.domain import template
from bot.domain.facts import EXAMPLE, EXAMPLE_DRILL, FACT_NAMES, MAPS, PERSON_NAMES, Facts
from bot.domain.nearest import did_you_mean
from bot.domain.possible import Span, World, number, outcomes, worlds
from bot.domain.runbook import StepPlan
from bot.domain.runbook_faults import Case, Fault, Name

LATER = Span(10**7, inf)  # minutes after declaration by which whatever time brings has come
_MOST = 5_000  # combinations of answers to look through; beyond that a step counts as one that can apply
_NEVER = "this can't be true, whatever is answered; correct it, or remove the step"
_FIXED = ("answers", "evidence")


def examples(case: Case) -> list[Facts]:
    """Return real incidents and drills of this runbook at each severity: with much known, with nothing, at the end."""
    own = {"category": case.book.category.value, "values": case.book.values}
    late = {
        "state": "recovering",
        "answers": {key: step.options[0].value for key, step in case.decisions.items() if step.options},
        "evidence": dict.fromkeys(case.steps, "42"),
    }
    bare = dict.fromkeys(("sites", "addresses", "systems", "queues", "known", "latest", "commander"), "")
    full = EXAMPLE.model_copy(update=own)
    kinds = [full, full.model_copy(update=bare), full.model_copy(update=late), EXAMPLE_DRILL.model_copy(update=own)]
    return [
        facts.model_copy(update={"severity": severity, "drill": drill})
        for facts in kinds
        for severity, drill in product((1, 2, 3), (False, True))
    ]


def check(case: Case, step: StepPlan) -> Iterator[Fault]:
    """Yield what is wrong with a step's once and when."""
    found = []
    for key, condition in (("once", step.once), ("when", step.when)):
        if condition:
            found += [Fault(name, (key,), fix) for name, fix in _written(case, step, condition)]
    yield from found or _can_be(case, step)


def _written(case: Case, step: StepPlan, condition: str) -> Iterator[tuple[Name, str]]:
    """Yield what is wrong with a condition as it is written."""
    try:
        template.check_condition(condition)
        asked = template.asked(condition)
        faults = [*names(case, asked, FACT_NAMES), *_answers(case, step, asked)]
        yield from faults
        for facts in () if faults else examples(case):
            template.holds(condition, facts)
    except template.BadTemplate as error:
        yield Name.BAD_CONDITION, str(error)


def names(case: Case, text: str, known: Collection[str]) -> Iterator[tuple[Name, str]]:
    """Yield the names of a template that nobody knows."""
    for name in sorted(template.names_used(text) - set(known)):
        fix = "each reader has their own: show it in a message" if name in PERSON_NAMES else did_you_mean(name, known)
        yield Name.UNKNOWN_FACT, f"{name} is no known fact; {fix}"
    for of in sorted(MAPS):
        for part in sorted(template.parts_used(text, of) - set(case.parts(of))):
            yield Name.UNKNOWN_PART, f"{of}.{part} is not in this runbook; {did_you_mean(part, case.parts(of))}"


def _answers(case: Case, step: StepPlan, asked: str) -> Iterator[tuple[Name, str]]:
    """Answers are asked for after they are given, and only for options that there are."""
    for key in sorted(template.parts_used(asked, "answers") & set(case.decisions) - case.earlier(step.id)):
        yield Name.ASKED_TOO_SOON, f"the answer of {key} is not there yet; add {key} to after"
    for key, word in sorted(template.compared(asked, "answers")):
        options = [o.value for o in case.decisions[key].options] if key in case.decisions else []
        if options and word not in options:
            yield Name.UNKNOWN_OPTION, f"{key} has no option {word!r}; {did_you_mean(word, options)}"


def _can_be(case: Case, step: StepPlan) -> Iterator[Fault]:
    """Yield what a step waits for, or depends on, that can't be."""
    if step.once and (fix := _never_comes(case, step)):
        yield Fault(Name.WAITS_FOREVER, ("once",), fix)
    if step.when and not _may_apply(case, step.when):
        yield Fault(
            Name.NEVER_APPLIES, ("when",), "this can't be true, whatever is answered; correct it, or remove the step"
        )


def _never_comes(case: Case, step: StepPlan) -> str:
    fixed = [of for of in _FIXED if template.parts_used(template.asked(step.once), of)]
    if fixed:
        return f"{' and '.join(fixed)} don't change by waiting; ask for them in when"
    for world in worlds(values=known_values(case), category=case.book.category.value, minutes_since_declared=LATER):
        if True not in outcomes(step.once, world):
            kind = "a drill" if world["drill"] else "a real incident"
            return f"this does not come true, or not any more, in {kind} of severity {world['severity'].low}; use when"
    return ""


def known_values(case: Case) -> dict[str, Any]:
    """Return the runbook's own values as what is known for certain."""
    return {k: v if isinstance(v, str) else number(v) for k, v in case.book.values.items()}


def _may_apply(case: Case, condition: str) -> bool:
    """Whether some course of answers makes a condition true."""
    keys = sorted(_behind(case, condition, frozenset()))
    ways = [("", *(o.value for o in case.decisions[key].options)) for key in keys]
    base = list(worlds(values=known_values(case), category=case.book.category.value))
    tries = ((chosen, known) for chosen in product(*ways) for known in base)  # one by one: there may be very many
    for tried, (chosen, known) in enumerate(tries):
        answers = dict(zip(keys, chosen, strict=True))
        world = {**known, "answers": answers}
        if tried > _MOST or (_consistent(case, answers, world) and True in outcomes(condition, world)):
            return True
    return False


def _behind(case: Case, condition: str, seen: frozenset[str]) -> frozenset[str]:
    """Return the decisions that a condition depends on, directly or through what they depend on themselves."""
    direct = template.parts_used(template.asked(condition), "answers") & set(case.decisions) - seen
    seen |= direct
    for key in sorted(direct):
        if case.decisions[key].when:
            seen |= _behind(case, case.decisions[key].when, seen)
    return seen


def _consistent(case: Case, answers: dict[str, str], world: World) -> bool:
    """Whether every decision that was answered was asked."""
    asked = (case.decisions[key].when for key, answer in answers.items() if answer)
    return all(not when or True in outcomes(when, world) for when in asked)
