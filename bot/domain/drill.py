"""A drill: what is practised, with whom, when; its states; which steps its kind runs."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from bot.domain.card import Frozen
from bot.domain.person import OUTSIDE, Audience
from bot.domain.runbook import Ask, Category, Evidence, EvidenceKind, Message, Phase, Runbook, StepKind, StepPlan
from bot.domain.tabletop import Tabletop


class DrillKind(StrEnum):
    """What is practised: from a message that is only read to a whole site that moves."""

    NOTIFICATION = "notification_test"
    ROLL_CALL = "roll_call"
    TABLETOP = "tabletop"
    FUNCTIONAL = "functional"
    RELOCATION = "full_relocation"
    VENDOR = "vendor_joint"


class DrillState(StrEnum):
    """Where a drill stands; held: a real incident is open at its place, and that one's commander is asked."""

    PLANNED = "planned"
    HELD = "held"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    CALLED_OFF = "called_off"


MOVES_TO: Mapping[DrillState, frozenset[DrillState]] = {
    DrillState.PLANNED: frozenset({DrillState.HELD, DrillState.RUNNING, DrillState.CALLED_OFF}),
    DrillState.HELD: frozenset({DrillState.PLANNED, DrillState.CALLED_OFF}),
    DrillState.RUNNING: frozenset({DrillState.DONE, DrillState.STOPPED, DrillState.CALLED_OFF}),
    DrillState.DONE: frozenset(),
    DrillState.STOPPED: frozenset(),
    DrillState.CALLED_OFF: frozenset(),
}
AHEAD = frozenset({DrillState.PLANNED, DrillState.HELD})
INSIDE = (Audience.AGENTS, Audience.LEADERS, Audience.RESPONDERS)
# Kinds that go through a category's runbook, so that the category counts as practised.
EXERCISES = frozenset({DrillKind.TABLETOP, DrillKind.FUNCTIONAL, DrillKind.RELOCATION, DrillKind.VENDOR})
_USUAL: Mapping[DrillKind, tuple[Audience, ...]] = {
    DrillKind.NOTIFICATION: (Audience.AGENTS,),
    DrillKind.ROLL_CALL: (Audience.AGENTS,),
    DrillKind.TABLETOP: (Audience.RESPONDERS,),
    DrillKind.FUNCTIONAL: (Audience.LEADERS, Audience.RESPONDERS),
    DrillKind.RELOCATION: INSIDE,
    DrillKind.VENDOR: (Audience.LEADERS, Audience.RESPONDERS),
}
_TEAMS: Mapping[DrillKind, tuple[str, ...]] = {
    DrillKind.NOTIFICATION: (),
    DrillKind.ROLL_CALL: ("IC", "SO", "OPS"),
}


class Scope(NamedTuple):
    """What there is of an incident beside its steps.

    team: the roles that are filled; None: all; none at all: whoever runs it does so alone.
    beside: whoever runs it stands beside it, and holds no role if somebody else can command.
    """

    team: tuple[str, ...] | None = None
    beside: bool = False
    clocks: bool = True
    sitreps: bool = True


class Drill(Frozen):
    """One drill; story: what its people read as having happened; allowed: real incidents beside which it may run.

    scenario, tabletop: the tabletop that it plays, by name and as played; paused_at: since when its clock is held.
    asked_at: when those who run it were asked whether it still goes on.
    """

    id: int
    reference: str
    kind: DrillKind
    state: DrillState
    category: Category
    severity: int
    sites: tuple[str, ...]
    systems: tuple[str, ...]
    queues: tuple[str, ...]
    audiences: tuple[Audience, ...]
    story: str
    objectives: str
    announced: bool
    organiser: str
    made_at: datetime
    planned_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    allowed: tuple[int, ...] = ()
    incident_id: int | None = None
    score: dict[str, Any] | None = None
    sample: bool = False
    scenario: str = ""
    tabletop: Tabletop | None = None
    paused_at: datetime | None = None
    asked_at: datetime | None = None

    @property
    def worked(self) -> bool:
        """Whether the runbook is worked, not only talked through."""
        return self.kind is not DrillKind.TABLETOP


def reference(year: int, number: int) -> str:
    """Return the name people use: EX-2026-0003."""
    return f"EX-{year}-{number:04d}"


