"""What can be wrong with a runbook: every kind of fault by name, and the runbook under examination."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from bot.domain.policy import Policy
from bot.domain.runbook import Runbook, StepKind, StepPlan

Place = tuple[str | int, ...]


class Name(StrEnum):
    """The name of a fault, as it stands behind it in brackets."""

    TOO_MANY_STEPS = "too-many-steps"
    TWIN_ID = "twin-id"
    RING = "ring"
    UNKNOWN_ROLE = "unknown-role"
    UNKNOWN_STEP = "unknown-step"
    PEOPLE_FIRST = "people-first"
    ROLL_FIRST = "roll-first"
    ASKS_WHY = "asks-why"
    RESTRICTED = "restricted"
    BAD_TIME = "bad-time"
    NEVER_DUE = "never-due"
    DUE_TOO_SOON = "due-too-soon"
    BAD_CONDITION = "bad-condition"
    UNKNOWN_FACT = "unknown-fact"
    UNKNOWN_PART = "unknown-part"
    UNKNOWN_OPTION = "unknown-option"
    ASKED_TOO_SOON = "asked-too-soon"
    NEVER_APPLIES = "never-applies"
    WAITS_FOREVER = "waits-forever"
    OPTIONS = "options"
    MESSAGES = "messages"
    TWIN_AUDIENCE = "twin-audience"
    REGULATOR_AUTO = "regulator-auto"
    ENDS_IT = "ends-it"
    TOO_LATE = "too-late"
    WRONG_ASK = "wrong-ask"
    BAD_TEMPLATE = "bad-template"
    UNKNOWN_NAME = "unknown-name"
    EMPTY_MESSAGE = "empty-message"
    UNKNOWN_LANGUAGE = "unknown-language"
    LEFT_OUT = "left-out"
    DUE_BEFORE = "due-before"
    IDLE_AUTO = "idle-auto"
    IDLE_REPEAT = "idle-repeat"
    IDLE_EVIDENCE = "idle-evidence"
    NOT_CHASED = "not-chased"
    SAYS_NO_KNOWN = "says-no-known"
    SAYS_NO_UNKNOWN = "says-no-unknown"
    SAYS_NO_ACTION = "says-no-action"
    SAYS_NO_NEXT = "says-no-next"
    PROMISED_IN_VAIN = "promised-in-vain"
    REVIEW_DUE = "review-due"
    IDLE_STEP = "idle-step"


MEANINGS: Mapping[Name, str] = {
    Name.TOO_MANY_STEPS: "there are more steps than a runbook may have",
    Name.TWIN_ID: "two steps have the same id",
    Name.RING: "steps wait for each other in a ring",
    Name.UNKNOWN_ROLE: "a role that `policy.roles` does not have",
    Name.UNKNOWN_STEP: "`after` or `due` names a step that is not there",
    Name.PEOPLE_FIRST: "something is sent or moved before `LS1`, which makes people safe, has ended",
    Name.ROLL_FIRST: "people are moved before the roll is called, or nobody can say that the missing are looked for",
    Name.ASKS_WHY: "people are asked for a reason, which may be about their health",
    Name.RESTRICTED: "what only few may know would be sent",
    Name.BAD_TIME: "a due time, or a length of time, that is none",
    Name.NEVER_DUE: "the step that a due time counts from need not have ended by then",
    Name.DUE_TOO_SOON: "a step is due before it can be ready",
    Name.BAD_CONDITION: "a condition that can't be asked",
    Name.UNKNOWN_FACT: "a condition or a message asks for a fact that is not there",
    Name.UNKNOWN_PART: "`answers`, `evidence` or `values` has no such part",
    Name.UNKNOWN_OPTION: "a decision has no such answer",
    Name.ASKED_TOO_SOON: "an answer is asked for before it is given",
    Name.NEVER_APPLIES: "`when` can't be true, whatever is answered: nobody ever gets to the step",
    Name.WAITS_FOREVER: "`once` asks for what can't come true any more",
    Name.OPTIONS: "options are missing, too few, the same, or on a step that is no decision",
    Name.MESSAGES: "messages are missing, or on a step that sends nothing",
    Name.TWIN_AUDIENCE: "two messages of a step go to the same audience",
    Name.REGULATOR_AUTO: "something would go to a regulator by itself",
    Name.ENDS_IT: "`everyone` is told elsewhere than in the one step by which a person ends the incident",
    Name.TOO_LATE: "a step waits for the end of the incident, by which it is left out itself",
    Name.WRONG_ASK: "a roll-call or a move asks for the wrong answer",
    Name.BAD_TEMPLATE: "a message that can't be written for a drill or a real incident of each severity",
    Name.UNKNOWN_NAME: "single braces around a word that is no name of the reader's",
    Name.EMPTY_MESSAGE: "nothing is left of a message",
    Name.UNKNOWN_LANGUAGE: "a translation into a language that is none, so nobody would get it",
    Name.LEFT_OUT: "a translation leaves out a fact or a name that the message has",
    Name.DUE_BEFORE: "a step is due before one that ends first",
    Name.IDLE_AUTO: "`auto` does nothing on this kind of step",
    Name.IDLE_REPEAT: "`repeat_every` does nothing on this kind of step",
    Name.IDLE_EVIDENCE: "`evidence` is never asked for on this kind of step",
    Name.NOT_CHASED: "an answer is asked of an audience that `policy.ladder` does not chase",
    Name.SAYS_NO_KNOWN: "a message does not say what is known",
    Name.SAYS_NO_UNKNOWN: "a message does not say what is not known yet",
    Name.SAYS_NO_ACTION: "a message does not say what to do",
    Name.SAYS_NO_NEXT: "a message does not say when more is heard",
    Name.PROMISED_IN_VAIN: "`next_update` is promised to people who get no SITREP",
    Name.REVIEW_DUE: "the runbook should have been reviewed by now",
    Name.IDLE_STEP: "a step of `library.yaml` that no runbook uses",
}

WARNINGS = frozenset({
    Name.UNKNOWN_LANGUAGE, Name.LEFT_OUT, Name.PROMISED_IN_VAIN,
    Name.DUE_BEFORE, Name.IDLE_AUTO, Name.IDLE_REPEAT, Name.IDLE_EVIDENCE, Name.NOT_CHASED, Name.SAYS_NO_KNOWN,
    Name.SAYS_NO_UNKNOWN, Name.SAYS_NO_ACTION, Name.SAYS_NO_NEXT, Name.REVIEW_DUE, Name.IDLE_STEP,
})  # fmt: skip


class Fault(NamedTuple):
    """One fault: its name, where in the runbook, what would be right, and the word that is wrong."""

    name: Name
    path: Place
    fix: str
    value: str | None = None

    @property
    def warning(self) -> bool:
        """Whether the runbook can be used all the same."""
        return self.name in WARNINGS


@dataclass(frozen=True)
class Case:
    """A runbook under examination; today: for what is late, None leaves that out."""

    book: Runbook
    policy: Policy
    today: date | None = None
    before: dict[str, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def steps(self) -> Mapping[str, StepPlan]:
        """The steps by id; of twins the last."""
        return {step.id: step for step in self.book.steps}

    @cached_property
    def decisions(self) -> Mapping[str, StepPlan]:
        """The decisions by id."""
        return {key: step for key, step in self.steps.items() if step.kind is StepKind.DECISION}

    def parts(self, of: str) -> Collection[str]:
        """Return the names that answers, evidence or values may be asked for."""
        return {"answers": self.decisions, "evidence": self.steps, "values": self.book.values}[of]

    def earlier(self, key: str) -> frozenset[str]:
        """Return every step that must have ended before this one, directly or not."""
        if key not in self.before:
            self.before[key] = frozenset()  # a cycle ends here; it has its own fault
            direct = [k for k in self.steps[key].after if k in self.steps] if key in self.steps else []
            self.before[key] = frozenset(direct).union(*(self.earlier(k) for k in direct))
        return self.before[key]

    def certain(self, key: str) -> list[StepPlan]:
        """Return the steps before this one that apply whatever happens, in the runbook's order."""
        return [step for step in self.book.steps if step.id in self.earlier(key) and not step.when]
