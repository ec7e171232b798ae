"""Writing a plan of many moves beside all others who write: a few at a time, seen by nobody until it is whole."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from bot.domain import relocation
from bot.domain.difference import difference
from bot.domain.incident import Incident
from bot.domain.move import MoveState, PlanKind
from bot.domain.staleness import Basis
from bot.operations.desk import Desk
from bot.storage import moves, plans

FEW = 2_000  # moves that are written at a time: nobody who writes waits for more


class Draft(NamedTuple):
    """A plan that nobody sees yet: its row, what it was made of, and how it differs from the one before."""

    plan: int
    made: relocation.Plan
    basis: Basis
    difference: dict[str, Any]

    def summary(self) -> dict[str, Any]:
        """Return what is kept with the plan."""
        return {**self.made.summary(), "basis": self.basis.summary(), **self.difference}


async def drafted(desk: Desk, incident: Incident, made: relocation.Plan, basis: Basis, by: str) -> Draft:
    """Write a plan's moves."""
    plan = await written(desk, incident, by, PlanKind.MOVE, _rows(made))
    async with desk.read() as db:
        before, newest = await plans.places(db, incident.id), await plans.latest(db, incident.id, kind=PlanKind.MOVE)
    if newest is None:
        return Draft(plan, made, basis, {})
    after = {p.agent: (p.destination, p.queue) for p in made.placements}
    return Draft(plan, made, basis, {"difference": {"from": newest["version"], **difference(before, after).summary()}})


async def written(desk: Desk, incident: Incident, by: str, kind: PlanKind, rows: Iterable[dict[str, Any]]) -> int:
    """Write the rows of a plan that has no number yet; return its id."""
    async with desk.work(alone=True) as work:
        plan = await plans.begin(work, incident.id, by=by, kind=kind)
    left = iter(rows)
    while some := list(islice(left, FEW)):
        async with desk.work() as work:
            same = {"incident_id": incident.id, "plan_id": plan, "at": work.now}
            await moves.add_moves(work, [{**same, **row} for row in some])
    return plan


def _rows(made: relocation.Plan) -> Iterator[dict[str, Any]]:
    for p in made.new:
        yield {
            "person_id": p.agent,
            "queue_id": p.queue,
            "destination_id": p.destination,
            "wave": p.wave,
            "report_at": p.report_at,
            "state": MoveState.PROPOSED,
            "reason": "",
        }
    for u in made.unplaced:
        yield {
            "person_id": u.agent,
            "queue_id": u.queue,
            "destination_id": None,
            "wave": 0,
            "report_at": None,
            "state": MoveState.UNPLACED,
            "reason": u.reason,
        }


async def sweep(desk: Desk) -> int:
    """Remove the moves of proposals that were replaced, and of plans that were never whole; return how many."""
    async with desk.read() as db:
        left = await plans.left_over(db)
    gone = 0
    while left:
        async with desk.work() as work:
            n = await plans.drop(work, FEW)
        gone, left = gone + n, n == FEW
    return gone
