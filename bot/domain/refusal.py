"""The two ways in which the product says no: to a person, and to a file."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.card import Button


class Why(StrEnum):
    """What kind of no it is; a refused permission is journalled."""

    WRONG = "wrong"
    FORBIDDEN = "forbidden"
    TAKEN = "taken"


class Refused(Exception):
    """What a person asked for can't be done; says why and what to do instead.

    fields: message per form field, shown beside it. offer: what they may have meant, to be pressed.
    """

    def __init__(
        self,
        text: str,
        *,
        instead: str = "",
        why: Why = Why.WRONG,
        fields: dict[str, str] | None = None,
        offer: tuple[Button, ...] = (),
    ) -> None:
        super().__init__(text)
        self.text, self.instead, self.why, self.fields, self.offer = text, instead, why, fields or {}, offer


@dataclass(frozen=True)
class Problem:
    """One fault in a file: where it is, what stands there, what would be right.

    used: where another file takes the line from this one; name: what kind of fault it is, where it has a name.
    """

    file: str
    line: int
    key: str
    value: str
    fix: str
    warning: bool = False
    used: str = ""
    name: str = ""

    def __str__(self) -> str:
        """Return the one line that people see."""
        kind = "warning" if self.warning else "error"
        shown = f" is {self.value!r}" if self.value else ""
        used = f" (used in {self.used})" if self.used else ""
        name = f" [{self.name}]" if self.name else ""
        return f"{self.file}:{self.line}: {kind}: {self.key}{shown}: {self.fix}{used}{name}"


class BadConfig(Exception):
    """Files that can't be used; carries every fault found, not only the first."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(p) for p in problems))
        self.problems = problems
