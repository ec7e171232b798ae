"""What a plan of moves depends on, read from the rows."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain import relocation
from bot.domain.capacity import card_queues, limits, pools, used
from bot.domain.incident import Incident
from bot.domain.place import Site
from bot.domain.policy import Policy
from bot.domain.relocation import Destination, Pool, Situation, Wishes
from bot.domain.relocation_wishes import NO_WISHES
from bot.domain.runbook import Category
from bot.domain.vendor import Offer, as_attested, offers
from bot.domain.wording import vendors as wording
from bot.operations import live
from bot.storage import incidents, places, planning, tallies, vendors
from bot.storage.database import Db


async def situation(policy: Policy, db: Db, incident: Incident, wishes: Wishes = NO_WISHES) -> Situation:
    """Read all that a plan depends on."""
    at_work = (await live.live(db, incident, await tallies.of(db, incident.id))).beside
    queues, hit = await places.queues(db), await sites_hit(db, incident)
    sites, _ = await places_now(db)
    taken = await planning.at_work(db, incident.id)
    leads = await planning.leads(db, incident.id)
    return Situation(
        agents=await planning.agents(db, incident.id, sorted(hit)),
        queues=[relocation.demand_of(q, at_work.get(q.id, 0)) for q in queues.values()],
        destinations=await destinations(policy, db, incident),
        rules=relocation.rules_of(policy),
        now=db.now,
        wishes=wishes,
        pools=pools(sites, (await places.systems(db)).values(), taken),
        leads=leads_going(leads),
        hazard_areas=hazard(incident.category, [sites[key] for key in incident.sites if key in sites]),
    )


async def destinations(policy: Policy, db: Db, incident: Incident) -> list[Destination]:
    """Return every place with what is left of it for an incident, and the team leads there."""
    sites, offered = await places_now(db)
    hit, taken = await sites_hit(db, incident), await planning.at_work(db, incident.id)
    leads = await planning.leads(db, incident.id)
    cards = card_queues((await places.queues(db)).values())
    return [
        relocation.destination_of(
            site,
            taken=used(taken, (key,)),
            card_taken=used(taken, (key,), cards) if cards else 0,
            hit=key in hit,
            leads=leads.get((key, "rest"), 0),
            span=policy.span,
        )._replace(**attested(offered.get(key)))
        for key, site in sites.items()
    ]


def leads_going(leads: Mapping[tuple[str, str], int]) -> int:
    """Return how many team leads lost their place and can go along."""
    return sum(n for (_, scope), n in leads.items() if scope == "hit")


async def places_now(db: Db) -> tuple[dict[str, Site], dict[str, Offer]]:
    """Return the sites with the seats that can be counted on, and what outsourcers attested of theirs."""
    sites, skills = await places.sites(db), {queue.skill for queue in (await places.queues(db)).values()}
    offered = offers(sites, (await vendors.every(db)).values(), skills, db.now.date())
    return as_attested(sites, offered), offered


async def limits_now(db: Db, incident: int) -> list[Pool]:
    """Return all that an incident's moves share with others, and how much of each they can have now."""
    sites, _ = await places_now(db)
    cards = card_queues((await places.queues(db)).values())
    taken = await planning.at_work(db, incident)
    return limits(sites, cards, (await places.systems(db)).values(), taken)


def attested(offer: Offer | None) -> dict[str, Any]:
    """Return what a destination has of an outsourcer's attestation; nothing where the place is nobody's."""
    return {"skills": offer.skills, "attested": wording.offered(offer), "sure": offer.sure} if offer else {}


async def sites_hit(db: Db, incident: Incident, *, back: bool = False) -> set[str]:
    """Return the sites where nobody may be sent: this incident's, and those of every open real one.

    back: on the way back this incident's own sites are where people go.
    """
    opened = await incidents.opened(db)
    counts = [o for o in opened if not o.drill or o.id == incident.id]
    return {site for o in counts if not (back and o.id == incident.id) for site in o.sites}


def hazard(category: str, hit: Iterable[Site]) -> frozenset[str]:
    """Return the areas in which everybody and everything is left out: those of a regional disaster's sites."""
    if category != Category.REGIONAL_DISASTER:
        return frozenset()
    return frozenset(site.area for site in hit if site.area)
