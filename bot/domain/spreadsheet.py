"""CSV for spreadsheets: what somebody wrote is never run as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = frozenset("=+-@\t\r\n=+-@")  # the last four as East Asian keyboards write them
BYTE_ORDER = "\ufeff"  # without it a spreadsheet takes letters beyond ASCII for others


def harmless(cell: str) -> str:
    """Return a cell that a spreadsheet shows as text, though it begins like a formula."""
    begins = cell.lstrip(" \u00a0\u200b\ufeff")[:1]
    return f"'{cell}" if begins in _FORMULA else cell


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as the text of a CSV file."""
    out = io.StringIO(newline="")
    sheet = csv.writer(out)
    sheet.writerow(columns)
    sheet.writerows([harmless(cell) for cell in row] for row in rows)
    return BYTE_ORDER + out.getvalue()
