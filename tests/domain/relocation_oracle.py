"""The planner's promise said once more and differently: one agent at a time, one level after the other, to proof."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import highspy
import numpy as np

from bot.domain.place import SiteKind
from bot.domain.relocation import Agent, Demand, Destination, Lock, Plan, Situation

Way = tuple[int, int, int]  # agent, queue, destination
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SETTLED = ("arrived", "logged_in", "taking_contacts")


def tier(asked: Situation, queue: Demand) -> int:
    return asked.wishes.tiers.get(queue.id, queue.tier)


def is_open(asked: Situation, place: Destination) -> bool:
    return not place.hit and place.area not in asked.hazard_areas - {""} and place.id not in asked.wishes.closed


def free_seats(asked: Situation, place: Destination) -> int:
    return max(0, place.seats - asked.wishes.held_back.get(place.id, 0))


def needs(asked: Situation, queue: Demand) -> tuple[int, int]:
    if queue.id in asked.wishes.queues_out:
        return 0, 0
    full = max(0, queue.full - queue.live)
    return min(full, max(0, queue.mbco - queue.live)), full


def room(asked: Situation, queue: Demand) -> int:
    """How many a queue takes: what it is short of, but all who stay there by wish."""
    staying = sum(stays(asked, agent) and (agent.sent_for or agent.queue) == queue.id for agent in asked.agents)
    return max(needs(asked, queue)[1], staying)


def is_off(asked: Situation, agent: Agent) -> bool:
    return not agent.can_work or (agent.area != "" and agent.area in asked.hazard_areas)


def is_left(asked: Situation, agent: Agent) -> bool:
    return agent.id in asked.wishes.people_out or agent.team in asked.wishes.teams_out


def stays(asked: Situation, agent: Agent) -> bool:
    """Whether somebody is left out by wish and has a seat that they keep."""
    if not agent.sent_to or is_off(asked, agent) or not is_left(asked, agent):
        return False
    place = next((d for d in asked.destinations if d.id == agent.sent_to), None)
    queue = next((q for q in asked.queues if q.id == (agent.sent_for or agent.queue)), None)
    return place is not None and queue is not None and may(asked, agent, queue, place)


def is_out(asked: Situation, agent: Agent) -> bool:
    return is_off(asked, agent) or (is_left(asked, agent) and not stays(asked, agent))


def wish_of(asked: Situation, agent: Agent) -> Lock | None:
    """The lock that speaks of somebody: their own before their team's, that before their queue's."""
    if is_off(asked, agent) or is_left(asked, agent):
        return None
    of = {"person": agent.id, "team": agent.team, "queue": agent.queue}
    return next(
        (x for kind, name in of.items() for x in asked.wishes.locked if name and getattr(x, kind) == name), None
    )


def can_be(asked: Situation, agent: Agent, lock: Lock) -> bool:
    """Whether somebody can be where a lock wants them, whoever else is."""
    pairs = product(asked.queues, asked.destinations)
    return any(meets(lock, q, d) and open_to(asked, agent, q, d) for q, d in pairs)


def lock_of(asked: Situation, agent: Agent) -> Lock | None:
    """The lock that binds somebody; one for those who fit binds nobody else."""
    lock = wish_of(asked, agent)
    return lock if lock and (not lock.fitting or can_be(asked, agent, lock)) else None


def meets(lock: Lock, queue: Demand, place: Destination) -> bool:
    """Whether a place is what a lock wants."""
    return lock.to in ("", place.id) and lock.works in ("", queue.id)


def is_bound(asked: Situation, agent: Agent) -> bool:
    """Whether somebody has to have a place."""
    return stays(asked, agent) or lock_of(asked, agent) is not None


def at_odds(asked: Situation) -> bool:
    """Whether wishes contradict each other, whoever there is."""
    wishes = asked.wishes
    people = {agent.id: agent for agent in asked.agents}
    for n, lock in enumerate(wishes.locked):
        named = [(kind, getattr(lock, kind)) for kind in ("person", "team", "queue") if getattr(lock, kind)]
        if any(getattr(other, kind) == name and other != lock for kind, name in named for other in wishes.locked[:n]):
            return True
        if lock.to in wishes.closed or lock.works in wishes.queues_out or lock.team in (*wishes.teams_out,):
            return True
        one = people.get(lock.person)
        if lock.person in wishes.people_out or (one and (is_off(asked, one) or is_left(asked, one))):
            return True
    return False


def may_hold(queue: Demand, place: Destination) -> bool:
    """Whether a queue's data may be at a place."""
    return queue.residency in ("", place.residency)


