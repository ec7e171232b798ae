"""Any small disaster for the planner: every rule, wish and shortage now and then, and most of them together."""

from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any

from bot.domain.capacity import Heads, pools
from bot.domain.place import Site, SiteKind, System
from bot.domain.relocation import Agent, Demand, Lock, Rules, Situation, Wishes, destination_of
from tests.domain import relocation_oracle as oracle

NOW = datetime(2026, 11, 2, 9, 3, tzinfo=UTC)
QUEUES = ("red", "green", "blue")
PLACES = ("home", "york", "hull", "leeds")
SHIFTS = ("", "", "mon-fri 07:00-15:00", "mon-fri 12:00-20:00", "wed-sun 10:00-18:00")
SKILLS = ((), (("red", 2),), (("blue", 1), ("green", 4)), (("green", 2), ("red", 1)))
TRAVELS = (
    (),
    (("york", 30),),
    (("hull", 60), ("york", 80)),
    (("leeds", 10), ("york", 120)),
    (("hull", 20), ("leeds", 40)),
)


def situation(r: Random, most: int = 9) -> Situation:
    """Three queues, four places of which others hold some seats, people of every kind, and what planners wish."""
    held = heads(r)
    sites = {name: site(r, name) for name in PLACES}
    systems = [System(id="crm", name="CRM", kind="crm", max_users=r.randint(2, 8), queues=("red", "blue"))]
    if r.random() < 0.5:
        systems.append(System(id="vpn", name="the VPN", kind="vpn", max_users=r.randint(0, 8)))
    queues = [queue(r, name) for name in QUEUES]
    cards = tuple(q.id for q in queues if q.payment_cards)
    asked = Situation(
        [agent(r, f"A{n}") for n in range(r.randint(1, most))],
        queues,
        [destination(r, one, held, cards) for one in sites.values()],
        Rules(r.random() < 0.5, 90, 90, r.randint(1, 5), call_in=r.random() < 0.3),
        NOW,
        Wishes(),
        pools(sites, systems if r.random() < 0.6 else (), held),
        r.randint(0, 2),
        frozenset({"vale"}) if r.random() < 0.2 else frozenset(),
    )
    return replace(asked, wishes=wishes(r, asked)) if r.random() < 0.6 else asked


def heads(r: Random) -> Heads:
    """Who sits where already: a site's own people, and those of another incident."""
    return {(r.choice(PLACES), r.choice(QUEUES)): r.randint(1, 2) for _ in range(r.randint(0, 3))}


def queue(r: Random, name: str) -> Demand:
    """One queue: what it is short of, and what it asks of people and places."""
    mbco = r.randint(0, 3)
    need = (mbco, mbco + r.randint(0, 3), r.choice((0, 0, 1, 2)))
    speaks = r.choice(((), ("en",), ("de",)))
    return Demand(
        name, name.title(), r.randint(1, 3), *need, name, speaks, r.random() < 0.4, r.choice(("", "", "GB")),
        r.choice((1, 1, 2)),
    )  # fmt: skip


def site(r: Random, name: str) -> Site:
    """One place."""
    kinds = (SiteKind.SITE, SiteKind.SITE, SiteKind.RECOVERY, SiteKind.OUTSOURCER)
    kind = SiteKind.HOME if name == "home" or (name == "leeds" and r.random() < 0.2) else r.choice(kinds)
    return Site(
        id=name, name=name.title(), kind=kind, tz="Europe/London", seats=r.randint(0, 7),
        card_safe_seats=r.randint(0, 4), ready_min=r.choice((0, 60)), residency=r.choice(("GB", "GB", "PT")),
        area=r.choice(("", "", "vale")), seat_cost=r.choice((0, 0, 20)), ratio_max=r.choice((0, 0, 2, 3)),
        vpn="vpn" if name in ("home", "york") else "", licences=r.choice((None, None, None, 2)),
    )  # fmt: skip


def destination(r: Random, of: Site, held: Heads, cards: tuple[str, ...]) -> Any:
    """A place as the planner gets it: less what others hold there."""
    there = {queue: n for (place, queue), n in held.items() if place == of.id}
    taken, card_taken = sum(there.values()), sum(n for queue, n in there.items() if queue in cards)
    found = destination_of(of, taken=taken, card_taken=card_taken, hit=r.random() < 0.12, leads=r.randint(0, 1))
    skills = r.choice(((), ("red", "green"))) if of.kind is SiteKind.OUTSOURCER else ()
    return found._replace(skills=skills)


def agent(r: Random, name: str) -> Agent:
    """Somebody who lost their place, and was told of another now and then."""
    sent = r.choice(("", "", "", *PLACES))
    return Agent(
        name,
        r.choice((*QUEUES, "gone")),
        r.choice(SKILLS),
        r.choice((("en",), ("de",), ("en", "de"))),
        r.random() < 0.6,
        50,
        r.choice(("", "2026-10-30", "2026-10-30", "2025-01-01")),
        r.random() < 0.5,
        r.choice(TRAVELS),
        r.random() < 0.8,
        r.random() < 0.9,
        sent,
        r.choice(QUEUES) if sent else "",
        team=r.choice(("t1", "t2")),
        shift=r.choice(SHIFTS),
        tz=r.choice(("Europe/London", "Europe/Lisbon", "Europe/Berlin")),
        area=r.choice(("", "", "", "vale")),
        sent_state=r.choice(("told", "moving", "arrived", "logged_in")) if sent else "",
    )


def wishes(r: Random, asked: Situation) -> Wishes:
    """What planners wish of it, most often so that it can be had."""
    chosen = Wishes(
        people_out=(f"A{r.randint(0, 4)}",) if r.random() < 0.3 else (),
        teams_out=("t2",) if r.random() < 0.15 else (),
        queues_out=("blue",) if r.random() < 0.2 else (),
        closed=("hull",) if r.random() < 0.25 else (),
        held_back={r.choice(PLACES): r.randint(1, 2)} if r.random() < 0.5 else {},
        tiers={"green": 1} if r.random() < 0.4 else {},
    )
    locks = [lock(r, replace(asked, wishes=chosen)) for _ in range(r.choice((0, 1, 1, 2)))]
    return chosen.model_copy(update={"locked": tuple(one for one in locks if one)})


def lock(r: Random, asked: Situation) -> Lock | None:
    """Somebody who is to be where they can be; a team or a queue's people, wherever."""
    if r.random() < 0.3:
        who = r.choice(({"team": "t1"}, {"queue": "red"}, {"queue": "blue"}))
        return Lock(**who, to=r.choice(("", *PLACES)), fitting=r.random() < 0.7)
    one = r.choice(asked.agents)
    fits = [(q, d) for q in asked.queues for d in asked.destinations if oracle.fits(asked, one, q, d)]
    if not fits:
        return None
    works, to = r.choice(fits)
    return Lock(person=one.id, to=to.id if r.random() < 0.8 else "", works=works.id if r.random() < 0.3 else "")
