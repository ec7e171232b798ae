"""What only so many can use at once: seats, card-safe seats, the systems and log-ins that people share."""

from collections.abc import Collection, Iterable, Mapping

from bot.domain.place import Queue, Site, SiteKind, System
from bot.domain.relocation_terms import Destination, Pool

Heads = Mapping[tuple[str, str], int]  # people by site and queue


def card_queues(queues: Iterable[Queue]) -> tuple[str, ...]:
    """Return the queues whose people need a card-safe seat, unless they are at home."""
    return tuple(queue.id for queue in queues if queue.payment_cards)


def used(heads: Heads, places: Collection[str] = (), queues: Collection[str] = ()) -> int:
    """Return how many work one of these queues at one of these places; none named stands for all."""
    return sum(
        n for (at, queue), n in heads.items() if (not places or at in places) and (not queues or queue in queues)
    )


def seats(sites: Mapping[str, Site], taken: Heads) -> list[Pool]:
    """Return each site's seats."""
    return [Pool(key, site.name, max(0, site.seats - used(taken, (key,))), (key,)) for key, site in sites.items()]


def card_safe(sites: Mapping[str, Site], cards: tuple[str, ...], taken: Heads) -> list[Pool]:
    """Return the card-safe seats of each site; at home there are none to be counted."""
    return [
        Pool(
            f"cards:{key}", f"card-safe seats at {site.name}",
            max(0, site.card_safe_seats - used(taken, (key,), cards)), (key,), cards,
        )
        for key, site in sites.items()
        if cards and site.kind is not SiteKind.HOME
    ]  # fmt: skip


def pools(sites: Mapping[str, Site], systems: Iterable[System], taken: Heads) -> tuple[Pool, ...]:
    """Return what is shared beyond seats: systems with a limit, and the log-ins of single sites."""
    found = []
    for system in systems:
        through = tuple(key for key, site in sites.items() if site.vpn == system.id)
        if system.max_users is not None and (through or system.queues):
            left = system.max_users - used(taken, through, system.queues)
            found.append(Pool(system.id, system.name, left, through, system.queues))
    for key, site in sites.items():
        if site.licences is not None:
            place = "home" if site.kind is SiteKind.HOME else site.name
            found.append(
                Pool(f"licences:{key}", f"the licences for {place}", site.licences - used(taken, (key,)), (key,))
            )
    return tuple(found)


def limits(sites: Mapping[str, Site], cards: tuple[str, ...], systems: Iterable[System], taken: Heads) -> list[Pool]:
    """Return card-safe seats, and what is shared beyond seats."""
    return [*card_safe(sites, cards, taken), *pools(sites, systems, taken)]


def over(shared: Iterable[Pool], wanted: Heads) -> list[str]:
    """Return the names of what more people want than can have it."""
    return [pool.name for pool in shared if used(wanted, pool.destinations, pool.queues) > max(0, pool.left)]


def leads_lacking(places: Iterable[Destination], wanted: Heads, going: int) -> list[str]:
    """Return the places whose people have too few team leads, if those who can go along don't make up for it."""
    short = {}
    for place in places:
        more = used(wanted, (place.id,)) - max(0, place.ratio_max * place.leads - place.led)
        if place.ratio_max and more > 0:
            short[place.name] = -(-more // place.ratio_max)
    return list(short) if sum(short.values()) > going else []
