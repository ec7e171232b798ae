"""A regulatory clock: one stage of one regime in one incident; its states, and when somebody is reminded of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.card import Frozen, Tone
from bot.domain.deadline import deadline, wall
from bot.domain.regime import Regime, Stage, Weekend, on_submission

LEFT_PERCENT = (50, 25, 10)  # how much is left when it is reminded of
_HOURLY = 6


class ClockState(StrEnum):
    """Where a clock stands. Overdue is none of them: it is read from the time."""

    TRIAGE = "triage"
    NOT_YET_KNOWN = "not_yet_known"
    NOT_REPORTABLE = "not_reportable"
    NOT_STARTED = "not_started"
    RUNNING = "running"
    SUBMITTED = "submitted"


class Decision(StrEnum):
    """What is said of a regime."""

    REPORTABLE = "reportable"
    NOT_REPORTABLE = "not_reportable"
    NOT_YET_KNOWN = "not_yet_known"


S = ClockState
_DECIDABLE = frozenset({S.NOT_YET_KNOWN, S.NOT_REPORTABLE, S.NOT_STARTED, S.RUNNING})
MOVES_TO: dict[ClockState, frozenset[ClockState]] = {
    S.TRIAGE: _DECIDABLE,
    S.NOT_YET_KNOWN: _DECIDABLE,
    S.NOT_REPORTABLE: _DECIDABLE,
    S.NOT_STARTED: _DECIDABLE | {S.SUBMITTED},
    S.RUNNING: _DECIDABLE | {S.SUBMITTED},
    S.SUBMITTED: frozenset({S.SUBMITTED}),
}
UNDECIDED = frozenset({S.TRIAGE, S.NOT_YET_KNOWN})
REPORTABLE = frozenset({S.NOT_STARTED, S.RUNNING, S.SUBMITTED})
TICKING = frozenset({S.TRIAGE, S.NOT_YET_KNOWN, S.RUNNING})


class Clock(Frozen):
    """One stage's clock; plan is the regime as it stood at declaration; times are UTC.

    reminded: how many reminders have gone out for the deadline in force.
    """

    id: int
    incident_id: int
    regime: str
    stage: str
    position: int
    plan: Regime
    state: ClockState
    started_at: datetime | None = None
    due_at: datetime | None = None
    reminded: int = 0
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str = ""
    submitted_at: datetime | None = None
    submitted_by: str | None = None
    reference: str = ""

    @property
    def what(self) -> Stage:
        """The stage itself."""
        return next(s for s in self.plan.stages if s.id == self.stage)

    @property
    def ticking(self) -> bool:
        """Whether it has a deadline that is not met yet."""
        return self.state in TICKING and self.due_at is not None

    @property
    def at_once(self) -> bool:
        """Whether it is due the moment that it starts."""
        return self.due_at is not None and self.due_at == self.started_at

    def overdue(self, now: datetime) -> bool:
        """Whether the authority should have been told by now."""
        return self.ticking and self.due_at is not None and self.due_at <= now

    def tone(self, now: datetime) -> Tone:
        """How urgent it is: red when overdue or with a tenth left, amber with half left or undecided."""
        match self.state:
            case ClockState.SUBMITTED:
                return Tone.GOOD
            case ClockState.NOT_REPORTABLE:
                return Tone.PLAIN
            case _ if not self.ticking:
                return Tone.WARN
            case _:
                return (Tone.PLAIN, Tone.WARN, Tone.WARN)[rung] if (rung := reminders_due(self, now)) < 3 else Tone.BAD


def reminders_due(clock: Clock, now: datetime) -> int:
    """Return how many reminders should have gone out: at 50, 25 and 10 % left, when due, then hourly, then daily."""
    if not clock.ticking or clock.due_at is None or clock.started_at is None:
        return 0
    length = clock.due_at - clock.started_at
    passed = sum(clock.due_at - length * left / 100 <= now for left in LEFT_PERCENT)
    if now < clock.due_at:
        return passed
    late = now - clock.due_at
    return passed + 1 + min(_HOURLY, late // timedelta(hours=1)) + late // timedelta(days=1)


# What an anchor may say of the disaster itself, which begins before anybody notices; all others are about knowing.
_BEFORE_IT_IS_NOTICED = frozenset({"occurred", "disrupted"})


def before_detection(anchor: str, at: datetime, detected_at: datetime) -> timedelta:
    """Return how long before the incident was noticed somebody would have known of it; nothing where that can be."""
    if anchor in _BEFORE_IT_IS_NOTICED:
        return timedelta()
    return max(timedelta(), detected_at.replace(second=0, microsecond=0) - at)  # people type whole minutes


def known_anchors(clocks: Sequence[Clock], entered: Mapping[str, datetime]) -> dict[str, datetime]:
    """Return the anchors of a regime: those that people entered, and the submissions of its stages."""
    filed = {on_submission(c.stage): c.submitted_at for c in clocks if c.submitted_at is not None}
    return {**entered, **filed}


def timed(clock: Clock, anchors: Mapping[str, datetime], decision: Decision | None = None) -> Clock:
    """Return a clock as anchors, and a decision if there is one, put it; what was submitted stays."""
    if clock.state is ClockState.SUBMITTED:
        return clock
    found = deadline(clock.what, anchors, wall(clock.plan))
    state = _state(clock.state, decision, started=found is not None)
    start, due = (found.start, found.due) if found and state is not ClockState.NOT_REPORTABLE else (None, None)
    kept = clock.reminded if due == clock.due_at else 0
    return clock.model_copy(update={"state": state, "started_at": start, "due_at": due, "reminded": kept})


def _state(now: ClockState, decision: Decision | None, *, started: bool) -> ClockState:
    reportable = decision is Decision.REPORTABLE or (decision is None and now in REPORTABLE)
    if reportable:
        return ClockState.RUNNING if started else ClockState.NOT_STARTED
    return ClockState(decision.value) if decision else now


def by_regime(clocks: Sequence[Clock]) -> dict[str, list[Clock]]:
    """Return clocks by regime, in their order."""
    found: dict[str, list[Clock]] = {}
    for clock in clocks:
        found.setdefault(clock.regime, []).append(clock)
    return found


def soonest(clocks: Sequence[Clock]) -> Clock | None:
    """Return the clock that runs out first."""
    return min((c for c in clocks if c.ticking), key=lambda c: (c.due_at, c.position), default=None)


def for_profile(regime: Regime, traits: Sequence[str], calendar: str, tz: str) -> Regime:
    """Return a regime as it holds for this organisation: its calendar, its zone, its exemptions."""
    stands = {"weekend": Weekend.STANDS}
    stages = tuple(s.model_copy(update=stands) if set(s.weekend_not_for) & set(traits) else s for s in regime.stages)
    own = {"calendar": regime.calendar or calendar, "tz": regime.tz or tz, "stages": stages}
    return regime.model_copy(update=own)
