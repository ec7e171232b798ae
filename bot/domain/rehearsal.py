"""A rehearsal: a runbook walked through on a virtual clock by the rules of a real incident; nothing is sent.

Every step is done when it is due, or a few minutes after it became ready where it is never due. What facts alone could
bring about, such as nobody being unaccounted for any more, is taken as come true when nothing else can go on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.domain import due, progress
from bot.domain.facts import EXAMPLE, Facts
from bot.domain.incident import IncidentState
from bot.domain.person import Audience
from bot.domain.policy import Policy
from bot.domain.runbook import EvidenceKind, Message, Phase, Runbook, StepKind, StepPlan
from bot.domain.step import ENDED, LIVE, Step, StepState
from bot.domain.text import listed
from bot.domain.when import soon
from bot.domain.wording.steps import actions

_PACE = timedelta(minutes=5)
_FORTNIGHT = 14 * 24 * 60
_SENDS = frozenset({StepKind.NOTIFY, StepKind.ROLL_CALL})
_EVIDENCE = {
    EvidenceKind.NONE: "", EvidenceKind.TEXT: "as asked", EvidenceKind.NUMBER: "42", EvidenceKind.TIME: "14:05 GMT",
    EvidenceKind.REFERENCE: "REF-1042", EvidenceKind.LINK: "https://example.org/file",
    EvidenceKind.SIGN_OFF: "signed off", EvidenceKind.ANSWER: "as asked",
}  # fmt: skip


class What(StrEnum):
    """What happens at one moment of a rehearsal."""

    READY = "ready"
    NOT_NEEDED = "not needed"
    COMES_TRUE = "comes true"
    SENT = "sent"
    DONE = "done"
    DECIDED = "decided"
    SKIPPED = "skipped"
    RETURN = "the return begins"
    OVER = "stood down"


class Event(NamedTuple):
    """One thing that happens: text is evidence, answer or condition; facts are those that a message is written from."""

    at: datetime
    what: What
    step: Step | None = None
    text: str = ""
    message: Message | None = None
    facts: Facts | None = None


def first_option(plan: StepPlan) -> str | None:
    """Answer every decision with its first option."""
    return plan.options[0].value if plan.options else None


def soonest(live: Sequence[Step]) -> Step:
    """Do what is due first."""
    return min(live, key=lambda step: (done_at(step), step.position))


@dataclass(frozen=True)
class Script:
    """What a rehearsal plays: facts as they stand, and what people do; an answer of None skips the step."""

    book: Runbook
    policy: Policy
    facts: Facts = EXAMPLE
    declared_at: datetime = datetime(2026, 1, 5, 14, 0, tzinfo=UTC)
    rto_min: int | None = 240
    answer: Callable[[StepPlan], str | None] = first_option
    order: Callable[[Sequence[Step]], Step] = soonest


@dataclass
class Rehearsal:
    """What came of it; stuck: the steps that nothing could have brought on."""

    script: Script
    now: datetime
    steps: dict[int, Step]
    state: IncidentState = IncidentState.ACTIVE
    events: list[Event] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    sitreps: int = 0

    @property
    def stuck(self) -> list[Step]:
        """The steps that have not ended."""
        return [step for step in self.steps.values() if step.state not in ENDED]

    def note(self, what: What, step: Step | None = None, text: str = "") -> None:
        """Write down what happens now."""
        self.events.append(Event(self.now, what, step, text))

    def facts(self, at: datetime | None = None) -> Facts:
        """Return the facts of this moment, or of another one with all else as it is."""
        script, now = self.script, at or self.now
        every = script.policy.cadence[script.facts.severity]
        live = [s.title for s in self.steps.values() if s.plan.kind is StepKind.DECISION and s.state in LIVE]
        return script.facts.model_copy(
            update={
                "organisation": script.policy.organisation,
                "hotline": script.policy.hotline,
                "category": script.book.category.value,
                "state": self.state.value,
                "declared_at": soon(script.declared_at),
                "detected_at": soon(script.declared_at),
                "minutes_since_declared": int((now - script.declared_at).total_seconds() // 60),
                "next_update": soon(now + (every.every if self.sitreps else every.first)),
                "sitrep_number": self.sitreps + 1,
                "actions": actions(list(self.steps.values())),
                "decisions": listed(live),
                "answers": dict(self.answers),
                "evidence": dict(self.evidence),
                "values": {**script.book.values, **script.facts.values},
            }
        )


def rehearse(script: Script) -> Rehearsal:
    """Walk a runbook to its end, or to where nothing goes on."""
    steps = {n: _step(n, plan) for n, plan in enumerate(script.book.steps, 1)}
    run = Rehearsal(script, script.declared_at, steps)
    while _advance(run) or _work(run) or _wait(run) or _assume(run) or _return(run):
        pass
    return run


def done_at(step: Step) -> datetime:
    """Return when a step is done: when it is due, where that is not over."""
    ready = step.ready_at or step.due_at or datetime.min.replace(tzinfo=UTC)
    return step.due_at if step.due_at is not None and step.due_at > ready else ready + _PACE


def _step(n: int, plan: StepPlan) -> Step:
    return Step(
        id=n, incident_id=0, key=plan.id, position=n, plan=plan, state=StepState.WAITING, assignee=None, due_at=None
    )


def _move(run: Rehearsal, step: Step, state: StepState, **changes: object) -> Step:
    fresh = step.model_copy(update={"state": state, **changes})
    run.steps[step.id] = fresh
    return fresh


def _advance(run: Rehearsal) -> bool:
    """Make ready what can be; return whether anything moved."""
    changes = progress.advance(list(run.steps.values()), run.facts())
    for key, state in changes:
        step = run.steps[key]
        if state is StepState.READY:
            step = _move(run, step, state, ready_at=run.now, due_at=_due(run, step))
            run.note(What.READY, step)
            if step.plan.auto and step.plan.kind in _SENDS:
                _send(run, step)
        else:
            run.note(What.NOT_NEEDED, _move(run, step, state, ended_at=run.now))
    return bool(changes)


def _due(run: Rehearsal, step: Step) -> datetime | None:
    ended = {s.key: s.ended_at for s in run.steps.values() if s.ended_at}
    start = run.script.declared_at
    return due.due_at(due.parse(step.plan.due), start, start, ended, run.script.rto_min)


def _work(run: Rehearsal) -> bool:
    """Do the next step, unless time makes another one ready before; return whether there was one."""
    live = [s for s in run.steps.values() if s.state in LIVE]
    before_end = [s for s in live if not _tells_the_end(s)] if run.state is not IncidentState.STOOD_DOWN else []
    if not live:
        return False
    step = run.script.order(before_end or live)
    when = max(run.now, done_at(step))
    sooner = _next_once(run)
    if sooner is not None and sooner < when:
        run.now = sooner
        return True
    run.now = when
    _do(run, step)
    return True


def _tells_the_end(step: Step) -> bool:
    return any(message.audience is Audience.EVERYONE for message in step.plan.messages)


def _do(run: Rehearsal, step: Step) -> None:
    """End a step the way its kind is ended."""
    kind = step.plan.kind
    if kind is StepKind.DECISION:
        answer = run.script.answer(step.plan)
        if answer is not None:
            run.answers[step.key] = answer
            run.evidence[step.key] = next((o.label for o in step.plan.options if o.value == answer), answer)
        return _end(run, step, What.DECIDED if answer is not None else What.SKIPPED, answer or "left out")
    if step.state is StepState.READY and step.plan.messages:
        step = _send(run, step)
    run.evidence[step.key] = _EVIDENCE[step.plan.evidence.kind] or "sent"
    if step.state not in ENDED:
        _end(run, step, What.DONE, step.plan.evidence.ask)
    if _tells_the_end(step) and run.state is not IncidentState.STOOD_DOWN:
        _stand_down(run)
    return None


def _end(run: Rehearsal, step: Step, what: What, text: str) -> None:
    state = StepState.SKIPPED if what is What.SKIPPED else StepState.DONE
    run.note(what, _move(run, step, state, ended_at=run.now), text)


def _send(run: Rehearsal, step: Step) -> Step:
    """Write a step's messages as they would go out; what asks for no more ends with that."""
    facts = run.facts()
    for message in step.plan.messages:
        run.events.append(Event(run.now, What.SENT, step, message=message, facts=facts))
    run.sitreps += step.plan.kind is StepKind.STATUS
    goes_on = step.plan.evidence.kind is not EvidenceKind.NONE or step.plan.kind is StepKind.ROLL_CALL
    state = StepState.IN_PROGRESS if goes_on and step.plan.kind in _SENDS else StepState.DONE
    ended = {"ended_at": run.now} if state is StepState.DONE else {}
    run.evidence[step.key] = "sent"
    return _move(run, step, state, **ended)


