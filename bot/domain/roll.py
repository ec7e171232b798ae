"""The roll: everybody the organisation must account for, frozen at declaration."""

from datetime import datetime
from enum import StrEnum

from bot.domain.card import Frozen


class RollState(StrEnum):
    """What is known of a person; only they, or a named proxy, can change it."""

    SILENT = "silent"
    SAFE = "safe"
    HELP = "help"
    UNABLE = "unable"


class RollScope(StrEnum):
    """Whether the disaster hit where this person works."""

    HIT = "hit"
    REST = "rest"


ACCOUNTED = frozenset({RollState.SAFE, RollState.HELP, RollState.UNABLE})


class RollEntry(Frozen):
    """One person on the roll of one incident."""

    incident_id: int
    person_id: str
    team_id: str
    site_id: str
    queue_id: str
    scope: RollScope
    state: RollState
    said_by: str | None = None
    said_at: datetime | None = None
