"""Thresholds in what responders read: `{{ values.fuel_hours }}` in a title, guidance or option is its number."""

import re
from collections.abc import Iterator
from typing import Any

from bot.domain.runbook import Runbook, StepPlan

_VALUE = re.compile(r"\{\{\s*values\.(\w+)\s*\}\}")
_ONE = re.compile(r"(?<![\d.,])1 (minute|hour|day|week|month)s\b")
_BRACES = re.compile(r"\{\{|\{%")


def filled(book: Runbook) -> Runbook:
    """Return the runbook with its values said where steps name them; a value that is not there stays as written."""
    return book.model_copy(update={"steps": tuple(_step(step, book.values) for step in book.steps)})


def misnamed(step: StepPlan, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (key, name) of each value that a step's own words ask for in vain; no name: braces of another kind."""
    for key, text in said(step):
        yield from ((key, name) for name in _VALUE.findall(text) if name not in values)
        if _BRACES.search(_VALUE.sub("", text)):
            yield key, ""


def said(step: StepPlan) -> Iterator[tuple[str, str]]:
    """Yield what a step says to responders, by key."""
    yield from (("title", step.title), ("guidance", step.guidance), ("evidence", step.evidence.ask))
    for option in step.options:
        yield from (("options", option.label), ("options", option.hint))


def _step(step: StepPlan, values: dict[str, Any]) -> StepPlan:
    def say(text: str) -> str:
        return _ONE.sub(r"1 \1", _VALUE.sub(lambda m: str(values.get(m[1], m[0])), text))

    if not any(_VALUE.search(text) for _, text in said(step)):
        return step
    options = tuple(o.model_copy(update={"label": say(o.label), "hint": say(o.hint)}) for o in step.options)
    asked = step.evidence.model_copy(update={"ask": say(step.evidence.ask)})
    return step.model_copy(
        update={"title": say(step.title), "guidance": say(step.guidance), "evidence": asked, "options": options}
    )
