"""Lost places: when people can't get where they were sent, workforce planning is told, once for each that comes."""

from functools import partial

from bot.domain import intent as i
from bot.domain.card import Card, Style, Tone
from bot.domain.incident import Incident
from bot.domain.journal import Verb
from bot.domain.move import MoveState, PlanState
from bot.domain.text import plural
from bot.domain.wording.parts import button
from bot.operations import outbox
from bot.operations.apart import apart
from bot.operations.desk import Desk
from bot.storage import incidents, plans, tallies


async def sweep(desk: Desk) -> int:
    """Tell the planners of each open incident how many places were lost; return how many were told."""
    async with desk.read() as db:
        opened = await incidents.opened(db)
        lost = {o.id: tallies.total(await tallies.of(db, o.id), "move", MoveState.FAILED) for o in opened}
    return await apart("places", [(o.id, partial(_tell, desk, o, lost[o.id])) for o in opened if lost[o.id]])


async def _tell(desk: Desk, incident: Incident, lost: int) -> int:
    async with desk.work() as work:
        plan = await plans.latest(work, incident.id, PlanState.APPROVED)
        if plan is None or not await plans.know_lost(work, plan["id"], lost):
            return 0
        roles = await incidents.roles(work, incident.id)
        planner = roles.get("PLAN") or roles.get("OPS") or roles.get("IC")
        text = f"{plural(lost, 'agent')} can't get where they were sent, or can't work. Their seats are free again."
        card = Card(
            title="Places were lost: plan again",
            tone=Tone.WARN,
            text=(text, "A new plan keeps everybody else where they were told."),
            buttons=(button("Plan again", i.PlanAgain(incident=incident.id), Style.PRIMARY),),
        )
        work.note(incident.id, "bot", Verb.PLAN, f"{plural(lost, 'place')} lost so far", f"plan:{plan['id']}")
        return int(planner is not None and await outbox.to_person(desk, work, incident, planner, card))
