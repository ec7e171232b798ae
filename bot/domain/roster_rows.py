"""Rows of the roster's files: which columns each file has, and what their cells hold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.domain import roster_cells as cells
from bot.domain.person import Audience
from bot.domain.place import SiteKind
from bot.domain.refusal import Problem
from bot.domain.roster_cells import Reader, Wrong
from bot.domain.text import clip

DAYS_14 = 14 * 24 * 60
MOST_SEATS = 1_000_000
_SHOWN = 60
_STAKEHOLDERS = [a.value for a in Audience if a not in {Audience.AGENTS, Audience.UNPLACED, Audience.EVERYONE}]


@dataclass(frozen=True, eq=False)
class Column:
    """One column: how a cell is read, what it holds in words, and its value when the cell is empty.

    to: the file that has the id named here ("people.csv"); both people files count as one.
    """

    name: str
    read: Reader
    what: str
    required: bool = False
    default: Any = ""
    to: str = ""
    limit: int = cells.LONGEST_LINE


def _column(name: str, read: Reader, what: str, default: Any = "", **more: Any) -> Column:
    return Column(name, read, what, default=default, **more)


def _must(name: str, read: Reader, what: str, **more: Any) -> Column:
    return Column(name, read, what, required=True, **more)


_ID = _must("id", cells.key, "an id, such as A00012")
_NAME = _must("name", cells.line, "a name")
_EMAIL = _column("email", cells.email, "an e-mail address")
_PHONE = _column("phone", cells.phone, "a phone number with its country")
_AAD = _column("aad_id", cells.directory_id, "their id in Microsoft's directory, where their e-mail address is another")
_TZ = _column("tz", cells.zone, "a time zone; the site's when empty")
_LIST = {"default": (), "limit": cells.LONGEST_LIST}

LAYOUTS: dict[str, tuple[Column, ...]] = {
    "sites.csv": (
        _ID,
        _NAME,
        _must("kind", cells.one_of([k.value for k in SiteKind]), "site, home, recovery or outsourcer"),
        _column("city", cells.line, "the town"),
        _column("address", cells.line, "the street address that first responders need"),
        _must("tz", cells.zone, "a time zone, such as Europe/London"),
        _must("seats", cells.whole(0, MOST_SEATS), "how many agents can work there at once; for home, log-ins"),
        _column("card_safe_seats", cells.whole(0, MOST_SEATS), "how many of the seats may take card payments", 0),
        _column("ready_min", cells.whole(0, DAYS_14), "minutes from asking for it until it is ready", 0),
        _column("residency", cells.line, "where data stays, such as GB"),
        _column("country", cells.country, "whose law holds there, as two letters such as GB"),
        _column("log_in", cells.line, "how to log in there: address, fallback sign-on, number"),
        _PHONE,
        _column("area", cells.line, "what one disaster would hit as a whole, such as Aire valley"),
        _column("vpn", cells.key, "the id of the system that people there log in through", to="systems.csv"),
        _column("licences", cells.whole(0, MOST_SEATS), "how many can be logged in at once; no limit when empty", None),
        _column("ratio_max", cells.whole(0, 1000), "the most people for one team lead; the policy's when empty", 0),
        _column("seat_cost", cells.whole(0, MOST_SEATS), "what a seat costs a day", 0),
    ),
    "queues.csv": (
        _ID,
        _NAME,
        _must("tier", cells.whole(1, 9), "how much it matters: 1 is most"),
        _must("rto_min", cells.whole(1, DAYS_14), "minutes in which mbco is live again"),
        _must("mtpd_min", cells.whole(1, 10 * DAYS_14), "minutes until the harm is unacceptable"),
        _must("mbco", cells.whole(0, MOST_SEATS), "the least seats that must be live"),
        _must("full_seats", cells.whole(0, MOST_SEATS), "the seats of a normal day"),
        _column("channels", cells.several(cells.key), "voice, chat, email …", **_LIST),
        _column("languages", cells.several(cells.key), "the languages it is served in", **_LIST),
        _column("skill", cells.key, "the skill it needs"),
        _column("payment_cards", cells.yes_or_no, "whether card numbers are taken", default=False),
        _column("residency", cells.line, "where its data must stay, such as GB"),
        _column("script_url", cells.link, "the address of its script pack", limit=1000),
        _column("script_version", cells.line, "the script pack's version"),
        _column("script_reviewed_on", cells.day, "when the script pack was last reviewed", None),
        _column("skill_level", cells.whole(1, 5), "the least level of its skill that lets others help out", 1),
        _column("lead", cells.key, "the id of the person whom people new to the queue ask", to="people.csv"),
    ),
    "teams.csv": (
        _ID,
        _NAME,
        _must("site", cells.key, "the id of its site", to="sites.csv"),
        _must("lead", cells.key, "the id of the person who leads it", to="people.csv"),
        _column("deputy", cells.key, "the id of the deputy", to="people.csv"),
        _column("channel", cells.line, "the team's own channel"),
    ),
    "people.csv": (
        _ID,
        _NAME,
        _must("kind", cells.one_of(["agent", "staff"]), "agent or staff"),
        _column("team", cells.key, "the id of the team; an agent must have one", to="teams.csv"),
        _column("site", cells.key, "the id of the usual site; an agent must have one", to="sites.csv"),
        _column("queue", cells.key, "the id of the usual queue; an agent must have one", to="queues.csv"),
        _column("roles", cells.several(cells.key), "roles in an incident, such as IC;SO", **_LIST),
        _EMAIL,
        _PHONE,
        _TZ,
        _column("languages", cells.several(cells.key), "languages spoken, such as en;de", **_LIST),
        _column("language", cells.language, "the one they are written to in; else their chat's, else the first spoken"),
        _column("skills", cells.pairs(1, 5, "sales:3;billing:2"), "skills with their level", {}, limit=1000),
        _column("shift", cells.line, "the usual shift, such as mon-fri 08:00-16:00"),
        _column("home_kit", cells.yes_or_no, "whether they have the kit to work from home", default=False),
        _column("home_mbps", cells.whole(0, 100_000), "their line's speed at home", 0),
        _column("home_tested", cells.iso_day, "when they last logged in from home as a test"),
        _column("home_pay_ok", cells.yes_or_no, "whether their home is fit for card payments", default=False),
        _column("travel", cells.pairs(0, 1440, "manchester:45;york:35"), "minutes to sites", {}, limit=1000),
        _column("mobility", cells.yes_or_no, "whether they may be sent to another site", default=True),
        _column("area", cells.line, "where they live, as sites.csv names areas"),
        _AAD,
    ),
    "systems.csv": (
        _ID,
        _NAME,
        _must("kind", cells.line, "what it is: acd, crm, ivr …"),
        _column("vendor", cells.key, "the id of its vendor", to="stakeholders.csv"),
        _column("queues", cells.several(cells.key), "the ids of the queues that need it", to="queues.csv", **_LIST),
        _column("standby", cells.line, "what replaces it, such as hot: second region"),
        _column("starts_by_itself", cells.yes_or_no, "whether the standby starts by itself", default=False),
        _column("starter", cells.key, "the id of the person who starts the standby", to="people.csv"),
        _column("max_users", cells.whole(0, MOST_SEATS), "how many can use it at once; no limit when empty", None),
        _column(
            "starter_deputy", cells.key, "the id of whoever starts the standby when the first can't", to="people.csv"
        ),
        _column("start_min", cells.whole(0, DAYS_14), "how many minutes the standby takes to start", None),
        _column("redundant", cells.yes_or_no, "whether it is redundant within itself", None),
        _column("redundancy_needed", cells.yes_or_no, "whether full redundancy is needed in a disaster", None),
        _column("second_location", cells.line, "where its second system is"),
        _column("carries_all", cells.yes_or_no, "whether either system carries the whole load", None),
        _column("shares_load", cells.yes_or_no, "whether both share the load on a normal day", None),
    ),
    "stakeholders.csv": (
        _ID,
        _NAME,
        _must("audience", cells.one_of(_STAKEHOLDERS), ", ".join(_STAKEHOLDERS)),
        _column("organisation", cells.line, "whom they speak for"),
        _EMAIL,
        _PHONE,
        _column("site", cells.key, "the id of the site they look after", to="sites.csv"),
        _TZ,
        _column("must_answer", cells.yes_or_no, "whether their answer is waited for", default=False),
        _AAD,
    ),
}


@dataclass(frozen=True)
class Sheet:
    """One file as it was read: its header and its rows of cells, each with its line."""

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    @classmethod
    def of(cls, file: str, rows: Iterable[Mapping[str, str]]) -> "Sheet":
        """Return the sheet that a file with these rows would be."""
        listed = list(rows)
        header = tuple(listed[0]) if listed else tuple(c.name for c in LAYOUTS[file])
        return cls(file, header, tuple((n, tuple(row.values())) for n, row in enumerate(listed, start=2)))


@dataclass(frozen=True)
class Row:
    """One row read: the columns that could be, by name."""

    file: str
    line: int
    values: dict[str, Any]

    def wrong(self, key: str, value: object, fix: str, *, warning: bool = False) -> Problem:
        """Return the problem of one of this row's columns."""
        return Problem(self.file, self.line, key, clip(str(value), _SHOWN), fix, warning)


