"""An incident: its states and their order, and the room of people who run it."""

from datetime import datetime
from enum import StrEnum

from bot.domain.card import Frozen


class IncidentState(StrEnum):
    """Where an incident stands."""

    DECLARED = "declared"
    ACTIVE = "active"
    RECOVERING = "recovering"
    STOOD_DOWN = "stood_down"
    CANCELLED = "cancelled"


MOVES_TO: dict[IncidentState, frozenset[IncidentState]] = {
    IncidentState.DECLARED: frozenset({IncidentState.ACTIVE, IncidentState.CANCELLED}),
    IncidentState.ACTIVE: frozenset({IncidentState.RECOVERING, IncidentState.STOOD_DOWN, IncidentState.CANCELLED}),
    IncidentState.RECOVERING: frozenset({IncidentState.ACTIVE, IncidentState.STOOD_DOWN}),
    IncidentState.STOOD_DOWN: frozenset(),
    IncidentState.CANCELLED: frozenset(),
}
OPEN = frozenset({IncidentState.DECLARED, IncidentState.ACTIVE, IncidentState.RECOVERING})


class SitrepState(StrEnum):
    """Whether the next SITREP goes out by itself when it is due."""

    AUTO = "auto"
    HELD = "held"
    ENDED = "ended"


class Incident(Frozen):
    """One disaster or drill; times in UTC; sites, systems, queues are the ids that are hit."""

    id: int
    reference: str
    category: str
    severity: int
    drill: bool
    state: IncidentState
    sites: tuple[str, ...]
    systems: tuple[str, ...]
    queues: tuple[str, ...]
    known: str
    latest: str
    declared_by: str
    detected_at: datetime
    declared_at: datetime
    runbook_title: str
    runbook_version: str
    runbook_values: dict[str, int | float | str]
    runbook_digest: str = ""
    runbook_offered: str = ""
    sitrep_state: SitrepState
    sitrep_count: int
    sitrep_due_at: datetime | None
    roster_count: int
    private: bool = False
    recovering_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether work on it goes on."""
        return self.state in OPEN


def reference(year: int, number: int) -> str:
    """Return the name people use: INC-2026-0007."""
    return f"INC-{year}-{number:04d}"
