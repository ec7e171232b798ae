"""What a plan of moves depends on, read from the rows."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain import relocation
from bot.domain.incident import Incident
from bot.domain.place import Site, SiteKind, System
from bot.domain.policy import Policy
from bot.domain.relocation import Pool, Situation, Wishes
from bot.domain.relocation_wishes import NO_WISHES
from bot.domain.runbook import Category
from bot.domain.vendor import Offer, as_attested, offers
from bot.domain.wording import vendors as wording
from bot.storage import incidents, places, planning, tallies, vendors
from bot.storage.database import Db


async def situation(policy: Policy, db: Db, incident: Incident, wishes: Wishes = NO_WISHES) -> Situation:
    """Read all that a plan depends on."""
    counts = (await tallies.of(db, incident.id)).get("agents", {})
    queues = await places.queues(db)
    sites, offered = await places_now(db)
    hit = await sites_hit(db, incident)
    taken = await planning.at_work(db, incident.id)
    leads = await planning.leads(db, incident.id)
    cards = {queue.id for queue in queues.values() if queue.payment_cards}
    destinations = [
        relocation.destination_of(
            site,
            taken=_count(taken, site=key),
            card_taken=sum(n for (at, queue), n in taken.items() if at == key and queue in cards),
            hit=key in hit,
            leads=leads.get((key, "rest"), 0),
            span=policy.span,
        )._replace(**_attested(offered.get(key)))
        for key, site in sites.items()
    ]
    return Situation(
        agents=await planning.agents(db, incident.id, sorted(hit)),
        queues=[relocation.demand_of(q, counts.get(q.id, {}).get("rest", 0)) for q in queues.values()],
        destinations=destinations,
        rules=relocation.rules_of(policy),
        now=db.now,
        wishes=wishes,
        pools=pools(sites, (await places.systems(db)).values(), taken),
        leads=sum(n for (_, scope), n in leads.items() if scope == "hit"),
        hazard_areas=hazard(incident.category, [sites[key] for key in incident.sites if key in sites]),
    )


async def places_now(db: Db) -> tuple[dict[str, Site], dict[str, Offer]]:
    """Return the sites with the seats that can be counted on, and what outsourcers attested of theirs."""
    sites, skills = await places.sites(db), {queue.skill for queue in (await places.queues(db)).values()}
    offered = offers(sites, (await vendors.every(db)).values(), skills, db.now.date())
    return as_attested(sites, offered), offered


def _attested(offer: Offer | None) -> dict[str, Any]:
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


def pools(
    sites: Mapping[str, Site], systems: Iterable[System], taken: Mapping[tuple[str, str], int]
) -> tuple[Pool, ...]:
    """Return what only so many can use at once: systems with a limit, and the log-ins of single sites."""
    found = []
    for system in systems:
        through = tuple(key for key, site in sites.items() if site.vpn == system.id)
        if system.max_users is not None and (through or system.queues):
            used = sum(
                n for (site, queue), n in taken.items()
                if (not through or site in through) and (not system.queues or queue in system.queues)
            )  # fmt: skip
            found.append(Pool(system.id, system.name, system.max_users - used, through, system.queues))
    for key, site in sites.items():
        if site.licences is not None:
            left = site.licences - _count(taken, site=key)
            place = "home" if site.kind is SiteKind.HOME else site.name
            found.append(Pool(f"licences:{key}", f"the licences for {place}", left, (key,)))
    return tuple(found)


def _count(taken: Mapping[tuple[str, str], int], site: str) -> int:
    return sum(n for (at, _), n in taken.items() if at == site)
