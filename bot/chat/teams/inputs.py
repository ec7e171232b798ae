"""Forms as Adaptive Card inputs: drawn with each fault beside its field, and read back from what Teams sends."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.chat.teams.elements import Limits, Native, Reader, line
from bot.domain.card import Choice, Field, FieldKind, Form
from bot.domain.text import clip

PREFIX = "f."
ERROR = "✗ "
_FEW = 6


def drawn(form: Form, reader: Reader, limits: Limits) -> Iterator[Native]:
    """Yield a form's fields, each followed by what is wrong with it."""
    for field in form.fields:
        yield _input(field, reader, limits)
        if field.hint and limits.hints:
            yield line(clip(reader.told(field.hint), limits.words), isSubtle=True, size="Small")
        left_out = len(field.options) - limits.options
        if left_out > 0 and not field.dataset:
            yield line(f"{left_out:,} more choices do not fit here: name yours in the typed command.", isSubtle=True)
        if field.error:
            yield line(ERROR + clip(reader.told(field.error), limits.words), color="Attention", weight="Bolder")


def _input(field: Field, reader: Reader, limits: Limits) -> Native:
    search = field.kind is FieldKind.SEARCH and bool(field.options)  # a Teams that can't search shows those at least
    chosen = search or field.kind in (FieldKind.ONE, FieldKind.MANY)
    base: Native = {
        "id": PREFIX + field.name,
        "label": clip(reader.plain(field.label), min(limits.words, 200)) or field.name,
        "isRequired": field.required,
    }
    if field.required:
        base["errorMessage"] = "This is needed."
    return base | (_choices(field, reader, limits) if chosen else _text(field, reader, limits))


def _text(field: Field, reader: Reader, limits: Limits) -> Native:
    value = reader.plain(field.value[0]) if field.value else ""
    return {
        "type": "Input.Text",
        "isMultiline": field.kind is FieldKind.PARAGRAPH,
        "maxLength": field.max_length,
        "value": clip(value, limits.words),
    }


def _choices(field: Field, reader: Reader, limits: Limits) -> Native:
    shown = field.options[: limits.options]
    there = {o.value for o in shown}
    search = field.kind is FieldKind.SEARCH
    data = {"choices.data": {"type": "Data.Query", "dataset": field.dataset}} if search else {}
    return {
        "type": "Input.ChoiceSet",
        "isMultiSelect": field.kind is FieldKind.MANY,
        "style": "filtered" if search else "expanded" if len(shown) <= _FEW else "compact",
        **data,
        "wrap": True,
        "choices": [{"title": _title(o, reader, limits), "value": o.value} for o in shown],
        "value": ",".join(v for v in field.value if v in there),
    }


def found(options: Sequence[Choice], most: int) -> list[Native]:
    """Return what fits the words that somebody is typing, as Teams takes it."""
    hinted = ((o, f"{o.label} – {o.hint}" if o.hint else o.label) for o in options[:most])
    return [{"title": clip(words, 100) or option.value, "value": option.value} for option, words in hinted]


def _title(option: Choice, reader: Reader, limits: Limits) -> str:
    words = f"{option.label} – {option.hint}" if option.hint and limits.hints else option.label
    return clip(reader.plain(words), min(limits.words, 300)) or option.value


def values(form: Form, data: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what was filled in, by field; a list of choices comes as one text with commas."""
    found: dict[str, list[str]] = {}
    for field in form.fields:
        said = str(data.get(PREFIX + field.name) or "")
        found[field.name] = [v for v in said.split(",") if v] if field.kind is FieldKind.MANY else [said]
    return found
