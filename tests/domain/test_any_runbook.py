"""Any runbook that passes the checker can be walked to its end, and whatever people do, it never gets stuck."""

from random import Random

from hypothesis import event, given, settings
from hypothesis import strategies as st

from bot.domain.person import Audience
from bot.domain.rehearsal import Script, What, rehearse
from bot.domain.runbook import FIRST, RETURN, StepKind
from bot.domain.step import ENDED, StepState
from tests.domain.any_runbook import POLICY, errors, mended, written
from tests.domain.rehearsing import GROUNDS, pairs, rehearsals


@settings(max_examples=150)
@given(written(), st.sampled_from(sorted(GROUNDS)), st.booleans(), st.integers(1, 3), st.integers(0, 2**32))
def test_whatever_people_do_it_comes_to_its_end(book, ground, drill, severity, seed):
    facts = GROUNDS[ground].model_copy(update={"drill": drill, "severity": severity})
    _what_gets_stuck_is_refused(book, facts)
    book, dice = mended(book), Random(seed)
    for kind in {step.kind for step in book.steps}:
        event(kind)

    def answer(plan):
        return dice.choice([None, *(option.value for option in plan.options)])

    run = rehearse(Script(book, POLICY, facts, answer=answer, order=dice.choice))
    assert run.stuck == []
    _in_order(run)
    _people_first(run)


def _what_gets_stuck_is_refused(book, facts):
    """The other way round: where a plain walk gets stuck, the checker had said so."""
    try:
        run = rehearse(Script(book, POLICY, facts))
    except (KeyError, ValueError):
        assert errors(book)
        return
    assert run.stuck == [] or errors(book)


def _in_order(run):
    """Nothing is before its time, or before what it waits for."""
    assert [e.at for e in run.events] == sorted(e.at for e in run.events)
    assert run.events[0].at >= run.script.declared_at
    ended_at = {step.key: step.ended_at for step in run.steps.values()}
    for one in (e for e in run.events if e.what is What.READY):
        assert all(ended_at[key] <= one.at for key in one.step.plan.after)
    sent = [(e.step.key, e.message.audience) for e in run.events if e.what is What.SENT]
    assert len(set(sent)) == len(sent), "nobody is told the same thing twice"


def _people_first(run):
    """Nothing is sent before people are safe, nobody moved before the roll was called; the end is told as it comes."""
    book, ended = run.script.book, set()
    rolls = {step.id for step in book.steps if step.kind is StepKind.ROLL_CALL}
    for n, one in enumerate(run.events):
        if one.what is What.SENT:
            plan = one.step.plan
            may = plan.before_safety or plan.phase in RETURN or FIRST not in run.evidence
            assert may or FIRST in ended
            assert plan.kind is not StepKind.RELOCATE or not rolls or rolls & ended
            assert (one.message.audience is Audience.EVERYONE) <= (What.OVER in [e.what for e in run.events[n:]])
        if one.step is not None and one.step.state in ENDED:
            ended.add(one.step.key)


@settings(max_examples=50)
@given(written().map(mended))
def test_no_answer_is_out_of_reach_and_no_step_that_answers_alone_decide(book):
    taken, needed = set(), set()
    for drill in (False, True):
        for run in rehearsals(book, drill=drill, severity=1, grounds=("bad", "good", "some")):
            taken |= set(run.answers.items())
            needed |= {step.key for step in run.steps.values() if step.state is not StepState.NOT_APPLICABLE}
    by_answers = {
        s.id for s in book.steps if "answers" in s.when and not any(word in s.when for word in (" and ", " or "))
    }
    plain = {s.id for s in book.steps if not s.when}
    asked_always = {d.id for d in book.steps if d.kind is StepKind.DECISION and d.id in plain}
    assert {pair for pair in pairs(book) if pair[0] in asked_always} <= taken
    sure = {s.id for s in book.steps if s.id in by_answers and all(d in asked_always for d in _asked(s.when, book))}
    assert sure | plain <= needed


def _asked(when, book):
    return [step.id for step in book.steps if f"answers.{step.id} " in when]
