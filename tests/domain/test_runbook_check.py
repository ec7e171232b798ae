"""What the checker finds is shown in tests/golden/checker; here is what does not fit into a small file."""

from datetime import date
from typing import Any

from bot.domain.runbook import Runbook
from bot.domain.runbook_check import MAX_STEPS, check
from bot.domain.runbook_faults import MEANINGS, WARNINGS, Fault, Name
from tests.world import product_settings

HEAD = {"category": "facility_loss", "title": "t", "version": "1", "owner": "SO", "reviewed_on": date(2026, 1, 1)}


def faults(*steps: dict[str, Any]) -> list[Fault]:
    given = [{"title": "t", "phase": "serve", "owner": "OPS", **step} for step in steps]
    return check(Runbook.model_validate({**HEAD, "steps": given}), product_settings().policy)


def test_as_many_steps_as_are_allowed_are_walked_in_time() -> None:
    chain = [{"id": f"S{n}", "after": [f"S{n - 1}"] if n else []} for n in range(MAX_STEPS)]
    assert faults(*chain) == []


def test_many_decisions_are_not_tried_for_ever() -> None:
    options = [{"value": f"o{n}", "label": "o"} for n in range(9)]
    decisions = [{"id": f"Q{n}", "kind": "decision", "options": options} for n in range(12)]
    asks = " and ".join(f'answers.Q{n} == "o1"' for n in range(12)) + " and seats_lost_percent > 100"
    assert faults(*decisions, {"id": "A1", "after": [f"Q{n}" for n in range(12)], "when": asks}) == []


def test_a_decision_that_may_be_skipped_leaves_its_not_equal_open() -> None:
    options = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]
    ask = 'answers.Q1 != "a" and answers.Q1 != "b"'
    assert (
        faults({"id": "Q1", "kind": "decision", "options": options}, {"id": "A1", "after": ["Q1"], "when": ask}) == []
    )


def test_every_fault_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Name)
    assert set(Name) >= WARNINGS
