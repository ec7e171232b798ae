"""Who is at work on a queue beside an incident's own moves: one count, for plans, board, status and SITREPs."""

from collections.abc import Mapping

from bot.domain.incident import Incident
from bot.domain.roll import RollScope
from bot.storage import incidents, planning
from bot.storage.database import Db
from bot.storage.tallies import Counts


async def beside(db: Db, incident: Incident, counts: Counts) -> dict[str, int]:
    """Return each queue's live seats without this incident's moves.

    They are those whom it did not hit, without those whom another open one did, and those who work again through that
    one's moves. A real incident asks nothing of drills; one that is over keeps the figures of its own roll.
    """
    rest = {queue: states.get(RollScope.REST, 0) for queue, states in counts.get("agents", {}).items()}
    change = await _elsewhere(db, incident)
    return {queue: max(0, rest.get(queue, 0) + change.get(queue, 0)) for queue in {*rest, *change}}


async def _elsewhere(db: Db, incident: Incident) -> Mapping[str, int]:
    if not incident.open:
        return {}
    opened = [o for o in await incidents.opened(db) if o.id == incident.id or incident.drill or not o.drill]
    burning = {o.id: {site for other in opened if other.id != o.id for site in other.sites} for o in opened}
    burning.pop(incident.id, None)
    return await planning.elsewhere(db, incident.id, burning) if burning else {}
