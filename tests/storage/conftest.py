"""Rows to work with: an incident, and messages that wait to be sent."""

from dataclasses import dataclass, field

import pytest

from bot.domain.incident import Incident, IncidentState, SitrepState
from bot.storage import deliveries, incidents
from bot.storage.database import Store, Work
from tests.world import START, ManualClock


@dataclass
class Rows:
    """Writes rows the short way."""

    store: Store
    clock: ManualClock = field(default_factory=ManualClock)

    def work(self):
        """Open a unit of work at this moment."""
        return self.store.work(self.clock.now())

    def read(self):
        """Open a transaction that only reads."""
        return self.store.read(self.clock.now())

    async def incident(self, work: Work, **changes) -> Incident:
        """Write an incident."""
        values = {
            "reference": await incidents.next_reference(work), "category": "facility_loss", "severity": 1, "drill": False,
            "state": IncidentState.ACTIVE, "sites": ["leeds"], "systems": [], "queues": [], "known": "fire", "latest": "",
            "declared_by": "S001", "detected_at": START, "declared_at": START, "runbook_title": "Loss", "runbook_version": "1",
            "runbook_values": {}, "sitrep_state": SitrepState.AUTO, "sitrep_due_at": None, "sitrep_count": 0, "roster_count": 0,
        } | changes  # fmt: skip
        return Incident.model_validate({**values, "id": await incidents.add(work, **values)})

    async def messages(self, work: Work, incident: Incident, n: int, **changes) -> list[int]:
        """Queue some messages."""
        base = {
            "platform": "console",
            "address": "S001",
            "subject": "card",
            "card": {"title": "x"},
            "drill": False,
            "priority": 10,
        }
        return [await deliveries.add(work, incident.id, **{**base, **changes}) for _ in range(n)]


@pytest.fixture
def rows(peopled: Store) -> Rows:
    """The small contact centre, and a short way to write."""
    return Rows(peopled)
