"""Reading the roster's folder of CSV files: what can't be read is named, with its line."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from bot.domain.policy import Policy
from bot.domain.refusal import Problem
from bot.domain.roster import Roster
from bot.domain.roster_reading import parse
from bot.domain.roster_rows import LAYOUTS, Sheet
from bot.domain.text import clip

LARGEST_FILE = 200 * 1024 * 1024
LARGEST_CELL = 1_000_000  # the longest cell is refused by its column, with its name; this only guards the memory
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class _Unreadable(Exception):
    """A file that can't be read; carries the problem."""

    def __init__(self, file: str, line: int, key: str, value: str, fix: str) -> None:
        super().__init__(fix)
        self.problem = Problem(file, line, key, clip(value, 60), fix)


def read_folder(folder: Path, policy: Policy) -> tuple[Roster, list[Problem]]:
    """Return the roster that a folder's six files hold, and every fault in them; with an error the roster is empty."""
    sheets: dict[str, Sheet] = {}
    problems: list[Problem] = []
    for file in LAYOUTS:
        try:
            sheets[file] = _sheet(folder / file)
        except _Unreadable as unreadable:
            problems.append(unreadable.problem)
    roster, found = parse(sheets, policy)
    return roster, problems + found


def _sheet(path: Path) -> Sheet:
    rows = _rows(path.name, _text(path))
    header = next(rows, None)
    if header is None:
        raise _Unreadable(path.name, 1, "file", "", "a header and rows: this file is empty")
    names = tuple(name.strip() for name in header[1])
    if len(names) == 1 and ";" in names[0]:
        raise _Unreadable(path.name, 1, "row", names[0], "columns separated by commas; save it as CSV with commas")
    return Sheet(path.name, names, tuple(rows))


def _text(path: Path) -> str:
    data = _bytes(path)
    if data.startswith(_UTF_16):
        raise _Unreadable(path.name, 1, "encoding", "UTF-16", "UTF-8; save it as CSV UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        shown = data[max(0, error.start - 20) : error.end + 10].decode("cp1252", "replace").strip()
        fix = "UTF-8; this looks like Windows-1252: save it as CSV UTF-8"
        raise _Unreadable(path.name, line, "encoding", shown, fix) from None


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise _Unreadable(path.name, 1, "file", "", f"at most {LARGEST_FILE // 1024 // 1024} MB")
        return path.read_bytes()
    except FileNotFoundError:
        names = ",".join(column.name for column in LAYOUTS[path.name])
        raise _Unreadable(path.name, 1, "file", "", f"missing; make it, with the header {names}") from None
    except OSError as error:
        raise _Unreadable(path.name, 1, "file", "", f"a file that can be read; {error.strerror or error}") from None


def _rows(file: str, text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield each row that is not blank, with the line on which it starts."""
    csv.field_size_limit(LARGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    starts = 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            fix = f"rows of CSV; {error}: is a quotation mark open?"
            raise _Unreadable(file, starts, "row", "", fix) from None
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield starts, tuple(row)
        starts = reader.line_num + 1
