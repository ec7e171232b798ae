"""Places and the work done in them: sites that can seat people, queues, the systems they need."""

from datetime import date
from enum import StrEnum

from bot.domain.card import Frozen
from bot.domain.text import Key, Line


class SiteKind(StrEnum):
    """What kind of place seats people."""

    SITE = "site"
    HOME = "home"
    RECOVERY = "recovery"
    OUTSOURCER = "outsourcer"


class Site(Frozen):
    """A place with seats; every site is also a destination. Minutes until it is ready after it is asked for.

    country: whose law holds there, as two letters.
    area is what one disaster would hit as a whole; vpn the id of the system that people there log in through;
    licences how many can be logged in at once, None for all; ratio_max the most people for one team lead, 0 for the
    policy's; seat_cost what a seat costs a day.
    """

    id: Key
    name: Line
    kind: SiteKind
    city: str = ""
    address: str = ""
    tz: str
    seats: int
    card_safe_seats: int = 0
    ready_min: int = 0
    residency: str = ""
    country: str = ""
    log_in: str = ""
    phone: str = ""
    area: str = ""
    vpn: str = ""
    licences: int | None = None
    ratio_max: int = 0
    seat_cost: int = 0


class Queue(Frozen):
    """A queue of contacts; mbco and full_seats are live seats, times are minutes.

    skill_level is the least level of its skill that lets people of other queues help out. lead is whom they ask there.
    """

    id: Key
    name: Line
    tier: int
    rto_min: int
    mtpd_min: int
    mbco: int
    full_seats: int
    channels: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    skill: str = ""
    payment_cards: bool = False
    residency: str = ""
    script_url: str = ""
    script_version: str = ""
    script_reviewed_on: date | None = None
    skill_level: int = 1
    lead: str = ""


class System(Frozen):
    """Something technical that queues need; standby says how it is replaced; max_users None for no limit.

    What is None is not known. redundant: within itself; redundancy_needed: in full, in a disaster; second_location:
    where its twin is; carries_all: either carries the whole load; start_min: how long the standby takes to start.
    """

    id: Key
    name: Line
    kind: str
    vendor: str = ""
    queues: tuple[str, ...] = ()
    standby: str = ""
    starts_by_itself: bool = False
    starter: str = ""
    max_users: int | None = None
    starter_deputy: str = ""
    start_min: int | None = None
    redundant: bool | None = None
    redundancy_needed: bool | None = None
    second_location: str = ""
    carries_all: bool | None = None
    shares_load: bool | None = None
