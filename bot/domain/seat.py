"""The seat ledger: how far each seat that an incident holds has come, as its moves say."""

from collections.abc import Mapping
from enum import StrEnum

from bot.domain.move import MoveState


class SeatState(StrEnum):
    """A seat from the plan to the first contact taken, and given back."""

    HELD = "held"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    LOGGED_IN = "logged_in"
    TAKING_CONTACTS = "taking_contacts"
    RELEASED = "released"


SEAT_WORDS = {state: state.value.replace("_", " ") for state in SeatState}
_OF_MOVE = {
    MoveState.APPROVED: SeatState.HELD,
    MoveState.TOLD: SeatState.HELD,
    MoveState.MOVING: SeatState.CONFIRMED,
    MoveState.ARRIVED: SeatState.ARRIVED,
    MoveState.LOGGED_IN: SeatState.LOGGED_IN,
    MoveState.TAKING_CONTACTS: SeatState.TAKING_CONTACTS,
    MoveState.FAILED: SeatState.RELEASED,
    MoveState.RELEASED: SeatState.RELEASED,
}
TAKEN = tuple(state for state in SeatState if state is not SeatState.RELEASED)


def ledger(moves: Mapping[str, int]) -> dict[SeatState, int]:
    """Return how many seats of a destination are how far, from how many moves to it are in which state."""
    found = dict.fromkeys(SeatState, 0)
    for state, n in moves.items():
        if state in _OF_MOVE:
            found[_OF_MOVE[MoveState(state)]] += n
    return found
