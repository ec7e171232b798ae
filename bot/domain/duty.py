"""A duty: something that somebody is asked for from time to time, and chased for until it is done."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.domain.card import Frozen
from bot.domain.due import review_by
from bot.domain.policy import Readiness
from bot.domain.readiness import Kind


class DutyState(StrEnum):
    """How far the asking has come; what is done waits again."""

    WAITING = "waiting"
    ASKED = "asked"
    REMINDED = "reminded"
    ESCALATED = "escalated"
    RETIRED = "retired"


CHASED = frozenset({DutyState.ASKED, DutyState.REMINDED, DutyState.ESCALATED})


class Outcome(StrEnum):
    """How a duty ended, each time that it came up."""

    ANSWERED = "answered"
    APPROVED = "approved"
    CHANGED = "changed"
    DONE = "done"
    AGREED = "agreed"
    ATTESTED = "attested"
    MISSED = "missed"


ENDS: dict[Kind, tuple[Outcome, ...]] = {
    Kind.QUESTION: (Outcome.ANSWERED,),
    Kind.REVIEW: (Outcome.APPROVED, Outcome.CHANGED),
    Kind.MAINTENANCE: (Outcome.DONE,),
    Kind.OVERLAP: (Outcome.AGREED, Outcome.CHANGED),
    Kind.ATTESTATION: (),  # has a form of its own
}


class Duty(Frozen):
    """One row. key: the question's id; subject: the system, site or vendor; role: who owns it.

    owner_id: to whom it was given by name; asked_id: who was asked last; gap: nobody whom it belongs to could be.
    score and evidence_on: of the last answer; ended_at and ended_by: when it was last done, by whom.
    due_on is a day where the subject is; next_at the moment at which the next thing happens to it.
    """

    id: int
    kind: Kind
    key: str
    subject: str = ""
    role: str
    owner_id: str | None = None
    state: DutyState
    anchor_on: date
    due_on: date
    next_at: datetime | None = None
    asked_id: str | None = None
    gap: bool = False
    score: int | None = None
    evidence_on: date | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None

    @property
    def name(self) -> tuple[Kind, str, str]:
        """What tells it from every other."""
        return self.kind, self.key, self.subject

    def overdue(self, today: date) -> bool:
        """Whether its day has passed."""
        return self.state is not DutyState.RETIRED and self.due_on < today

    def open(self, today: date) -> bool:
        """Whether it is to be done now."""
        return self.state in CHASED or (self.state is DutyState.WAITING and self.due_on <= today)

    def falls_to(self, person: str, roles: Collection[str]) -> bool:
        """Whether it is somebody's: asked of them or given to them, or asked of nobody yet and their role's."""
        named = self.asked_id or self.owner_id
        return person == named if named else self.role in roles


class Record(Frozen):
    """One line of a duty's history; expires_on: until when the evidence holds, where it says so."""

    id: int
    duty_id: int
    outcome: Outcome
    score: int | None = None
    text: str = ""
    link: str = ""
    evidence_on: date | None = None
    expires_on: date | None = None
    by: str
    at: datetime
    sample: bool = False


class Act(StrEnum):
    """What the sweep does with a duty whose moment has come."""

    ASK = "ask"
    REMIND = "remind"
    ESCALATE = "escalate"


class Turn(NamedTuple):
    """What happens to a duty, and how it stands afterwards; missed: the day that passed without it being done."""

    act: Act
    state: DutyState
    due_on: date
    next_at: datetime | None
    missed: date | None = None


def moment(day: date, tz: str, at: time) -> datetime:
    """Return a time of day there as UTC; one that clocks jump over is taken as the moment after the jump."""
    there = datetime.combine(day, at, tzinfo=ZoneInfo(tz))
    return there.astimezone(UTC)


def days_between(every: str, rules: Readiness) -> tuple[int, int]:
    """Return after how many days of silence the owner is reminded and the lead told; sooner where it comes often."""
    start = date(2026, 1, 1)
    length = (review_by(start, every) - start).days
    return min(rules.remind_days, max(1, length // 4)), min(rules.lead_days, max(2, length // 2))


def next_on(kind: Kind, every: str, anchor: date, due: date, done: date) -> date:
    """Return the day on which it is due again: maintenance keeps its days, all else counts from when it was done."""
    return scheduled(anchor, every, max(due, done)) if kind is Kind.MAINTENANCE else review_by(done, every)


def scheduled(anchor: date, every: str, after: date) -> date:
    """Return the first day of a schedule after a day; the 31st stays the 31st wherever a month has one."""
    length = max((review_by(anchor, every) - anchor).days, 1)
    n = max((after - anchor).days // (length + 1), 0)
    while (found := review_by(anchor, every, n) if n else anchor) <= after:
        n += 1
    return found


def turn(duty: Duty, every: str, tz: str, rules: Readiness, now: datetime) -> Turn:
    """Return what happens to a duty whose moment has come. Maintenance that was not done is missed, and due anew."""
    today = now.astimezone(ZoneInfo(tz)).date()
    following = scheduled(duty.anchor_on, every, duty.due_on) if duty.kind is Kind.MAINTENANCE else None
    if following is not None and following <= today and duty.state is not DutyState.WAITING:
        due = _latest(duty, every, today)
        return Turn(Act.ASK, DutyState.ASKED, due, _then(duty, every, tz, rules, due, today, 0), missed=duty.due_on)
    match duty.state:
        case DutyState.WAITING:
            return _turn(duty, Act.ASK, every, tz, rules, today)
        case DutyState.ASKED:
            return _turn(duty, Act.REMIND, every, tz, rules, today)
        case _:
            return _turn(duty, Act.ESCALATE, every, tz, rules, today)


_BECOMES = {Act.ASK: DutyState.ASKED, Act.REMIND: DutyState.REMINDED, Act.ESCALATE: DutyState.ESCALATED}


def _turn(duty: Duty, act: Act, every: str, tz: str, rules: Readiness, today: date) -> Turn:
    due = duty.due_on
    rung = list(Act).index(act)
    return Turn(act, _BECOMES[act], due, _then(duty, every, tz, rules, due, today, rung))


def _latest(duty: Duty, every: str, today: date) -> date:
    """The newest day of its schedule that has come: after a long pause one is asked for, not each that was missed."""
    found = duty.due_on
    while (following := scheduled(duty.anchor_on, every, found)) <= today:
        found = following
    return found


def _then(duty: Duty, every: str, tz: str, rules: Readiness, due: date, today: date, rung: int) -> datetime | None:
    """When the next thing happens: the next rung, or for maintenance the next day of its schedule if that is sooner."""
    remind, lead = days_between(every, rules)
    waits = (remind, lead - remind if lead > remind else 1)
    days = [today + timedelta(days=waits[rung])] if rung < len(waits) else []
    days += [scheduled(duty.anchor_on, every, due)] if duty.kind is Kind.MAINTENANCE else []
    return moment(min(days), tz, rules.ask_at) if days else None
