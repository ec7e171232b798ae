"""Charts as SVG text: no library, every word escaped, readable alone and without colour.

Colours are classes of the page's stylesheet; the attributes beside them serve when the file stands alone.
"""

from html import escape

from bot.domain.card import Frozen, Point, Series, Tone

__all__ = [
    "Part", "Point", "Series", "answers_chart", "chart_keys", "coverage_bar", "coverage_chart", "meter_bar",
    "parts_bar", "shares",
]  # fmt: skip
WIDE, HIGH = 560, 300
LEFT, RIGHT, TOP, BOTTOM = 52, 30, 16, 60
LINES = (("line-1", "#0b5d6e", ""), ("line-2", "#8a4f00", "7 4"), ("line-3", "#5a3d99", "2 4"))
FILLS = {Tone.PLAIN: "#0b5d6e", Tone.GOOD: "#1d6b45", Tone.WARN: "#8a4f00", Tone.BAD: "#b1231b"}
INK, SOFT, GRID = "#16202a", "#51606d", "#d9d5ca"


class Part(Frozen):
    """One piece of a whole, with its class name in the stylesheet."""

    label: str
    value: int
    kind: str


def answers_chart(series: tuple[Series, ...], *, title: str, target: int = 95) -> str:
    """Return how many answered as time went on, in percent of people, with the target as a dashed line."""
    return _chart(series, title, target, "target", "sent")


def coverage_chart(series: tuple[Series, ...], *, title: str) -> str:
    """Return live seats as time went on, in percent of the minimum, which is the dashed line."""
    return _chart(series, title, 100, "minimum", "start")


def _chart(series: tuple[Series, ...], title: str, target: int, goal: str, start: str) -> str:
    last = max((p.minute for s in series for p in s.points), default=0.0)
    wide = scale(last)
    parts = [_head(title, _told(series, target, goal)), _grid(wide, start), _target(target, goal)]
    parts += [_line(s, i, wide) for i, s in enumerate(series[: len(LINES)]) if s.points]
    parts += _labels(series)
    return "".join([*parts, "</svg>"])


def shares(series: Series, wanted: tuple[int, ...] = (50, 90, 95, 100)) -> tuple[tuple[int, float | None], ...]:
    """Return how many minutes each share took; None for one not reached yet."""
    return tuple((w, next((p.minute for p in series.points if p.percent >= w), None)) for w in wanted)


def coverage_bar(live: int, mbco: int, full: int, tone: Tone = Tone.PLAIN) -> str:
    """Return live seats as a bar out of full, with a mark at the minimum."""
    whole = max(full, live, mbco, 1)
    words = f"{live:,} live, minimum {mbco:,}, full {full:,}"
    mark = f'<rect class="mark" x="{_share(mbco, whole)}" y="0" width="2" height="100%" fill="{INK}"/>' if mbco else ""
    return _bar(words, _piece("0%", _share(live, whole), f"fill-{tone}", FILLS[tone]) + mark)


def meter_bar(value: int, total: int, tone: Tone = Tone.PLAIN) -> str:
    """Return how far something is as a bar; the words beside it say the numbers."""
    drawn = _piece("0%", _share(value, max(total, value, 1)), f"fill-{tone}", FILLS[tone])
    return _bar(f"{value:,} of {total:,}", drawn)


def parts_bar(parts: tuple[Part, ...]) -> str:
    """Return a whole split in pieces, in order."""
    whole = max(sum(p.value for p in parts), 1)
    drawn, at = [], 0
    for part in parts:
        if part.value:
            drawn.append(_piece(_share(at, whole), _share(part.value, whole), f"part-{part.kind}", SOFT))
        at += part.value
    return _bar(", ".join(f"{p.label} {p.value:,}" for p in parts), "".join(drawn))


def _bar(words: str, inside: str) -> str:
    return (
        f'<svg class="bar" role="img" aria-label="{escape(words)}" width="100%" height="10">'
        f'<rect class="track" width="100%" height="100%" fill="{GRID}"/>{inside}</svg>'
    )


def _piece(start: str, width: str, kind: str, fill: str) -> str:
    return f'<rect class="{escape(kind)}" x="{start}" width="{width}" height="100%" fill="{fill}"/>'


def _share(value: int, whole: int) -> str:
    return f"{max(0, min(100, value * 100 / whole)):.4g}%"


def scale(last: float) -> int:
    """Return the minutes that the chart spans: the least round number that holds them all."""
    steps = (15, 30, 60, 90, 120, 180, 240, 360, 480, 720, 1440, 2880, 4320, 7200, 10080, 14400, 20160)
    return next((s for s in steps if s >= last), int(last) + 1)


