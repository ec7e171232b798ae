"""Who of those that are to be at a place for certain can't be there, and why: so that the others can."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.domain.place import SiteKind
from bot.domain.relocation_classes import Classes, HomeFit, speaks, stays
from bot.domain.relocation_reasons import NO_QUEUE, language
from bot.domain.relocation_terms import Agent, Demand, Destination
from bot.domain.relocation_wishes import Lock

_NAMED = 3


class Group(NamedTuple):
    """People whom one reason keeps from where they are locked: how many, and the ids of the first few."""

    reason: str
    n: int
    ids: tuple[str, ...]


class Misfits(NamedTuple):
    """Those of a lock who can't be there, by reason, the most first; fit is how many others can."""

    lock: Lock
    fit: int
    groups: tuple[Group, ...]

    @property
    def n(self) -> int:
        """How many can't be there."""
        return sum(group.n for group in self.groups)


def misfits(classes: Classes) -> Iterator[Misfits]:
    """Yield the locks that ask of somebody what they can't do."""
    fit: dict[Lock, int] = defaultdict(int)
    odd: dict[Lock, list[int]] = defaultdict(list)
    for one in classes.all:
        if one.lock is not None and one.ways:
            fit[one.lock] += len(one.members)
        elif one.lock is not None:
            odd[one.lock] += one.members
    for lock, members in odd.items():
        yield Misfits(lock, fit[lock], _groups(classes, lock, members))


def _groups(classes: Classes, lock: Lock, members: Sequence[int]) -> tuple[Group, ...]:
    by_reason: dict[str, list[str]] = defaultdict(list)
    for number in members:
        by_reason[_why_not(classes, lock, number)].append(classes.situation.agents[number].id)
    groups = [Group(reason, len(ids), tuple(sorted(ids)[:_NAMED])) for reason, ids in by_reason.items()]
    return tuple(sorted(groups, key=lambda group: (-group.n, group.reason)))


def _why_not(classes: Classes, lock: Lock, number: int) -> str:
    """Return why somebody can't be where they are locked, whatever else is planned."""
    agent = classes.situation.agents[number]
    queues = [classes.queues[queue] for queue, _ in classes.able[number]]
    if lock.works and lock.works not in {queue.id for queue in queues}:
        asked = classes.queue_at.get(lock.works)
        return _cannot_work(agent, classes.queues[asked]) if asked is not None else NO_QUEUE
    if not queues:
        return NO_QUEUE
    if not lock.to:
        return "no open place that they can get to takes their queue"
    at = classes.place_at.get(lock.to)
    if at is None:
        return "nobody can be sent there now"
    fitting = [queue for queue in queues if lock.works in ("", queue.id)]
    return _cannot_come(classes, number, classes.places[at]) or _may_not(classes, number, fitting[0], at)


def _cannot_work(agent: Agent, queue: Demand) -> str:
    level = dict(agent.skills).get(queue.skill, 0)
    if queue.skill and level >= queue.level and not speaks(agent, queue):
        return f"speaks no {language(queue)}"
    if level:
        return f"has level {level} of {queue.skill}, and {queue.name} asks for {queue.level}"
    return f"has not the skill for {queue.name}"


def _cannot_come(classes: Classes, number: int, place: Destination) -> str:
    where = classes.where[number]
    if place.kind is SiteKind.HOME:
        return "" if where.home is HomeFit.FIT else where.home.format(days=classes.rules.home_test_days)
    if not where.mobility:
        return "can't be sent to another site"
    if place.id not in where.travel:
        return "no travel time to there is known"
    return "" if classes.near(where, place) else f"lives more than {classes.rules.max_travel_min} min from there"


def _may_not(classes: Classes, number: int, queue: Demand, at: int) -> str:
    place = classes.places[at]
    if not stays(queue, place):
        return f"the data of {queue.name} must stay in {queue.residency}"
    if queue.payment_cards and not classes.pay_at(classes.where[number], place):
        return "takes card payments, which may not be done from their home"
    return f"{place.name} attested no {queue.skill}"