def attests(queue: Demand, place: Destination) -> bool:
    """Whether a place said that it can serve a queue, where it has to."""
    return not place.skills or queue.skill in ("", *place.skills)


def may(asked: Situation, agent: Agent, queue: Demand, place: Destination) -> bool:
    """Whether the rules let an agent work a queue at a place, once they are there."""
    if not (is_open(asked, place) and may_hold(queue, place) and attests(queue, place)):
        return False
    at_home = place.kind is SiteKind.HOME
    return not (at_home and queue.payment_cards) or (asked.rules.payments_from_home and agent.pay_ok)


def is_kept(agent: Agent, queue: Demand, place: Destination) -> bool:
    return agent.sent_to == place.id and (agent.sent_for or agent.queue) == queue.id


def fits(asked: Situation, agent: Agent, queue: Demand, place: Destination) -> bool:
    """Whether the rules let an agent work a queue at a place, whoever else does."""
    if stays(asked, agent):
        return is_kept(agent, queue, place) and may(asked, agent, queue, place)
    if is_out(asked, agent) or not open_to(asked, agent, queue, place):
        return False
    lock = lock_of(asked, agent)
    return lock is None or meets(lock, queue, place)


def open_to(asked: Situation, agent: Agent, queue: Demand, place: Destination) -> bool:
    """Whether somebody may work a queue at a place and is there already, or can come."""
    there = is_kept(agent, queue, place) and agent.sent_state in SETTLED
    return may(asked, agent, queue, place) and (there or comes(asked, agent, queue, place))


def comes(asked: Situation, agent: Agent, queue: Demand, place: Destination) -> bool:
    """Whether an agent who is not there yet can get to a place and work a queue that may be worked there."""
    if not can_work(agent, queue):
        return False
    if place.kind is SiteKind.HOME:
        oldest = (asked.now - timedelta(days=asked.rules.home_test_days)).date().isoformat()
        return agent.kit and bool(agent.tested) and agent.tested >= oldest
    return agent.mobility and dict(agent.travel).get(place.id, 99999) <= asked.rules.max_travel_min


def can_work(agent: Agent, queue: Demand) -> bool:
    """Whether an agent can work a queue: their own, or one whose skill and language they have."""
    speaks = not queue.languages or any(word in queue.languages for word in agent.languages)
    skilled = queue.skill != "" and dict(agent.skills).get(queue.skill, 0) >= queue.level and speaks
    return agent.queue == queue.id or skilled


def in_shift(asked: Situation, agent: Agent, minutes: int) -> int:
    """The first minute from this one on with enough of a shift left."""
    if asked.rules.call_in or not agent.shift:
        return minutes
    return _first_minute(agent.shift, agent.tz, asked.now, asked.rules.shift_left_min, minutes)


@cache
def _first_minute(shift: str, tz: str, now: datetime, left: int, minutes: int) -> int:
    """The same, found by trying every minute."""
    days, hours = shift.split(" ")
    first, _, last = days.partition("-")
    begin, _, end = hours.partition("-")
    on = {(DAYS.index(first) + n) % 7 for n in range((DAYS.index(last or first) - DAYS.index(first)) % 7 + 1)}
    start, stop = (int(t[:2]) * 60 + int(t[3:]) for t in (begin, end))
    least = min(left, stop - start)
    for minute in range(minutes, minutes + 9 * 24 * 60):
        local = (now + timedelta(minutes=minute)).astimezone(ZoneInfo(tz))
        of_day = local.hour * 60 + local.minute
        if local.weekday() in on and start <= of_day and of_day + least <= stop:
            return minute
    raise AssertionError("no shift in nine days")