def x_of(minute: float, wide: int) -> float:
    """Return where a minute stands, of so many that the chart spans."""
    return round(LEFT + (WIDE - LEFT - RIGHT) * minute / wide, 1)


def y_of(percent: float) -> float:
    """Return where a share stands."""
    return round(TOP + (HIGH - TOP - BOTTOM) * (100 - max(0.0, min(100.0, percent))) / 100, 1)


def _head(title: str, told: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {WIDE} {HIGH}" role="img" '
        f'font-family="sans-serif" font-size="14"><title>{escape(title)}</title><desc>{escape(told)}</desc>'
    )


def _told(series: tuple[Series, ...], target: int, goal: str) -> str:
    ends = [(s.label, s.points[-1]) for s in series if s.points]
    told = [f"{label}: {p.percent:.0f} % after {p.minute:.0f} minutes" for label, p in ends]
    return "; ".join([*told, f"the {goal} is {target} %"])


def _grid(wide: int, start: str) -> str:
    across = "".join(_level(p) for p in (0, 25, 50, 75, 100))
    return across + "".join(_tick(wide * i // 3, wide, start) for i in range(4))


def _level(percent: int) -> str:
    y = y_of(percent)
    line = f'<line class="grid-line" x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{y}" y2="{y}" stroke="{GRID}"/>'
    return line + _word(LEFT - 8, y + 4, f"{percent} %", "end")


def _tick(minute: int, wide: int, start: str) -> str:
    return _word(x_of(minute, wide), HIGH - BOTTOM + 20, tick_word(minute, start), "middle")


def tick_word(minute: int, start: str) -> str:
    """Return what stands below the axis."""
    shown = f"+{minute} min" if minute < 180 else f"+{minute / 60:g} h"
    return shown if minute else start


def _target(target: int, goal: str) -> str:
    y = y_of(target)
    ends = f'x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{y}" y2="{y}"'
    return f'<line class="target" {ends} stroke="{INK}" stroke-dasharray="4 4"/>' + _word(
        WIDE - RIGHT, y + 16, f"{goal} {target} %", "end"
    )


def _line(series: Series, index: int, wide: int) -> str:
    name, colour, dashes = LINES[index]
    spots = [(x_of(p.minute, wide), y_of(p.percent)) for p in series.points]
    path = f"M{spots[0][0]} {spots[0][1]}" + "".join(f"H{x}V{y}" for x, y in spots[1:])
    floor = f"V{y_of(0)}H{spots[0][0]}Z"
    filled = f'<path class="area {name}" d="{path}{floor}" fill="{colour}" fill-opacity=".1" stroke="none"/>'
    area = "" if index else filled
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    end = f'<circle class="dot {name}" cx="{spots[-1][0]}" cy="{spots[-1][1]}" r="4" fill="{colour}"/>'
    return f'{area}<path class="{name}" d="{path}" fill="none" stroke="{colour}" stroke-width="2.5"{dashed}/>{end}'


def _labels(series: tuple[Series, ...]) -> list[str]:
    """The lines' names under the axis, each with a stroke of its own kind."""
    return ['<g class="keys">', *(_key(s, i) for i, s in enumerate(series[: len(LINES)])), "</g>"]


def chart_keys(series: tuple[Series, ...]) -> str:
    """Return the lines' names as a list beside the chart, for where the chart is too small for them."""
    return f'<ul class="chart-keys">{"".join(_own_key(s, i) for i, s in enumerate(series[: len(LINES)]))}</ul>'


def _own_key(series: Series, index: int) -> str:
    name, colour, dashes = LINES[index]
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    stroke = f'<path class="{name}" d="M0 6h24" stroke="{colour}" stroke-width="2.5" fill="none"{dashed}/>'
    return f'<li><svg width="24" height="12" aria-hidden="true">{stroke}</svg> {escape(key_word(series))}</li>'


def _key(series: Series, index: int) -> str:
    name, colour, dashes = LINES[index]
    x, y = LEFT + index * 170, HIGH - 10
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    stroke = f'<path class="{name}" d="M{x} {y - 4}h22" stroke="{colour}" stroke-width="2.5" fill="none"{dashed}/>'
    return stroke + _word(x + 28, y, key_word(series), "start")


def key_word(series: Series) -> str:
    """Return a line's name with where it stands."""
    return f"{series.label} {series.points[-1].percent:.0f} %" if series.points else series.label


def _word(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text class="word" x="{x}" y="{y}" text-anchor="{anchor}" fill="{SOFT}">{escape(text)}</text>'
