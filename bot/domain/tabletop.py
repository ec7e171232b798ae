"""A tabletop: a disaster told in injects, each at its minute, with what is asked of whom and what would be right.

People write them in runbooks/drills/*.yaml.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from bot.domain.person import Audience
from bot.domain.runbook import Category, Evidence, EvidenceKind, Option, Phase, Runbook, StepKind, StepPlan, Written
from bot.domain.text import Line, Paragraph

LONGEST_MIN = 8 * 60
KEY = "INJ"  # what the keys of steps that ask an inject's question begin with
Minute = Annotated[int, Field(ge=0, le=LONGEST_MIN)]
Practised = Literal[Audience.AGENTS, Audience.LEADERS, Audience.RESPONDERS]


def _key(said: str, default: Any = ..., **more: Any) -> Any:
    """A key of the file, with what editors say of it."""
    return Field(default, description=said, **more)


class Verdict(StrEnum):
    """What is right of a regulatory regime in this story."""

    REPORTABLE = "reportable"
    NOT_REPORTABLE = "not_reportable"


class Reply(Option):
    """One answer to a question of an inject."""

    right: bool = _key("whether it is what the plan wants; one or more are", default=False)


class Inject(Written):
    """One piece of news, and what it asks of somebody; a question has options, a runbook's decision, or good."""

    id: str = _key("letters, digits and _", pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=40)
    at: Minute = _key("the minute after the start at which the bot posts it")
    title: Line = _key("the news in a few words")
    text: Paragraph = _key("what people read; a template: {{ sites }}, {{ queues }}")
    says: str = _key("who brings the news: the guard at the gate", "", max_length=100)
    to: str = _key("the role that is asked; a code of policy.roles", "")
    question: str = _key("what is asked", "", max_length=200)
    options: tuple[Reply, ...] = _key("the answers, as buttons: two to five", (), max_length=5)
    decision: str = _key(
        "instead of a question: the id of a decision of the category's runbook, asked as it is there", ""
    )
    right: tuple[str, ...] = _key("which answers to that decision are right, by their value", ())
    good: tuple[Line, ...] = _key("of a question without options: what a good answer contains", (), max_length=8)
    hints: tuple[Line, ...] = _key("for whoever runs the drill, to help the table along", (), max_length=8)
    within: Annotated[int, Field(ge=0, le=240)] = _key("minutes in which it should be answered; 0: no limit", 0)

    @property
    def wanted(self) -> frozenset[str]:
        """The answers that are right."""
        return frozenset((*self.right, *(reply.value for reply in self.options if reply.right)))

    @property
    def judged(self) -> bool:
        """Whether a person has to say how good the answer was."""
        return bool(self.question and self.good and not self.options)

    def expected(self) -> tuple[str, ...]:
        """What would be right, in words."""
        return tuple(reply.label for reply in self.options if reply.right) or self.good or self.right


class Tabletop(Written):
    """The whole file; its name is what people type: /disaster drill fire_in_the_server_room leeds."""

    title: Line = _key("what people see")
    category: Category = _key("what is practised; its runbook must be there")
    audience: tuple[Practised, ...] = _key("whom the drill writes to, beside its room", (Audience.RESPONDERS,))
    story: Paragraph = _key("what its people read at the start as having happened")
    objectives: tuple[Line, ...] = _key("what it should show", (), max_length=8)
    minutes: Minute = _key("how long it is meant to take", 60)
    clocks: dict[str, Verdict] = _key("what is right of regulatory regimes: gdpr_33: reportable", {})
    injects: tuple[Inject, ...] = _key("in the order of their minutes", min_length=1, max_length=40)

    def inject(self, key: str) -> Inject | None:
        """Return an inject by id."""
        return next((inject for inject in self.injects if inject.id == key), None)


def resolved(told: Tabletop, book: Runbook, *, worked: bool) -> Tabletop:
    """Return a tabletop as it is run: where the runbook is not worked, its decisions become questions."""
    steps = {step.id: step for step in book.steps if step.kind is StepKind.DECISION}
    if worked or not any(inject.decision in steps for inject in told.injects):
        return told
    asked = tuple(
        _asked(inject, steps[inject.decision]) if inject.decision in steps else inject for inject in told.injects
    )
    return told.model_copy(update={"injects": asked})


def _asked(inject: Inject, step: StepPlan) -> Inject:
    replies = tuple(Reply(**option.model_dump(), right=option.value in inject.right) for option in step.options)
    said = {"question": inject.question or step.title, "to": inject.to or step.owner, "options": replies}
    return inject.model_copy(update={**said, "decision": "", "right": ()})


def question_of(inject: Inject, number: int) -> StepPlan | None:
    """Return the step that asks an inject's question; None where it asks nothing."""
    if not inject.question:
        return None
    kind = StepKind.DECISION if inject.options else StepKind.TASK
    ask = Evidence() if inject.options else Evidence(kind=EvidenceKind.ANSWER, ask="your answer")
    options = tuple(Option.model_validate(reply.model_dump(exclude={"right"})) for reply in inject.options)
    return StepPlan(
        id=f"{KEY}{number}", title=inject.question, kind=kind, phase=Phase.ACTIVATE, owner=inject.to, evidence=ask,
        options=options, guidance=_meaning(inject.options),
    )  # fmt: skip


def _meaning(options: Sequence[Reply]) -> str:
    return "\n".join(f"{reply.label}: {reply.hint}" for reply in options if reply.hint)
