"""What stands before a drill: a real incident at the same place goes first; and the row that each drill has."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.drill import DrillKind, DrillState, usual
from bot.domain.incident import Incident, IncidentState
from bot.domain.refusal import Refused
from bot.operations import injects
from bot.operations.desk import Desk
from bot.operations.scene import Scene
from bot.storage import drills, incidents, people
from bot.storage.database import Db, Work


class Places(Protocol):
    """Whatever names what is hit."""

    @property
    def sites(self) -> Sequence[str]:
        """Sites by id."""

    @property
    def systems(self) -> Sequence[str]:
        """Systems by id."""

    @property
    def queues(self) -> Sequence[str]:
        """Queues by id."""


async def real_beside(db: Db, what: Places) -> list[Incident]:
    """Return the open real incidents at the same places; a drill of queues alone is where their people work."""
    found = [one for one in await incidents.opened(db) if not one.drill]
    there = await _where(db, what) if found else set()
    return [one for one in found if _shared(one, what) or there & set(one.sites)]


async def drills_beside(db: Db, what: Places) -> list[Incident]:
    """Return the drills that run at the same places; one of queues alone runs where their people work."""
    found = [one for one in await incidents.opened(db) if one.drill]
    return [one for one in found if _shared(one, what) or await _where(db, one) & set(what.sites)]


async def _where(db: Db, drill: Places) -> set[str]:
    return set() if drill.sites else await people.sites_of(db, drill.queues)


def _shared(one: Places, other: Places) -> bool:
    pairs = ((one.sites, other.sites), (one.systems, other.systems), (one.queues, other.queues))
    return any(set(mine) & set(theirs) for mine, theirs in pairs)


async def closed_beside_real(db: Db, what: Places) -> None:
    """Refuse a drill where something real is going on."""
    for real in (await real_beside(db, what))[:1]:
        raise Refused(
            f"{real.reference} is a real incident at the same place: no drill now.",
            instead="/disaster drill asks its commander to let one go ahead all the same.",
        )


async def record(scene: Scene, incident: Incident) -> None:
    """Write the row of a drill that was declared as an incident is: the whole runbook, for everybody."""
    kind = DrillKind.RELOCATION
    await drills.add(
        scene.work, reference=await drills.next_reference(scene.work), kind=kind, state=DrillState.RUNNING,
        category=incident.category, severity=incident.severity, sites=list(incident.sites),
        systems=list(incident.systems), queues=list(incident.queues), audiences=list(usual(kind)),
        story=incident.known, objectives="", announced=True, organiser=scene.actor.id, made_at=scene.work.now,
        planned_at=scene.work.now, started_at=scene.work.now, allowed=[], incident_id=incident.id, sample=False,
    )  # fmt: skip


async def over(desk: Desk, work: Work, incident: Incident, state: IncidentState) -> None:
    """End the drill that an incident belongs to, when that ends; its injects stop."""
    drill = await drills.of_incident(work, incident.id)
    if drill is not None:
        ends = DrillState.DONE if state is IncidentState.STOOD_DOWN else DrillState.CALLED_OFF
        moved = await drills.move(work, drill, ends, ended_at=work.now)
        await injects.over(desk, work, drill, scored=moved and ends is DrillState.DONE)
