"""The journal: what happened, when, by whom; only ever added to."""

from datetime import datetime
from enum import StrEnum

from bot.domain.card import Frozen


class Verb(StrEnum):
    """What kind of thing happened."""

    DECLARED = "declared"
    JOINED = "joined"
    STATE = "state"
    ROLE = "role"
    STEP = "step"
    DECISION = "decision"
    NOTICE = "notice"
    ANSWER = "answer"
    PROXY = "proxy"
    HELP = "help"
    CHASE = "chase"
    PLAN = "plan"
    MOVE = "move"
    SITREP = "sitrep"
    UPDATE = "update"
    REFUSED = "refused"
    DELIVERY = "delivery"


class Entry(Frozen):
    """One line of the journal; actor is a person id or "bot", subject what it is about ("step:12")."""

    id: int
    incident_id: int | None
    at: datetime
    actor: str
    verb: Verb
    subject: str
    text: str
