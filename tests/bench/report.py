"""What was measured beside what is aimed at, as a table and as JSON."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

Figures = Mapping[str, Mapping[str, float]]
BySize = Mapping[int, Figures]


@dataclass(frozen=True)
class Line:
    """One line of the table: how a figure is written."""

    title: str
    figure: str
    show: Callable[[float], str]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms" if seconds < 1 else f"{seconds:,.2f} s"


def _rate(value: float) -> str:
    return f"{value:,.0f}/s"


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _mib(value: float) -> str:
    return f"{value:,.0f} MiB"


def _share(value: float) -> str:
    return f"{value:.0%}"


LINES = (
    Line("declare: to the commit", "declare_commit", _ms),
    Line("declare: to the first message", "declare_first_message", _ms),
    Line("people hit, each with a notice", "hit", _whole),
    Line("notice to all of them: to the commit", "send_commit", _ms),
    Line("messages sent", "messages", _rate),
    Line("bare rows, one at a time", "row_alone", _rate),
    Line("bare rows, 64 in flight", "row_together", _rate),
    Line("answers, 64 in flight", "answers", _rate),
    Line("  the same while the dispatcher runs", "answers_sending", _rate),
    Line("  the same while all moves are planned", "answers_planning", _rate),
    Line("  of the answers a second just before", "answers_planning_share", _share),
    Line("plan of all moves: from the rows, meanwhile", "plan", _ms),
    Line("  answers to bare rows one at a time", "answers_to_alone", _share),
    Line("  answers to bare rows 64 in flight", "answers_to_together", _share),
    Line("board: rows read", "board_rows", _ms),
    Line("board: read and drawn", "board", _ms),
    Line("board: statements a refresh", "board_statements", _whole),
    Line("memory before", "memory_before", _mib),
    Line("memory after declare and send", "memory_after", _mib),
)


@dataclass(frozen=True)
class Aim:
    """What the product aims at, at one size or at every size."""

    words: str
    figure: str
    size: int | None
    good: Callable[[float], bool]
    show: Callable[[float], str]


AIMS = (
    Aim("declare commits in under 1 s at 10,000", "declare_commit", 10_000, lambda v: v < 1, _ms),
    Aim("the first message is out in under 2 s at 10,000", "declare_first_message", 10_000, lambda v: v < 2, _ms),
    Aim(
        "answers ≥ 60 % of bare single-row commits one at a time",
        "answers_to_alone",
        None,
        lambda v: v >= 0.6,
        _share,
    ),
    Aim("a board refresh takes under 50 ms at 100,000", "board", 100_000, lambda v: v < 0.05, _ms),
)


def judged(found: BySize) -> list[dict[str, Any]]:
    """Return each aim with what was measured; the worst of the sizes where it holds for all."""
    rows = []
    for aim in AIMS:
        sizes = [size for size in found if aim.size in (None, size)]
        values = [found[size][aim.figure]["median"] for size in sizes]
        if values:
            met = all(aim.good(value) for value in values)
            rows.append({"aim": aim.words, "measured": [aim.show(value) for value in values], "met": met})
    statements = {int(figures["board_statements"]["median"]) for figures in found.values()}
    words = "board statements do not grow with people"
    return [*rows, {"aim": words, "measured": [str(n) for n in sorted(statements)], "met": len(statements) == 1}]


def shown(kind: str, found: BySize, out: Console) -> None:
    """Print one database's table and its aims."""
    table = Table(title=kind, title_justify="left", title_style="bold")
    table.add_column("")
    for size in found:
        table.add_column(f"{size:,} agents", justify="right")
    for line in LINES:
        table.add_row(line.title, *(_cell(figures[line.figure], line) for figures in found.values()))
    out.print(table)
    for row in judged(found):
        mark = "[green]met[/]" if row["met"] else "[red]not met[/]"
        out.print(f"  {mark}  {row['aim']}: {', '.join(row['measured'])}", highlight=False)
    out.print()


def _cell(values: Mapping[str, float], line: Line) -> str:
    """The median, and the spread where there is one worth a look."""
    median = line.show(values["median"])
    low, high = line.show(values["min"]), line.show(values["max"])
    return median if low == high else f"{median}\n[dim]{low} … {high}[/]"
