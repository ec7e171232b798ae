"""Relocation: where every agent of a hit site works next, or why they can't.

One function makes the plan. What it does today is plain first fit: queue after queue by tier, first to mbco and then
to full, each agent to the first place that can take them, home first and then by travel.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

from bot.domain.place import SiteKind
from bot.domain.relocation_ledger import Group, Ledger, groups, keep
from bot.domain.relocation_plan import DestinationLine, Level, Method, Placement, Plan, QueueLine, Unplaced
from bot.domain.relocation_reasons import CANNOT_WORK, why
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
    "plan",
    "rules_of",
]
_ROUND_MIN = 5


@dataclass(frozen=True, slots=True)
class _Booking:
    """Some of a group, from the one numbered start on, given places together."""

    group: Group
    start: int
    n: int
    demand: Demand
    destination: Destination
    urgent: bool


def plan(situation: Situation) -> Plan:
    """Return a place for every agent, or why not; nobody who was told where to go is sent elsewhere without need."""
    ledger = Ledger(situation)
    kept = [_stay(*stays) for stays in keep(ledger, situation.agents)]
    alike = groups(situation, _free(situation.agents, {placement.agent for placement in kept}))
    bookings = list(_fit(ledger, alike))
    return Plan(
        placements=[*kept, *_placements(bookings, ledger)],
        unplaced=list(_unplaced(ledger, alike, situation.agents)),
        queues=[_queue_line(ledger, demand) for demand in _by_tier(ledger)],
        destinations=[_destination_line(ledger, destination) for destination in ledger.open],
        method=Method.GREEDY,
    )


def _free(agents: Sequence[Agent], staying: Collection[str]) -> Iterator[Agent]:
    return (agent for agent in agents if agent.can_work and agent.id not in staying)


def _by_tier(ledger: Ledger) -> list[Demand]:
    return sorted(ledger.demands.values(), key=lambda d: (d.tier, d.id))


def _fit(ledger: Ledger, alike: Sequence[Group]) -> Iterator[_Booking]:
    """Yield bookings: every queue to its mbco by tier, then every queue to full by tier."""
    demands = _by_tier(ledger)
    candidates = _candidates(ledger, alike)
    for demand in demands:
        yield from _fill(ledger, demand, demand.mbco, candidates[demand.id], urgent=demand.tier == 1)
    for demand in demands:
        yield from _fill(ledger, demand, demand.full, candidates[demand.id], urgent=False)


Candidates = list[tuple[Group, list[Destination]]]


def _candidates(ledger: Ledger, alike: Sequence[Group]) -> dict[str, Candidates]:
    """Return who could work each queue and where: its own people first, then the most skilled, then the soonest."""
    found: dict[str, list[tuple[int, int, Group, list[Destination]]]] = {id_: [] for id_ in ledger.demands}
    for group in alike:
        for demand, level in group.can:
            if ways := ledger.ways(group, demand):
                found[demand.id].append((-level, _minutes(group, ways[0], ledger.rules), group, ways))
    for each in found.values():
        each.sort(key=itemgetter(0, 1))
    return {id_: [(group, ways) for _, _, group, ways in each] for id_, each in found.items()}


def _fill(ledger: Ledger, demand: Demand, target: int, candidates: Candidates, *, urgent: bool) -> Iterator[_Booking]:
    for group, ways in candidates:
        if ledger.live[demand.id] >= target:
            return
        for destination in ways:
            n = min(target - ledger.live[demand.id], group.left, ledger.room(demand, destination))
            if n > 0:
                ledger.book(demand, destination, n)
                yield _Booking(group, group.placed, n, demand, destination, urgent)
                group.placed += n


def _minutes(group: Group, destination: Destination, rules: Rules) -> int:
    """Return the minutes from being told until being ready to work."""
    return max(destination.ready_min, rules.notice_min + _travel(group, destination))


def _travel(group: Group, destination: Destination) -> int:
    return 0 if destination.kind is SiteKind.HOME else group.travel[destination.id]


def _stay(agent: Agent, demand: Demand, destination: Destination) -> Placement:
    return Placement(agent.id, demand.id, destination.id, 0, None, kept=True, unfamiliar=demand.id != agent.queue)


def _placements(bookings: Sequence[_Booking], ledger: Ledger) -> Iterator[Placement]:
    """Yield placements in waves: what brings tier 1 to mbco, then as many at a time as the rules say."""
    urgent = [b for b in bookings if b.urgent]
    yield from _wave(urgent, ledger, first=1, size=sum(b.n for b in urgent))
    rest = [b for b in bookings if not b.urgent]
    yield from _wave(rest, ledger, first=2 if urgent else 1, size=ledger.rules.wave_size)


def _wave(bookings: Sequence[_Booking], ledger: Ledger, first: int, size: int) -> Iterator[Placement]:
    done = 0
    for b in bookings:
        unfamiliar = b.demand.id != b.group.like.queue
        times: dict[int, datetime] = {}
        for id_ in b.group.ids[b.start : b.start + b.n]:
            wave = first + done // size
            if wave not in times:
                times[wave] = _report_at(b, wave, ledger)
            yield Placement(id_, b.demand.id, b.destination.id, wave, times[wave], kept=False, unfamiliar=unfamiliar)
            done += 1


def _report_at(booking: _Booking, wave: int, ledger: Ledger) -> datetime:
    """Return when to be ready: a round time, because people remember these."""
    rules = ledger.rules
    minutes = (wave - 1) * rules.wave_every_min + _minutes(booking.group, booking.destination, rules)
    at = ledger.now + timedelta(minutes=minutes)
    over = timedelta(minutes=at.minute % _ROUND_MIN, seconds=at.second, microseconds=at.microsecond)
    return at - over + timedelta(minutes=_ROUND_MIN) if over else at


def _unplaced(ledger: Ledger, alike: Sequence[Group], agents: Sequence[Agent]) -> Iterator[Unplaced]:
    for group in alike:
        if group.left:
            reason = why(ledger, group)
            for id_ in group.ids[group.placed :]:
                yield Unplaced(id_, group.like.queue, reason)
    for agent in agents:
        if not agent.can_work:
            yield Unplaced(agent.id, agent.queue, CANNOT_WORK)


def _queue_line(ledger: Ledger, d: Demand) -> QueueLine:
    return QueueLine(d.id, d.name, d.tier, d.live, ledger.live[d.id], d.mbco, d.full)


def _destination_line(ledger: Ledger, d: Destination) -> DestinationLine:
    left = ledger.seats[d.id]
    return DestinationLine(d.id, d.name, d.kind, d.ready_min, d.seats, d.seats - left, left, ledger.safe[d.id])
