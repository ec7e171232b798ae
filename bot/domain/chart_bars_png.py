"""Scores by category as a PNG, for chats: the same bars as the page's, on the same scale."""

from functools import lru_cache

from PIL import ImageDraw, ImageFont

from bot.domain.card import Bar, Tone
from bot.domain.chart import FILLS, GRID, INK, SOFT
from bot.domain.chart_readiness import LEFT, NO_SCORE, ROW, TOP, WIDE, high_of, x_of
from bot.domain.png import SHARP, blank, packed

_LETTERS, _THIN, _THICK = 26, 2, 5


@lru_cache(maxsize=16)
def drawn(bars: tuple[Bar, ...], amber: int, green: int) -> bytes:
    """Return the bars as PNG bytes; a digest goes to many, so each is drawn once."""
    canvas = blank((WIDE * SHARP, high_of(bars) * SHARP))
    drawing = _Drawing(ImageDraw.Draw(canvas), high_of(bars))
    drawing.mark(amber, "amber")
    drawing.mark(green, "green")
    for n, bar in enumerate(bars):
        drawing.bar(bar, TOP + ROW * n)
    return packed(canvas)


class _Drawing:
    """One chart on one canvas."""

    def __init__(self, draw: ImageDraw.ImageDraw, high: int) -> None:
        self._draw, self._high = draw, high
        self._font = ImageFont.load_default(_LETTERS)

    def mark(self, at: int, name: str) -> None:
        """Draw from where on a band begins."""
        x = x_of(at)
        self._line(x, TOP - 4, self._high - 6, GRID, _THIN)
        self._word(x, 2, f"{name} {at}", "ma", SOFT)

    def bar(self, bar: Bar, y: int) -> None:
        """Draw one bar with its name, its figure, a sign for its tone, and where it stood before."""
        self._word(LEFT - 8, y + 11, bar.label, "rm", SOFT)
        if bar.value is None:
            self._word(LEFT, y + 11, NO_SCORE, "lm", SOFT)
            return
        self._box(LEFT, x_of(100), y, outline=GRID)
        self._box(LEFT, x_of(bar.value), y, fill=FILLS[bar.tone])
        if bar.was is not None:
            self._line(x_of(bar.was), y + 1, y + 21, INK, _THICK)
        self._word(x_of(100) + 30, y + 11, str(bar.value), "rm", INK)
        self._sign(bar.tone, x_of(100) + 39, y + 11)

    def _sign(self, tone: Tone, x: float, y: float) -> None:
        """Draw a sign that says the tone without colour; the font has none of them."""
        match tone:
            case Tone.GOOD:
                self._strokes([(x - 4, y), (x - 1, y + 4), (x + 5, y - 5)])
            case Tone.WARN:
                self._strokes([(x, y - 6), (x, y + 1)])
                self._strokes([(x, y + 4), (x, y + 6)])
            case Tone.BAD:
                corners = [(x - 5, y + 5), (x, y - 5), (x + 5, y + 5)]
                self._draw.polygon([(at * SHARP, down * SHARP) for at, down in corners], fill=INK)
            case Tone.PLAIN:
                pass

    def _strokes(self, corners: list[tuple[float, float]]) -> None:
        self._draw.line([(x * SHARP, y * SHARP) for x, y in corners], fill=INK, width=_THICK, joint="curve")

    def _line(self, x: float, top: float, bottom: float, colour: str, width: int) -> None:
        self._draw.line([(x * SHARP, top * SHARP), (x * SHARP, bottom * SHARP)], fill=colour, width=width)

    def _box(self, left: float, right: float, y: float, fill: str | None = None, outline: str | None = None) -> None:
        corners = (left * SHARP, (y + 4) * SHARP, max(right, left + 1) * SHARP, (y + 18) * SHARP)
        self._draw.rectangle(corners, fill=fill, outline=outline, width=_THIN)

    def _word(self, x: float, y: float, text: str, anchor: str, colour: str) -> None:
        self._draw.text((x * SHARP, y * SHARP), text, fill=colour, font=self._font, anchor=anchor)
