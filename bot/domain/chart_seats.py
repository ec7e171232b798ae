"""Seats as a picture: a small square for every few, filled by how far they are; readable without colour."""

from collections.abc import Sequence
from html import escape
from itertools import chain, repeat

from bot.domain.chart import Part

_ACROSS, _STEP, _SIDE = 12, 12, 9
_MOST = 144  # squares for the largest place
FREE = "free"


def seats_to_a_square(largest: int) -> int:
    """Return how many seats one square stands for, so that the largest place stays small enough to take in."""
    return next(n for n in chain((1, 2, 5, 10, 20, 50, 100), repeat(-(-largest // _MOST))) if n * _MOST >= largest)


def seat_map(parts: Sequence[Part], seats: int, each: int) -> str:
    """Return a place's seats as squares of so many seats each: those taken by how far they are, then the free ones."""
    squares = max(1, -(-seats // each))
    kinds = [part.kind for part in parts for _ in range(_squares(part.value, each))][:squares]
    drawn = "".join(_square(kind, at) for at, kind in enumerate([*kinds, *[FREE] * (squares - len(kinds))]))
    high = -(-squares // _ACROSS) * _STEP
    words = ", ".join(f"{part.value:,} {part.label}" for part in parts if part.value) or "none taken"
    return (
        f'<svg class="seat-map" role="img" aria-label="{escape(words)}" viewBox="0 0 {_ACROSS * _STEP} {high}">'
        f"{drawn}</svg>"
    )


def seat_key(kind: str) -> str:
    """Return one square as the key of a picture."""
    return f'<svg class="seat-key" viewBox="0 0 {_STEP} {_STEP}" aria-hidden="true">{_square(kind, 0)}</svg>'


def _squares(value: int, each: int) -> int:
    """Rounded to the nearest, but what there is is seen."""
    return max(1, round(value / each)) if value else 0


def _square(kind: str, at: int) -> str:
    x, y = at % _ACROSS * _STEP + 1.5, at // _ACROSS * _STEP + 1.5
    box = f'<rect class="seat-{kind}" x="{x}" y="{y}" width="{_SIDE}" height="{_SIDE}" rx="1.5"/>'
    return box + _MARKS.get(kind, "").format(x=x, y=y, half=y + _SIDE / 2, far=x + _SIDE, low=y + _SIDE, mid=_SIDE / 2)


# What a square says without its colour: held is empty, confirmed half full, arrived has a dot, live is full.
_MARKS = {
    "confirmed": '<rect class="seat-half" x="{x}" y="{half}" width="9" height="{mid}"/>',
    "arrived": '<circle class="seat-dot" cx="{x}" cy="{y}" r="2" transform="translate(4.5 4.5)"/>',
}
