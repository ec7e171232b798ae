"""Checks across the roster's rows: ids that must exist once, names that must lead somewhere, sums that must hold."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from bot.domain.refusal import Problem
from bot.domain.relocation_shift import known
from bot.domain.roster_cells import suggest
from bot.domain.roster_rows import LAYOUTS, Row

Rows = Mapping[str, list[Row]]
_NOUN = {
    "sites.csv": "site",
    "queues.csv": "queue",
    "teams.csv": "team",
    "people.csv": "person",
    "systems.csv": "system",
    "stakeholders.csv": "stakeholder",
}
_PEOPLE = ("people.csv", "stakeholders.csv")
_REFERENCES = [(file, column.name, column.to) for file, layout in LAYOUTS.items() for column in layout if column.to]


def check(rows: Rows, roles: Collection[str]) -> list[Problem]:
    """Return every fault that only shows when rows are seen together; files that could not be read are left out."""
    ids = {file: frozenset(row.values["id"] for row in found if "id" in row.values) for file, found in rows.items()}
    problems = [
        *_twice(rows),
        *_lost(rows, ids),
        *_travel(rows, ids),
        *_roles(rows, roles),
        *_skills(rows),
        *_shifts(rows),
    ]
    for file, rule in _RULES:
        problems += [p for row in rows.get(file, ()) for p in rule(row)]
    return problems


def _twice(rows: Rows) -> Iterator[Problem]:
    """Ids used twice: stakeholders are people too, and case makes no difference."""
    seen: dict[tuple[bool | str, str], Row] = {}
    for file, found in rows.items():
        for row in (row for row in found if "id" in row.values):
            first = seen.setdefault((file in _PEOPLE or file, row.values["id"].casefold()), row)
            if first is not row:
                where = f"{first.file}:{first.line}"
                yield row.wrong("id", row.values["id"], f"an id that nothing else has; {where} has it already")


def _lost(rows: Rows, ids: Mapping[str, frozenset[str]]) -> Iterator[Problem]:
    """Ids that lead nowhere."""
    said: dict[tuple[str, str], str] = {}
    for file, column, to in _REFERENCES:
        if to not in ids:
            continue
        for row in rows.get(file, ()):
            for value in _named(row.values.get(column)):
                if value not in ids[to]:
                    fix = said[to, value] = said.get((to, value)) or _no_such(to, value, ids[to])
                    yield row.wrong(column, value, fix)


def _named(value: Any) -> tuple[str, ...]:
    if not value:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _no_such(to: str, value: str, ids: frozenset[str]) -> str:
    return f"no such {_NOUN[to]} in {to}; {suggest(value, ids)}"


def _travel(rows: Rows, ids: Mapping[str, frozenset[str]]) -> Iterator[Problem]:
    sites = ids.get("sites.csv")
    for row in rows.get("people.csv", ()) if sites else ():
        for site in row.values.get("travel") or ():
            if site not in (sites or ()):
                yield row.wrong("travel", site, _no_such("sites.csv", site, sites or frozenset()))


def _roles(rows: Rows, roles: Collection[str]) -> Iterator[Problem]:
    for row in rows.get("people.csv", ()):
        for role in row.values.get("roles") or ():
            if role not in roles:
                yield row.wrong("roles", role, f"no such role in app.yaml's policy.roles; {suggest(role, roles)}")


def _skills(rows: Rows) -> Iterator[Problem]:
    """Skills that no queue asks for: not wrong, but most often a slip of the pen. Each is named once."""
    wanted = {row.values["skill"] for row in rows.get("queues.csv", ()) if row.values.get("skill")}
    seen: set[str] = set()
    for row in rows.get("people.csv", ()) if wanted else ():
        for skill in sorted((row.values.get("skills") or {}).keys() - wanted - seen):
            seen.add(skill)
            yield row.wrong("skills", skill, f"no queue asks for this skill; {suggest(skill, wanted)}", warning=True)


def _shifts(rows: Rows) -> Iterator[Problem]:
    """Shifts that a plan can't read: it takes those people to be there at any time. Each is named once."""
    seen: set[str] = set()
    for row in rows.get("people.csv", ()):
        shift = row.values.get("shift") or ""
        if shift not in seen and not known(shift):
            seen.add(shift)
            yield row.wrong(
                "shift", shift, "no plan can read this shift; write it as mon-fri 08:00-16:00", warning=True
            )


def _agent(row: Row) -> Iterator[Problem]:
    if row.values.get("kind") != "agent":
        return
    for column in ("team", "site", "queue"):
        if row.values.get(column) == "":
            yield row.wrong(column, "", f"empty; an agent needs a {column}: write its id")


def _not_above(small: str, large: str, why: str) -> Callable[[Row], Iterator[Problem]]:
    def rule(row: Row) -> Iterator[Problem]:
        low, high = row.values.get(small), row.values.get(large)
        if low is not None and high is not None and low > high:
            yield row.wrong(small, low, f"at most {large}, which is {high:,}: {why}")

    return rule


_RULES: tuple[tuple[str, Callable[[Row], Iterator[Problem]]], ...] = (
    ("people.csv", _agent),
    ("queues.csv", _not_above("mbco", "full_seats", "the least acceptable is part of a normal day")),
    ("queues.csv", _not_above("rto_min", "mtpd_min", "work resumes before the harm is unacceptable")),
    ("sites.csv", _not_above("card_safe_seats", "seats", "card-safe seats are some of the seats")),
)
