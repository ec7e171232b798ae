"""Scores by category as a picture: a bar each, marks where amber and green begin; readable alone, without colour."""

from html import escape

from bot.domain.card import Frozen, Tone
from bot.domain.chart import FILLS, GRID, INK, SOFT

_WIDE, _LEFT, _RIGHT, _ROW, _TOP = 420, 146, 46, 26, 22


class Bar(Frozen):
    """One bar: 0 to 100, None when there is nothing to score; the sign says the tone without colour."""

    label: str
    value: int | None
    tone: Tone


def readiness_chart(bars: tuple[Bar, ...], *, title: str, amber: int, green: int) -> str:
    """Return the bars, the marks and, for who can't see them, the same in words."""
    high = _TOP + _ROW * len(bars) + 6
    words = "; ".join(f"{b.label}: {'nothing to score' if b.value is None else b.value}" for b in bars)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {_WIDE} {high}" role="img" '
        f'font-family="sans-serif" font-size="14"><title>{escape(title)}</title><desc>{escape(words)}</desc>'
    )
    marks = _mark(amber, "amber", high) + _mark(green, "green", high)
    return head + marks + "".join(_bar(bar, _TOP + _ROW * n) for n, bar in enumerate(bars)) + "</svg>"


def _x(value: float) -> float:
    return round(_LEFT + (_WIDE - _LEFT - _RIGHT) * max(0.0, min(100.0, value)) / 100, 1)


def _mark(at: int, name: str, high: int) -> str:
    x = _x(at)
    line = f'<line class="grid-line" x1="{x}" x2="{x}" y1="{_TOP - 4}" y2="{high - 6}" stroke="{GRID}"/>'
    return f'{line}<text class="bar-word" x="{x}" y="12" text-anchor="middle" fill="{SOFT}">{name} {at}</text>'


_SIGNS = {Tone.PLAIN: "", Tone.GOOD: " ✓", Tone.WARN: " !", Tone.BAD: " ▲"}


def _bar(bar: Bar, y: int) -> str:
    words = f'<text class="bar-word" x="{_LEFT - 8}" y="{y + 15}" text-anchor="end" fill="{SOFT}">'
    label = f"{words}{escape(bar.label)}</text>"
    if bar.value is None:
        return f'{label}<text class="bar-word" x="{_LEFT}" y="{y + 15}" fill="{SOFT}">nothing to score</text>'
    x = _x(bar.value)
    drawn = (
        f'<rect class="track" x="{_LEFT}" y="{y + 4}" width="{_x(100) - _LEFT}" height="14" fill="none" '
        f'stroke="{GRID}"/><rect class="fill-{bar.tone}" x="{_LEFT}" y="{y + 4}" width="{round(x - _LEFT, 1)}" '
        f'height="14" fill="{FILLS[bar.tone]}"/>'
    )
    said = f'<text class="figure-word" x="{_x(100) + 8}" y="{y + 16}" fill="{INK}">{bar.value}{_SIGNS[bar.tone]}</text>'
    return label + drawn + said
