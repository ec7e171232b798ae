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
    """A place with seats; every site is also a destination. Minutes until it is ready after it is asked for."""

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
    log_in: str = ""
    phone: str = ""


class Queue(Frozen):
    """A queue of contacts; mbco and full_seats are live seats, times are minutes."""

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


class System(Frozen):
    """Something technical that queues need; standby says how it is replaced."""

    id: Key
    name: Line
    kind: str
    vendor: str = ""
    queues: tuple[str, ...] = ()
    standby: str = ""
    starts_by_itself: bool = False
    starter: str = ""
