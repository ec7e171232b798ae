"""The app's icons, drawn here: a lifebuoy, in colour and as an outline."""

import struct
import zlib
from collections.abc import Callable
from math import atan2, hypot, pi

_RED, _WHITE, _CLEAR = (196, 49, 75, 255), (255, 255, 255, 255), (0, 0, 0, 0)
_OUTER, _INNER, _BANDS, _FINE = 0.42, 0.20, 4, 3
Pixel = tuple[int, int, int, int]


def colour(size: int = 192) -> bytes:
    """Return the icon in colour: a white lifebuoy with bands, on red."""
    return _png(size, lambda x, y: _RED if not _on_ring(x, y) or _on_band(x, y) else _WHITE)


def outline(size: int = 32) -> bytes:
    """Return the outline: white on nothing, as Teams wants it."""
    return _png(size, lambda x, y: _WHITE if _on_ring(x, y) and not _on_band(x, y) else _CLEAR)


def _on_ring(x: float, y: float) -> bool:
    return _INNER <= hypot(x, y) <= _OUTER


def _on_band(x: float, y: float) -> bool:
    turn = (atan2(y, x) / (2 * pi) + 1 / (2 * _BANDS)) * _BANDS % 1
    return turn < 0.28


def _png(size: int, at: Callable[[float, float], Pixel]) -> bytes:
    rows = b"".join(b"\0" + b"".join(_smooth(size, at, x, y) for x in range(size)) for y in range(size))
    head = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")


def _smooth(size: int, at: Callable[[float, float], Pixel], x: int, y: int) -> bytes:
    """Return one pixel, the mean of a few points in it, each weighed by how much of it is there."""
    steps = [(n + 0.5) / _FINE for n in range(_FINE)]
    points = [at((x + i) / size - 0.5, (y + j) / size - 0.5) for i in steps for j in steps]
    alpha = sum(p[3] for p in points)
    mean = [sum(p[n] * p[3] for p in points) // alpha if alpha else 0 for n in range(3)]
    return bytes([*mean, alpha // len(points)])


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