def ready(asked: Situation, agent: Agent, queue: Demand, place: Destination) -> int:
    travel = way_there(agent, queue, place)
    if is_kept(agent, queue, place):
        return 0 if agent.sent_state in SETTLED else in_shift(asked, agent, travel)
    return in_shift(asked, agent, max(place.ready_min, asked.rules.notice_min + travel))


def way_there(agent: Agent, queue: Demand, place: Destination) -> int:
    there = is_kept(agent, queue, place) and agent.sent_state in SETTLED
    return 0 if place.kind is SiteKind.HOME or there else dict(agent.travel).get(place.id, 0)


def costs(asked: Situation, agent: Agent, queue: Demand, place: Destination) -> tuple[int, int, int]:
    """What one placement counts in levels 4, 5 and 6."""
    rules = asked.rules
    extra = rules.off_skill_min * (queue.id != agent.queue) + rules.cost_min * place.cost
    weight = rules.weight(tier(asked, queue))
    kept = -1 if is_kept(agent, queue, place) else 0
    return weight * ready(asked, agent, queue, place), way_there(agent, queue, place) + extra, kept


def levels(asked: Situation, ways: list[Way]) -> list[int]:
    """The six levels of a plan."""
    got = Counter(queue for _, queue, _ in ways)
    one = two = three = 0
    for n, queue in enumerate(asked.queues):
        mbco, full = needs(asked, queue)
        weight = asked.rules.weight(tier(asked, queue))
        below, missing = max(0, mbco - got[n]), max(0, full - max(mbco, got[n]))
        one += below if tier(asked, queue) == 1 else 0
        two += 0 if tier(asked, queue) == 1 else weight * below
        three += weight * missing
    each = [costs(asked, asked.agents[a], asked.queues[q], asked.destinations[d]) for a, q, d in ways]
    rest = [sum(cost[n] for cost in each) for n in range(3)]
    return [one, two, three, rest[0], rest[1], rest[2] + sum(bool(agent.sent_to) for agent in asked.agents)]


def ways_of(asked: Situation, plan: Plan) -> list[Way]:
    """A plan's placements by number."""
    at = [{one.id: n for n, one in enumerate(many)} for many in (asked.agents, asked.queues, asked.destinations)]
    return [(at[0][p.agent], at[1][p.queue], at[2][p.destination]) for p in plan.placements]


def limits(asked: Situation) -> Iterator[tuple[str, int, Any]]:
    """Every limit beside people and queues: its name, how much there is, and who uses it."""
    for n, place in enumerate(asked.destinations):
        yield f"seats at {place.id}", free_seats(asked, place), lambda way, n=n: way[2] == n
        if place.kind is not SiteKind.HOME:
            safe = min(free_seats(asked, place), place.card_safe_seats)
            yield f"safe at {place.id}", safe, lambda way, n=n: way[2] == n and asked.queues[way[1]].payment_cards
    for pool in asked.pools:
        yield (
            pool.id,
            max(0, pool.left),
            lambda way, pool=pool: (
                (not pool.queues or asked.queues[way[1]].id in pool.queues)
                and (not pool.destinations or asked.destinations[way[2]].id in pool.destinations)
            ),
        )


