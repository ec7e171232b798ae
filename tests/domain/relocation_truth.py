"""Whether what a plan says to those without a place is true: read out of its words, judged by the per-agent model."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from bot.domain.place import SiteKind
from bot.domain.relocation import Agent, Demand, Destination, Plan, Situation, Unplaced
from tests.domain import relocation_oracle as oracle

SPOKEN = {"en": "English", "de": "German"}
STAFFED = re.compile(
    r"(?:(?P<lacks>.+), and )?(?P<queue>\w+)(?P<more> and the other queues they can work are| is) "
    r"(?P<how>fully staffed without them|left out by wish|left out by wish or fully staffed)"
)
PLACES = re.compile(
    r"(?:for (?P<queue>\w+): )?(?:at (?P<at>\w+), where they are, (?P<there>[^;]+)(?:; |$))?"
    r"(?:(?P<home>.+), and (?P<site>.+?))?"
)
LEVEL = re.compile(r"has level (\d) of (\w+), and (\w+) asks for (\d)")
LAST_TEST = "2026-08-04"


class Case(NamedTuple):
    """One agent and the queue that their reason is about."""

    agent: Agent
    queue: Demand


class Judge:
    """What is so when a plan is made."""

    def __init__(self, asked: Situation, found: Plan) -> None:
        self.asked, self.found = asked, found
        self.ways = oracle.ways_of(asked, found)
        got = Counter(queue for _, queue, _ in self.ways)
        self.short = {q.id for n, q in enumerate(asked.queues) if got[n] < oracle.needs(asked, q)[1]}
        self.open = [d for d in asked.destinations if oracle.is_open(asked, d)]
        self.homes = [d for d in self.open if d.kind is SiteKind.HOME]
        self.sites = [d for d in self.open if d.kind is not SiteKind.HOME]
        self.named = {q.name: q for q in asked.queues}
        self.spent = {name for name, most, uses in oracle.limits(asked) if sum(map(uses, self.ways)) >= most}

    def wrong(self, one: Unplaced) -> str:
        """Return what is not true of a reason, nothing when all of it is."""
        agent = next(a for a in self.asked.agents if a.id == one.agent)
        out = self._out(agent)
        if out or one.reason in OUT:
            return "" if out == one.reason else f"{out or 'in the plan'} is so"
        if one.reason == "no queue asks for their skills and languages":
            return "one does" if self._able(agent) else ""
        if said := STAFFED.fullmatch(one.reason):
            return self._wrong_staffed(agent, **said.groupdict())
        if not self._able(agent):
            return self._wrong_lacks(agent, one.reason)
        said = PLACES.fullmatch(one.reason)
        return self._wrong_places(agent, **said.groupdict()) if said else "nobody knows these words"

    def _out(self, agent: Agent) -> str:
        return next((words for words, so in OUT.items() if so(self.asked, agent)), "")

    def _able(self, agent: Agent) -> list[Demand]:
        """Return the queues that somebody can work, wherever that is, or works where they are."""
        return [q for q in self.asked.queues if oracle.can_work(agent, q) or self._there(Case(agent, q))]

    def _there(self, case: Case) -> list[Destination]:
        """Return the place where somebody may be only because they are there already."""
        return [d for d in self.open if oracle.fits(self.asked, *case, d) and not oracle.comes(self.asked, *case, d)]

    def _wrong_staffed(self, agent: Agent, lacks: str | None, queue: str, more: str, how: str) -> str:
        able = self._able(agent)
        if self.named[queue] not in able or (len(able) > 1) != ("other" in more):
            return f"they can work {[q.id for q in able]}"
        if any(q.id in self.short for q in able):
            return "one of them is short"
        left = {q.id in self.asked.wishes.queues_out for q in able}
        words = {(False,): "fully staffed without them", (True,): "left out by wish"}
        if how != words.get(tuple(left), "left out by wish or fully staffed"):
            return f"left out: {left}"
        return self._wrong_lacks(agent, lacks) if lacks else ""

    def _wrong_lacks(self, agent: Agent, lacks: str) -> str:
        skills = dict(agent.skills)
        needed = [q for q in self.asked.queues if q.id in self.short and q.skill in skills and q.id != agent.queue]
        if said := LEVEL.fullmatch(lacks):
            level, skill, queue, asks = said.groups()
            asker = self.named[queue]
            so = asker in needed and (asker.skill, asker.level, skills[skill]) == (skill, int(asks), int(level))
            return "" if so and int(level) < int(asks) else "they have the level"
        silent = [q for q in needed if q.languages and not set(q.languages) & set(agent.languages)]
        said_of = {f"speaks no {' or '.join(SPOKEN[code] for code in q.languages)}" for q in silent}
        return "" if lacks in said_of else "they speak it, or nobody asks for it"

    def _wrong_places(
        self, agent: Agent, queue: str | None, at: str | None, there: str | None, home: str | None, site: str | None
    ) -> str:
        asked = next((q for q in self.asked.queues if q.name == queue or (not queue and q.id == agent.queue)), None)
        if asked is None or asked.id not in self.short or asked not in self._able(agent):
            return "that queue is not theirs, or needs nobody"
        case = Case(agent, asked)
        now = self._there(case)
        if [at or ""] != ([d.name for d in now] or [""]) or (home is not None) != oracle.can_work(agent, asked):
            return f"they are at {now}"
        parts = [(there or "", now, {}), (home or "", self.homes, HOME), (site or "", self.sites, SITE)]
        wrong = (self._wrong_part(case, part, places, plain) for part, places, plain in parts if part)
        return next(filter(None, wrong), "")

    def _wrong_part(self, case: Case, part: str, places: list[Destination], plain: Mapping[str, "Claim"]) -> str:
        """Every claim of a part is so, and together they stand in the way at each place where somebody could be."""
        could = [d for d in places if oracle.fits(self.asked, *case, d) and (not plain or d not in self._there(case))]
        if so := plain.get(re.sub(r"(?<=stay in )\w\w", "XX", part)):
            return "" if so(self, case) and not could else f"{part!r}: not so"
        if part.endswith(f" attested no {case.queue.skill}"):
            names = re.split(r", | and ", part.removesuffix(f" attested no {case.queue.skill}"))
            near = {d.name: d for d in self._near(case)}
            so = not could and all(
                n in near and oracle.may_hold(case.queue, near[n]) and not oracle.attests(case.queue, near[n])
                for n in names
            )
            return "" if so else f"{part!r}: not so"
        covered = set[str]()
        for claim in re.split(r", | and (?=no |the |CRM|every )", part):
            found = [d for d in could if self._stands(claim, case, d)]
            if not found or (
                not re.search(r" at [A-Z]", claim) and "can take" not in claim and len(found) < len(could)
            ):
                return f"{claim!r}: not so"
            covered |= {d.id for d in found}
        if free := [d.id for d in could if d.id not in covered or not self._breaks(case, d)]:
            return f"{part!r}: {free} could take them"
        return ""

    def _near(self, case: Case) -> list[Destination]:
        return [d for d in self.sites if dict(case.agent.travel).get(d.id, 999) <= self.asked.rules.max_travel_min]

    def _breaks(self, case: Case, place: Destination) -> bool:
        """Whether one more there is more than the plan can take."""
        numbers = (
            self.asked.agents.index(case.agent),
            self.asked.queues.index(case.queue),
            self.asked.destinations.index(place),
        )
        return bool(oracle.broken(self.asked, [*self.ways, numbers]))

    def _stands(self, claim: str, case: Case, place: Destination) -> bool:
        """Whether a claim is so at a place; what is said of another place is not."""
        named = re.search(r" at ([A-Z]\w+)(?: but those held back)?$", claim)
        if named and named[1] != place.name:
            return False
        held = bool(self.asked.wishes.held_back.get(place.id))
        if "seat is left" in claim or "log-in from home" in claim:
            if "card-safe" in claim:
                return case.queue.payment_cards and bool({f"safe at {place.id}", f"seats at {place.id}"} & self.spent)
            return f"seats at {place.id}" in self.spent and held == ("but those held back" in claim)
        if claim.startswith("no team lead is free"):
            return (
                oracle.leads_wanted(self.asked, [*self.ways, (-1, -1, self.asked.destinations.index(place))])
                > self.asked.leads
            )
        return any(
            claim == f"{pool.name} can take no more"
            and pool.id in self.spent
            and (not pool.queues or case.queue.id in pool.queues)
            and (not pool.destinations or place.id in pool.destinations)
            for pool in self.asked.pools
        )


Claim = Callable[[Judge, Case], bool]
OUT: Mapping[str, Callable[[Situation, Agent], bool]] = {
    "has answered, and is not to be moved now": lambda _, a: not a.can_work,
    "lives where it hit: safety and family first": lambda s, a: bool(a.area) and a.area in s.hazard_areas,
    "was left out of the plan by wish": lambda s, a: oracle.is_left(s, a) and not oracle.stays(s, a),
}
HOME: Mapping[str, Claim] = {
    "working from home is not open": lambda j, _: not j.homes,
    "takes card payments, policy forbids that at home": lambda j, c: (
        c.queue.payment_cards and not j.asked.rules.payments_from_home
    ),
    "takes card payments, the home is not cleared for them": lambda j, c: (
        c.queue.payment_cards and j.asked.rules.payments_from_home and not c.agent.pay_ok
    ),
    "has no kit at home": lambda _, c: not c.agent.kit,
    "has never tested the log-in from home": lambda _, c: not c.agent.tested,
    "tested the log-in from home more than 90 days ago": lambda _, c: "" < c.agent.tested < LAST_TEST,
    "the queue's data must stay in XX": lambda j, c: all(not oracle.may_hold(c.queue, d) for d in j.homes),
}
SITE: Mapping[str, Claim] = {
    "can't be sent to another site": lambda _, c: not c.agent.mobility,
    "no open site is within 90 min": lambda j, c: not j._near(c),
    "no site within 90 min may hold the queue's data": lambda j, c: all(
        not oracle.may_hold(c.queue, d) for d in j._near(c)
    ),
}


def lies(asked: Situation, found: Plan) -> Iterator[str]:
    """Yield every reason of a plan that is not wholly true, and why."""
    judge = Judge(asked, found)
    for one in found.unplaced:
        if wrong := judge.wrong(one):
            yield f"{one.agent}: “{one.reason}”: {wrong}"
