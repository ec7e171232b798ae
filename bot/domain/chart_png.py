"""The same chart as a PNG, for chats: in memory, with the font that Pillow brings, small enough for a card."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from PIL import ImageDraw, ImageFont

from bot.domain import chart, chart_bars_png
from bot.domain.card import Image, Series
from bot.domain.png import SHARP, blank, packed

SIZE = (chart.WIDE * 2, chart.HIGH * 2)
_LETTERS, _THIN, _THICK, _DOT = 27, 2, 5, 9


def drawn(image: Image) -> bytes:
    """Return a chart as PNG bytes; a SITREP goes to many, so each is drawn once."""
    if image.bars:
        return chart_bars_png.drawn(image.bars, image.amber, image.green)
    return _drawn(image.series, image.target)


@lru_cache(maxsize=16)
def _drawn(series: tuple[Series, ...], target: int) -> bytes:
    canvas = blank(SIZE)
    _Drawing(ImageDraw.Draw(canvas), series, target).all()
    return packed(canvas)


class _Drawing:
    """One chart on one canvas."""

    def __init__(self, draw: ImageDraw.ImageDraw, series: tuple[Series, ...], target: int) -> None:
        self._draw, self._series, self._goal = draw, series, target
        self._wide = chart.scale(max((p.minute for s in series for p in s.points), default=0.0))
        self._font = ImageFont.load_default(_LETTERS)

    def all(self) -> None:
        """Draw the axes, the target, the lines from the last to the first, their names."""
        for percent in (0, 25, 50, 75, 100):
            self._level(percent)
        for third in range(4):
            minute = self._wide * third // 3
            self._word(
                chart.x_of(minute, self._wide), chart.HIGH - chart.BOTTOM + 8, chart.tick_word(minute, "sent"), "ma"
            )
        shown = list(enumerate(self._series[: len(chart.LINES)]))
        for index, series in reversed(shown):
            self._line(index, series)
        self._target()
        for index, series in shown:
            self._key(index, series)

    def _level(self, percent: int) -> None:
        y = chart.y_of(percent)
        self._stroke([(chart.LEFT, y), (chart.WIDE - chart.RIGHT, y)], chart.GRID, _THIN)
        self._word(chart.LEFT - 8, y, f"{percent} %", "rm")

    def _target(self) -> None:
        y, end = chart.y_of(self._goal), chart.WIDE - chart.RIGHT
        self._stroke([(chart.LEFT, y), (end, y)], chart.INK, _THIN, (4, 4))
        self._word(end, y + 4, f"target {self._goal} %", "ra")

    def _line(self, index: int, series: Series) -> None:
        _, colour, dashes = chart.LINES[index]
        corners: list[tuple[float, float]] = []
        for point in series.points:
            x, y = chart.x_of(point.minute, self._wide), chart.y_of(point.percent)
            corners += [(x, corners[-1][1] if corners else y), (x, y)]
        if corners:
            self._stroke(corners, colour, _THICK, _pair(dashes))
            (x, y) = corners[-1]
            self._dot(x, y, colour)

    def _key(self, index: int, series: Series) -> None:
        _, colour, dashes = chart.LINES[index]
        x, y = chart.LEFT + index * 170, chart.HIGH - 14
        self._stroke([(x, y), (x + 22, y)], colour, _THICK, _pair(dashes))
        self._word(x + 28, y, chart.key_word(series), "lm")

    def _dot(self, x: float, y: float, colour: str) -> None:
        x, y = x * SHARP, y * SHARP
        self._draw.ellipse((x - _DOT, y - _DOT, x + _DOT, y + _DOT), fill=colour)

    def _word(self, x: float, y: float, text: str, anchor: str) -> None:
        self._draw.text((x * SHARP, y * SHARP), text, fill=chart.SOFT, font=self._font, anchor=anchor)

    def _stroke(
        self, corners: Sequence[tuple[float, float]], colour: str, width: int, dashes: tuple[float, float] | None = None
    ) -> None:
        """Draw a line through corners; dashes: how long each is and how long the gap after it."""
        for pieces in _dashed(corners, dashes) if dashes else [corners]:
            spots = [(x * SHARP, y * SHARP) for x, y in pieces]
            self._draw.line(spots, fill=colour, width=width, joint="curve")


def _pair(dashes: str) -> tuple[float, float] | None:
    if not dashes:
        return None
    full, gap = dashes.split()
    return float(full), float(gap)


def _dashed(corners: Sequence[tuple[float, float]], dashes: tuple[float, float]) -> list[list[tuple[float, float]]]:
    """Return the pieces of a line that are drawn; dashes run on around its corners."""
    pieces: list[list[tuple[float, float]]] = []
    drawing, left = True, dashes[0]
    for (x, y), (to_x, to_y) in pairwise(corners):
        length = abs(to_x - x) + abs(to_y - y)  # corners are square: each stretch is level or upright
        at = 0.0
        while at < length:
            step = min(left, length - at)
            ends = [_along((x, y), (to_x, to_y), part / length) for part in (at, at + step)]
            if drawing:
                pieces.append(ends)
            at, left = at + step, left - step
            if left <= 0:
                drawing = not drawing
                left = dashes[0] if drawing else dashes[1]
    return pieces


def _along(start: tuple[float, float], end: tuple[float, float], part: float) -> tuple[float, float]:
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part
