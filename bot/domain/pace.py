"""The pace of a lane: a token bucket that learns how much a workspace takes, and who goes first.

A lane is one platform with one workspace or tenant. All replicas share its one row; here are the sums alone.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Annotated, NamedTuple, Self

from pydantic import Field, model_validator

from bot.domain.card import Frozen
from bot.domain.delivery import Priority
from bot.domain.runbook import Written

Rate = Annotated[float, Field(gt=0, le=100_000)]
GRAIN = 0.2  # seconds of pace that are worth waking up for
CLIMB = 60.0  # seconds of full use from the floor to the cap, for a lane that was never refused
HARD, SOFT = 0.90, 0.97  # what is left of the pace after a 429: of a lane that still learns, of one that had learnt
USED = 50.0  # seconds of full use without any 429 tell as much: limits that hold for a minute are met at their edge
SETTLED = timedelta(seconds=75)  # so long without a 429, and a lane has learnt
DEAF = timedelta(seconds=10)  # so soon after a cut another 429 is about the same excess
MEASURED = timedelta(seconds=20)  # from so long on, what was taken tells the limit better than the pace does
BELOW = 0.995  # of what was too much, where a lane that knows it goes on
BACK, PERIOD = 120.0, 300.0  # seconds of full use from a cut back to there, and from there on when it probes
DEPTH = 0.05  # the depth, as a share of the pace, for which that is so
PROBE = 2e-5  # the least by which the pace grows, as a share of it, in a second of full use
QUIET, RARER, MOST_RARE = timedelta(minutes=1), 4, 3  # before it probes; so much longer, the surer it is, each time
SAME = 0.05  # nearer than that, as a share of it, to what was too much before, is the same
WINDOW = timedelta(minutes=1)  # limits that are counted over longer than a second are counted over that
ENOUGH = 5.0  # seconds of its pace; fewer messages than that have used up nothing
LEAST = 0.25  # of its pace; no lane is cut further at once, whatever was counted
LONG = timedelta(seconds=3)  # told to wait so long, a lane has used up what it may send within such a window
_ROUND = 1e-3  # of a message: times are told in microseconds
SKEW = timedelta(seconds=5)  # how far apart the clocks of two machines may be
LONGEST = timedelta(minutes=10)  # a lane is never held longer without being tried


class Pace(Written):
    """What a platform takes, in messages a second, and how many seconds lie between two to one conversation.

    burst_s: seconds of pace that an idle lane saves up; little, where the limit holds within each second.
    """

    floor: Rate
    start: Rate
    cap: Rate
    apart_s: Annotated[float, Field(ge=0, le=60)] = 0.0
    burst_s: Annotated[float, Field(gt=0, le=10)] = 1.0

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.floor <= self.start <= self.cap:
            raise ValueError("floor, start and cap must not fall: floor ≤ start ≤ cap")
        return self

    @property
    def apart(self) -> timedelta:
        """Between two messages to one conversation."""
        return timedelta(seconds=self.apart_s)


UNPACED = Pace(floor=1, start=1, cap=1, apart_s=1)  # of a platform that the settings say nothing about


class LaneKey(NamedTuple):
    """One platform with one workspace or tenant."""

    platform: str
    tenant: str


class Lane(Frozen):
    """A lane as its row has it.

    tokens: what there was at refilled_at; ceiling: what was too much the last time, at cut_at; limited: how many
    answers of 429 there were; taken: how many messages were taken since the last cut; met: how sure its
    ceiling is, by how often it was found. troubles, trouble_since and down_since are the breaker's (domain/breaker.py).
    """

    platform: str
    tenant: str
    rate: float
    tokens: float
    refilled_at: datetime
    ceiling: float | None = None
    cut_at: datetime | None = None
    held_until: datetime | None = None
    why: str = ""
    limited: int = 0
    taken: int = 0
    met: int = 0
    troubles: int = 0
    trouble_since: datetime | None = None
    down_since: datetime | None = None

    def held(self, now: datetime) -> bool:
        """Whether nothing may be sent now."""
        return self.held_until is not None and now < self.held_until


class Held(NamedTuple):
    """What a platform said to a whole lane: not before, why, whether that was its rate limit, and about what."""

    until: datetime
    why: str
    limited: bool
    claimed_at: datetime


def begun(key: LaneKey, pace: Pace, share: float, now: datetime) -> Lane:
    """Return a lane that nobody has used."""
    full = Lane(platform=key.platform, tenant=key.tenant, rate=pace.start, tokens=0, refilled_at=now)
    return full.evolve(tokens=capacity(full, pace, share))


def capacity(lane: Lane, pace: Pace, share: float) -> float:
    """Return how many tokens the lane can save up; a share of them is kept for those who go first.

    What those get who can wait is a whole number: the rest of one would come on top of the next ones.
    """
    return _whole(lane.rate * pace.burst_s) / (1 - share)


def _whole(messages: float) -> float:
    return max(1.0, float(round(messages)))


def refilled(lane: Lane, pace: Pace, share: float, now: datetime) -> Lane:
    """Return the lane with the tokens that it has at this moment; a clock that went back gives none."""
    rate = min(max(lane.rate, pace.floor), pace.cap)
    since = max(lane.refilled_at, lane.held_until or lane.refilled_at)
    lane = lane.evolve(rate=rate)
    tokens = lane.tokens + rate * max(0.0, (now - since).total_seconds())
    ahead = now < lane.refilled_at < now + SKEW  # another machine's clock is a little ahead of this one's
    filled_at = lane.refilled_at if ahead else now
    return lane.evolve(
        tokens=min(tokens, capacity(lane, pace, share)), refilled_at=filled_at, held_until=_held(lane, now),
        cut_at=lane.cut_at and min(lane.cut_at, now + LONGEST),
    )  # fmt: skip


def _held(lane: Lane, now: datetime) -> datetime | None:
    """No hold outlasts LONGEST, whatever the platform said or the clock did: then it is tried again."""
    if lane.held_until is None or lane.held_until <= now:
        return None
    return min(lane.held_until, now + LONGEST)


class Room(NamedTuple):
    """How many messages may go now: in all, and of those that can wait for the ones who go first."""

    urgent: int
    patient: int


def room(lane: Lane, pace: Pace, share: float, now: datetime) -> Room:
    """Return how many messages a refilled lane lets go now; those that can wait go some at a time, evenly."""
    if lane.held(now):
        return Room(0, 0)
    patient = int(lane.tokens - capacity(lane, pace, share) * share + _ROUND)
    return Room(max(0, int(lane.tokens + _ROUND)), patient if patient >= _grain(lane, pace) else 0)


def _grain(lane: Lane, pace: Pace) -> float:
    return _whole(lane.rate * min(GRAIN, pace.burst_s))


def next_at(lane: Lane, pace: Pace, share: float, now: datetime) -> datetime:
    """Return when a lane that has no room will have some that is worth waking up for."""
    if lane.held_until is not None and lane.held(now):
        return lane.held_until
    kept = capacity(lane, pace, share) * share
    lacking = kept + _grain(lane, pace) - lane.tokens
    return now + timedelta(seconds=max(lacking / lane.rate, 0.001))


def spent(lane: Lane, n: int) -> Lane:
    """Return the lane after so many messages went."""
    return lane.evolve(tokens=lane.tokens - n)


def grown(lane: Lane, pace: Pace, sent: int, now: datetime) -> Lane:
    """Return the lane after so many messages were taken: it grows by the seconds of full use that they stand for.

    Steadily while nothing was ever refused; else back to just below what was too much, where it stays for a quiet
    time; then it probes, along a cubic that is level at first.
    """
    used, lane = sent / lane.rate, lane.evolve(taken=lane.taken + sent)
    if lane.ceiling is None:
        return lane.evolve(rate=min(pace.cap, lane.rate + used * (pace.cap - pace.floor) / CLIMB))
    below = max(pace.floor, min(pace.cap, BELOW * lane.ceiling))
    if lane.rate < below:
        return lane.evolve(rate=min(below, lane.rate + used * _slope(lane, below, BACK)))
    if _quiet(lane, now):
        return lane
    rate = min(pace.cap, lane.rate + used * _slope(lane, below, PERIOD))
    if rate < (1 + DEPTH) * lane.ceiling:
        return lane.evolve(rate=rate)
    return lane.evolve(rate=rate, ceiling=None, met=0)


def _slope(lane: Lane, level: float, period: float) -> float:
    """Return how much the pace grows in a second of full use: the farther from where it is level, the more."""
    ceiling = lane.ceiling or lane.rate
    gap = abs(lane.rate - level)
    return 3 / period * float((DEPTH * ceiling * gap * gap) ** (1 / 3)) + PROBE * ceiling


def _quiet(lane: Lane, now: datetime) -> bool:
    """Whether it is too soon after the last refusal to ask for more; the surer the ceiling, the longer that is."""
    return lane.cut_at is not None and now - lane.cut_at < QUIET * RARER ** min(lane.met, MOST_RARE)


def pushed(lane: Lane, pace: Pace, held: Held, now: datetime, lately: int | None = None) -> Lane:
    """Return the lane after the platform held it; what was claimed before the last cut teaches nothing new.

    lately: how many messages were taken within WINDOW, if that is known.
    """
    until = min(max(held.until, lane.held_until or held.until), now + LONGEST)
    lane = lane.evolve(held_until=until, why=held.why, tokens=min(lane.tokens, 0.0))
    if not held.limited:
        return lane
    lane = lane.evolve(limited=lane.limited + 1)
    if lane.cut_at is not None and (held.claimed_at <= lane.cut_at or now - lane.cut_at < DEAF):
        return lane
    full = held.until - now >= LONG and (lately or 0) >= lane.rate * ENOUGH
    ceiling, sure = _ceiling(lane, now, lately, full=full), full or _settled(lane, now)
    rate = max(pace.floor, min(pace.cap, ceiling * (SOFT if sure else HARD)))
    same = lane.ceiling is not None and abs(ceiling - lane.ceiling) < SAME * lane.ceiling
    met = lane.met + 1 if sure and same else int(sure)
    return lane.evolve(rate=rate, ceiling=ceiling, cut_at=until, taken=0, met=met)


def _settled(lane: Lane, now: datetime) -> bool:
    """Whether it had been well for long; one that was never refused, by how much it took at about this pace."""
    if lane.cut_at is None:
        return lane.taken >= lane.rate * USED
    return now - lane.cut_at >= SETTLED


def _ceiling(lane: Lane, now: datetime, lately: int | None, *, full: bool) -> float:
    """Return what the workspace takes, at most its pace. full: it has used up a window, however short the rush was.

    Else, between two refusals, it is what was taken, if that is not far from the pace.
    """
    a_second = None if lately is None else lately / WINDOW.total_seconds()
    if full and a_second is not None:
        return min(lane.rate, max(lane.rate * LEAST, a_second))
    if lane.cut_at is None or now - lane.cut_at < MEASURED:
        return lane.rate
    if a_second is None or now - lane.cut_at < WINDOW:
        a_second = lane.taken / (now - lane.cut_at).total_seconds()
    return min(lane.rate, max(lane.rate * HARD, a_second))


class Waiting(NamedTuple):
    """A message that could go now."""

    id: int
    incident: int
    priority: int
    address: str


def chosen(waiting: Collection[Waiting], room_: Room, *, apart: bool) -> list[Waiting]:
    """Return who goes now: by priority, incidents in turn, one a conversation; a share is kept from the patient."""
    picked: list[Waiting] = []
    addresses: set[str] = set()
    for one in _in_turn(waiting):
        most = room_.urgent if one.priority < Priority.AGENTS else room_.patient
        if len(picked) >= most:
            break
        if not (apart and one.address in addresses):
            picked.append(one)
            addresses.add(one.address)
    return picked


def _in_turn(waiting: Collection[Waiting]) -> Iterator[Waiting]:
    """Yield by priority; within one, each incident in its turn, its oldest first."""
    by_priority: dict[int, dict[int, list[Waiting]]] = defaultdict(lambda: defaultdict(list))
    for one in sorted(waiting, key=lambda w: w.id):
        by_priority[one.priority][one.incident].append(one)
    for _, incidents in sorted(by_priority.items()):
        yield from _alternating(list(incidents.values()))


def _alternating(queues: Sequence[Sequence[Waiting]]) -> Iterator[Waiting]:
    turns = deque(iter(queue) for queue in queues)
    while turns:
        queue = turns.popleft()
        one = next(queue, None)
        if one is not None:
            yield one
            turns.append(queue)
