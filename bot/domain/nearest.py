"""The nearest right word, for everybody who mistypes one."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process, utils

from bot.domain.text import listed

_MOST = 40
_SLIP = 74  # one letter wrong in four


def nearest(word: str, choices: Iterable[str], *, cutoff: float = 60) -> str | None:
    """Return the choice most like word, or None when nothing is alike."""
    found = process.extractOne(
        word, list(choices), scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=cutoff
    )
    return found[0] if found else None


def slip(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice that a word surely means, but for a letter or two; None where it may mean anything."""
    found = process.extractOne(word, list(choices), scorer=fuzz.ratio, score_cutoff=_SLIP)
    return found[0] if found else None


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return "did you mean x?", or all that would be right when nothing is alike."""
    known = sorted(choices)
    best = nearest(word, known)
    if best:
        return f"did you mean {best}?"
    if not known:
        return "there is nothing to choose from"
    return f"use one of: {listed(known, 'or')}" if len(known) <= _MOST else f"for example {known[0]}"
