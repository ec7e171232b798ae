"""The ledger of a plan in the making: seats left, needs left, and which places a kind of agent could take."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from bot.domain.place import SiteKind
from bot.domain.relocation_terms import Agent, Demand, Destination, Situation

USUAL = 6  # above the best level of a skill


class HomeFit(StrEnum):
    """Whether somebody can work from home, or what stands in the way, in words."""

    FIT = "can work from home"
    NO_KIT = "has no kit at home"
    NEVER_TESTED = "has never tested the log-in from home"
    TESTED_LONG_AGO = "tested the log-in from home more than {days} days ago"


@dataclass(slots=True)
class Group:
    """Agents alike in all that matters; the first of them stands for all, placed counts from the front.

    can: the queues they can work with their level there, the best first.
    """

    like: Agent
    home: HomeFit
    travel: Mapping[str, int]
    can: list[tuple[Demand, int]]
    ids: list[str] = field(default_factory=list)
    placed: int = 0

    @property
    def left(self) -> int:
        """How many have no place yet."""
        return len(self.ids) - self.placed


class Ledger:
    """What is left to give; every booking goes through here, so no seat is given twice."""

    def __init__(self, situation: Situation) -> None:
        """Open the ledger: nothing is booked; destinations that are hit are left out."""
        self.rules, self.now = situation.rules, situation.now
        self.demands = {demand.id: demand for demand in situation.queues}
        self.live = {demand.id: demand.live for demand in situation.queues}
        self.open = [destination for destination in situation.destinations if not destination.hit]
        self.destinations = {destination.id: destination for destination in self.open}
        self.seats = {d.id: d.seats for d in self.open}
        self.safe = {d.id: min(d.seats, d.card_safe_seats) for d in self.open}

    def room(self, demand: Demand, destination: Destination) -> int:
        """Return how many more of a queue a destination can seat; at home card payments need no card-safe seat."""
        seats = self.seats[destination.id]
        if demand.payment_cards and destination.kind is not SiteKind.HOME:
            return max(0, min(seats, self.safe[destination.id]))
        return max(0, seats)

    def book(self, demand: Demand, destination: Destination, n: int) -> None:
        """Give n seats of a destination to a queue."""
        self.live[demand.id] += n
        self.seats[destination.id] -= n
        if demand.payment_cards and destination.kind is not SiteKind.HOME:
            self.safe[destination.id] -= n
        # Others may sit on card-safe seats too, so there are never more of these left than seats.
        self.safe[destination.id] = min(self.safe[destination.id], self.seats[destination.id])

    def allowed(self, group: Group, demand: Demand, destination: Destination) -> bool:
        """Whether these agents may work that queue there, seats apart."""
        if demand.residency and demand.residency != destination.residency:
            return False
        if destination.kind is SiteKind.HOME:
            return group.home is HomeFit.FIT and (not demand.payment_cards or self.pay_at_home(group))
        return group.like.mobility and self.near(group, destination)

    def near(self, group: Group, destination: Destination) -> bool:
        """Whether a site is within the travel that the rules allow; one with no travel time known is not."""
        minutes = group.travel.get(destination.id)
        return minutes is not None and minutes <= self.rules.max_travel_min

    def pay_at_home(self, group: Group) -> bool:
        """Whether these agents may take card payments at home."""
        return self.rules.payments_from_home and group.like.pay_ok

    def homes(self) -> list[Destination]:
        """Return what stands for working from home, if it is open."""
        return [d for d in self.open if d.kind is SiteKind.HOME]

    def sites(self, group: Group) -> list[Destination]:
        """Return the open sites within reach of these agents."""
        return [d for d in self.open if d.kind is not SiteKind.HOME and self.near(group, d)]

    def ways(self, group: Group, demand: Demand) -> list[Destination]:
        """Return where these agents may work that queue: home first, then by travel."""
        found = [d for d in self.open if self.allowed(group, demand, d)]
        return sorted(found, key=lambda d: (d.kind is not SiteKind.HOME, group.travel.get(d.id, 0), d.ready_min, d.id))


class Work:
    """Who can work what: a queue is one's usual one, or asks for a skill and a language that one has."""

    def __init__(self, demands: Iterable[Demand]) -> None:
        """Index the queues by what they ask for."""
        self._by_id = {demand.id: demand for demand in demands}
        self._by_skill: dict[str, list[Demand]] = {}
        for demand in self._by_id.values():
            if demand.skill:
                self._by_skill.setdefault(demand.skill, []).append(demand)

    def open_to(self, agent: Agent) -> list[tuple[Demand, int]]:
        """Return the queues that an agent can work with the level there, the usual one first, then the best."""
        found = [
            (demand, level)
            for skill, level in agent.skills
            for demand in self._by_skill.get(skill, ())
            if demand.id != agent.queue and _speaks(agent, demand)
        ]
        if usual := self._by_id.get(agent.queue):
            found.append((usual, USUAL))
        return sorted(found, key=lambda one: (-one[1], one[0].tier, one[0].id))


def groups(situation: Situation, agents: Iterable[Agent]) -> list[Group]:
    """Return the agents in groups of those alike, in the order in which they come."""
    oldest = (situation.now.date() - timedelta(days=situation.rules.home_test_days)).isoformat()
    work = Work(situation.queues)
    found: dict[tuple[object, ...], Group] = {}
    for agent in agents:
        home = _home_fit(agent, oldest)
        key = (agent.queue, agent.skills, agent.languages, home, agent.pay_ok, agent.travel, agent.mobility)
        group = found.get(key)
        if group is None:
            group = found[key] = Group(agent, home, dict(agent.travel), work.open_to(agent))
        group.ids.append(agent.id)
    return list(found.values())


def _speaks(agent: Agent, demand: Demand) -> bool:
    return not demand.languages or not set(demand.languages).isdisjoint(agent.languages)


def _home_fit(agent: Agent, oldest: str) -> HomeFit:
    if not agent.kit:
        return HomeFit.NO_KIT
    if not agent.tested:
        return HomeFit.NEVER_TESTED
    return HomeFit.FIT if agent.tested >= oldest else HomeFit.TESTED_LONG_AGO


def keep(ledger: Ledger, agents: Iterable[Agent]) -> Iterator[tuple[Agent, Demand, Destination]]:
    """Book and yield those who can stay where they were told to go."""
    for agent in agents:
        destination = ledger.destinations.get(agent.sent_to)
        demand = ledger.demands.get(agent.sent_for or agent.queue)
        if destination and demand and agent.can_work and ledger.room(demand, destination):
            ledger.book(demand, destination, 1)
            yield agent, demand, destination
