"""Any runbook that passes the checker can be walked to its end, and whatever people do, it never gets stuck."""

from datetime import date
from random import Random

from hypothesis import event, given, settings
from hypothesis import strategies as st

from bot.domain.facts import EXAMPLE
from bot.domain.rehearsal import Script, rehearse
from bot.domain.runbook import Audience, Phase, Runbook, StepKind
from bot.domain.runbook_check import check
from bot.domain.step import StepState
from tests.domain.rehearsing import GROUNDS, pairs, rehearsals
from tests.world import product_settings

POLICY = product_settings().policy
PHASES = st.sampled_from([Phase.ACTIVATE, Phase.SERVE, Phase.SERVE, Phase.SUSTAIN, Phase.RECOVER, Phase.STAND_DOWN])
OPTIONS = [{"value": value, "label": value} for value in ("yes", "no", "later")]
TEXT = "What we know: x. What we don't know yet: y. What to do: z. Next update: {{ next_update }}"
MESSAGE = {"audience": Audience.LEADERS, "subject": "s", "text": TEXT}
FACTS = st.sampled_from([
    "drill", "not drill", "severity == 1", "severity <= 2", "unaccounted > 0", "unplaced == 0", "seats_lost_percent > values.few",
    "acknowledged_percent < 60", "hours_to_rto < 2", "minutes_since_declared >= 15", "minutes_since_declared > values.few",
    "minutes_since_declared < 90", 'state == "active"', "known", "latest == ''", "seats_lost_percent > 100", "live >= mbco",
])  # fmt: skip
ANSWER = st.builds(
    "answers.{} {} '{}'".format,
    st.integers(0, 9).map("S{}".format),
    st.sampled_from(["==", "!="]),
    st.sampled_from(["yes", "no", "later"]),
)
EVIDENCE = st.integers(0, 9).map("evidence.S{}".format)


def combined(parts):
    return st.one_of(
        parts, st.builds("{} {} {}".format, parts, st.sampled_from(["and", "or"]), parts), parts.map("not ({})".format)
    )


WHEN, ONCE = combined(st.one_of(ANSWER, ANSWER, FACTS)), combined(st.one_of(FACTS, FACTS, FACTS, ANSWER, EVIDENCE))
DUE = st.one_of(
    st.integers(0, 200).map("T+{}m".format), st.integers(0, 100).map("D+{}m".format),
    st.builds("after: S{} +{}m".format, st.integers(0, 9), st.integers(0, 90)), st.integers(0, 130).map("{}% of rto".format),
)  # fmt: skip


@st.composite
def steps(draw, n, decisions):
    """One step, after earlier ones; now and then with what the checker must find."""
    step = {
        "id": f"S{n}",
        "title": "t",
        "phase": draw(PHASES),
        "owner": "OPS",
        "after": sorted(draw(st.sets(EARLIER(n), max_size=3))),
    }
    kind = draw(st.sampled_from([StepKind.TASK, StepKind.NOTIFY, StepKind.DECISION, StepKind.DECISION]))
    if kind is StepKind.DECISION:
        step |= {"kind": kind, "options": OPTIONS[: draw(st.integers(2, 3))]}
    elif kind is StepKind.NOTIFY:
        step |= {"kind": kind, "messages": [MESSAGE], "auto": draw(st.booleans())}
    if decisions and draw(st.booleans()):  # a sound question after a decision
        asked = draw(st.sampled_from(decisions))
        step |= {
            "after": sorted({*step["after"], asked}),
            "when": f"answers.{asked} == '{draw(st.sampled_from(['yes', 'no']))}'",
        }
    for key, written in (("when", WHEN), ("once", ONCE), ("due", DUE)):
        if key not in step and draw(st.integers(0, 2)) == 0:
            step[key] = draw(written)
    return step


def EARLIER(n):  # noqa: N802
    """Steps before the nth; rarely one that comes later, or itself: a ring, perhaps."""
    names = [f"S{k}" for k in range(n)]
    return st.sampled_from([*names * 5, f"S{n}", f"S{n + 1}"] if names else ["S0", "S1"])


@st.composite
def written(draw):
    """A runbook as somebody might write it."""
    made = []
    for n in range(draw(st.integers(1, 9))):
        made.append(draw(steps(n, [s["id"] for s in made if "options" in s])))
    head = {"category": "facility_loss", "title": "t", "version": "1", "owner": "SO", "reviewed_on": date(2026, 1, 1)}
    return Runbook.model_validate({**head, "values": {"few": 20}, "steps": made})


def errors(book):
    return [fault for fault in check(book, POLICY) if not fault.warning]


def mended(book):
    """The runbook without whatever the checker complains of: what is left passes."""
    while found := errors(book):
        data = book.model_dump()
        for fault in found:
            _, n, key, *_ = fault.path
            data["steps"][n].pop(key, None)
        book = Runbook.model_validate(data)
    return book


books = written().map(mended)


@settings(max_examples=150)
@given(books, st.sampled_from(sorted(GROUNDS)), st.booleans(), st.integers(1, 3), st.integers(0, 2**32))
def test_whatever_people_do_it_comes_to_its_end(book, ground, drill, severity, seed):
    event(f"{len(book.steps)} steps")
    dice = Random(seed)
    facts = GROUNDS[ground].model_copy(update={"drill": drill, "severity": severity})

    def answer(plan):
        return dice.choice([None, *(option.value for option in plan.options)])

    run = rehearse(Script(book, POLICY, facts, answer=answer, order=dice.choice))
    assert run.stuck == []
    assert all(event.at >= run.script.declared_at for event in run.events)
    assert [e.at for e in run.events] == sorted(e.at for e in run.events)


@settings(max_examples=60)
@given(books)
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


@given(written(), st.integers(1, 3))
def test_a_runbook_that_gets_stuck_is_refused(book, severity):
    """The other way round: where a plain walk gets stuck, the checker had said so."""
    try:
        run = rehearse(Script(book, POLICY, EXAMPLE.model_copy(update={"severity": severity})))
    except (KeyError, ValueError):
        assert errors(book)
        return
    assert run.stuck == [] or errors(book)
