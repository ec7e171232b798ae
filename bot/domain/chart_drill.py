"""A drill's marks as a picture: a bar each with its own threshold; readable alone, without colour."""

from html import escape

from bot.domain.card import Frozen, Tone
from bot.domain.chart import FILLS, GRID, INK, SOFT

_WIDE, _LEFT, _RIGHT, _ROW, _TOP = 560, 210, 110, 28, 4


class Gauged(Frozen):
    """One bar: value and goal on a scale from 0 to full; None when what was wanted never came; said: it in words."""

    label: str
    value: float | None
    goal: float
    full: float
    said: str
    met: bool


def drill_chart(bars: tuple[Gauged, ...], *, title: str) -> str:
    """Return the bars with their thresholds and, for who can't see them, the same in words."""
    words = "; ".join(f"{bar.label}: {bar.said}, {'met' if bar.met else 'missed'}" for bar in bars)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {_WIDE} {_TOP + _ROW * len(bars)}" '
        f'role="img" font-family="sans-serif" font-size="13"><title>{escape(title)}</title><desc>{escape(words)}</desc>'
    )
    return head + "".join(_bar(bar, _TOP + _ROW * n) for n, bar in enumerate(bars)) + "</svg>"


def _x(value: float, full: float) -> float:
    return round(_LEFT + (_WIDE - _LEFT - _RIGHT) * max(0.0, min(1.0, value / full if full else 0.0)), 1)


def _bar(bar: Gauged, y: int) -> str:
    tone = Tone.GOOD if bar.met else Tone.BAD
    wide = round(_x(bar.value or 0.0, bar.full) - _LEFT, 1)
    goal = _x(bar.goal, bar.full)
    return (
        f'<text class="word" x="{_LEFT - 8}" y="{y + 17}" text-anchor="end" fill="{SOFT}">{escape(bar.label)}</text>'
        f'<rect class="track" x="{_LEFT}" y="{y + 5}" width="{_WIDE - _LEFT - _RIGHT}" height="16" fill="none" '
        f'stroke="{GRID}"/>'
        f'<rect class="fill-{tone}" x="{_LEFT}" y="{y + 5}" width="{wide}" height="16" fill="{FILLS[tone]}"/>'
        f'<line class="target" x1="{goal}" x2="{goal}" y1="{y + 2}" y2="{y + 24}" stroke="{INK}" stroke-width="2"/>'
        f'<text class="figure-word" x="{_WIDE - _RIGHT + 8}" y="{y + 17}" fill="{INK}">'
        f"{escape(bar.said)} {'✓' if bar.met else '▲'}</text>"
    )
