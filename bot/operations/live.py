"""Who is at work on a queue: one count, for plans, board, status and SITREPs, the same in all that is open."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from bot.domain.board_moves import NOBODY, OffShift
from bot.domain.incident import Incident
from bot.domain.move import LIVE
from bot.domain.relocation_shift import on_shift
from bot.domain.roll import RollScope
from bot.storage import incidents, planning, tallies
from bot.storage.database import Db
from bot.storage.tallies import Counts


class Live(NamedTuple):
    """Live seats by queue: beside an incident's own moves, and those of its moves that another one has hit since.

    elsewhere: the sites that others hit; burning: what those are that count, each with the sites hit by all but it.
    """

    beside: Mapping[str, int]
    lost: Mapping[str, int]
    elsewhere: frozenset[str]
    burning: Mapping[int, Collection[str]]

    def seats(self, queue: str, counts: Counts) -> int:
        """Return a queue's live seats now."""
        moved = counts.get("move", {}).get(queue, {})
        return self.beside.get(queue, 0) + sum(moved.get(state, 0) for state in LIVE) - self.lost.get(queue, 0)


async def live(db: Db, incident: Incident, counts: Counts) -> Live:
    """Count who is at work.

    Beside its own moves they are those whom it did not hit, without those whom another open one did, and those who work
    again through that one's moves. Nobody works at a place that anything open hit, whoever sent them. A real incident
    asks nothing of drills; one that is over keeps the figures of its own roll.
    """
    rest = {queue: states.get(RollScope.REST, 0) for queue, states in counts.get("agents", {}).items()}
    opened = await incidents.opened(db) if incident.open else []
    counted = [o for o in opened if o.id == incident.id or incident.drill or not o.drill]
    burning = {o.id: {site for other in counted if other.id != o.id for site in other.sites} for o in counted}
    hit = frozenset(burning.pop(incident.id, ()))
    change = await planning.elsewhere(db, incident.id, burning) if burning else {}
    lost = (
        await planning.live_at(db, incident.id, hit, incident.sites)
        if _any_live(counts, {*hit, *incident.sites})
        else {}
    )
    beside = {queue: max(0, rest.get(queue, 0) + change.get(queue, 0)) for queue in {*rest, *change}}
    return Live(beside, lost, hit, burning)


async def off_shift(db: Db, incident: Incident, counts: Counts, now: Live) -> OffShift:
    """Return how many who count as live on the hit queues are off at this hour, by their shifts, and of how many.

    Only those who work where they always do are judged so: who reported for work after a move is at work.
    """
    if not incident.open:
        return NOBODY
    groups = await tallies.by_shift(db, incident.id)
    hit = [q for q, scopes in counts.get("agents", {}).items() if scopes.get(RollScope.HIT) or q in incident.queues]
    asks = now.burning and any(_off(groups.get(q, {}), {}, db.now) for q in hit)
    away = await planning.away_by_shift(db, incident.id, now.burning) if asks else {}
    off = {q: _off(groups.get(q, {}), away.get(q, {}), db.now) for q in hit}
    found = sum(max(0, min(n, now.beside.get(q, 0))) for q, n in off.items())
    return OffShift(found, sum(now.seats(q, counts) for q in hit))


def _off(shifts: Mapping[str, int], away: Mapping[str, int], now: datetime) -> int:
    off = 0
    for key, n in shifts.items():
        shift, tz = key.rsplit("|", 1)
        off += 0 if on_shift(shift, tz, now) else n - away.get(key, 0)
    return off


def _any_live(counts: Counts, sites: Collection[str]) -> bool:
    return any(counts.get("seat", {}).get(site, {}).get(state) for site in sites for state in LIVE)
