"""The plan as a linear model: a column for each way of each class, rows for all that is limited; HiGHS's arrays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.domain.place import SiteKind
from bot.domain.relocation_classes import Classes
from bot.domain.relocation_terms import Pool

Ints = npt.NDArray[np.int64]
LEVELS = (
    "tier-1 seats below mbco",
    "other tiers' seats below mbco, by weight of tier",
    "seats below full, by weight of tier",
    "minutes to ready, by weight of tier",
    "travel, unfamiliar queues and cost, in minutes",
    "people told of another place, or of none any more",
)


class Limit(NamedTuple):
    """A row: what is limited, by which destination or pool, how much there is; ratio is what one more lead adds."""

    kind: str
    of: int
    most: int
    ratio: int = 0


@dataclass(frozen=True)
class Model:
    """All columns: which class, queue and destination each is, and its place in the levels; all whole numbers.

    limits are the rows beside classes and queues, uses the columns that each takes from.
    """

    classes: Classes
    of: Ints
    queue: Ints
    place: Ints
    ready: Ints
    travel: Ints
    extra: Ints
    kept: npt.NDArray[np.bool_]
    counts: Ints
    limits: Sequence[Limit]
    uses: Sequence[npt.NDArray[np.bool_]]
    told: int

    @property
    def size(self) -> int:
        """How many columns there are."""
        return len(self.of)

    @property
    def leads(self) -> int:
        """How many team leads can go along."""
        return self.classes.situation.leads

    def costs(self) -> list[Ints]:
        """Return what one person in each column counts in levels 4 to 6."""
        weight = self._weights()
        return [self.ready * weight[self.queue], self.travel + self.extra, -self.kept.astype(np.int64)]

    def _weights(self) -> Ints:
        rules = self.classes.rules
        return np.array([rules.weight(q.tier) for q in self.classes.queues], np.int64)

    def gaps(self, given: Ints) -> tuple[Ints, Ints]:
        """Return for each queue how many seats are missing to mbco, and how many from there to full."""
        mbco, full = (np.array([need[n] for need in self.classes.needs], np.int64) for n in (0, 1))
        got = np.bincount(self.queue, given, len(full)).astype(np.int64)
        return np.maximum(0, mbco - got), np.minimum(full - mbco, np.maximum(0, full - got))

    def levels(self, given: Ints) -> list[int]:
        """Return the six levels of a plan that gives each column so many people, exactly."""
        below, missing = self.gaps(given)
        weight = self._weights()
        first = np.array([q.tier == 1 for q in self.classes.queues])
        seats = [below[first].sum(), (below * weight)[~first].sum(), (missing * weight).sum()]
        rest = [int((cost * given).sum()) for cost in self.costs()]
        return [*map(int, seats), rest[0], rest[1], rest[2] + self.told]

    def leads_needed(self, given: Ints) -> dict[int, int]:
        """Return how many leads must go along to each destination."""
        found = {}
        for limit, uses in zip(self.limits, self.uses, strict=True):
            if limit.ratio and (over := int(given[uses].sum()) - limit.most) > 0:
                found[limit.of] = -(-over // limit.ratio)
        return found

    def holds(self, given: Ints) -> bool:
        """Whether a plan keeps every limit, exactly."""
        if (given < 0).any() or (np.bincount(self.of, given, len(self.counts)) > self.counts).any():
            return False
        full = np.array([full for _, full in self.classes.needs], np.int64)
        if (np.bincount(self.queue, given, len(full)) > full).any() or not self._locked(given):
            return False
        rows = zip(self.limits, self.uses, strict=True)
        return self._led(given) and all(limit.ratio or given[uses].sum() <= limit.most for limit, uses in rows)

    def _led(self, given: Ints) -> bool:
        return sum(self.leads_needed(given).values()) <= self.leads

    def _locked(self, given: Ints) -> bool:
        got = np.bincount(self.of, given, len(self.counts))
        return all(c.lock is None or got[n] == len(c.members) for n, c in enumerate(self.classes.all))


def model(classes: Classes) -> Model:
    """Return the model of these classes."""
    flat = [(n, *way) for n, one in enumerate(classes.all) for way in one.ways]
    table = np.array(flat, np.int64).reshape(len(flat), 7)
    of, queue, place, ready, travel, extra, kept = table.T
    limits = list(_limits(classes))
    return Model(
        classes=classes,
        of=of,
        queue=queue,
        place=place,
        ready=ready,
        travel=travel,
        extra=extra,
        kept=kept.astype(np.bool_),
        counts=np.array([len(one.members) for one in classes.all], np.int64),
        limits=limits,
        uses=[_uses(classes, limit, queue, place) for limit in limits],
        told=sum(bool(agent.sent_to) for agent in classes.situation.agents),
    )


def _limits(classes: Classes) -> Iterator[Limit]:
    for n, place in enumerate(classes.places):
        yield Limit("seats", n, place.seats)
        if place.kind is not SiteKind.HOME:
            yield Limit("card-safe seats", n, min(place.seats, place.card_safe_seats))
        if place.ratio_max:
            yield Limit("team leads", n, max(0, place.ratio_max * place.leads - place.led), place.ratio_max)
    for n, pool in enumerate(classes.situation.pools):
        yield Limit("pool", n, max(0, pool.left))


def _uses(classes: Classes, limit: Limit, queue: Ints, place: Ints) -> npt.NDArray[np.bool_]:
    if limit.kind == "pool":
        return _pool(classes, classes.situation.pools[limit.of], queue, place)
    there: npt.NDArray[np.bool_] = place == limit.of
    if limit.kind == "card-safe seats":
        return there & np.array([q.payment_cards for q in classes.queues], np.bool_)[queue]
    return there


def _pool(classes: Classes, pool: Pool, queue: Ints, place: Ints) -> npt.NDArray[np.bool_]:
    places = np.array([not pool.destinations or d.id in pool.destinations for d in classes.places], np.bool_)
    queues = np.array([not pool.queues or q.id in pool.queues for q in classes.queues], np.bool_)
    used: npt.NDArray[np.bool_] = places[place] & queues[queue]
    return used
