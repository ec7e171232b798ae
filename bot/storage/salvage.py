"""What can be said of a runbook whose form has faults: the rest of it is examined too, so that all is named in one go.

A step with a fault keeps each key that is right by itself, over stand-ins for what must be there. What is found wrong
beyond the form counts where nothing that was left out can be the reason.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import BaseModel, ValidationError

from bot.domain.nearest import nearest
from bot.domain.refusal import Problem
from bot.domain.runbook import Runbook, StepPlan
from bot.domain.runbook_faults import Fault, Name
from bot.storage.files import Source, as_far

_STEP = {"id": "unknown", "title": "?", "phase": "serve", "owner": "?"}
_HEAD = {"category": "facility_loss", "title": "?", "version": "?", "owner": "?", "reviewed_on": date.max, "steps": []}
_MEANS = frozenset({"id", "kind", "after", "options", "when", "once"})  # what other steps, or other keys, depend on
_OF_ALL = frozenset({Name.ROLL_FIRST})  # what may be mended by any step that could not be read
_ALONE = frozenset({Name.UNKNOWN_ROLE, Name.BAD_TIME})  # what a key is wrong in whatever stands around it


@dataclass(frozen=True)
class Salvaged:
    """A runbook as far as it can be read, with the faults in its form.

    kept: of each step with a fault, the keys that could be read; head: those of the file's top; unclear: the steps of
    which too little is sure for others to depend on.
    """

    book: Runbook
    problems: list[Problem]
    kept: Mapping[int, frozenset[str]] = field(default_factory=dict)
    unclear: frozenset[int] = frozenset()
    head: frozenset[str] = frozenset(Runbook.model_fields)

    def sure(self, found: Collection[Fault]) -> list[Fault]:
        """Return the faults that nothing which was left out can be the reason of."""
        if "values" not in self.head:
            return []
        doubtful = self.unclear | _depending(self.book, self.unclear)
        nameless = any(self.book.steps[n].id == _STEP["id"] for n in self.unclear)
        vague = _OF_ALL | {Name.UNKNOWN_STEP, Name.UNKNOWN_PART} if nameless else _OF_ALL if self.kept else frozenset()
        return [fault for fault in found if fault.name not in vague and self._written(fault, doubtful)]

    def _written(self, fault: Fault, doubtful: Collection[int]) -> bool:
        match fault.path:
            case ("steps", int(n), *rest):
                read = n not in self.kept or not rest or rest[0] in self.kept[n]
                return read and (n not in doubtful or fault.name in _ALONE)
            case (head, *_):
                return head in self.head
        return False


def salvage(source: Source, lost: Collection[int] = ()) -> Salvaged:
    """Return a runbook as far as it can be read; lost: steps of which only the runbook's own part is there."""
    try:
        return Salvaged(Runbook.model_validate(source.data), [], unclear=frozenset(lost))
    except ValidationError as error:
        problems = source.problems(error, Runbook, but_missing=lost)
        wrong = {e["loc"][1] for e in error.errors() if e["loc"][0] == "steps" and len(e["loc"]) > 1}
    steps, kept = _steps(source.value(("steps",)), {*lost, *wrong})
    written = _list(source.value(("steps",)))
    unclear = {n for n in kept if n in lost or "id" not in kept[n] or _MEANS & _meant(StepPlan, written[n]) - kept[n]}
    data = source.data if isinstance(source.data, dict) else {}
    head, keys = as_far(Runbook, {**data, "steps": steps}, _HEAD)
    left = _meant(Runbook, data) - keys
    there = frozenset(Runbook.model_fields) - left - {key for key in _HEAD if key not in data}
    return Salvaged(Runbook.model_validate(head), problems, kept, frozenset(unclear), there)


def _steps(written: object, wrong: Collection[object]) -> tuple[list[Any], dict[int, frozenset[str]]]:
    """Return the steps, those with a fault as far as they can be read; and which of their keys could be."""
    steps, kept = [*_list(written)], dict[int, frozenset[str]]()
    for n in [n for n in wrong if isinstance(n, int)]:
        steps[n], kept[n] = as_far(StepPlan, steps[n] if isinstance(steps[n], dict) else {}, _STEP)
    return steps, kept


def _list(written: object) -> list[Any]:
    return written if isinstance(written, list) else []


def _meant(model: type[BaseModel], written: object) -> set[str]:
    """Return the keys that a mapping may mean to have: one that nobody knows is the nearest one, or else any."""
    found = set[str]()
    for key in written if isinstance(written, dict) else ():
        known = key if key in model.model_fields else nearest(key, model.model_fields)
        found |= {known} if known else set(model.model_fields)
    return found


def _depending(book: Runbook, unclear: Collection[int]) -> set[int]:
    """Return the steps that wait for one of these, directly or not, or speak of one."""
    names, found = {book.steps[n].id for n in unclear}, set[int]()
    while more := {n for n, step in enumerate(book.steps) if n not in {*unclear, *found} and names & set(_named(step))}:
        found |= more
        names |= {book.steps[n].id for n in more}
    return found


def _named(step: StepPlan) -> Iterator[str]:
    """Yield every word of a step that may name another."""
    texts = (text for message in step.messages for text in (message.subject, message.text))
    yield from step.after
    for text in (step.once, step.when, step.due, *texts):
        yield from re.findall(r"\w+", text)
