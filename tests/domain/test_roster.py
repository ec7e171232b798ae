"""The roster's files: what they become, what is said of every fault in them, and how two rosters differ."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.person import Audience, Home, PersonKind
from bot.domain.policy import Policy
from bot.domain.refusal import Problem
from bot.domain.roster import Part, Roster, difference
from bot.domain.roster_reading import parse
from bot.domain.roster_rows import LAYOUTS, Sheet

Files = dict[str, list[dict[str, str]]]
POLICY = Policy.model_construct(roles={"IC": "incident commander", "TL": "team lead"}, tz="Europe/London")


def small() -> Files:
    """A contact centre of four people."""
    return {
        "sites.csv": [
            {"id": "leeds", "name": "Leeds", "kind": "site", "tz": "Europe/London",
             "seats": "40", "card_safe_seats": "8"},
            {"id": "lisbon", "name": "Lisbon", "kind": "outsourcer", "tz": "Europe/Lisbon",
             "seats": "9", "card_safe_seats": ""},
        ],
        "queues.csv": [
            {"id": "billing", "name": "Billing", "tier": "1", "rto_min": "60", "mtpd_min": "240",
             "mbco": "5", "full_seats": "9",
             "skill": "billing", "payment_cards": "yes", "script_reviewed_on": "2026-03-31"},
        ],
        "teams.csv": [{"id": "t1", "name": "Team 1", "site": "leeds", "lead": "L1", "deputy": "A1"}],
        "people.csv": [
            person("L1", "Ana Brown", "staff", roles="TL"),
            person("A1", "Bo Singh", "agent", team="t1", queue="billing", skills="billing:3;sales:2",
                   travel="lisbon:45", home_kit="yes", home_mbps="80", home_tested="2026-03-01",
                   languages="en;de"),
        ],
        "systems.csv": [
            {"id": "crm", "name": "CRM", "kind": "crm", "vendor": "halden", "queues": "billing", "starter": "L1"},
        ],
        "stakeholders.csv": [
            {"id": "E1", "name": "Cy Ward", "audience": "leaders", "site": "", "must_answer": "yes"},
            {"id": "halden", "name": "Halden desk", "audience": "vendors", "site": "lisbon", "must_answer": ""},
        ],
    }  # fmt: skip


def person(id_: str, name: str, kind: str, **more: str) -> dict[str, str]:
    """A row of people.csv."""
    columns = [column.name for column in LAYOUTS["people.csv"]]
    return dict.fromkeys(columns, "") | {"id": id_, "name": name, "kind": kind, "site": "leeds"} | more


def read(files: Files) -> tuple[Roster, list[Problem]]:
    """What comes of these files."""
    return parse({file: Sheet.of(file, rows) for file, rows in files.items()}, POLICY)


def said(files: Files) -> list[str]:
    """What is said of these files."""
    return [str(problem) for problem in read(files)[1]]


def test_rows_become_nouns() -> None:
    files = small()
    files["people.csv"][1]["skills"] = "billing:3"
    roster, problems = read(files)
    assert not problems
    lead, agent, leader, vendor = roster.people
    assert (lead.kind, lead.audience, lead.roles) == (PersonKind.STAFF, Audience.RESPONDERS, ("TL",))
    assert (agent.kind, agent.audience, agent.tz) == (PersonKind.AGENT, Audience.AGENTS, "Europe/London")
    assert (agent.skills, agent.travel, agent.languages) == ({"billing": 3}, {"lisbon": 45}, ("en", "de"))
    assert (agent.home, agent.mobility) == (Home(kit=True, mbps=80, tested="2026-03-01"), True)
    assert (leader.kind, leader.must_answer, leader.tz) == (PersonKind.STAFF, True, "Europe/London")
    assert (vendor.kind, vendor.outside, vendor.tz) == (PersonKind.OUTSIDE, True, "Europe/Lisbon")
    assert (roster.queues[0].mbco, roster.queues[0].payment_cards) == (5, True)
    assert roster.systems[0].queues == ("billing",)


BAD_CELLS = [
    ("people.csv", 1, "site", "leed",
     "people.csv:3: error: site is 'leed': no such site in sites.csv; did you mean 'leeds'?"),
    ("people.csv", 1, "kind", "agnet",
     "people.csv:3: error: kind is 'agnet': one of agent, staff; did you mean 'agent'?"),
    ("people.csv", 1, "skills", "billing:9",
     "people.csv:3: error: skills is 'billing:9': a whole number from 1 to 5, written without commas"),
    ("people.csv", 1, "skills", "billing",
     "people.csv:3: error: skills is 'billing': each name once with its number, such as sales:3;billing:2"),
    ("people.csv", 1, "travel", "lisbn:45",
     "people.csv:3: error: travel is 'lisbn': no such site in sites.csv; did you mean 'lisbon'?"),
    ("people.csv", 1, "tz", "Europe/Londn",
     "people.csv:3: error: tz is 'Europe/Londn': a time zone such as Europe/London; did you mean 'Europe/London'?"),
    ("people.csv", 1, "home_tested", "31/03/2026",
     "people.csv:3: error: home_tested is '31/03/2026': a date written year-month-day, such as 2026-03-31"),
    ("people.csv", 1, "home_kit", "maybe", "people.csv:3: error: home_kit is 'maybe': yes or no"),
    ("people.csv", 1, "email", "bo at example",
     "people.csv:3: error: email is 'bo at example': such as ana.brown@example.org"),
    ("people.csv", 1, "team", "", "people.csv:3: error: team: empty; an agent needs a team: write its id"),
    ("people.csv", 0, "roles", "TLL",
     "people.csv:2: error: roles is 'TLL': no such role in app.yaml's policy.roles; did you mean 'TL'?"),
    ("people.csv", 1, "id", "E1",
     "stakeholders.csv:2: error: id is 'E1': an id that nothing else has; people.csv:3 has it already"),
    ("people.csv", 1, "name", "Bo\x07Singh",
     "people.csv:3: error: name is 'Bo\\x07Singh': plain text; take the control character U+0007 out"),
    ("people.csv", 1, "name", "Bo\u202eSingh",
     "people.csv:3: error: name is 'Bo\\u202eSingh': plain text; take the control character U+202E out"),
    ("people.csv", 1, "name", "Bo\nSingh",
     "people.csv:3: error: name is 'Bo\\nSingh': one line of text; take the line break out"),
    ("people.csv", 1, "name", "x" * 10_000,
     f"people.csv:3: error: name is '{'x' * 59}…': at most 200 characters, this has 10,000"),
    ("teams.csv", 0, "lead", "", "teams.csv:2: error: lead: empty; write the id of the person who leads it"),
    ("teams.csv", 0, "lead", "L9", "teams.csv:2: error: lead is 'L9': no such person in people.csv; there is A1, L1"),
    ("queues.csv", 0, "mbco", "10",
     "queues.csv:2: error: mbco is '10': at most full_seats, which is 9: the least acceptable is part of a normal day"),
    ("queues.csv", 0, "rto_min", "300",
     "queues.csv:2: error: rto_min is '300': at most mtpd_min, which is 240: "
     "work resumes before the harm is unacceptable"),
    ("queues.csv", 0, "tier", "first",
     "queues.csv:2: error: tier is 'first': a whole number from 1 to 9, written without commas"),
    ("sites.csv", 0, "card_safe_seats", "41",
     "sites.csv:2: error: card_safe_seats is '41': at most seats, which is 40: card-safe seats are some of the seats"),
    ("sites.csv", 0, "id", "../leeds",
     "sites.csv:2: error: id is '../leeds': an id of letters, digits and . _ : - (at most 60, "
     "a letter or digit first), such as A00012"),
    ("systems.csv", 0, "vendor", "hulden",
     "systems.csv:2: error: vendor is 'hulden': no such stakeholder in stakeholders.csv; did you mean 'halden'?"),
    ("stakeholders.csv", 0, "audience", "leader",
     "stakeholders.csv:2: error: audience is 'leader': one of responders, leaders, regulator, first_responders, "
     "customers, vendors, outsourcers, landlord; did you mean 'leaders'?"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "row", "column", "value", "problem"), BAD_CELLS)
def test_a_bad_cell_is_named_with_what_would_be_right(
    file: str, row: int, column: str, value: str, problem: str
) -> None:
    files = small()
    files[file][row][column] = value
    assert problem in said(files)
    assert read(files)[0] == Roster()


def test_every_fault_is_named_not_only_the_first() -> None:
    files = small()
    files["people.csv"][0]["kind"] = files["people.csv"][1]["home_mbps"] = "many"
    files["queues.csv"][0]["tier"] = "0"
    errors = [(problem.file, problem.line, problem.key) for problem in read(files)[1] if not problem.warning]
    assert errors == [("queues.csv", 2, "tier"), ("people.csv", 2, "kind"), ("people.csv", 3, "home_mbps")]


def test_ids_that_differ_only_in_case_are_the_same() -> None:
    files = small()
    files["people.csv"].append(person("a1", "Di Cole", "staff"))
    assert (
        said(files)[-1] == "people.csv:4: error: id is 'a1': an id that nothing else has; people.csv:3 has it already"
    )


def test_columns_that_are_missing_unknown_or_there_twice_are_named() -> None:
    header = ("id", "nmae", "kind", "site", "site")
    found = parse({"people.csv": Sheet("people.csv", header, ((2, ("A1", "Bo", "agent", "leeds", "")),))}, POLICY)[1]
    assert [str(problem) for problem in found] == [
        "people.csv:1: error: column is 'name': missing; add it: a name",
        "people.csv:1: error: column is 'nmae': no such column; did you mean 'name'?",
        "people.csv:1: error: column is 'site': each column once",
    ]


def test_a_row_of_another_length_is_named() -> None:
    rows = ((2, ("t1", "Team 1", "leeds", "L1")), (3, ("t2", "Team 2, late", "leeds")))
    found = parse({"teams.csv": Sheet("teams.csv", ("id", "name", "site", "lead"), rows)}, POLICY)[1]
    fix = "4 cells like the header, this row has 3; is a cell that holds a comma not quoted?"
    assert str(found[0]) == f"teams.csv:3: error: row: {fix}"


def test_a_file_without_rows_is_refused() -> None:
    files = small() | {"people.csv": []}
    assert said(files)[0] == "people.csv:1: error: file: a row below the header: this file has none"


def test_a_skill_that_no_queue_asks_for_is_a_warning() -> None:
    roster, problems = read(small())
    assert [str(problem) for problem in problems] == [
        "people.csv:3: warning: skills is 'sales': no queue asks for this skill; there is billing"
    ]
    assert roster.people


def test_a_shift_that_no_plan_can_read_is_a_warning_once() -> None:
    files = small()
    for row in files["people.csv"]:
        row["shift"] = "lates"
    found = [str(problem) for problem in read(files)[1] if "shift" in str(problem)]
    assert found == [
        "people.csv:2: warning: shift is 'lates': no plan can read this shift; write it as mon-fri 08:00-16:00"
    ]


@pytest.mark.parametrize("name", ["<b>Bo</b>", "=1+1", "{{ 7*7 }}", "@everyone", "Zoë O'Néill", "نور"])
def test_markup_is_just_text(name: str) -> None:
    files = small()
    files["people.csv"][1]["name"] = name
    assert read(files)[0].people[1].name == name


@settings(deadline=None)  # the first time zone that is wrong reads all their names
@given(st.text(alphabet=string.printable + "é\u202e\x00;:", max_size=300), st.sampled_from(sorted(LAYOUTS)), st.data())
def test_no_cell_breaks_the_reader(cell: str, file: str, data: st.DataObject) -> None:
    files = small()
    column = data.draw(st.sampled_from(list(files[file][0])))
    files[file][0][column] = cell
    roster, problems = read(files)
    assert roster.people or problems
    assert all(problem.fix and problem.line and "\n" not in str(problem) for problem in problems)


def test_a_roster_does_not_differ_from_itself() -> None:
    roster = read(small())[0]
    assert difference(roster, roster).empty


def test_a_difference_names_ids_and_columns() -> None:
    files, now = small(), read(small())[0]
    files["people.csv"][1] |= {"home_mbps": "20", "shift": "late"}
    files["people.csv"].append(person("S9", "Di Cole", "staff"))
    files["stakeholders.csv"].pop(0)
    part = difference(now, read(files)[0]).parts["people"]
    assert part == Part(("S9",), (("A1", ("home", "shift")),), ("E1",), 2)  # type: ignore[arg-type]
    assert part.words() == "1 added, 1 changed (home and shift), 1 left, 2 unchanged"
