"""Facts as somebody gives them on the command line: `severity=2 sites=Leeds values.few=40`."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from bot.domain.facts import EXAMPLE, FACT_NAMES, MAPS, Facts
from bot.domain.nearest import did_you_mean
from bot.domain.refusal import Refused
from bot.domain.runbook import Runbook, StepKind

_EXAMPLE = "Example: --facts unaccounted=0 --facts sites=Leeds"


def facts(pairs: Sequence[str], book: Runbook) -> Facts:
    """Return the example's facts with what was given; raises Refused with the nearest right word."""
    given = {}
    values: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise Refused(f"{pair} gives no value.", instead=_EXAMPLE)
        of, _, part = name.strip().partition(".")
        if of == "values" and part:
            values[part] = _value(part, value.strip(), book)
        elif of in FACT_NAMES - MAPS:
            given[of] = value.strip()
        else:
            raise Refused(f"{name} is no fact that can be given.", instead=did_you_mean(name, FACT_NAMES - MAPS))
    try:
        return Facts.model_validate({**EXAMPLE.model_dump(), **given, "values": values})
    except ValidationError as wrong:
        said = "; ".join(f"{e['loc'][0]} is {e['input']!r}: {e['msg'].lower()}" for e in wrong.errors())
        raise Refused(f"{said}.", instead=_EXAMPLE) from wrong


def _value(name: str, text: str, book: Runbook) -> int | float | str:
    """Return one of the runbook's own values, as the kind of thing that it is there."""
    if name not in book.values:
        raise Refused(f"values.{name} is not in this runbook.", instead=did_you_mean(name, book.values))
    kind = type(book.values[name])
    try:
        return kind(text)
    except ValueError as wrong:
        raise Refused(f"values.{name} is a number there, {text!r} is none.", instead=_EXAMPLE) from wrong


def answers(pairs: Sequence[str], book: Runbook) -> Mapping[str, str]:
    """Return decisions with the options chosen: Q1=move; raises Refused with the nearest right word."""
    decisions = {step.id: [o.value for o in step.options] for step in book.steps if step.kind is StepKind.DECISION}
    found = {}
    for pair in pairs:
        key, _, option = (part.strip() for part in pair.partition("="))
        if key not in decisions:
            raise Refused(f"There is no decision {key}.", instead=did_you_mean(key, decisions))
        if option not in decisions[key]:
            raise Refused(f"{key} has no option {option!r}.", instead=did_you_mean(option, decisions[key]))
        found[key] = option
    return found
