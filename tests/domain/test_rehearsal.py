"""Every runbook there is, rehearsed: real and drill, each severity, every answer of every decision; none gets stuck."""

import pytest

from bot.domain.facts import EXAMPLE_PERSON
from bot.domain.rehearsal import Script, What, rehearse
from bot.domain.runbook import Phase
from bot.domain.template import render
from tests.domain.rehearsing import became_ready, pairs, rehearsals
from tests.world import library, product_settings

BOOKS = [pytest.param(book, id=book.category.value) for book in library()]
KINDS = [(drill, severity) for drill in (False, True) for severity in (1, 2, 3)]


@pytest.mark.parametrize("book", BOOKS)
def test_every_branch_is_taken_and_every_course_comes_to_its_end(book):
    taken, ready, count = set(), set(), 0
    for drill, severity in KINDS:
        for run in rehearsals(book, drill=drill, severity=severity):
            assert run.stuck == [], f"{'drill' if drill else 'real'}, severity {severity}: {run.answers}"
            taken |= set(run.answers.items())
            ready |= became_ready(run)
            count += 1
            for event in run.events:
                if event.message is not None:
                    assert render(event.message.text, event.facts, EXAMPLE_PERSON).strip()
                    assert render(event.message.subject, event.facts, EXAMPLE_PERSON).strip()
    assert taken == pairs(book)
    assert ready == {step.id for step in book.steps}
    assert count >= len(KINDS)


@pytest.mark.parametrize("book", BOOKS)
def test_the_return_waits_for_its_word_and_everybody_is_told_of_the_end(book):
    run = rehearse(Script(book, product_settings().policy))
    order = [event.what for event in run.events]
    returning = order.index(What.RETURN)
    late = {
        e.step.key for e in run.events[:returning] if e.step and e.step.plan.phase in (Phase.RECOVER, Phase.STAND_DOWN)
    }
    assert late == set()
    assert order.count(What.OVER) == 1
