"""The board's part about moves, drawn from counts and the plan in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.board_moves import Covered, WaveRow, coverage, seat_parts, wave_row
from bot.domain.chart import Part, Series
from bot.domain.incident import Incident
from bot.domain.move import HOLDS_SEAT, PlanKind, PlanState
from bot.domain.roll import RollScope
from bot.operations import picture
from bot.storage import plans, tallies
from bot.storage.database import Db
from bot.storage.tallies import Times


@dataclass(frozen=True)
class InForce:
    """The plan in force and its waves; nothing before one is approved."""

    plan: Mapping[str, Any] | None = None
    waves: Mapping[int, Mapping[str, int]] | None = None

    @property
    def back(self) -> bool:
        """Whether it leads back."""
        return self.plan is not None and self.plan["kind"] == PlanKind.RETURN


async def in_force(db: Db, incident: Incident) -> InForce:
    """Read the plan in force."""
    row = await plans.latest(db, incident.id, PlanState.APPROVED)
    return InForce(row, await plans.waves(db, row["id"])) if row else InForce()


def waves(force: InForce) -> tuple[WaveRow, ...]:
    """Return the waves of the plan in force; only the first that was not told has a time."""
    found, due = [], force.plan["wave_due_at"] if force.plan else None
    for number, states in (force.waves or {}).items():
        row = wave_row(number, states, due)
        due = None if row.due_at else due
        found += [row] if row.people else []  # who failed, or was given back at the end, has left it
    return tuple(found)


def parts(site: str, ground: picture.Ground, held: Mapping[int, Mapping[str, int]]) -> tuple[Part, ...]:
    """Return who takes the seats of a place; held: seats that incidents hold, by incident and site."""
    incident = ground.incident
    here = ground.counts.get("seat", {}).get(site, {})
    others = sum(mine.get(site, 0) for other, mine in held.items() if other != incident.id)
    return seat_parts(here.get(RollScope.REST, 0), others, {s: n for s, n in here.items() if s in HOLDS_SEAT})


def covered(ground: picture.Ground, times: Times, until: datetime) -> tuple[Series, ...]:
    """Return the hit queues' live seats against their minimum over time: all of them, and tier 1."""
    hit = [line for line in ground.queues if line.hit and line.queue.mbco]
    if not any(times.get(tallies.SEATED, {}).get(line.queue.id) for line in hit):
        return ()

    def line_of(label: str, lines: list[picture.QueueLine]) -> Series:
        rows = [Covered(x.beside, x.queue.mbco, x.changes(times, until)) for x in lines]
        return Series(label=label, points=coverage(rows, ground.incident.detected_at, until))

    found = (line_of("Hit queues", hit), line_of("Tier 1", [x for x in hit if x.queue.tier == 1]))
    return tuple(series for series in found if series.points)
