"""Scores by category as a picture: a bar each, marks where amber and green begin; readable alone, without colour."""

from html import escape

from bot.domain.card import Bar, Tone
from bot.domain.chart import FILLS, GRID, INK, SOFT

WIDE, LEFT, RIGHT, ROW, TOP = 420, 146, 46, 26, 22
NO_SCORE = "nothing to score"
SIGNS = {Tone.PLAIN: "", Tone.GOOD: " ✓", Tone.WARN: " !", Tone.BAD: " ▲"}


def high_of(bars: tuple[Bar, ...]) -> int:
    """Return how high the chart is, in the units in which it is WIDE wide."""
    return TOP + ROW * len(bars) + 6


def x_of(value: float) -> float:
    """Return where a score stands."""
    return round(LEFT + (WIDE - LEFT - RIGHT) * max(0.0, min(100.0, value)) / 100, 1)


def readiness_chart(bars: tuple[Bar, ...], *, title: str, amber: int, green: int) -> str:
    """Return the bars, the marks and, for who can't see them, the same in words."""
    high = high_of(bars)
    words = "; ".join(f"{b.label}: {NO_SCORE if b.value is None else b.value}" for b in bars)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {WIDE} {high}" role="img" '
        f'font-family="sans-serif" font-size="14"><title>{escape(title)}</title><desc>{escape(words)}</desc>'
    )
    marks = _mark(amber, "amber", high) + _mark(green, "green", high)
    return head + marks + "".join(_bar(bar, TOP + ROW * n) for n, bar in enumerate(bars)) + "</svg>"


def _mark(at: int, name: str, high: int) -> str:
    x = x_of(at)
    line = f'<line class="grid-line" x1="{x}" x2="{x}" y1="{TOP - 4}" y2="{high - 6}" stroke="{GRID}"/>'
    return f'{line}<text class="bar-word" x="{x}" y="12" text-anchor="middle" fill="{SOFT}">{name} {at}</text>'


def _bar(bar: Bar, y: int) -> str:
    words = f'<text class="bar-word" x="{LEFT - 8}" y="{y + 15}" text-anchor="end" fill="{SOFT}">'
    label = f"{words}{escape(bar.label)}</text>"
    if bar.value is None:
        return f'{label}<text class="bar-word" x="{LEFT}" y="{y + 15}" fill="{SOFT}">{NO_SCORE}</text>'
    x = x_of(bar.value)
    drawn = (
        f'<rect class="track" x="{LEFT}" y="{y + 4}" width="{x_of(100) - LEFT}" height="14" fill="none" '
        f'stroke="{GRID}"/><rect class="fill-{bar.tone}" x="{LEFT}" y="{y + 4}" width="{round(x - LEFT, 1)}" '
        f'height="14" fill="{FILLS[bar.tone]}"/>'
    )
    drawn += _was(bar.was, y) if bar.was is not None else ""
    said = (
        f'<text class="figure-word" x="{x_of(100) + 8}" y="{y + 16}" fill="{INK}">{bar.value}{SIGNS[bar.tone]}</text>'
    )
    return label + drawn + said


def _was(value: int, y: int) -> str:
    """A mark where it stood before."""
    x = x_of(value)
    return f'<line class="was" x1="{x}" x2="{x}" y1="{y + 1}" y2="{y + 21}" stroke="{INK}" stroke-width="2"/>'
