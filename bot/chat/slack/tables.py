"""Tables on Slack: columns where every row fits on a line, else a line for each row, which may wrap."""

from collections.abc import Iterator, Sequence

from bot.chat.slack import blocks as b
from bot.chat.slack.blocks import Block, Reader
from bot.domain.card import Table

_PAGES = 4
_ROW = 74  # characters that Slack shows on one line of a table
_NAME = 24  # what a first column may be cut to: names are known by their beginnings
_CELL = 300
_LINE = 1_200  # half of what a block holds: the columns' names stand in it too
Row = tuple[str, ...]


def shown(table: Table, reader: Reader) -> Iterator[Block]:
    """Yield a table's blocks: its first pages, and how many rows are left."""
    if table.caption.strip():
        yield b.rich(b.words(b.short(table.caption, 300), reader, bold=True))
    head, widths, pages = _laid_out(table)
    for page in pages[:_PAGES]:
        yield b.fixed("\n".join((head, *page))) if widths else b.rich(b.words("\n".join(page), reader))
    left = sum(map(len, pages[_PAGES:]))
    if left:
        yield b.context(f"… and {left:,} more rows: the board shows them all.")


def whole(table: Table) -> bool:
    """Whether every row of a table is shown."""
    return len(_laid_out(table)[2]) <= _PAGES


def _laid_out(table: Table) -> tuple[str, list[int], list[list[str]]]:
    """Return a table's head, the widths of its columns (none: a line for each row), and its rows in pages."""
    heads, *rows = [tuple(map(_cell, row)) for row in (table.columns, *table.rows)]
    widths = _widths([row for row in (heads, *rows) if len(row) == len(heads)])
    head = _row(heads, widths, ()) if widths else ""
    said = [_row(row, widths, table.numeric) if widths else _line(heads, row, table.numeric) for row in rows]
    return head, widths, list(_pages(said, b.TOGETHER - b.size(head)))


def _cell(text: str) -> str:
    return b.short(" ".join(text.split()), _CELL) if text.strip() else ""


def _widths(rows: Sequence[Row]) -> list[int]:
    """Return how wide the columns are; none where a row is too long for a line even when names are cut."""
    first, *others = [max(map(len, column)) for column in zip(*rows, strict=True)]
    room = _ROW - sum(others) - 3 * len(others)
    return [min(first, room), *others] if room >= min(first, _NAME) else []


def _row(cells: Row, widths: Sequence[int], numeric: Sequence[int]) -> str:
    cut = [b.short(cell, w) if cell else "" for cell, w in zip(cells, widths, strict=False)]
    padded = [c.rjust(w) if n in numeric else c.ljust(w) for n, (c, w) in enumerate(zip(cut, widths, strict=False))]
    return b.short(" │ ".join((*padded, *cells[len(widths) :])).rstrip(), _LINE)


def _line(heads: Row, row: Row, numeric: Sequence[int]) -> str:
    """Return a row in words; numbers say what they are."""
    parts = [f"{heads[n]} {cell}" if n in numeric and n < len(heads) else cell for n, cell in enumerate(row) if cell]
    return b.short("• " + " · ".join(parts), _LINE)


def _pages(lines: Sequence[str], most: int) -> Iterator[list[str]]:
    """Yield lines in parts that fit; an empty table has one empty part."""
    page: list[str] = []
    for line in lines:
        if page and b.size("\n".join(page)) + b.size(line) + 1 > most:
            yield page
            page = []
        page.append(line)
    yield page
