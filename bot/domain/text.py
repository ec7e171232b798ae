"""People's words, cleaned at the edge: text that is safe to keep and always shown as text."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints

_KEPT = {"\n", "\t"}
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_JOINERS = {"\u200c", "\u200d"}  # Persian, Hindi and emoji need them


def clean(text: str) -> str:
    """Return text without control and direction-changing characters, line ends made one kind."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (c for c in text if c in _KEPT or c in _JOINERS or unicodedata.category(c) not in _HIDDEN)
    return "".join(kept).strip()


def one_line(text: str) -> str:
    """Return text with every run of white space made one space."""
    return re.sub(r"\s+", " ", clean(text)).strip()


def clean_if_text(value: object) -> object:
    """Return text cleaned; anything else is left to the type that refuses it."""
    return clean(value) if isinstance(value, str) else value


def clip(text: str, limit: int) -> str:
    """Return text cut to limit characters, the cut shown as an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def plural(n: int, one: str, many: str | None = None) -> str:
    """Return "1 person", "1,200 people"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """Return "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


Line = Annotated[
    str, BeforeValidator(clean_if_text), AfterValidator(one_line), StringConstraints(min_length=1, max_length=200)
]
Paragraph = Annotated[str, BeforeValidator(clean_if_text), StringConstraints(min_length=1, max_length=2000)]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,59}$")]
