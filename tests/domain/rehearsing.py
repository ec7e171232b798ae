"""Rehearsing a runbook until every answer of every decision was given: as few rehearsals as that takes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.domain.facts import EXAMPLE, Facts
from bot.domain.rehearsal import Rehearsal, Script, What, rehearse
from bot.domain.runbook import Runbook, StepPlan
from bot.domain.template import asked, parts_used
from tests.world import product_settings

_LESS = {name: 0 for name, field_ in Facts.model_fields.items() if field_.annotation in {int, float}}
_SPARED = {"severity": 1, "sitrep_number": 1}
# How things may stand: some trouble, none at all, as bad as can be.
GROUNDS = {
    "some": EXAMPLE,
    "good": EXAMPLE.model_copy(update=_LESS | _SPARED | {"acknowledged_percent": 100, "accounted_percent": 100}),
    "bad": EXAMPLE.model_copy(update=dict.fromkeys(_LESS, 100) | _SPARED | {"acknowledged_percent": 0, "accounted_percent": 0}),
}  # fmt: skip
Pair = tuple[str, str]


@dataclass
class Curious:
    """Somebody who answers each decision the way nobody has yet; once nothing is new, they go where new ones are."""

    taken: set[Pair] = field(default_factory=set)
    given: dict[str, str] = field(default_factory=dict)
    lead: dict[str, str] = field(default_factory=dict)

    def answer(self, plan: StepPlan) -> str:
        """Choose an option."""
        options = [option.value for option in plan.options]
        new = next((value for value in options if (plan.id, value) not in self.taken), options[0])
        chosen = self.lead.get(plan.id, new)
        self.taken.add((plan.id, chosen))
        self.given[plan.id] = chosen
        return chosen


def pairs(book: Runbook) -> set[Pair]:
    """Return every answer of every decision."""
    return {(step.id, option.value) for step in book.steps for option in step.options}


def rehearsals(
    book: Runbook, *, drill: bool, severity: int, grounds: Sequence[str] = ("bad", "good")
) -> Iterator[Rehearsal]:
    """Yield rehearsals until no answer is new: first the greedy way, then every way that led to a decision."""
    taken: set[Pair] = set()
    for ground in grounds:
        facts = GROUNDS[ground].model_copy(update={"drill": drill, "severity": severity})
        leads: list[dict[str, str]] = [{}]
        seen: set[frozenset[Pair]] = set()
        while leads:
            who = Curious(taken, {}, leads.pop())
            before = len(taken)
            yield rehearse(Script(book, product_settings().policy, facts, answer=who.answer))
            if len(taken) > before:
                leads.append({})
            for lead in _others(who.given, taken, book):
                if frozenset(lead.items()) not in seen:
                    seen.add(frozenset(lead.items()))
                    leads.insert(0, lead)


def _others(given: dict[str, str], taken: set[Pair], book: Runbook) -> Iterator[dict[str, str]]:
    """Yield the courses that differ from one in a single answer on which a decision depends that lacks answers still."""
    lacking = {step for step, _ in pairs(book) - taken}
    for step in book.steps:
        if step.id in given and step.id in _deciding(book, lacking):
            for option in step.options:
                if option.value != given[step.id]:
                    yield {**given, step.id: option.value}


def _deciding(book: Runbook, keys: set[str]) -> set[str]:
    """Return the decisions whose answers say whether these are asked at all."""
    whens = [step.when for step in book.steps if step.id in keys and step.when]
    direct = {key for when in whens for key in parts_used(asked(when), "answers")}
    return direct if direct <= keys else _deciding(book, keys | direct)


def became_ready(run: Rehearsal) -> set[str]:
    """Return the steps that people were asked to do."""
    return {event.step.key for event in run.events if event.what is What.READY and event.step}
