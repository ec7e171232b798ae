"""What a plan of moves is made from, and what it says; plain tuples, because there may be 100,000 of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from bot.domain.move import MoveState
from bot.domain.place import Queue, Site, SiteKind
from bot.domain.policy import Policy
from bot.domain.roll import RollState

Pairs = tuple[tuple[str, int], ...]
_CANNOT_WORK = frozenset({RollState.HELP, RollState.UNABLE})
# An approved move that nobody was told of yet binds nobody: only from told on do people stay where they were sent.
_TOLD = frozenset({MoveState.TOLD, MoveState.MOVING, MoveState.ARRIVED, MoveState.LOGGED_IN, MoveState.TAKING_CONTACTS})


class Agent(NamedTuple):
    """Somebody who lost their place: what they can do, from where, and where they were already told to go.

    skills are (skill, level 1 to 5), travel is (site id, minutes), tested the ISO date of the last log-in from home;
    sent_to and sent_for are the destination and queue of the move they were told of, "" for none.
    """

    id: str
    queue: str
    skills: Pairs = ()
    languages: tuple[str, ...] = ()
    kit: bool = False
    mbps: int = 0
    tested: str = ""
    pay_ok: bool = False
    travel: Pairs = ()
    mobility: bool = True
    can_work: bool = True
    sent_to: str = ""
    sent_for: str = ""
    site: str = ""
    team: str = ""
    shift: str = ""
    tz: str = "UTC"


class Demand(NamedTuple):
    """A queue's need: live counts those at work now, without any agent of the situation; all are seats."""

    id: str
    name: str
    tier: int
    mbco: int
    full: int
    live: int
    skill: str = ""
    languages: tuple[str, ...] = ()
    payment_cards: bool = False
    residency: str = ""


class Destination(NamedTuple):
    """A place that can take people: seats are those left for this incident, card_safe_seats are some of them."""

    id: str
    name: str
    kind: SiteKind
    seats: int
    card_safe_seats: int = 0
    ready_min: int = 0
    residency: str = ""
    hit: bool = False


class Rules(NamedTuple):
    """What the organisation decided: minutes, days and people.

    notice_min is what people need to read and answer, wave_every_min the time from one wave to the next.
    """

    payments_from_home: bool
    home_test_days: int
    max_travel_min: int
    wave_size: int
    notice_min: int = 15
    wave_every_min: int = 15


@dataclass(frozen=True)
class Situation:
    """All that a plan depends on."""

    agents: Sequence[Agent]
    queues: Sequence[Demand]
    destinations: Sequence[Destination]
    rules: Rules
    now: datetime


def agent_of(row: Mapping[str, Any]) -> Agent:
    """Return the agent of a row: the person's columns, with said, move_state, destination_id and move_queue."""
    home = row["home"] or {}
    told = row["move_state"] in _TOLD
    return Agent(
        id=row["id"],
        queue=row["queue"],
        skills=tuple(sorted(row["skills"].items())),
        languages=tuple(row["languages"]),
        kit=home.get("kit", False),
        mbps=home.get("mbps", 0),
        tested=home.get("tested", ""),
        pay_ok=home.get("pay_ok", False),
        travel=tuple(sorted(row["travel"].items())),
        mobility=row["mobility"],
        can_work=row["said"] not in _CANNOT_WORK,
        sent_to=(row["destination_id"] or "") if told else "",
        sent_for=(row["move_queue"] or "") if told else "",
        site=row["site"],
        team=row["team"],
        shift=row["shift"],
        tz=row["tz"],
    )


def demand_of(queue: Queue, live: int) -> Demand:
    """Return what a queue needs when this many work it now."""
    need = (queue.mbco, queue.full_seats, live)
    return Demand(
        queue.id, queue.name, queue.tier, *need, queue.skill, queue.languages, queue.payment_cards, queue.residency
    )


def destination_of(site: Site, *, taken: int = 0, card_taken: int = 0, hit: bool = False) -> Destination:
    """Return what is left of a site: taken are its own people at work and seats held by other incidents.

    card_taken: those of them who take card payments.
    """
    seats = max(0, site.seats - taken)
    safe = min(seats, max(0, site.card_safe_seats - card_taken))
    return Destination(site.id, site.name, site.kind, seats, safe, site.ready_min, site.residency, hit)


def rules_of(policy: Policy) -> Rules:
    """Return the rules that a policy holds."""
    return Rules(policy.payments_from_home, policy.home_test_days, policy.max_travel_min, policy.wave_size)


class Placement(NamedTuple):
    """One agent's place: kept is a place they were told of before, in wave 0; report_at is None for these."""

    agent: str
    queue: str
    destination: str
    wave: int
    report_at: datetime | None
    kept: bool
    unfamiliar: bool


class Unplaced(NamedTuple):
    """One agent without a place, and why in words; queue is their usual one."""

    agent: str
    queue: str
    reason: str


class QueueLine(NamedTuple):
    """A queue before and after the plan, in live seats."""

    id: str
    name: str
    tier: int
    before: int
    after: int
    mbco: int
    full: int


class DestinationLine(NamedTuple):
    """A destination's seats: those there were for this incident, used by this plan, and left."""

    id: str
    name: str
    kind: SiteKind
    ready_min: int
    seats: int
    used: int
    left: int
    card_safe_left: int


@dataclass(frozen=True)
class Plan:
    """Everybody's place, or why not; how it is with every queue and destination; method names the planner."""

    placements: Sequence[Placement]
    unplaced: Sequence[Unplaced]
    queues: Sequence[QueueLine]
    destinations: Sequence[DestinationLine]
    method: str

    @property
    def new(self) -> list[Placement]:
        """The placements that nobody was told of yet."""
        return [placement for placement in self.placements if not placement.kept]

    @property
    def waves(self) -> dict[int, int]:
        """How many people each new wave has."""
        return dict(sorted(Counter(p.wave for p in self.placements if not p.kept).items()))

    def reasons(self) -> list[tuple[str, int]]:
        """Return why agents have no place, and how many for each reason, the most first."""
        return Counter(unplaced.reason for unplaced in self.unplaced).most_common()

    def summary(self) -> dict[str, Any]:
        """Return the plan without its people, as JSON: what is kept with the plan and shown on its card."""
        return {
            "method": self.method,
            "placed": len(self.placements),
            "kept": sum(p.kept for p in self.placements),
            "unfamiliar": sum(p.unfamiliar for p in self.placements),
            "unplaced": [list(reason) for reason in self.reasons()],
            "queues": [line._asdict() for line in self.queues],
            "destinations": [line._asdict() for line in self.destinations],
        }
