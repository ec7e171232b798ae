"""A scenario's file: what it may say, and how each fault is named: file, line, JSON path, what would be right."""

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain import scenario
from bot.domain.refusal import BadConfig
from bot.domain.relocation import plan

RIGHT: dict[str, Any] = {
    "now": "2026-11-02T09:00:00+00:00",
    "queues": [
        {"id": "billing", "tier": 2, "mbco": 1, "full": 2, "skill": "billing"},
        {"id": "german", "tier": 2, "mbco": 1, "full": 1, "skill": "service", "languages": ["de"]},
    ],
    "destinations": [
        {"id": "york", "kind": "site", "seats": 5, "held": 3, "card_safe_seats": 2, "card_safe_held": 1},
        {"id": "home", "kind": "home", "seats": 5},
    ],
    "agents": [
        {"id": "A1", "queue": "billing", "travel": {"york": 30}, "skills": {"billing": 3}},
        {"id": "A2", "queue": "german", "languages": ["de"], "kit": True, "tested": "2026-10-01"},
    ],
}


def wrong(*path: Any, value: Any) -> str:
    """The right scenario with one thing changed."""
    changed = deepcopy(RIGHT)
    at: Any = changed
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value
    return json.dumps(changed, indent=1)


def faults(text: str) -> list[str]:
    """What is said of a file."""
    with pytest.raises(BadConfig) as no:
        scenario.read(text, "s.json")
    return [str(problem) for problem in no.value.problems]


def test_a_scenario_is_the_planners_whole_input() -> None:
    asked = scenario.read(json.dumps(RIGHT), "s.json")
    assert (asked.destinations[0].seats, asked.destinations[0].card_safe_seats, asked.destinations[0].name) == (
        2,
        1,
        "york",
    )
    assert {p.agent: p.destination for p in plan(asked).placements} == {"A1": "york", "A2": "home"}


FAULTS = [
    (wrong("agents", 0, "travel", value={"york": -5}),
     "s.json:42: error: agents[0].travel.york is '-5': should be 0 or more"),
    (wrong("agents", 1, "id", value="A1"),
     "s.json:49: error: agents[1].id is 'A1': an id that nothing else has; agents[0] has it already"),
    (wrong("destinations", 0, "seats", value=0),
     "s.json:26: error: destinations[0].seats is '0': should be 1 or more"),
    (wrong("queues", 1, "skill", value="poetry").replace('"queue": "german"', '"queue": "billing"'),
     "s.json:12: error: queues[1].id is 'german': nobody in agents can serve it: give somebody poetry and de, or this "
     "queue as their own, or leave it out"),
    (wrong("queues", 0, "mbco", value=9), "s.json:7: error: queues[0].mbco is '9': at most full, which is 2"),
    (wrong("queues", 0, "speed", value=9), "s.json:10: error: queues[0].speed is '9': no such key; did you mean id?"),
    (wrong("agents", 0, "shift", value="late"), "s.json:47: error: agents[0].shift is 'late': a shift such as mon-fri 08:00-16:00"),
    (wrong("agents", 0, "tz", value="Europe/Lodnon"), "s.json:47: error: agents[0].tz is 'Europe/Lodnon': no such time zone; did you mean Europe/London?"),
    (wrong("agents", 1, "tested", value="2026-10-99"), "s.json:55: error: agents[1].tested is '2026-10-99': a day of the calendar, 2026-11-02 at the latest"),
    (wrong("agents", 1, "tested", value="2026-11-03"), "s.json:55: error: agents[1].tested is '2026-11-03': a day of the calendar, 2026-11-02 at the latest"),
    (wrong("agents", 0, "travel", value={"yrok": 5}), "s.json:41: error: agents[0].travel is 'yrok': no such id; did you mean york?"),
    (wrong("wishes", value={"closed": ["yrok"]}), "s.json:59: error: wishes.closed is 'yrok': no such id; did you mean york?"),
    (wrong("wishes", value={"locked": [{"team": "t9", "to": "york"}]}), "s.json:61: error: wishes.locked[0].team is 't9': no such id; there is nothing to choose from"),
    ('{"now": 1,,}', "s.json:1: error: JSON: no JSON: Expecting property name enclosed in double quotes (column 11)"),
    ("[]", "s.json:1: error: JSON: should be a valid dictionary or instance of Scenario"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), FAULTS)
def test_every_fault_is_named_where_it_is(text: str, said: str) -> None:
    assert said in faults(text)


def test_every_fault_is_named_at_once() -> None:
    assert len(faults(json.dumps({**RIGHT, "now": "today", "leads": -1}))) == 2


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


PARTS = {
    "queues": scenario.ScenarioQueue, "destinations": scenario.ScenarioDestination, "agents": scenario.ScenarioAgent,
}  # fmt: skip
PATHS: list[tuple[Any, ...]] = [
    (), ("queues",), ("agents", 0), ("now",), ("wishes",), ("rules",), ("pools",),
    *((part, 0, key) for part, model in PARTS.items() for key in model.model_fields),
]  # fmt: skip
WORDS = st.sampled_from(["Europe/Lodnon", "/etc", "..", "2026-02-30", "mon-fri 24:00-08:00", "9999-12-31T23:59:59Z"])


@given(ANY | WORDS, st.sampled_from(PATHS))
@example("Europe/Lodnon", ("agents", 0, "tz"))
@example({"home_test_days": 10**9}, ("rules",))
@example("9999-12-31T23:59:59Z", ("now",))
def test_whatever_stands_there_is_a_scenario_or_a_fault_in_words(value: Any, path: tuple[Any, ...]) -> None:
    text = json.dumps(value) if not path else wrong(*path, value=value)
    try:
        scenario.read(text, "s.json")
    except BadConfig as no:
        assert all(problem.line >= 1 and problem.fix for problem in no.problems)


def test_the_example_in_the_documents_is_right_and_can_be_planned() -> None:
    page = (Path(__file__).parents[2] / "docs" / "relocation.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```json\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    found = plan(scenario.read(example, "docs/relocation.md"))
    assert {(p.agent, p.destination, p.queue) for p in found.placements} == {
        ("A1", "home", "urgent"),
        ("A2", "york", "cards"),
        ("A3", "york", "urgent"),
    }
