"""Moves: how far everybody is."""

from collections.abc import Mapping

from bot.domain import intent as i
from bot.domain.card import Card, Meter, Style, Table, Tone
from bot.domain.incident import Incident
from bot.domain.move import MoveState
from bot.domain.wording.parts import banner, button
from bot.domain.wording.people import MOVE_WORDS
from bot.domain.wording.plans import Shown, plan_buttons
from bot.domain.wording.seats import ledger_table

_FUNNEL = (
    MoveState.TOLD,
    MoveState.MOVING,
    MoveState.ARRIVED,
    MoveState.LOGGED_IN,
    MoveState.TAKING_CONTACTS,
    MoveState.APPROVED,
    MoveState.UNPLACED,
    MoveState.FAILED,
)


def moves_card(
    incident: Incident,
    counts: Mapping[str, Mapping[str, int]],
    queue_names: Mapping[str, str],
    shown: Shown | None,
) -> Card:
    """Show how far the moves are, by queue and by destination; shown: the plan in force."""
    if not counts:
        buttons = (button("Plan the moves", i.PlanAgain(incident=incident.id), Style.PRIMARY),)
        return Card(
            title="No moves yet",
            banner=banner(drill=incident.drill),
            text=("No plan of moves was approved.",),
            buttons=buttons,
        )
    states_ = [s for s in _FUNNEL if any(states.get(s) for states in counts.values())]
    rows = tuple(
        (queue_names.get(q, "no queue"), *(f"{states.get(s, 0):,}" for s in states_))
        for q, states in sorted(counts.items())
    )
    total = sum(states.get(s, 0) for states in counts.values() for s in _FUNNEL if s is not MoveState.UNPLACED)
    live = sum(states.get(s, 0) for states in counts.values() for s in (MoveState.LOGGED_IN, MoveState.TAKING_CONTACTS))
    table = Table(
        columns=("Queue", *(MOVE_WORDS[s].capitalize() for s in states_)),
        rows=rows,
        numeric=tuple(range(1, len(states_) + 1)),
    )
    return Card(
        title=f"Moves of {incident.reference}",
        banner=banner(drill=incident.drill),
        tables=(table, *((ledger_table(shown.seats, shown.sites),) if shown else ())),
        meters=(Meter(label="At work again", value=live, total=total, tone=Tone.GOOD if live == total else Tone.WARN),),
        buttons=plan_buttons(incident, shown) if shown else (),
    )
