"""Agents alike in all that a plan weighs are one class with a count; its ways are the places that it could get."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.domain.move import MoveState
from bot.domain.place import SiteKind
from bot.domain.relocation_shift import Windows, at_work, windows
from bot.domain.relocation_terms import Agent, Demand, Destination, Situation
from bot.domain.relocation_wishes import Lock

USUAL = 6  # above the best level of a skill
_SETTLED = frozenset({MoveState.ARRIVED, MoveState.LOGGED_IN, MoveState.TAKING_CONTACTS})


class HomeFit(StrEnum):
    """Whether somebody can work from home, or what stands in the way, in words."""

    FIT = "can work from home"
    NO_KIT = "has no kit at home"
    NEVER_TESTED = "has never tested the log-in from home"
    TESTED_LONG_AGO = "tested the log-in from home more than {days} days ago"


class Out(StrEnum):
    """Why somebody is left out of a plan; whether they need help or can't work is for few eyes only."""

    ANSWERED = "has answered, and is not to be moved now"
    HAZARD = "lives where it hit: safety and family first"
    WISHED = "was left out of the plan by wish"


class Where(NamedTuple):
    """Where somebody could work, whatever the queue: ways are (destination number, ready minutes, travel minutes)."""

    home: HomeFit
    pay_ok: bool
    mobility: bool
    travel: Mapping[str, int]
    spans: Windows
    ways: tuple[tuple[int, int, int], ...]


class Told(NamedTuple):
    """The place that somebody was told of: destination and queue numbers, and whether they are there already."""

    destination: int
    queue: int
    settled: bool


class Way(NamedTuple):
    """One place that a class could get: ready and travel in minutes, extra its further cost, all for one person."""

    queue: int
    destination: int
    ready: int
    travel: int
    extra: int
    kept: bool


@dataclass(slots=True)
class Class:
    """Agents alike: members are their numbers in the situation; a lock leaves them only its ways, and they must go.

    stays: they are left out by wish and keep the seat that they were told of.
    """

    ways: list[Way]
    told: Told | None
    lock: Lock | None
    stays: bool = False
    members: list[int] = field(default_factory=list)