def usual(kind: DrillKind) -> tuple[Audience, ...]:
    """Return whom a drill of this kind writes to unless somebody says otherwise."""
    return _USUAL[kind]


def scope(kind: DrillKind, *, beside: bool = False) -> Scope:
    """Return what a drill of this kind has beside its steps."""
    exercise = kind in EXERCISES
    return Scope(_TEAMS.get(kind), beside, clocks=exercise, sitreps=exercise and kind is not DrillKind.TABLETOP)


def out_of_hours(moment: datetime, tz: str, start: time, end: time) -> bool:
    """Whether a moment lies outside the working day of a place: at night, or at a weekend."""
    there = moment.astimezone(ZoneInfo(tz))
    return there.weekday() >= 5 or not start <= there.time() < end


def too_late(planned_at: datetime, now: datetime, late_min: int) -> bool:
    """Whether a drill is not started any more: whole minutes count, so 0 still lets the heartbeat that looks come."""
    return (now - planned_at) // timedelta(minutes=1) > late_min


def narrowed(kind: DrillKind, book: Runbook, audiences: Collection[Audience]) -> Runbook:
    """Return the runbook as a drill of this kind runs it; a full relocation for everybody runs it as it is."""
    match kind:
        case DrillKind.NOTIFICATION:
            steps: tuple[StepPlan, ...] = (_notify(audiences),)
        case DrillKind.ROLL_CALL:
            steps = _roll_calls(book)
        case DrillKind.TABLETOP:
            steps = (_TALK,)
        case _:
            steps = _said_to(_without(kind, book.steps), audiences)
    return book if steps == book.steps else book.model_copy(update={"steps": steps})


_TEST = "This is only a test of how we reach you. What to do: press “I have read this”, then work on as usual."
_TALK = StepPlan(
    id="TT", title="Talk it through; write down what you would change", phase=Phase.ACTIVATE, owner="IC",
    guidance="As the story goes on, say who would do what and decide as you would on the day. Agents are sent nothing.",
    evidence=Evidence(kind=EvidenceKind.TEXT, ask="what you would change"),
)  # fmt: skip
_CALL = StepPlan(
    id="LS3", title="Roll-call", kind=StepKind.ROLL_CALL, phase=Phase.LIFE_SAFETY, owner="SO", fallback=("OPS",),
    due="T+30m", evidence=Evidence(kind=EvidenceKind.TEXT, ask="counts of roster, badges and visitors"),
    messages=(Message(
        audience=Audience.AGENTS, subject="Are you safe?", ask=Ask.SAFETY,
        text="What we know: we practise the roll-call. What to do: answer with a button now. More is heard at its end.",
    ),),
)  # fmt: skip


def _notify(audiences: Collection[Audience]) -> StepPlan:
    said = [Message(audience=a, subject="Notification test", text=_TEST, ask=Ask.ACK) for a in INSIDE if a in audiences]
    return StepPlan(
        id="NTX", title="Notification test", kind=StepKind.NOTIFY, phase=Phase.NOTIFY, owner="IC",
        messages=tuple(said), auto=True,
    )  # fmt: skip


def _roll_calls(book: Runbook) -> tuple[StepPlan, ...]:
    """The runbook's own roll-calls, sent at once; where it has none, a plain one."""
    found = [step for step in book.steps if step.kind is StepKind.ROLL_CALL] or [_CALL]
    alone = {"after": (), "once": "", "when": "", "auto": True, "before_safety": True}
    return tuple(step.model_copy(update=alone) for step in found[:1])


def _without(kind: DrillKind, steps: Sequence[StepPlan]) -> Sequence[StepPlan]:
    """The steps that a kind practises: nobody moves but in a full relocation."""
    moves = kind is DrillKind.RELOCATION
    return [step for step in steps if moves or not (step.kind is StepKind.RELOCATE or step.goes_back)]


def _said_to(steps: Sequence[StepPlan], audiences: Collection[Audience]) -> tuple[StepPlan, ...]:
    """Leave out what would be said to people inside who do not take part; whom the wall keeps out stays drafted."""
    kept = {*audiences, *OUTSIDE, Audience.UNPLACED, Audience.EVERYONE}
    cut = [
        step.model_copy(update={"messages": tuple(m for m in step.messages if m.audience in kept)}) for step in steps
    ]
    return tuple(now for was, now in zip(steps, cut, strict=True) if now.messages or not was.messages)
