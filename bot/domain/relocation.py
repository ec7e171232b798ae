"""Relocation: where every agent of a hit site works next, or why they can't.

One function makes the plan. Agents alike are one class with a count (relocation_classes), each place that a class
could get is a column of a linear model (relocation_model), the solver says how many of a class get which place
(relocation_solver; without it relocation_greedy), and counts become people again (relocation_expand, _reasons).
"""

from typing import NamedTuple

import numpy as np

from bot.domain.relocation_clashes import checked
from bot.domain.relocation_classes import Classes
from bot.domain.relocation_expand import destination_lines, placements, queue_lines, seats
from bot.domain.relocation_greedy import first_fit
from bot.domain.relocation_model import LEVELS, Ints, Model, model
from bot.domain.relocation_plan import DestinationLine, Level, Method, Placement, Plan, QueueLine, Unplaced
from bot.domain.relocation_reasons import unplaced
from bot.domain.relocation_solver import Found, Unsolved, optimum
from bot.domain.relocation_terms import (
    Agent,
    Demand,
    Destination,
    Pool,
    Rules,
    Situation,
    agent_of,
    demand_of,
    destination_of,
    rules_of,
)
from bot.domain.relocation_wishes import Lock, Wishes

__all__ = [
    "Agent",
    "Demand",
    "Destination",
    "DestinationLine",
    "Level",
    "Lock",
    "Method",
    "Placement",
    "Plan",
    "Pool",
    "QueueLine",
    "Rules",
    "Situation",
    "Unplaced",
    "Wishes",
    "agent_of",
    "demand_of",
    "destination_of",
    "outcome_of",
    "plan",
    "plan_greedily",
    "rules_of",
]


class Outcome(NamedTuple):
    """How good a plan is, level by level, and how many people it gives to each queue, by name."""

    levels: list[int]
    staffed: dict[str, int]


def plan(situation: Situation) -> Plan:
    """Return a place for every agent, or why not; raises Clash when the wishes can't all be met."""
    made = model(Classes(situation))
    locked = checked(made)
    try:
        found, note = optimum(made, locked), ""
    except Unsolved as why:
        found, note = _greedy(made, locked), f"greedy by tier, because the solver found no plan: {why}"
    return _plan(made, found, note or _note(found))


def plan_greedily(situation: Situation) -> Plan:
    """Return the plan that first fit by tier makes: what there is without a solver, and what the optimum is held to."""
    made = model(Classes(situation))
    return _plan(made, _greedy(made, checked(made)), "greedy by tier, as was asked")


def outcome_of(situation: Situation) -> Outcome:
    """Return how good the best plan for a situation is, without making it."""
    made = model(Classes(situation))
    locked = checked(made)
    try:
        given = optimum(made, locked).given
    except Unsolved:
        given = first_fit(made, locked)
    got = np.bincount(made.queue, given, len(made.classes.queues)).astype(int)
    names = [queue.name for queue in made.classes.queues]
    return Outcome(made.levels(given), dict(zip(names, got.tolist(), strict=True)))


def _greedy(made: Model, locked: Ints) -> Found:
    given = first_fit(made, locked)
    levels = [Level(name, value, None) for name, value in zip(LEVELS, made.levels(given), strict=True)]
    return Found(given, Method.GREEDY, levels)


def _note(found: Found) -> str:
    gap = next((level for level in found.levels if level.gap), None)
    return f"{gap.name}: {gap.value:,}, and no plan is below {gap.bound:,}" if gap else ""


def _plan(made: Model, found: Found, note: str) -> Plan:
    given = found.given
    seated = seats(made, given)
    placed = placements(made, seated)
    return Plan(
        placements=placed,
        unplaced=list(unplaced(made, given, {seat.agent for seat in seated})),
        queues=queue_lines(made, placed),
        destinations=destination_lines(made, given),
        method=found.method,
        note=note,
        levels=found.levels,
        travel_min=int((made.travel * given).sum()),
    )
