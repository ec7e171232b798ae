"""Why an agent has no place, in words that are true of the finished plan."""

from bot.domain.relocation_ledger import Group, HomeFit, Ledger
from bot.domain.relocation_terms import Demand, Destination

# Whether somebody needs help or can't work is for few eyes only: a plan says the same of both.
CANNOT_WORK = "has answered, and is not to be moved now"
NO_QUEUE = "no queue asks for their skills and languages"


def why(ledger: Ledger, group: Group) -> str:
    """Return why these agents have no place, now that all who could be placed are."""
    if not group.can:
        return NO_QUEUE
    first = next((demand for demand, _ in group.can if ledger.live[demand.id] < demand.full), None)
    if first is None:
        others = " and the other queues they can work are" if len(group.can) > 1 else " is"
        return f"{group.can[0][0].name}{others} fully staffed without them"
    words = f"{_not_home(ledger, group, first)}, and {_no_site(ledger, group, first)}"
    return words if first.id == group.like.queue else f"for {first.name}: {words}"


def _not_home(ledger: Ledger, group: Group, demand: Demand) -> str:
    homes = ledger.homes()
    if not homes:
        return "working from home is not open"
    if demand.payment_cards and not ledger.pay_at_home(group):
        return _no_cards(ledger)
    if group.home is not HomeFit.FIT:
        return group.home.format(days=ledger.rules.home_test_days)
    if not any(ledger.allowed(group, demand, home) for home in homes):
        return f"the queue's data must stay in {demand.residency}"
    return "every log-in from home is taken"


def _no_cards(ledger: Ledger) -> str:
    if ledger.rules.payments_from_home:
        return "takes card payments, the home is not cleared for them"
    return "takes card payments, policy forbids that at home"


def _no_site(ledger: Ledger, group: Group, demand: Demand) -> str:
    limit = ledger.rules.max_travel_min
    if not group.like.mobility:
        return "can't be sent to another site"
    near = ledger.sites(group)
    if not near:
        return f"no open site is within {limit} min"
    fit = [site for site in near if ledger.allowed(group, demand, site)]
    if not fit:
        return f"no site within {limit} min may hold the queue's data"
    if demand.payment_cards and _seats(ledger, fit):
        return "no card-safe seat is left"
    return f"no seat is left within {limit} min"


def _seats(ledger: Ledger, sites: list[Destination]) -> int:
    return sum(ledger.seats[site.id] for site in sites)
