"""Steps that runbooks share: taken whole, changed where a runbook says so, faults named in the file that has them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.policy import Policy
from bot.domain.refusal import BadConfig, Problem
from bot.domain.runbook import Category, Runbook, StepPlan
from bot.settings import load as load_settings
from bot.storage.runbooks import load_all

ROOT = Path(__file__).parents[2]
LIBRARY = """steps:
  - id: LS1
    title: Evacuate
    phase: life_safety
    owner: SO
    due: D+1m
    guidance: Give the order.
  - id: NT1
    title: Tell them
    kind: notify
    phase: notify
    owner: OPS
    after: [LS1]
    messages:
      - audience: agents
        subject: To agents
        text: Keep away.
      - audience: leaders
        subject: To leaders
        text: It has begun.
"""
BOOK = """category: facility_loss
title: Loss of a building
version: "1"
owner: SO
reviewed_on: 2026-01-01
steps:
  - use: LS1
"""


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_settings(ROOT / "app.yaml").policy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "library.yaml").write_text(LIBRARY, encoding="utf-8")
    return tmp_path


def loaded(folder: Path, policy: Policy, steps: str) -> tuple[StepPlan, ...]:
    (folder / "a.yaml").write_text(BOOK + steps, encoding="utf-8")
    return book(folder, policy).steps


def book(folder: Path, policy: Policy) -> Runbook:
    return load_all(folder, policy).runbooks[Category.FACILITY_LOSS]


def faults(folder: Path, policy: Policy, steps: str = "") -> list[str]:
    (folder / "a.yaml").write_text(BOOK + steps, encoding="utf-8")
    with pytest.raises(BadConfig) as caught:
        load_all(folder, policy)
    return said(caught.value.problems, folder)


def said(problems: Sequence[Problem], folder: Path) -> list[str]:
    return [str(replace(p, name="")).replace(f"{folder}/", "") for p in problems if not p.warning]


def test_a_used_step_is_the_librarys_with_what_the_runbook_changes(folder: Path, policy: Policy) -> None:
    first, second = loaded(folder, policy, "  - use: NT1\n    due: T+5m\n    guidance: ''\n")
    assert (first.title, first.owner, first.due) == ("Evacuate", "SO", "D+1m")
    assert (second.title, second.due, second.guidance, second.after) == ("Tell them", "T+5m", "", ("LS1",))


def test_messages_are_replaced_an_audience_at_a_time(folder: Path, policy: Policy) -> None:
    new = "      - {audience: vendors, subject: V, text: Help.}\n      - {audience: agents, subject: A, text: Wait.}\n"
    _, step = loaded(folder, policy, f"  - use: NT1\n    messages:\n{new}")
    assert [(m.audience, m.subject) for m in step.messages] == [
        ("agents", "A"),
        ("leaders", "To leaders"),
        ("vendors", "V"),
    ]


def test_no_messages_takes_all_away(folder: Path, policy: Policy) -> None:
    _, step = loaded(folder, policy, "  - use: NT1\n    kind: task\n    messages: []\n")
    assert step.messages == ()


def test_one_step_is_used_twice_under_two_names(folder: Path, policy: Policy) -> None:
    steps = loaded(folder, policy, "  - use: LS1\n    id: LS1_hull\n    after: [LS1]\n  - use: NT1\n")
    assert [(s.id, s.title) for s in steps[:2]] == [("LS1", "Evacuate"), ("LS1_hull", "Evacuate")]
    assert faults(folder, policy, "  - use: LS1\n") == [
        "a.yaml:8: error: steps[LS1].id is 'LS1': another step has this id; give each its own"
    ]


def test_a_step_that_is_not_there_gets_the_nearest_word(folder: Path, policy: Policy) -> None:
    assert faults(folder, policy, "  - use: NT11\n  - use: [LS1]\n") == [
        "a.yaml:8: error: steps[2].use is 'NT11': no such step; did you mean NT1?",
        "a.yaml:9: error: steps[3].use: no such step; did you mean LS1?",
    ]
    (folder / "library.yaml").unlink()
    assert faults(folder, policy) == [
        "a.yaml:7: error: steps[1].use is 'LS1': no such step; write the step out, or put it into library.yaml"
    ]


def test_a_fault_of_the_library_is_named_there_once(folder: Path, policy: Policy) -> None:
    (folder / "b.yaml").write_text(BOOK.replace("facility_loss", "utility_loss"), encoding="utf-8")
    (folder / "library.yaml").write_text(LIBRARY.replace("owner: OPS", "onwer: OPS"), encoding="utf-8")
    assert faults(folder, policy, "  - use: NT1\n") == [
        "library.yaml:8: error: steps[NT1].owner: it is missing; add it",
        "library.yaml:12: error: steps[NT1].onwer is 'OPS': no such key; did you mean owner?",
    ]
    (folder / "library.yaml").write_text(LIBRARY.replace("owner: OPS", "owner: OOPS"), encoding="utf-8")
    assert faults(folder, policy, "  - use: NT1\n") == [
        "library.yaml:12: error: steps[NT1].owner is 'OOPS': no such role; did you mean OPS? (used in a.yaml:8)"
    ]


def test_what_a_shared_step_needs_of_its_runbook_names_both(folder: Path, policy: Policy) -> None:
    (folder / "a.yaml").write_text(BOOK.replace("use: LS1", "use: NT1"), encoding="utf-8")
    (folder / "b.yaml").write_text(BOOK.replace("facility", "data").replace("use: LS1", "use: NT1"), encoding="utf-8")
    with pytest.raises(BadConfig) as caught:
        load_all(folder, policy)
    assert said(caught.value.problems, folder) == [
        "library.yaml:13: error: steps[NT1].after[1] is 'LS1': no such step; use one of: NT1 (used in a.yaml:7 and 1 more)"
    ]


def test_a_fault_in_what_a_runbook_changes_is_its_own(folder: Path, policy: Policy) -> None:
    more = "  - use: NT1\n    messages:\n      - {audience: vendors, subject: V, text: '{{ sitez }}'}\n      - {audience: agents, subject: A, text: '{{ sitez }}'}\n"
    assert [line.split(":")[:2] for line in faults(folder, policy, more)] == [["a.yaml", "10"], ["a.yaml", "11"]]
    (folder / "library.yaml").write_text(LIBRARY.replace("It has begun.", "'{{ sitez }}'"), encoding="utf-8")
    assert [line.split(":")[:2] for line in faults(folder, policy, more)][-1] == ["library.yaml", "20"]


def test_what_nobody_uses_is_a_warning(folder: Path, policy: Policy) -> None:
    (folder / "a.yaml").write_text(BOOK, encoding="utf-8")
    (warning,) = load_all(folder, policy).warnings
    assert str(warning).endswith(
        "library.yaml:8: warning: steps[NT1]: no runbook uses it; use it or remove it [idle-step]"
    )


@pytest.mark.parametrize(
    "text", ["steps: 3", "steps: [3]", "[", "steps: [{id: [1]}]", "tile: x", "steps:\n- {id: A1, messages: x}"]
)
def test_a_library_of_any_form_is_refused_in_words(folder: Path, policy: Policy, text: str) -> None:
    (folder / "library.yaml").write_text(text, encoding="utf-8")
    assert any(line.startswith("library.yaml:1: error:") or "library.yaml:2" in line for line in faults(folder, policy))


@pytest.mark.parametrize("messages", ["x", "[3]", "[{audience: [agents]}]", "[{audience: agents}, {audience: agents}]"])
def test_changes_of_any_form_are_refused_in_words(folder: Path, policy: Policy, messages: str) -> None:
    found = faults(folder, policy, f"  - use: NT1\n    messages: {messages}\n")
    assert all(line.startswith("a.yaml:9: error: steps[NT1].messages") for line in found), found
