"""What the runbooks say: every line stands on its own, for facts that are full and for facts that are empty."""

import re

import pytest

from bot.domain.facts import Facts, PersonFacts
from bot.domain.runbook_values import filled
from bot.domain.template import frame, personal
from tests.world import library

MESSAGES = [
    pytest.param(message, id=f"{book.category}-{step.id}-{message.audience}")
    for book in library() for step in book.steps for message in step.messages
]  # fmt: skip
FULL = Facts.model_construct(**{
    name: {str: "Leeds", int: 7, float: 1.5, bool: True}.get(field.annotation, {}) for name, field in Facts.model_fields.items()
})  # fmt: skip
EMPTY = Facts.model_construct(**{
    name: {str: "", int: 0, float: 0.0, bool: False}.get(field.annotation, {}) for name, field in Facts.model_fields.items()
})  # fmt: skip


# What is always known of an incident.
KNOWN = dict.fromkeys(("organisation", "hotline", "reference", "category", "state", "declared_at", "detected_at"), "x")


def values(facts):
    """Facts with every value that a runbook asks for."""
    return facts.model_copy(update={**KNOWN, "values": library_values(), "evidence": Anything(), "answers": Anything()})


class Anything(dict):
    """An answer to whatever is asked."""

    def __missing__(self, key):
        return "x"


def library_values():
    """Every value of every runbook."""
    return {name: value for book in library() for name, value in book.values.items()}


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("facts", [FULL, EMPTY], ids=["full", "empty"])
def test_no_two_lines_are_glued_and_none_is_left_hanging(message, facts):
    text = personal(frame(message.text, values(facts)), PersonFacts())
    written = [
        line.strip() for line in message.text.splitlines() if line.strip() and not re.fullmatch(r"{%.*%}", line.strip())
    ]
    assert len(text.splitlines()) <= len(written) + text.count("\n\n")
    for start in ("What we know:", "What we don't know yet:", "What to do:", "Next update", "Hotline:"):
        for place in re.finditer(re.escape(start), text):
            assert place.start() == 0 or text[place.start() - 1] == "\n", text
    assert "{{" not in text
    assert "{%" not in text
    assert not re.search(r"  |: \.|\(\)", text), text


def test_one_hour_is_not_called_hours():
    (book,) = [filled(book) for book in library() if book.category == "data_loss"]
    assert book.values["rpo_hours"] == 1
    assert [step.title for step in book.steps if "RPO of 1 hour?" in step.title]
    assert "of 1 hours" not in book.model_dump_json()