def read_sheet(sheet: Sheet) -> tuple[list[Row], list[Problem]]:
    """Return the rows of a file and every fault in its header and cells."""
    layout = {c.name: c for c in LAYOUTS[sheet.file]}
    problems = _header_problems(sheet, layout)
    if problems:
        return [], problems
    columns = [layout[name] for name in sheet.header]
    rows = []
    for line, raw in sheet.rows:
        if len(raw) != len(columns):
            problems.append(_ragged(sheet, line, len(raw)))
            continue
        row = Row(sheet.file, line, {column.name: column.default for column in layout.values()})
        problems += _read_cells(row, columns, raw)
        rows.append(row)
    return rows, problems or _empty(sheet)


def _empty(sheet: Sheet) -> list[Problem]:
    if sheet.rows:
        return []
    return [Problem(sheet.file, 1, "file", "", "a row below the header: this file has none")]


def _ragged(sheet: Sheet, line: int, count: int) -> Problem:
    wanted = len(sheet.header)
    fix = f"{wanted} cells like the header, this row has {count}; is a cell that holds a comma not quoted?"
    return Problem(sheet.file, line, "row", "", fix)


def _header_problems(sheet: Sheet, layout: Mapping[str, Column]) -> list[Problem]:
    free = [name for name in layout if name not in sheet.header]
    faults = {name: _header_fault(name, sheet, layout, free) for name in (*free, *sheet.header)}
    return [Problem(sheet.file, 1, "column", clip(name, _SHOWN), fix) for name, fix in faults.items() if fix]


def _header_fault(name: str, sheet: Sheet, layout: Mapping[str, Column], free: list[str]) -> str:
    if name not in layout:
        return f"no such column; {cells.suggest(name, free or list(layout))}"
    if name in free:
        return f"missing; add it: {layout[name].what}" if layout[name].required else ""
    return "each column once" if sheet.header.count(name) > 1 else ""


def _read_cells(row: Row, columns: list[Column], raw: tuple[str, ...]) -> list[Problem]:
    problems = []
    for column, cell in zip(columns, raw, strict=True):
        try:
            row.values[column.name] = _read_cell(column, cell.strip(" \t"))
        except Wrong as wrong:
            del row.values[column.name]
            problems.append(row.wrong(column.name, cell, str(wrong)))
    return problems


@lru_cache(maxsize=50_000)
def _read_cell(column: Column, cell: str) -> Any:
    """Return a cell's value; remembered, because most cells of a long file stand in it many times."""
    if not cell:
        if column.required:
            raise Wrong(f"empty; write {column.what}")
        return column.default
    if len(cell) > column.limit or not cell.isprintable():
        cells.guarded(cell, column.limit)
    return column.read(cell)
