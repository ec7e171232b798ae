"""What differs between two versions of a runbook, in words: for the one who reads it and the one who adopts it."""

from collections.abc import Mapping, Sequence
from difflib import ndiff
from enum import StrEnum
from typing import Any, NamedTuple

from bot.domain.runbook import Message, Runbook, StepPlan
from bot.domain.text import plural


class Kind(StrEnum):
    """What became of a step."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"


class Change(NamedTuple):
    """One step that differs; what: each difference in a line; lines: those of texts, as "- old" and "+ new"."""

    kind: Kind
    step: StepPlan
    what: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


class Diff(NamedTuple):
    """All that differs: the runbook's own keys and values in a line each, then its steps."""

    head: tuple[str, ...]
    steps: tuple[Change, ...]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.head or self.steps)

    def summary(self) -> str:
        """Return "1 step new, 2 changed"."""
        counts = [(sum(c.kind is kind for c in self.steps), kind) for kind in Kind]
        said = [f"{plural(n, 'step')} {kind}" for n, kind in counts if n]
        if self.head:
            said.append(f"{plural(len(self.head), 'entry', 'entries')} at the top")
        return ", ".join(said) or "nothing differs"


def compare(old: Runbook, new: Runbook) -> Diff:
    """Return what changed from one version to the other."""
    head = [*_fields(_plain(old), _plain(new)), *_fields(old.values, new.values, "values.")]
    return Diff(tuple(head), tuple(steps(old.steps, new.steps)))


def _plain(book: Runbook) -> dict[str, Any]:
    return book.model_dump(mode="json", exclude={"steps", "values"})


def _fields(old: Mapping[str, Any], new: Mapping[str, Any], prefix: str = "") -> list[str]:
    keys = dict.fromkeys([*old, *new])
    return [f"{prefix}{k}: {_said(old.get(k))} → {_said(new.get(k))}" for k in keys if old.get(k) != new.get(k)]


def _said(value: object) -> str:
    """Say a value: nothing as a dash, a list as its items."""
    match value:
        case None | "" | [] | {}:
            return "–"
        case bool():
            return "yes" if value else "no"
        case [*items]:
            return ", ".join(_said(item) for item in items)
        case dict():
            return ", ".join(f"{k} {_said(v)}" for k, v in value.items() if v not in ("", None))
        case _:
            return " ".join(str(value).split())


def steps(old: Sequence[StepPlan], new: Sequence[StepPlan]) -> list[Change]:
    """Return the steps that differ, in the order of the new version; those that are gone come last."""
    before, after = {s.id: s for s in old}, {s.id: s for s in new}
    found = [_step(before.get(key), step) for key, step in after.items()]
    gone = [Change(Kind.GONE, step) for key, step in before.items() if key not in after]
    return [change for change in found if change is not None] + gone


def _step(old: StepPlan | None, new: StepPlan) -> Change | None:
    if old is None:
        return Change(Kind.NEW, new)
    if old == new:
        return None
    apart = {"messages"}
    what = _fields(old.model_dump(mode="json", exclude=apart), new.model_dump(mode="json", exclude=apart))
    said, lines = _messages(old.messages, new.messages)
    return Change(Kind.CHANGED, new, (*what, *said), tuple(lines))


def _messages(old: Sequence[Message], new: Sequence[Message]) -> tuple[list[str], list[str]]:
    before, after = {m.audience: m for m in old}, {m.audience: m for m in new}
    what: list[str] = []
    lines: list[str] = []
    for audience in dict.fromkeys([*before, *after]):
        one, other, to = before.get(audience), after.get(audience), audience.replace("_", " ")
        if one is None or other is None:
            what.append(f"message to {to}: {'new' if one is None else 'gone'}")
        elif one != other:
            short = _fields(
                one.model_dump(mode="json", exclude={"text"}), other.model_dump(mode="json", exclude={"text"})
            )
            what += [f"message to {to}, {each}" for each in short]
            if one.text != other.text:
                what.append(f"message to {to}: text changed")
                lines += [d.rstrip() for d in ndiff(one.text.splitlines(), other.text.splitlines()) if d[0] in "+-"]
    return what, lines
