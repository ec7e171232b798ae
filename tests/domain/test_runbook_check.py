"""Each fault that the checker finds, shown once: a sound runbook, one thing spoilt, the sentence that helps."""

import copy
from datetime import date
from typing import Any

import pytest

from bot.domain.runbook import Runbook
from bot.domain.runbook_check import MAX_STEPS, Fault, check

ROLES = ("IC", "OPS", "SO", "PLAN", "PIO", "REG")
SOUND: dict[str, Any] = {
    "category": "facility_loss",
    "title": "Loss of a building",
    "version": "1",
    "owner": "SO",
    "reviewed_on": date(2026, 1, 1),
    "values": {"few": 60},
    "steps": [
        {"id": "LS1", "title": "Evacuate", "phase": "life_safety", "owner": "SO", "due": "D+1m"},
        {
            "id": "LS3", "title": "Roll", "kind": "roll_call", "phase": "life_safety", "owner": "SO", "after": ["LS1"],
            "messages": [{"audience": "agents", "ask": "safety", "subject": "Safe?", "text": "Hello {{ first_name }}"}],
        },
        {
            "id": "Q1", "title": "Move?", "kind": "decision", "phase": "activate", "owner": "IC", "fallback": ["OPS"],
            "due": "50% of rto",
            "options": [{"value": "move", "label": "Move"}, {"value": "stay", "label": "Stay"}],
        },
        {
            "id": "RL1", "title": "Relocate", "kind": "relocate", "phase": "relocate", "owner": "PLAN",
            "after": ["LS3", "Q1"], "due": "after: LS3 +20m",
            "when": 'answers.Q1 == "move" and accounted_percent > values.few',
            "messages": [
                {"audience": "agents", "ask": "move", "subject": "Go", "text": "To {{ destination }}"},
                {"audience": "unplaced", "ask": "ack", "subject": "Wait", "text": "{{ reason }}\n{{ evidence.LS1 }}."},
            ],
        },
    ],
}  # fmt: skip


def faults(**spoilt: Any) -> list[Fault]:
    """Return the faults after changes written as steps__3__due="soon"."""
    data = copy.deepcopy(SOUND)
    for place, value in spoilt.items():
        *path, last = [int(part) if part.isdigit() else part for part in place.split("__")]
        here: Any = data
        for part in path:
            here = here[part]
        here[last] = value
    return check(Runbook.model_validate(data), ROLES)


def test_a_sound_runbook_has_no_fault() -> None:
    assert faults() == []


MESSAGES = SOUND["steps"][3]["messages"]


@pytest.mark.parametrize(
    ("place", "value", "at", "says"),
    [
        ("owner", "PIA", "owner", "did you mean PIO?"),
        ("steps__0__owner", "S0", "steps.0.owner", "no such role"),
        ("steps__2__fallback", ["IC", "OPPS"], "steps.2.fallback.1", "did you mean OPS?"),
        ("steps__2__id", "LS1", "steps.2.id", "another step has this id"),
        ("steps__3__after", ["LS3", "Q11"], "steps.3.after.1", "did you mean Q1?"),
        ("steps__3__after", ["Q1"], "steps.3.after", "people come first"),
        ("steps__3__after", ["LS1", "Q1"], "steps.3.after", "before the roll is called: wait for LS3"),
        ("steps__0__after", ["RL1"], "steps.0.after", "wait for each other"),
        ("steps__2__options", [], "steps.2.options", "two options or more"),
        ("steps__2__options__1__value", "move", "steps.2.options", "the same value"),
        ("steps__0__options", SOUND["steps"][2]["options"], "steps.0.options", "only a step of kind decision"),
        ("steps__1__messages", [], "steps.1.messages", "kind roll_call needs its messages"),
        ("steps__0__messages", MESSAGES, "steps.0.messages", "kind task sends nothing"),
        ("steps__3__messages", MESSAGES[:1], "steps.3.messages", "add the message for unplaced"),
        ("steps__3__messages", [*MESSAGES, MESSAGES[0]], "steps.3.messages.2.audience", "for them already"),
        ("steps__3__messages__0__ask", "ack", "steps.3.messages.0.ask", "asked: move"),
        ("steps__1__messages__0__ask", "nothing", "steps.1.messages.0.ask", "asks: safety"),
        ("steps__0__due", "soon", "steps.0.due", "'soon' is no due time; write T+15m"),
        ("steps__3__due", "after: LS33 +20m", "steps.3.due", "did you mean LS3?"),
        ("steps__3__due", "after: RL1 +20m", "steps.3.due", "due after itself"),
        ("steps__3__repeat_every", "often", "steps.3.repeat_every", "write 15m, 2h, 1d"),
        ("steps__3__when", "seats_lost_procent > 2", "steps.3.when", "did you mean seats_lost_percent?"),
        ("steps__3__when", "values.fev > 2", "steps.3.when", "in this runbook; did you mean few?"),
        ("steps__3__when", 'answers.Q1 == "mov"', "steps.3.when", "no option 'mov'; did you mean move?"),
        ("steps__1__when", 'answers.Q1 == "move"', "steps.1.when", "not there yet; add Q1 to after"),
        ("steps__3__when", "severity >", "steps.3.when", "line 1"),
        ("steps__3__once", "known > 3", "steps.3.once", "not supported"),
        ("steps__3__once", "first_name", "steps.3.once", "first_name is no known fact"),
        ("steps__1__messages__0__text", "{{ sitez }}", "steps.1.messages.0.text", "did you mean sites?"),
        ("steps__1__messages__0__text", "{% if drill %}x", "steps.1.messages.0.text", "line 1"),
        ("steps__1__messages__0__text", "{% if drill %}x{% endif %}", "steps.1.messages.0.text", "in a real incident"),
        ("steps__1__messages__0__text", "{{ evidence.LS9 }}x", "steps.1.messages.0.text", "evidence.LS9 is not in"),
        ("steps__1__messages__0__subject", "{fist_name}", "steps.1.messages.0.subject", "did you mean first_name?"),
        ("steps__1__messages__0__subject", "{{ first_name | upper }}", "steps.1.messages.0.subject", "can be shown"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place_and_what_would_be_right(place: str, value: Any, at: str, says: str) -> None:
    found = {(".".join(map(str, f.path)), f.fix) for f in faults(**{place: value})}
    assert any(path == at and says in fix for path, fix in found), found


def test_nothing_goes_to_a_regulator_by_itself() -> None:
    message = {"audience": "regulator", "subject": "s", "text": "t"}
    found = faults(steps__1__auto=True, steps__1__messages=[message | {"ask": "safety"}])
    assert [f.fix for f in found] == ["nothing goes to a regulator by itself; leave auto out"]


def test_a_runbook_without_end_is_refused_before_it_is_walked() -> None:
    chain = [
        {"id": f"S{n}", "title": "t", "phase": "serve", "owner": "IC", "after": [f"S{n - 1}"] if n else []}
        for n in range(MAX_STEPS + 1)
    ]
    assert [f.path for f in faults(steps=chain)] == [("steps",)]
    assert faults(steps=chain[:MAX_STEPS]) == []
