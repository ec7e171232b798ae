"""What a plan of moves says: everybody's place or why not, queues, destinations, and how good it is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from bot.domain.place import SiteKind


class Method(StrEnum):
    """How a plan was found."""

    OPTIMUM = "optimum"
    BEST = "best found"
    GREEDY = "greedy by tier"


class Placement(NamedTuple):
    """One agent's place: kept is a place they were told of before, in wave 0; report_at is None for these.

    unfamiliar: not their usual queue; changed: they were told of another place before.
    """

    agent: str
    queue: str
    destination: str
    wave: int
    report_at: datetime | None
    kept: bool
    unfamiliar: bool
    changed: bool = False


class Unplaced(NamedTuple):
    """One agent without a place, and why in words; queue is their usual one.

    group is the reason as it is counted, without names of queues; "" for the reason itself.
    """

    agent: str
    queue: str
    reason: str
    group: str = ""


class QueueLine(NamedTuple):
    """A queue before and after the plan, in live seats; when mbco and full are reached, None for never.

    unfamiliar are those of them on a queue that is not their usual one; rto_min is the time to be back at mbco, 0 when
    nothing is said.
    """

    id: str
    name: str
    tier: int
    before: int
    after: int
    mbco: int
    full: int
    unfamiliar: int = 0
    mbco_at: datetime | None = None
    full_at: datetime | None = None
    rto_min: int = 0


class DestinationLine(NamedTuple):
    """A destination's seats: those there were for this incident, used by this plan, and left.

    cost is what the seats used cost a day; leads are the team leads who should go along. attested: who attested the
    seats of an outsourcer and when; sure is False when they are to be confirmed first.
    """

    id: str
    name: str
    kind: SiteKind
    ready_min: int
    seats: int
    used: int
    left: int
    card_safe_left: int
    cost: int = 0
    leads: int = 0
    attested: str = ""
    sure: bool = True


class Level(NamedTuple):
    """One level of the objective: what the plan makes of it, and what no plan can be better than; less is better.

    bound is None when nothing was proven.
    """

    name: str
    value: int
    bound: int | None

    @property
    def gap(self) -> int:
        """How far the plan is from what no plan can be better than; 0 when it is the best, or nothing is known."""
        return 0 if self.bound is None else self.value - self.bound


@dataclass(frozen=True)
class Plan:
    """Everybody's place, or why not; how it is with every queue and destination; how it was found.

    note says in words why it is not the proven optimum, "" when it is. levels are the objective's, the first counts
    most. travel_min are the minutes of those who move, together.
    """

    placements: Sequence[Placement]
    unplaced: Sequence[Unplaced]
    queues: Sequence[QueueLine]
    destinations: Sequence[DestinationLine]
    method: Method
    note: str = ""
    levels: Sequence[Level] = ()
    travel_min: int = 0

    @property
    def new(self) -> list[Placement]:
        """The placements that nobody was told of yet."""
        return [placement for placement in self.placements if not placement.kept]

    @property
    def waves(self) -> dict[int, int]:
        """How many people each new wave has."""
        return dict(sorted(Counter(p.wave for p in self.placements if not p.kept).items()))

    @property
    def gap(self) -> Level | None:
        """The first level that is not proven best, if any."""
        return next((level for level in self.levels if level.gap), None)

    @property
    def unfamiliar(self) -> int:
        """How many are placed on a queue that is not their usual one."""
        return sum(p.unfamiliar for p in self.placements)

    @property
    def changes(self) -> int:
        """How many were told of another place before."""
        return sum(p.changed for p in self.placements)

    @property
    def cost(self) -> int:
        """What the seats used cost a day."""
        return sum(line.cost for line in self.destinations)

    def reasons(self) -> list[tuple[str, int]]:
        """Return why agents have no place, and how many for each reason, the most first."""
        return Counter(one.group or one.reason for one in self.unplaced).most_common()

    def summary(self) -> dict[str, Any]:
        """Return the plan without its people, as JSON: what is kept with the plan and shown on its card."""
        return {
            "method": self.method,
            "note": self.note,
            "levels": [level._asdict() for level in self.levels],
            "placed": len(self.placements),
            "kept": sum(p.kept for p in self.placements),
            "changes": self.changes,
            "unfamiliar": self.unfamiliar,
            "cost": self.cost,
            "travel_min": self.travel_min,
            "unplaced": [list(reason) for reason in self.reasons()],
            "queues": [plain(line) for line in self.queues],
            "destinations": [plain(line) for line in self.destinations],
        }


def plain(line: NamedTuple) -> dict[str, Any]:
    """Return a tuple's fields as JSON: times are ISO text."""
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in line._asdict().items()}