class Classes:
    """Everybody of a situation, in classes; what stands of each agent is remembered for reasons and report times."""

    def __init__(self, situation: Situation) -> None:
        """Sort everybody; agents who are left out are in no class."""
        self.situation, self.rules = situation, situation.rules
        self.queues: Sequence[Demand] = [_wished(q, situation) for q in situation.queues]
        self.places: Sequence[Destination] = [
            _open(d, situation) for d in situation.destinations if _is_open(d, situation)
        ]
        self.needs = [_need(q, situation) for q in situation.queues]
        self.queue_at = {q.id: n for n, q in enumerate(self.queues)}
        self.place_at = {d.id: n for n, d in enumerate(self.places)}
        self.out: dict[int, Out] = {}
        self.able: list[tuple[tuple[int, int], ...]] = []
        self.where: list[Where] = []
        self.all: list[Class] = []
        self._may = [[stays(q, d) and attests(q, d) for d in self.places] for q in self.queues]
        self._oldest = (situation.now.date() - timedelta(days=self.rules.home_test_days)).isoformat()
        self._by_skill = self._skills()
        self._locks = {key: lock for lock in situation.wishes.locked for key in _keys(lock)}
        self._sort()

    def _skills(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for n, queue in enumerate(self.queues):
            if queue.skill:
                found.setdefault(queue.skill, []).append(n)
        return found

    def _sort(self) -> None:
        able_of: dict[object, tuple[tuple[int, int], ...]] = {}
        where_of: dict[object, Where] = {}
        found: dict[object, Class] = {}
        for n, agent in enumerate(self.situation.agents):
            asks = (agent.queue, agent.skills, agent.languages)
            able = able_of.get(asks) or able_of.setdefault(asks, self._able(agent))
            home = self._home(agent)
            goes = (home, agent.pay_ok, agent.mobility, agent.travel, agent.shift, agent.tz)
            where = where_of.get(goes) or where_of.setdefault(goes, self._where(agent, home))
            self.able.append(able)
            self.where.append(where)
            told, out = self._told(agent) if agent.sent_to else None, self._out(agent)
            stay = self._stay(agent, able, where, told) if told and out is Out.WISHED else None
            if out and not stay:
                self.out[n] = out
                continue
            lock = self._bound(stay) if stay else self._lock(agent, able, where, told)
            key = (
                tuple(q for q, _ in able),
                able[:1] and able[0][1] == USUAL,
                where.ways,
                self._pays(where),
                told,
                lock,
            )
            one = found.get(key)
            if one is None:
                ways = [stay] if stay else list(self._ways(able, where, told, lock))
                one = found[key] = Class(ways, told, lock, stays=bool(stay))
            one.members.append(n)
        self.all = list(found.values())
        self._make_room()

    def _make_room(self) -> None:
        """Whoever stays by wish does so even where a queue needs fewer than that by now."""
        staying = Counter[int]()
        for one in self.all:
            staying.update({one.ways[0].queue: len(one.members)} if one.stays else {})
        self.needs = [(mbco, max(full, staying[n])) for n, (mbco, full) in enumerate(self.needs)]

    def _out(self, agent: Agent) -> Out | None:
        if not agent.can_work:
            return Out.ANSWERED
        if agent.area and agent.area in self.situation.hazard_areas:
            return Out.HAZARD
        wishes = self.situation.wishes
        return Out.WISHED if agent.id in wishes.people_out or agent.team in wishes.teams_out else None

    def _stay(self, agent: Agent, able: Sequence[tuple[int, int]], where: Where, told: Told) -> Way | None:
        """Return the seat of somebody who is not to be moved and was told of one, unless they can't be there."""
        if not self.allowed(where, told.queue, told.destination):
            return None
        travel = 0 if told.settled else self._travel(dict(agent.travel), told.destination)
        ready = 0 if told.settled else at_work(where.spans, travel, self.rules.shift_left_min)
        usual = (told.queue, USUAL) in able
        return self._way(told.queue, told.destination, ready, travel, usual=usual, kept=True)

    def _bound(self, way: Way) -> Lock:
        return Lock(to=self.places[way.destination].id, works=self.queues[way.queue].id)

    def _able(self, agent: Agent) -> tuple[tuple[int, int], ...]:
        """Return the queues that an agent can work with the level there, the usual one first, then the best."""
        found = [
            (n, level)
            for skill, level in agent.skills
            for n in self._by_skill.get(skill, ())
            if self.queues[n].id != agent.queue and level >= self.queues[n].level and speaks(agent, self.queues[n])
        ]
        usual = self.queue_at.get(agent.queue)
        found.extend([] if usual is None else [(usual, USUAL)])
        return tuple(sorted(found, key=lambda one: (one[1] != USUAL, self.queues[one[0]].tier, self.queues[one[0]].id)))

    def _home(self, agent: Agent) -> HomeFit:
        if not agent.kit:
            return HomeFit.NO_KIT
        if not agent.tested:
            return HomeFit.NEVER_TESTED
        return HomeFit.FIT if agent.tested >= self._oldest else HomeFit.TESTED_LONG_AGO

    def _where(self, agent: Agent, home: HomeFit) -> Where:
        travel = dict(agent.travel)
        spans = () if self.rules.call_in else windows(agent.shift, agent.tz, self.situation.now)
        where = Where(home, agent.pay_ok, agent.mobility, travel, spans, ())
        ways = tuple(
            (n, self.ready(where, n, 0), self._travel(travel, n))
            for n, d in enumerate(self.places)
            if self.reaches(where, d)
        )
        return where._replace(ways=ways)

    def reaches(self, where: Where, place: Destination) -> bool:
        """Whether somebody can work at a place at all: fit to work from home, or within the travel that rules allow."""
        if place.kind is SiteKind.HOME:
            return where.home is HomeFit.FIT
        return where.mobility and self.near(where, place)

    def near(self, where: Where, place: Destination) -> bool:
        """Whether a site is within the travel that the rules allow; one with no travel time known is not."""
        return where.travel.get(place.id, self.rules.max_travel_min + 1) <= self.rules.max_travel_min

    def ready(self, where: Where, place: int, later: int) -> int:
        """Return the minutes from now until somebody who is told so much later is ready at a place, in their shift."""
        there = later + self.rules.notice_min + self._travel(where.travel, place)
        return at_work(where.spans, max(self.places[place].ready_min, there), self.rules.shift_left_min)

    def _travel(self, travel: Mapping[str, int], place: int) -> int:
        to = self.places[place]
        return 0 if to.kind is SiteKind.HOME else travel.get(to.id, 0)

    def pay_at(self, where: Where, place: Destination) -> bool:
        """Whether somebody may take card payments at a place, seats apart."""
        return place.kind is not SiteKind.HOME or (self.rules.payments_from_home and where.pay_ok)

    def allowed(self, where: Where, queue: int, place: int) -> bool:
        """Whether somebody who can work a queue may do so at a place that they can reach, seats apart."""
        pays = not self.queues[queue].payment_cards or self.pay_at(where, self.places[place])
        return pays and self._may[queue][place]

    def _pays(self, where: Where) -> bool:
        return self.rules.payments_from_home and where.pay_ok

    def there(self, agent: Agent, number: int) -> Told | None:
        """Return where somebody may work only because they are there already; None for anybody else."""
        told = self._told(agent) if agent.sent_to else None
        if told is None or not told.settled or not self.allowed(self.where[number], told.queue, told.destination):
            return None
        comes = self.reaches(self.where[number], self.places[told.destination])
        return None if comes and any(queue == told.queue for queue, _ in self.able[number]) else told

    def _told(self, agent: Agent) -> Told | None:
        place, queue = self.place_at.get(agent.sent_to), self.queue_at.get(agent.sent_for or agent.queue)
        return None if place is None or queue is None else Told(place, queue, agent.sent_state in _SETTLED)

    def _lock(self, agent: Agent, able: Sequence[tuple[int, int]], where: Where, told: Told | None) -> Lock | None:
        """Return the lock that binds somebody, their own first; one that is for those who fit binds nobody else."""
        locks = self._locks
        if not locks:
            return None
        of = (("person", agent.id), ("team", agent.team), ("queue", agent.queue))
        lock = next((locks[key] for key in of if key in locks), None)
        if lock is None or not lock.fitting:
            return lock
        return lock if next(self._ways(able, where, told, lock), None) else None

    def _ways(
        self, able: Sequence[tuple[int, int]], where: Where, told: Told | None, lock: Lock | None
    ) -> Iterator[Way]:
        """Yield the places open to a class; whoever is there already may stay, whatever way they came."""
        if (
            told
            and told.settled
            and self.allowed(where, told.queue, told.destination)
            and self.wanted(lock, told.queue, told.destination)
        ):
            yield self._way(told.queue, told.destination, 0, 0, usual=(told.queue, USUAL) in able, kept=True)
        for queue, level in able:
            for place, ready, travel in where.ways:
                kept = told is not None and (place, queue) == (told.destination, told.queue)
                if kept and told and told.settled:
                    continue
                if self.allowed(where, queue, place) and self.wanted(lock, queue, place):
                    minutes = at_work(where.spans, travel, self.rules.shift_left_min) if kept else ready
                    yield self._way(queue, place, minutes, travel, usual=level == USUAL, kept=kept)

    def _way(self, queue: int, place: int, ready: int, travel: int, *, usual: bool, kept: bool) -> Way:
        extra = (0 if usual else self.rules.off_skill_min) + self.rules.cost_min * self.places[place].cost
        return Way(queue, place, ready, travel, extra, kept)

    def wanted(self, lock: Lock | None, queue: int, place: int) -> bool:
        """Whether a place is what a lock asks for."""
        if lock is None:
            return True
        return lock.to in {"", self.places[place].id} and lock.works in {"", self.queues[queue].id}


def speaks(agent: Agent, queue: Demand) -> bool:
    """Whether an agent speaks one of the languages that a queue is served in."""
    return not queue.languages or not set(queue.languages).isdisjoint(agent.languages)


def _keys(lock: Lock) -> Iterator[tuple[str, str]]:
    return ((kind, value) for kind in ("person", "team", "queue") if (value := getattr(lock, kind)))


def _need(queue: Demand, situation: Situation) -> tuple[int, int]:
    if queue.id in situation.wishes.queues_out:
        return 0, 0
    mbco, full = max(0, queue.mbco - queue.live), max(0, queue.full - queue.live)
    return min(mbco, full), full


def _wished(queue: Demand, situation: Situation) -> Demand:
    return queue._replace(tier=situation.wishes.tiers.get(queue.id, queue.tier))


def _is_open(place: Destination, situation: Situation) -> bool:
    hazard = bool(place.area) and place.area in situation.hazard_areas
    return not place.hit and not hazard and place.id not in situation.wishes.closed


def _open(place: Destination, situation: Situation) -> Destination:
    seats = max(0, place.seats - situation.wishes.held_back.get(place.id, 0))
    return place._replace(seats=seats, card_safe_seats=min(seats, place.card_safe_seats))


def attests(queue: Demand, place: Destination) -> bool:
    """Whether a place can serve a queue: an outsourcer's serves the skills that it attested, any other all."""
    return not place.skills or not queue.skill or queue.skill in place.skills


def stays(queue: Demand, place: Destination) -> bool:
    """Whether a queue's data may go to a place."""
    return not queue.residency or queue.residency == place.residency
