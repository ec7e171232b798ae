"""Reading a roster: six sheets become people, teams, sites, queues and systems, or a list of faults."""

from collections.abc import Mapping
from typing import Any

from bot.domain.person import Audience, Home, Person, PersonKind, Team
from bot.domain.place import Queue, Site, System
from bot.domain.policy import Policy
from bot.domain.refusal import Problem
from bot.domain.roster import Roster
from bot.domain.roster_checks import check
from bot.domain.roster_rows import LAYOUTS, Row, Sheet, read_sheet

_ORDER = list(LAYOUTS)


def parse(sheets: Mapping[str, Sheet], policy: Policy) -> tuple[Roster, list[Problem]]:
    """Return the roster that the six files hold, and every fault in them; with an error the roster is empty.

    policy: whose roles people may hold, and whose time zone those have who have no site.
    """
    rows: dict[str, list[Row]] = {}
    problems: list[Problem] = []
    for file, sheet in sheets.items():
        rows[file], found = read_sheet(sheet)
        problems += found
    problems += check({file: found for file, found in rows.items() if found}, policy.roles)
    problems.sort(key=lambda p: (_ORDER.index(p.file), p.line))
    whole = len(sheets) == len(LAYOUTS) and all(p.warning for p in problems)
    return (_build(rows, policy.tz) if whole else Roster()), problems


def _build(rows: Mapping[str, list[Row]], tz: str) -> Roster:
    zones = {"": tz} | {row.values["id"]: row.values["tz"] for row in rows["sites.csv"]}
    return Roster(
        people=tuple(
            [_person(row.values, zones) for row in rows["people.csv"]]
            + [_stakeholder(row.values, zones) for row in rows["stakeholders.csv"]]
        ),
        teams=tuple(Team(**row.values) for row in rows["teams.csv"]),
        sites=tuple(Site(**row.values) for row in rows["sites.csv"]),
        queues=tuple(Queue(**row.values) for row in rows["queues.csv"]),
        systems=tuple(System(**row.values) for row in rows["systems.csv"]),
    )


def _person(values: dict[str, Any], zones: Mapping[str, str]) -> Person:
    own = dict(values)
    home = Home(**{name: own.pop(f"home_{name}") for name in Home.model_fields})
    audience = Audience.AGENTS if own["kind"] == PersonKind.AGENT else Audience.RESPONDERS
    return Person(**_zoned(own, zones), audience=audience, home=home)


def _stakeholder(values: dict[str, Any], zones: Mapping[str, str]) -> Person:
    inside = values["audience"] in {Audience.LEADERS, Audience.RESPONDERS}
    return Person(**_zoned(values, zones), kind=PersonKind.STAFF if inside else PersonKind.OUTSIDE)


def _zoned(values: dict[str, Any], zones: Mapping[str, str]) -> dict[str, Any]:
    return {**values, "tz": values["tz"] or zones[values["site"]]}
