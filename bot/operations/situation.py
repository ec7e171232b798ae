"""What a plan of moves depends on, read from the rows; and making it beside everything else that goes on."""

import asyncio
from collections.abc import Sequence

from bot.domain import relocation
from bot.domain.incident import Incident
from bot.domain.wish import Wish, asked
from bot.operations import picture
from bot.operations.desk import Desk
from bot.storage import incidents, moves, wishes
from bot.storage.database import Db


async def situation(
    desk: Desk, db: Db, incident: Incident, wished: Sequence[Wish] | None = None
) -> relocation.Situation:
    """Read all that a plan depends on; wished: other wishes than those that stand."""
    wishes_ = await wishes.standing(db, incident.id) if wished is None else wished
    rows = await picture.ground(db, incident)
    taken = await moves.seats_taken(db, incident.id)
    rest = rows.counts.get("agents", {})
    hit = await sites_hit(db, incident)
    agents = [relocation.agent_of(row) for row in await moves.agents_to_move(db, incident.id, sorted(hit))]
    queues = [relocation.demand_of(line.queue, rest.get(line.queue.id, {}).get("rest", 0)) for line in rows.queues]
    destinations = [
        relocation.destination_of(
            site, taken=taken.get(key, (0, 0))[0], card_taken=taken.get(key, (0, 0))[1], hit=key in hit
        )
        for key, site in rows.sites.items()
    ]
    rules = relocation.rules_of(desk.policy)
    return relocation.Situation(agents, queues, destinations, rules, db.now, wishes=asked(wishes_))


async def sites_hit(db: Db, incident: Incident, *, back: bool = False) -> set[str]:
    """Return the sites where nobody may be sent: this incident's, and those of every open real one.

    back: on the way back this incident's own sites are where people go.
    """
    opened = await incidents.opened(db)
    counts = [o for o in opened if not o.drill or o.id == incident.id]
    return {site for o in counts if not (back and o.id == incident.id) for site in o.sites}


async def solved(from_: relocation.Situation) -> relocation.Plan:
    """Make the plan; nothing waits for it meanwhile."""
    return await asyncio.to_thread(relocation.plan, from_)
