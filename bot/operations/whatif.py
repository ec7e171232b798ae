"""What if: the planner on today's roster without an incident, and what would help most."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from bot.domain.capacity import pools
from bot.domain.nearest import did_you_mean
from bot.domain.person import Person, PersonKind
from bot.domain.place import SiteKind
from bot.domain.policy import Policy
from bot.domain.refusal import Refused
from bot.domain.relocation import (
    Agent,
    Outcome,
    Plan,
    Situation,
    demand_of,
    destination_of,
    outcome_of,
    rules_of,
)
from bot.domain.roster import Roster
from bot.domain.vendor import Vendor, as_attested, offers
from bot.operations.situation import attested, hazard

TEN = 10
MOST_TRIED = 24


class Help(NamedTuple):
    """Something that would help: what it is, how much less each level of the objective would be, whom queues gain."""

    what: str
    gains: tuple[int, ...]
    people: dict[str, int]


def situation(
    roster: Roster,
    policy: Policy,
    vendors: Collection[Vendor],
    *,
    sites: Collection[str],
    queues: Collection[str],
    category: str,
    at: datetime,
) -> Situation:
    """Return what a plan would be made from if these sites or queues were hit at a moment; Refused for wrong names.

    vendors: what outsourcers attested counts as in a real plan, and as it will stand at that moment.
    """
    _check(roster, sites, queues)
    agents = [p for p in roster.people if p.kind is PersonKind.AGENT]
    hit = [p for p in agents if p.site in sites or p.queue in queues]
    rest = [p for p in agents if p.site not in sites and p.queue not in queues]
    if not hit:
        raise Refused("Nobody works there: no agent would lose their place.", instead="Name other sites or queues.")
    taken = Counter((p.site, p.queue) for p in rest)
    leads = Counter(team.site for team in roster.teams if team.lead)
    cards = {q.id for q in roster.queues if q.payment_cards}
    live = Counter(p.queue for p in rest)
    known = {site.id: site for site in roster.sites}
    offered = offers(known, vendors, {q.skill for q in roster.queues}, at.date())
    places = as_attested(known, offered)
    return Situation(
        agents=[_agent(p) for p in hit],
        queues=[demand_of(q, live[q.id]) for q in roster.queues],
        destinations=[
            destination_of(
                site,
                taken=sum(n for (where, _), n in taken.items() if where == site.id),
                card_taken=sum(n for (where, queue), n in taken.items() if where == site.id and queue in cards),
                hit=site.id in sites,
                leads=0 if site.id in sites else leads[site.id],
                span=policy.span,
            )._replace(**attested(offered.get(site.id)))
            for site in places.values()
        ],
        rules=rules_of(policy),
        now=at,
        pools=pools(places, roster.systems, taken),
        leads=sum(leads[site] for site in sites),
        hazard_areas=hazard(category, [places[site] for site in sites]),
    )


def _check(roster: Roster, sites: Collection[str], queues: Collection[str]) -> None:
    for noun, named, known in (("site", sites, roster.sites), ("queue", queues, roster.queues)):
        ids = [one.id for one in known]
        for name in named:
            if name not in ids:
                raise Refused(f"There is no {noun} {name}; {did_you_mean(name, ids)}")


def _agent(person: Person) -> Agent:
    home = person.home
    return Agent(
        id=person.id,
        queue=person.queue,
        skills=tuple(sorted(person.skills.items())),
        languages=person.languages,
        kit=home.kit,
        mbps=home.mbps,
        tested=home.tested,
        pay_ok=home.pay_ok,
        travel=tuple(sorted(person.travel.items())),
        mobility=person.mobility,
        site=person.site,
        team=person.team,
        shift=person.shift,
        tz=person.tz,
        area=person.area,
    )


def helps(asked: Situation, plan: Plan) -> list[Help]:
    """Return what would help most, the most first: ten seats, ten laptops, ten cross-skilled people, each tried."""
    tried = [_help(plan, what, outcome_of(other)) for what, other in _tries(asked, plan)]
    useful = [help_ for help_ in tried if any(help_.gains) and help_.gains > (0,) * len(help_.gains)]
    return sorted(useful, key=lambda help_: help_.gains, reverse=True)[:TEN]


def _help(plan: Plan, what: str, then: Outcome) -> Help:
    gains = tuple(level.value - after for level, after in zip(plan.levels, then.levels, strict=True))
    more = {line.name: then.staffed[line.name] - (line.after - line.before) for line in plan.queues}
    return Help(what, gains, {name: n for name, n in more.items() if n})


def _tries(asked: Situation, plan: Plan) -> Iterator[tuple[str, Situation]]:
    """Yield changes worth trying, so many at most: places that are full, queues that stay short."""
    seats = list(_more_seats(asked, plan))
    people = list(_more_people(asked, plan))
    most = MOST_TRIED - min(len(seats), MOST_TRIED // 2)
    yield from [*people[:most], *seats][:MOST_TRIED]


def _more_seats(asked: Situation, plan: Plan) -> Iterator[tuple[str, Situation]]:
    full = {line.id for line in plan.destinations if not line.left or not line.card_safe_left}
    for n, place in enumerate(asked.destinations):
        if place.id in full:
            more = place._replace(seats=place.seats + TEN, card_safe_seats=place.card_safe_seats + TEN)
            what = "log-ins from home" if place.kind is SiteKind.HOME else f"seats at {place.name}, card-safe"
            yield (
                f"{TEN} more {what}",
                replace(asked, destinations=[*asked.destinations[:n], more, *asked.destinations[n + 1 :]]),
            )


def _more_people(asked: Situation, plan: Plan) -> Iterator[tuple[str, Situation]]:
    """Yield laptops for people of queues that stay short, and their skill for ten who have no place or much company."""
    people = {agent.id: agent for agent in asked.agents}
    unplaced = [people[one.agent] for one in plan.unplaced]
    today = asked.now.date().isoformat()
    for line in sorted((q for q in plan.queues if q.after < q.full), key=lambda q: (q.after >= q.mbco, q.tier, q.id)):
        queue = next(q for q in asked.queues if q.id == line.id)
        need = [a for a in unplaced if a.can_work and a.queue == line.id and not (a.kit and a.tested)][:TEN]
        if need:
            given = {a.id: a._replace(kit=True, tested=today) for a in need}
            yield f"{len(need)} laptops, tried out at home, for {line.name}", _with(asked, given)
        learn = [
            a
            for a in asked.agents
            if a.can_work and a.queue != line.id and _able(a) and queue.skill not in dict(a.skills)
        ]
        if queue.skill and learn:
            chosen = sorted(
                learn, key=lambda a: (a.queue not in _idle(plan), not set(queue.languages) & set(a.languages))
            )[:TEN]
            skilled = {a.id: _taught(a, queue.skill, queue.languages) for a in chosen}
            yield f"{len(chosen)} people cross-skilled for {line.name}", _with(asked, skilled)


def _able(agent: Agent) -> bool:
    return bool(agent.kit and agent.tested) or (agent.mobility and bool(agent.travel))


def _idle(plan: Plan) -> set[str]:
    """Return the queues whose people have no place because their queue needs no more."""
    return {one.queue for one in plan.unplaced if "fully staffed" in one.reason}


def _taught(agent: Agent, skill: str, languages: tuple[str, ...]) -> Agent:
    words = (
        agent.languages if not languages or set(languages) & set(agent.languages) else (*agent.languages, languages[0])
    )
    return agent._replace(skills=tuple(sorted((*agent.skills, (skill, 3)))), languages=words)


def _with(asked: Situation, changed: dict[str, Agent]) -> Situation:
    return replace(asked, agents=[changed.get(agent.id, agent) for agent in asked.agents])
