"""Going over to another version: what has ended stays, what people changed stays, the rest is as the new one has it."""

from datetime import date

from bot.domain.adoption import adopt
from bot.domain.incident import Incident
from bot.domain.runbook import Message, Runbook
from bot.domain.runbook_diff import Kind, compare
from bot.domain.step import Step, StepState
from bot.domain.wording.adoptions import review

HEAD = {"category": "facility_loss", "title": "t", "version": "1", "owner": "SO", "reviewed_on": date(2026, 1, 1)}


def say(text, audience="agents"):
    return {"audience": audience, "subject": "s", "text": text}


def plan(key, **more):
    return {"id": key, "title": key, "phase": "serve", "owner": "OPS", **more}


def book(*steps, **more):
    return Runbook.model_validate({**HEAD, "steps": steps, **more})


def run(old, **states):
    return [
        Step(id=n, incident_id=1, key=p.id, position=n * 10, plan=p, state=states.get(p.id, StepState.WAITING), assignee=None, due_at=None)
        for n, p in enumerate(old.steps, 1)
    ]  # fmt: skip


def test_what_has_ended_stays_and_the_rest_changes():
    old = book(plan("A"), plan("B"), plan("C"), plan("D"))
    new = book(*(plan(key, guidance="new") for key in "ABCD"))
    going = adopt(
        old, new, run(old, A=StepState.DONE, B=StepState.READY, C=StepState.IN_PROGRESS, D=StepState.NOT_APPLICABLE)
    )
    assert {key: p.guidance for key, p in going.changed.items()} == {2: "new", 3: "new"}
    assert (going.added, going.dropped, going.positions) == ((), (), {})


def test_new_steps_come_in_where_they_stand_and_old_ones_that_were_not_begun_fall_away():
    old = book(plan("A"), plan("B"), plan("C"))
    new = book(plan("N"), plan("C"))
    going = adopt(old, new, run(old, A=StepState.READY, B=StepState.IN_PROGRESS))
    assert [(place, p.id) for place, p in going.added] == [(10, "N")]
    assert [s.key for s in going.dropped] == ["A"]
    assert going.positions == {3: 20}


def test_what_is_under_way_keeps_its_kind():
    old, new = book(plan("A")), book(plan("A", kind="notify", messages=[say("x")]))
    assert adopt(old, new, run(old, A=StepState.IN_PROGRESS)).changed == {}
    assert adopt(old, new, run(old, A=StepState.READY)).changed[1].kind == "notify"


def test_wording_that_was_changed_in_the_incident_stays():
    old = book(plan("A", kind="notify", messages=[say("old"), say("old", "leaders")]))
    new = book(plan("A", kind="notify", messages=[say("new"), say("new", "leaders"), say("new", "vendors")]))
    (step,) = run(old)
    mine = Message.model_validate(say("as we say it") | {"subject": "ours"})
    reworded = step.model_copy(
        update={"plan": step.plan.model_copy(update={"messages": (mine, step.plan.messages[1])})}
    )
    messages = adopt(old, new, [reworded]).changed[1].messages
    assert [(m.audience, m.subject, m.text) for m in messages] == [
        ("agents", "ours", "as we say it"), ("leaders", "s", "new"), ("vendors", "s", "new"),
    ]  # fmt: skip


def test_steps_added_by_hand_and_repeats_stay():
    old, new = book(plan("A", repeat_every="1h")), book(plan("A"))
    steps = run(old, A=StepState.DONE)
    more = [
        steps[0].model_copy(update={"id": n, "key": key, "state": StepState.READY})
        for n, key in ((7, "H1"), (8, "A_again_1"))
    ]
    assert adopt(old, new, [*steps, *more]) == ({}, (), (), {})


def test_a_difference_is_said_in_words():
    old = book(plan("A", due="T+5m", fallback=["IC"]), plan("B"), values={"few": 1}, summary="x")
    new = book(plan("A", due="T+9m", kind="notify", messages=[say("hello\nyou")]), plan("N"), values={"few": 2})
    found = compare(old, new)
    assert found.head == ("summary: x → –", "values.few: 1 → 2")
    assert [(c.kind, c.step.id) for c in found.steps] == [(Kind.CHANGED, "A"), (Kind.NEW, "N"), (Kind.GONE, "B")]
    assert found.steps[0].what == (
        "kind: task → notify",
        "fallback: IC → –",
        "due: T+5m → T+9m",
        "message to agents: new",
    )
    assert found.summary() == "1 step new, 1 step gone, 1 step changed, 2 entries at the top"
    later = compare(
        new, book(plan("A", due="T+9m", kind="notify", messages=[say("hello\nthere")]), plan("N"), values={"few": 2})
    )
    assert later.steps[0].what == ("message to agents: text changed",)
    assert later.steps[0].lines == ("- you", "+ there")
    assert not compare(new, new)
    assert new.digest != old.digest


def test_the_room_does_not_read_what_only_few_may():
    old, new = book(plan("A")), book(plan("A"), plan("B", title="Pay the ransom?", restricted=True))
    card = review(
        Incident.model_construct(id=1, reference="INC-2026-0001", runbook_version="1"), new, compare(old, new)
    )
    assert "new: a step that only its owner and the commanders see" in card.plain()
    assert "ransom" not in card.plain()
