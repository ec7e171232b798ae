"""What a drill found wanting becomes somebody's task: with an owner and a day, chased until it is closed."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.card import Frozen

_MORNING = time(9)


class ActionState(StrEnum):
    """Where a finding stands."""

    OPEN = "open"
    DONE = "done"


MOVES_TO: Mapping[ActionState, frozenset[ActionState]] = {
    ActionState.OPEN: frozenset({ActionState.DONE}),
    ActionState.DONE: frozenset(),
}


class Action(Frozen):
    """One finding of a drill; chased: how many reminders went out; next_at: when the next one does."""

    id: int
    drill_id: int
    reference: str
    gauge: str
    text: str
    owner: str
    due_on: date
    state: ActionState
    chased: int = 0
    next_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    evidence: str = ""
    sample: bool = False

    @property
    def goes_up(self) -> bool:
        """Whether its owner was reminded often enough: before it was due, and when it was."""
        return self.chased >= 2


def first_reminder(due_on: date, tz: str, every: int) -> datetime:
    """Return when an owner is reminded first: some days before it is due, in the morning there."""
    return morning(due_on - timedelta(days=every), tz)


def next_reminder(action: Action, now: datetime, tz: str, every: int) -> datetime:
    """Return the next reminder after one that went out now: on the day that it is due, then every so many days."""
    due = morning(action.due_on, tz)
    return due if due > now else morning(now.astimezone(ZoneInfo(tz)).date() + timedelta(days=every), tz)


def morning(day: date, tz: str) -> datetime:
    """Return nine o'clock of a day in a zone."""
    return datetime.combine(day, _MORNING, tzinfo=ZoneInfo(tz))
