"""Paper for a chart, and the finished PNG: in memory, in few colours, so that it is small enough for a card."""

from io import BytesIO

from PIL import Image as Canvas

SHARP = 2  # pixels to one of the SVG's units: chats are read on phones
_COLOURS = 16
_PAPER = "#ffffff"


def blank(size: tuple[int, int]) -> Canvas.Image:
    """Return empty paper of so many pixels."""
    return Canvas.new("RGB", size, _PAPER)


def packed(canvas: Canvas.Image) -> bytes:
    """Return a drawing as PNG bytes."""
    file = BytesIO()
    canvas.quantize(_COLOURS, dither=Canvas.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()
