"""One message on one route: its states, its lanes, and what a sender can report."""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple

from bot.domain.card import Card, Frozen


class DeliveryState(StrEnum):
    """Where a message stands; unknown means that nobody can say whether it arrived."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Subject(StrEnum):
    """What a message shows; all but CARD are written from the rows at the moment of sending."""

    CARD = "card"
    NOTICE = "notice"
    INCIDENT = "incident"
    STEP = "step"
    PLAN = "plan"
    CALL_LIST = "call_list"


class Priority(IntEnum):
    """Who goes first; lower is sooner."""

    LIFE_SAFETY = 0
    COMMAND = 10
    LEADERS = 20
    ROOM = 30
    GROUP = 40
    AGENTS = 50
    OUTSIDE = 25
    EDIT = 60


class Gone(StrEnum):
    """Why an address will never take a message; each has its remedy in wording/delivery.py."""

    NO_ADDRESS = "no_address"
    BLOCKED = "blocked"
    UNINSTALLED = "uninstalled"
    LEFT = "left"
    NO_ROOM = "no_room"
    NOT_ALLOWED = "not_allowed"
    REFUSED = "refused"
    UNWRITABLE = "unwritable"


THREADED = frozenset({"slack"})  # platforms on which a message can stand under another, out of the others' way


class Delivery(Frozen):
    """One message to one address; edits names the earlier delivery that it rewrites, under the one it belongs to.

    about: whose call for help it is, if it is one.
    """

    id: int
    incident_id: int
    platform: str
    address: str | None
    subject: Subject
    state: DeliveryState
    priority: int
    drill: bool = False
    notice_id: int | None = None
    recipient_id: int | None = None
    step_id: int | None = None
    plan_id: int | None = None
    person_id: str | None = None
    room_id: int | None = None
    team_id: str | None = None
    about: str | None = None
    card: dict[str, Any] | None = None
    edits: int | None = None
    under: int | None = None
    pinned: bool = False
    attempts: int = 0
    repeats: int = 0
    external_id: str | None = None
    error: str = ""
    reason: Gone | None = None
    queued_at: datetime
    sent_at: datetime | None = None
    lease_until: datetime | None = None


class Outgoing(Frozen):
    """What a sender is handed: a finished card for one address; edits: the platform's id of the message to rewrite.

    under: the platform's id of the message in whose thread it belongs. repeat: it may have arrived before; since: it
    can't have been sent before then. until: the end of its lease, after which others may send it: nothing is begun that
    could go on beyond it. tz: the reader's time zone, "" for nobody's own; None: whoever wants it looks it up.
    """

    delivery_id: int
    address: str
    card: Card
    tz: str | None = None
    edits: str | None = None
    under: str | None = None
    pinned: bool = False
    repeat: bool = False
    since: datetime | None = None
    until: datetime | None = None


class Outcome(StrEnum):
    """What a sender can say; nothing is ever assumed.

    sent: the platform took it. gone: it never will, at this address. held: it was not taken now, and will be later.
    unknown: nobody can say (a timeout, a reset, a stop in the middle).
    """

    SENT = "sent"
    GONE = "gone"
    HELD = "held"
    UNKNOWN = "unknown"


class Sent(Frozen):
    """What became of one outgoing message; external_id is the platform's own id of it.

    reason: why it is gone. retry_after: for held, seconds until it may be tried again. whole_lane: for held, nothing
    more may be sent to this workspace until then (a 429, a revoked token); else only this message waits.
    limited: for a whole lane held, it is the platform's rate limit, which teaches the lane its pace.
    unsure: for held, it may have been taken all the same, so the next try is a repeat, and counted.
    error: the platform's own word, for the journal and the log: never people's data.
    """

    delivery_id: int
    outcome: Outcome
    external_id: str | None = None
    error: str = ""
    reason: Gone | None = None
    retry_after: float | None = None
    whole_lane: bool = False
    limited: bool = False
    unsure: bool = False


class Unseen(NamedTuple):
    """A look that the platform does not allow, by its own word for why: whether a message arrived can't be known."""

    why: str


Found = str | Unseen | None  # the platform's id of what arrived; None: it never did


class Sought(Frozen):
    """A message of which nobody knows whether it arrived; since: it can't have been sent before; under: as it went."""

    delivery_id: int
    address: str
    since: datetime
    under: str | None = None