def leads_wanted(asked: Situation, ways: list[Way]) -> int:
    """How many team leads have to go along."""
    wanted = 0
    for n, place in enumerate(asked.destinations):
        if place.ratio_max:
            over = sum(way[2] == n for way in ways) - max(0, place.ratio_max * place.leads - place.led)
            wanted += max(0, -(-over // place.ratio_max))
    return wanted


def broken(asked: Situation, ways: list[Way]) -> list[str]:
    """What a plan breaks; nothing when it is right."""
    said = [name for name, most, uses in limits(asked) if sum(map(uses, ways)) > most]
    said += ["twice"] if len({a for a, _, _ in ways}) < len(ways) else []
    said += [f"{w} does not fit" for w in ways if not fits(asked, *_named(asked, w))]
    got = Counter(queue for _, queue, _ in ways)
    said += [f"{q.id} too full" for n, q in enumerate(asked.queues) if got[n] > room(asked, q)]
    placed = {a for a, _, _ in ways}
    said += [f"{a.id} lost their seat" for n, a in enumerate(asked.agents) if is_bound(asked, a) and n not in placed]
    return said + (["leads"] if leads_wanted(asked, ways) > asked.leads else [])


def _named(asked: Situation, way: Way) -> tuple[Agent, Demand, Destination]:
    return asked.agents[way[0]], asked.queues[way[1]], asked.destinations[way[2]]


def best(asked: Situation, must: int | None = None) -> list[int] | None:
    """The best levels that there are, solved to proof one after the other; must: an agent who has to be placed."""
    every = product(range(len(asked.agents)), range(len(asked.queues)), range(len(asked.destinations)))
    ways = [way for way in every if fits(asked, *_named(asked, way))]
    highs = _program(asked, ways, must)
    found = []
    for cost in _level_costs(asked, ways):
        at = np.arange(len(cost), dtype=np.int32)
        highs.changeColsCost(len(cost), at, np.array(cost, float))
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found.append(round(highs.getInfo().objective_function_value))
        highs.addRow(-highspy.kHighsInf, found[-1] + 0.5, len(cost), at, np.array(cost, float))
    return [*found[:5], found[5] + sum(bool(agent.sent_to) for agent in asked.agents)]


def _level_costs(asked: Situation, ways: list[Way]) -> list[list[float]]:
    queues, size = asked.queues, len(ways)
    spans = len(asked.destinations)
    found = [[0.0] * (size + 2 * len(queues) + spans) for _ in range(6)]
    for n, queue in enumerate(queues):
        weight = asked.rules.weight(tier(asked, queue))
        found[0 if tier(asked, queue) == 1 else 1][size + n] = 1 if tier(asked, queue) == 1 else weight
        found[2][size + len(queues) + n] = weight
    for n, way in enumerate(ways):
        for level, cost in enumerate(costs(asked, *_named(asked, way)), start=3):
            found[level][n] = cost
    return found


def _program(asked: Situation, ways: list[Way], must: int | None) -> Any:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)  # noqa: FBT003
    highs.setOptionValue("mip_rel_gap", 0.0)
    size, queues = len(ways), asked.queues
    tops = [1] * size + [needs(asked, q)[0] for q in queues] + [room(asked, q) - needs(asked, q)[0] for q in queues]
    for top in [*tops, *([asked.leads] * len(asked.destinations))]:
        highs.addVar(0, top)
    for n in range(size + 2 * len(queues) + len(asked.destinations)):
        highs.changeColIntegrality(n, highspy.HighsVarType.kInteger)

    def row(low: float, high: float, entries: dict[int, float]) -> None:
        highs.addRow(low, high, len(entries), np.array([*entries], np.int32), np.array([*entries.values()], float))

    for agent in range(len(asked.agents)):
        row(
            int(agent == must or is_bound(asked, asked.agents[agent])),
            1,
            {n: 1 for n, way in enumerate(ways) if way[0] == agent},
        )
    for q, queue in enumerate(queues):
        mine = {n: 1 for n, way in enumerate(ways) if way[1] == q}
        row(room(asked, queue), room(asked, queue), {**mine, size + q: 1, size + len(queues) + q: 1})
    for _, most, uses in limits(asked):
        row(-highspy.kHighsInf, most, {n: 1 for n, way in enumerate(ways) if uses(way)})
    _lead_rows(asked, ways, size + 2 * len(queues), row)
    return highs


def _lead_rows(asked: Situation, ways: list[Way], leads: int, row: Any) -> None:
    for d, place in enumerate(asked.destinations):
        if place.ratio_max:
            there = {n: 1.0 for n, way in enumerate(ways) if way[2] == d}
            most = max(0, place.ratio_max * place.leads - place.led)
            row(-highspy.kHighsInf, most, {**there, leads + d: -place.ratio_max})
    row(-highspy.kHighsInf, asked.leads, {leads + d: 1 for d in range(len(asked.destinations))})
