"""One agent's move to one destination, from plan to the first contact taken."""

from datetime import datetime
from enum import StrEnum

from bot.domain.card import Frozen


class MoveState(StrEnum):
    """Where a move stands."""

    UNPLACED = "unplaced"
    PROPOSED = "proposed"
    APPROVED = "approved"
    TOLD = "told"
    MOVING = "moving"
    ARRIVED = "arrived"
    LOGGED_IN = "logged_in"
    TAKING_CONTACTS = "taking_contacts"
    FAILED = "failed"
    RELEASED = "released"


_ON_THE_WAY = (MoveState.TOLD, MoveState.MOVING, MoveState.ARRIVED, MoveState.LOGGED_IN, MoveState.TAKING_CONTACTS)
LIVE = frozenset({MoveState.LOGGED_IN, MoveState.TAKING_CONTACTS})
HOLDS_SEAT = frozenset({MoveState.APPROVED, *_ON_THE_WAY})
_LEAVES = frozenset({MoveState.FAILED, MoveState.RELEASED})


def may_follow(now: MoveState, then: MoveState) -> bool:
    """Whether a move may go from one state to the other: forward in any stride, or out."""
    match now:
        case MoveState.UNPLACED | MoveState.PROPOSED:
            return then in {MoveState.APPROVED, MoveState.RELEASED}
        case MoveState.APPROVED:
            return then is MoveState.TOLD or then in _LEAVES
        case MoveState.FAILED | MoveState.RELEASED:
            return False
        case _:
            return then in _LEAVES or (then in _ON_THE_WAY and _ON_THE_WAY.index(then) > _ON_THE_WAY.index(now))


def next_of(now: MoveState) -> MoveState | None:
    """The state that a person reports next, if any."""
    if now not in _ON_THE_WAY or now is MoveState.TAKING_CONTACTS:
        return None
    return _ON_THE_WAY[_ON_THE_WAY.index(now) + 1]


def before_of(now: MoveState) -> MoveState | None:
    """The state before the last one that was reported, for somebody who pressed by mistake."""
    if now not in _ON_THE_WAY or now is MoveState.TOLD:
        return None
    return _ON_THE_WAY[_ON_THE_WAY.index(now) - 1]


class PlanKind(StrEnum):
    """Which way a plan moves people: to where they work meanwhile, or back."""

    MOVE = "move"
    RETURN = "return"


class PlanState(StrEnum):
    """Where a plan of moves stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    SUPERSEDED = "superseded"


class Move(Frozen):
    """One agent's row of one plan version; an unplaced agent has no destination and a reason."""

    id: int
    incident_id: int
    plan_id: int
    person_id: str
    queue_id: str
    destination_id: str | None
    wave: int
    report_at: datetime | None
    state: MoveState
    reason: str = ""
    at: datetime | None = None
