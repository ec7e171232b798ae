"""What a plan of moves is made from; plain tuples, because there may be 100,000 of them."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from bot.domain.move import MoveState
from bot.domain.place import Queue, Site, SiteKind
from bot.domain.policy import Policy
from bot.domain.relocation_wishes import NO_WISHES, Wishes
from bot.domain.roll import RollState

Pairs = tuple[tuple[str, int], ...]
_CANNOT_WORK = frozenset({RollState.HELP, RollState.UNABLE})
# An approved move that nobody was told of yet binds nobody: only from told on do people stay where they were sent.
_TOLD = frozenset({MoveState.TOLD, MoveState.MOVING, MoveState.ARRIVED, MoveState.LOGGED_IN, MoveState.TAKING_CONTACTS})


class Agent(NamedTuple):
    """Somebody who lost their place: what they can do, from where, and where they were already told to go.

    skills are (skill, level 1 to 5), travel is (site id, minutes), tested the ISO date of the last log-in from home;
    sent_to, sent_for and sent_state are destination, queue and state of the move they were told of, "" for none.
    shift is such as "mon-fri 08:00-16:00" in tz, "" for any time; area is where they live.
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
    area: str = ""
    sent_state: str = ""


class Demand(NamedTuple):
    """A queue's need: live counts those at work now, without any agent of the situation; all are seats.

    level is the least level of the skill that lets somebody help out; rto_min the time to be back at mbco, 0 for none
    said.
    """

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
    level: int = 1
    rto_min: int = 0


class Destination(NamedTuple):
    """A place that can take people: seats are those left for this incident, card_safe_seats are some of them.

    ratio_max is how many people one team lead there can look after, 0 for no limit; leads are those there now and led
    the people whom they have. cost is what a seat costs a day. skills: those that an outsourcer attested, none for any;
    attested says in words who did and when; sure is False when that has to be confirmed first.
    """

    id: str
    name: str
    kind: SiteKind
    seats: int
    card_safe_seats: int = 0
    ready_min: int = 0
    residency: str = ""
    hit: bool = False
    area: str = ""
    cost: int = 0
    ratio_max: int = 0
    leads: int = 0
    led: int = 0
    skills: tuple[str, ...] = ()
    attested: str = ""
    sure: bool = True


class Pool(NamedTuple):
    """Something that only so many people can use at once, such as VPN sessions or licences: left is for this plan.

    It is used by whoever works one of these queues at one of these destinations; none named stands for all.
    """

    id: str
    name: str
    left: int
    destinations: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()


class Rules(NamedTuple):
    """What the organisation decided: minutes, days and people.

    notice_min is what people need to read and answer, wave_every_min the time from one wave to the next. tier_weights
    say what a seat of tier 1, 2 … weighs. off_skill_min and cost_min turn one person on an unfamiliar queue and one
    unit of money into minutes of travel. call_in: whether people are called in
    outside their shift; shift_left_min is how much of a shift must be left to be worth the way.
    """

    payments_from_home: bool
    home_test_days: int
    max_travel_min: int
    wave_size: int
    notice_min: int = 15
    wave_every_min: int = 15
    tier_weights: tuple[int, ...] = (8, 4, 2, 1)
    off_skill_min: int = 30
    cost_min: int = 1
    call_in: bool = False
    shift_left_min: int = 60
    limit_s: float = 60.0

    def weight(self, tier: int) -> int:
        """Return what a seat of a queue of this tier weighs."""
        return self.tier_weights[min(tier, len(self.tier_weights)) - 1]


@dataclass(frozen=True)
class Situation:
    """All that a plan depends on; leads are the team leads who lost their place and can go along."""

    agents: Sequence[Agent]
    queues: Sequence[Demand]
    destinations: Sequence[Destination]
    rules: Rules
    now: datetime
    wishes: Wishes = NO_WISHES
    pools: Sequence[Pool] = ()
    leads: int = 0
    hazard_areas: AbstractSet[str] = frozenset()


def agent_of(row: Mapping[str, Any]) -> Agent:
    """Return the agent of a row: the person's columns, with said, move_state, destination_id and move_queue.

    skills and travel are pairs, sorted.
    """
    home = row["home"] or {}
    told = row["move_state"] in _TOLD
    return Agent(
        id=row["id"],
        queue=row["queue"],
        skills=row["skills"],
        languages=row["languages"],
        kit=home.get("kit", False),
        mbps=home.get("mbps", 0),
        tested=home.get("tested", ""),
        pay_ok=home.get("pay_ok", False),
        travel=row["travel"],
        mobility=row["mobility"],
        can_work=row["said"] not in _CANNOT_WORK,
        sent_to=(row["destination_id"] or "") if told else "",
        sent_for=(row["move_queue"] or "") if told else "",
        site=row["site"],
        team=row["team"],
        shift=row["shift"],
        tz=row["tz"],
        area=row["area"],
        sent_state=row["move_state"] if told else "",
    )


def demand_of(queue: Queue, live: int) -> Demand:
    """Return what a queue needs when this many work it now."""
    return Demand(
        id=queue.id,
        name=queue.name,
        tier=queue.tier,
        mbco=queue.mbco,
        full=queue.full_seats,
        live=live,
        skill=queue.skill,
        languages=queue.languages,
        payment_cards=queue.payment_cards,
        residency=queue.residency,
        level=queue.skill_level,
        rto_min=queue.rto_min,
    )


def destination_of(
    site: Site, *, taken: int = 0, card_taken: int = 0, hit: bool = False, leads: int = 0, span: int = 0
) -> Destination:
    """Return what is left of a site: taken are its own people at work and seats held by other incidents.

    card_taken: those of them who take card payments; leads: team leads there; span: the most people for one lead.
    """
    seats = max(0, site.seats - taken)
    safe = min(seats, max(0, site.card_safe_seats - card_taken))
    place = Destination(site.id, site.name, site.kind, seats, safe, site.ready_min, site.residency, hit)
    return place._replace(area=site.area, cost=site.seat_cost, ratio_max=site.ratio_max or span, leads=leads, led=taken)


def rules_of(policy: Policy) -> Rules:
    """Return the rules that a policy holds."""
    return Rules(
        policy.payments_from_home,
        policy.home_test_days,
        policy.max_travel_min,
        policy.wave_size,
        tier_weights=policy.tier_weights,
        off_skill_min=policy.off_skill_min,
        cost_min=policy.cost_min,
        call_in=policy.call_in,
        shift_left_min=policy.shift_left_min,
        limit_s=policy.plan_seconds,
    )
