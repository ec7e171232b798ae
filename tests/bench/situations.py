"""Made-up disasters for the planner: 20 queues, 12 destinations, as varied as contact centres are.

Realistic: seven sites and two recovery sites, an outsourcer, work from home in two countries; agents live in 16 areas,
each with one to four sites in reach (in steps of five minutes); half have kit at home, a quarter of it untested too
long; 15 % can't travel, 3 % answered that they can't work; 55 % have one or two further skills; four shifts; two
queues take payment cards, two have their data stay in the country, four need a second language; a VPN gateway and CRM
licences run short; team leads look after 15. Varied: the same with every minute of travel anybody's own.
"""

from datetime import UTC, datetime
from random import Random

from bot.domain.place import SiteKind
from bot.domain.relocation import Agent, Demand, Destination, Pool, Rules, Situation

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
_QUEUES = 20
_TIERS = [1] * 5 + [2] * 9 + [3] * 6
_WEIGHTS = [8] * 5 + [5] * 9 + [3] * 2 + [1] * 4
_SECOND = {16: "de", 17: "fr", 18: "pl", 19: "es"}
_CARDS, _AT_HOME = (2, 15), (2, 7)
_SHIFTS = ("mon-fri 07:00-15:00", "mon-fri 09:00-17:00", "mon-fri 12:00-20:00", "wed-sun 10:00-18:00")
_TESTED = ("2026-10-01", "2026-09-12", "2026-10-20", "2025-03-01")
_MBCO = (0.65, 0.45, 0.2)


def made(n: int, *, varied: bool = False, seed: int = 3) -> Situation:
    """Return a disaster that takes the places of so many agents."""
    random = Random(seed)
    areas = [_area(random, first) for first in range(16)]
    agents = [_agent(random, number, areas, varied=varied) for number in range(n)]
    full = [sum(agent.queue == _name(q) for agent in agents) * 92 // 100 for q in range(_QUEUES)]
    pools = (Pool("vpn", "the VPN", n * 26 // 100, ("home", "home-ie")), Pool("crm", "CRM licences", n * 62 // 100))
    rules = Rules(payments_from_home=False, home_test_days=90, max_travel_min=90, wave_size=400, limit_s=600)
    queues = [_queue(q, full[q]) for q in range(_QUEUES)]
    return Situation(agents, queues, _destinations(n), rules, NOW, pools=pools, leads=n // 12)


def _name(queue: int) -> str:
    return f"q{queue:02d}"


def _area(random: Random, first: int) -> tuple[tuple[str, int], ...]:
    return tuple(
        sorted((f"s{(first + n) % 9}", random.randrange(15, 95, 5)) for n in range(random.choice((1, 2, 3, 4))))
    )


def _agent(random: Random, number: int, areas: list[tuple[tuple[str, int], ...]], *, varied: bool) -> Agent:
    queue = random.choices(range(_QUEUES), _WEIGHTS)[0]
    skills = {f"k{queue}": random.choice((2, 3, 3, 4, 5))}
    related = [(queue // 5 * 5 + 1) % _QUEUES, (queue + 5) % _QUEUES]
    for other in random.sample(related, random.choices((0, 1, 2), (45, 40, 15))[0]):
        skills[f"k{other}"] = random.choice((1, 2, 3))
    travel = random.choice(areas)
    kit = random.random() < 0.5
    return Agent(
        id=f"A{number:06d}",
        queue=_name(queue),
        skills=tuple(sorted(skills.items())),
        languages=("en", _SECOND[queue]) if queue in _SECOND else ("en",),
        kit=kit,
        tested=random.choice(_TESTED) if kit else "",
        travel=tuple((site, minutes + random.randrange(30)) for site, minutes in travel) if varied else travel,
        mobility=random.random() < 0.85,
        can_work=random.random() > 0.03,
        team=f"t{number // 12}",
        shift=random.choice(_SHIFTS),
        tz="Europe/London",
    )


def _queue(q: int, full: int) -> Demand:
    need = (int(full * _MBCO[_TIERS[q] - 1]), full, 0)
    language = (_SECOND.get(q, "en"),)
    residency = "GB" if q in _AT_HOME else ""
    return Demand(_name(q), _name(q), _TIERS[q], *need, f"k{q}", language, q in _CARDS, residency, 2 if q < 5 else 1)


def _destinations(n: int) -> list[Destination]:
    sites = [
        Destination(
            f"s{s}", f"Site {s}", SiteKind.SITE if s < 7 else SiteKind.RECOVERY, n * 45 // 1000, n * 6 // 1000,
            0 if s < 7 else 120, "IE" if s == 5 else "GB", ratio_max=15, leads=n * 3 // 1000 + 1, cost=0 if s < 7 else 45,
        )
        for s in range(9)
    ]  # fmt: skip
    home = Destination("home", "Home", SiteKind.HOME, n * 25 // 100, 0, 15, "GB")
    abroad = Destination("home-ie", "Home in Ireland", SiteKind.HOME, n * 3 // 100, 0, 15, "IE")
    partner = Destination("partner", "Outsourcer", SiteKind.OUTSOURCER, n * 5 // 100, 0, 240, "PT", cost=95)
    return [*sites, home, abroad, partner]
