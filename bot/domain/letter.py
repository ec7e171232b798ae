"""A letter: something said to one person outside of any incident, such as that a runbook's file is bad."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.card import Frozen

LEASE = timedelta(seconds=60)  # a letter that was taken so long ago and has no outcome is tried again


class LetterState(StrEnum):
    """Where a letter stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Letter(Frozen):
    """One letter; tried_at: when it was taken last."""

    id: int
    person_id: str
    platform: str
    address: str
    card: dict[str, Any]
    state: LetterState
    tried_at: datetime | None = None