def _stand_down(run: Rehearsal) -> None:
    """End the incident: what is open ends with it, but for what follows a stand-down."""
    run.state = IncidentState.STOOD_DOWN
    run.note(What.OVER)
    for step in [s for s in run.steps.values() if s.state not in ENDED and s.plan.phase is not Phase.STAND_DOWN]:
        _end(run, step, What.SKIPPED, "the incident is over")


def _wait(run: Rehearsal) -> bool:
    """Let time pass until something that is waited for comes true."""
    when = _next_once(run)
    if when is None:
        return False
    run.now = when
    return True


def _next_once(run: Rehearsal) -> datetime | None:
    """Return when time alone next makes a step ready; None when it does not."""
    found = [_first_time(run, step.plan.once) for step in _held_up(run)]
    return min((when for when in found if when is not None), default=None)


def _held_up(run: Rehearsal) -> list[Step]:
    """Return the steps that only their once keeps waiting."""
    ended = {step.key for step in run.steps.values() if step.state in ENDED}
    gone = run.state in progress.RETURNING
    return [
        step for step in run.steps.values()
        if step.state is StepState.WAITING and step.plan.once and ended.issuperset(step.plan.after)
        and (gone or step.plan.phase not in progress.PHASES_OF_RETURN)
    ]  # fmt: skip


def _first_time(run: Rehearsal, condition: str) -> datetime | None:
    """Return the first minute from now on at which a condition holds, all else being as it is."""
    if "minutes_since_declared" not in condition:
        return None

    def holds(minutes: int) -> bool:
        return progress.true(condition, run.facts(run.now + timedelta(minutes=minutes)))

    low, high = 0, 1
    while not holds(high):
        if high > _FORTNIGHT:
            return None
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return run.now + timedelta(minutes=high)


def _assume(run: Rehearsal) -> bool:
    """Take it that what is waited for comes true; return whether anything was waited for."""
    for step in _held_up(run)[:1]:
        run.note(What.COMES_TRUE, step, step.plan.once)
        run.steps[step.id] = step.model_copy(update={"plan": step.plan.model_copy(update={"once": ""})})
        return True
    return False


def _return(run: Rehearsal) -> bool:
    """Begin the return to normal, once, when nothing else is left."""
    if run.state in progress.RETURNING or not run.stuck:
        return False
    run.state = IncidentState.RECOVERING
    run.note(What.RETURN)
    return True


def answers_of(chosen: Mapping[str, str]) -> Callable[[StepPlan], str | None]:
    """Return somebody who answers decisions as named, and the others with their first option."""
    return lambda plan: chosen.get(plan.id) or first_option(plan)
