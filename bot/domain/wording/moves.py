"""Moves: a plan before it is approved, and how far everybody is."""

from collections.abc import Mapping
from typing import Any

from bot.domain import intent as i
from bot.domain.card import Button, Card, Fact, Meter, Style, Table, Tone
from bot.domain.incident import Incident
from bot.domain.move import MoveState, PlanState
from bot.domain.text import plural
from bot.domain.wording.parts import banner, button, how_long
from bot.domain.wording.people import MOVE_WORDS


def plan_card(
    incident: Incident, plan: Mapping[str, Any], waves: Mapping[int, Mapping[str, int]], seconds: float
) -> Card:
    """Show a plan: queues, destinations, waves, and who can't be placed and why."""
    summary, state = plan["summary"], PlanState(plan["state"])
    queues = tuple(
        (q["name"], str(q["tier"]), *(f"{q[k]:,}" for k in ("before", "after", "mbco", "full")))
        for q in summary["queues"]
    )
    places = tuple(
        (d["name"], f"{d['used']:,}", f"{d['left']:,}", f"{d['ready_min']} min") for d in summary["destinations"]
    )
    reasons = tuple((text, f"{n:,}") for text, n in summary["unplaced"])
    tables = [
        Table(
            columns=("Queue", "Tier", "Now", "After", "MBCO", "Full"),
            rows=queues,
            caption="Live seats by queue",
            numeric=(1, 2, 3, 4, 5),
        ),
        Table(
            columns=("Destination", "Seats used", "Left", "Ready in"),
            rows=places,
            caption="Destinations",
            numeric=(1, 2),
        ),
    ]
    if reasons:
        tables.append(Table(columns=("Why not", "Agents"), rows=reasons, caption="Who can't be placed", numeric=(1,)))
    short = sum(q["after"] < q["mbco"] for q in summary["queues"])
    return Card(
        title=f"Plan {plan['version']} of {incident.reference}: {_state_word(state)}",
        banner=banner(drill=incident.drill),
        tone=Tone.WARN if short else Tone.GOOD,
        text=(_sentence(summary, short),),
        tables=tuple(tables),
        facts=tuple(Fact(label=f"Wave {n}", value=_wave(states)) for n, states in waves.items()),
        buttons=_plan_buttons(incident, plan, state, waves),
        footer=f"Telling everyone takes {how_long(seconds)}.",
    )


def _state_word(state: PlanState) -> str:
    return {PlanState.PROPOSED: "not approved yet", PlanState.APPROVED: "approved", PlanState.SUPERSEDED: "replaced"}[
        state
    ]


def _sentence(summary: Mapping[str, Any], short: int) -> str:
    placed = (
        f"{plural(summary['placed'], 'agent')} placed, {plural(sum(n for _, n in summary['unplaced']), 'agent')} not."
    )
    return f"{placed} {plural(short, 'queue')} stay below MBCO." if short else f"{placed} Every queue reaches its MBCO."


def _wave(states: Mapping[str, int]) -> str:
    return ", ".join(f"{n:,} {MOVE_WORDS[MoveState(state)]}" for state, n in states.items())


def _plan_buttons(
    incident: Incident, plan: Mapping[str, Any], state: PlanState, waves: Mapping[int, Mapping[str, int]]
) -> tuple[Button, ...]:
    again = button("Plan again", i.PlanAgain(incident=incident.id))
    match state:
        case PlanState.PROPOSED if waves:
            first = sum(waves[min(waves)].values())
            confirm = f"Approve, and tell the {first:,} people of wave {min(waves)} now?"
            return (button("Approve and tell wave 1", i.ApprovePlan(plan=plan["id"]), Style.PRIMARY, confirm), again)
        case PlanState.APPROVED:
            untold = [n for n, states in waves.items() if states.get(MoveState.APPROVED)]
            tell = [button(f"Tell wave {n}", i.TellWave(plan=plan["id"], wave=n), Style.PRIMARY) for n in untold[:1]]
            return (*tell, again)
        case _:
            return (again,)


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
    plan: Mapping[str, Any] | None,
    waves: Mapping[int, Mapping[str, int]],
) -> Card:
    """Show how far the moves are, by queue."""
    if not counts:
        buttons = (button("Plan the moves", i.PlanAgain(incident=incident.id), Style.PRIMARY),)
        return Card(
            title="No moves yet",
            banner=banner(drill=incident.drill),
            text=("No plan of moves was approved.",),
            buttons=buttons,
        )
    shown = [s for s in _FUNNEL if any(states.get(s) for states in counts.values())]
    rows = tuple(
        (queue_names.get(q, "no queue"), *(f"{states.get(s, 0):,}" for s in shown))
        for q, states in sorted(counts.items())
    )
    total = sum(states.get(s, 0) for states in counts.values() for s in _FUNNEL if s is not MoveState.UNPLACED)
    live = sum(states.get(s, 0) for states in counts.values() for s in (MoveState.LOGGED_IN, MoveState.TAKING_CONTACTS))
    table = Table(
        columns=("Queue", *(MOVE_WORDS[s].capitalize() for s in shown)),
        rows=rows,
        numeric=tuple(range(1, len(shown) + 1)),
    )
    return Card(
        title=f"Moves of {incident.reference}",
        banner=banner(drill=incident.drill),
        tables=(table,),
        meters=(Meter(label="At work again", value=live, total=total, tone=Tone.GOOD if live == total else Tone.WARN),),
        buttons=_plan_buttons(incident, plan, PlanState(plan["state"]), waves) if plan else (),
    )
