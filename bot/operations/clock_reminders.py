"""Reminders of regulatory clocks: half left to the owner, a quarter to the deputy too, a tenth to the commander too.

Whoever sweeps, and however late: each threshold once, and those missed taken as one.
"""

from collections.abc import Sequence
from functools import partial

from bot.domain.clock import Clock, reminders_due
from bot.domain.incident import Incident
from bot.domain.journal import Verb
from bot.domain.text import listed
from bot.domain.wording.clocks import reminder
from bot.operations import outbox
from bot.operations.apart import apart
from bot.operations.desk import Desk
from bot.storage import clocks, incidents, people
from bot.storage.database import Db, Work


async def sweep(desk: Desk) -> int:
    """Remind of every clock that is due for it; return how many."""
    async with desk.read() as db:
        due = [c for c in await clocks.ticking(db) if reminders_due(c, db.now) > c.reminded]
    return await apart("clocks", [(clock.incident_id, partial(_attend, desk, clock)) for clock in due])


async def _attend(desk: Desk, clock: Clock) -> bool:
    async with desk.work(alone=True) as work:
        return await _remind(desk, work, clock)


async def _remind(desk: Desk, work: Work, clock: Clock) -> bool:
    rungs = reminders_due(clock, work.now)
    if not await clocks.remind(work, clock, rungs):
        return False
    incident = await incidents.get(work, clock.incident_id)
    targets = (await _ladder(desk, work, incident, clock.plan.owner))[:rungs]
    who = await _whom(desk, work, incident, targets)
    card = reminder(clock, incident, who, work.now)
    for target in targets:
        await outbox.to_person(desk, work, incident, target, card)
    late = "is overdue" if clock.overdue(work.now) else "runs out"
    text = f"{clock.plan.title}, {clock.what.title.lower()} {late}. {who}"
    work.note(incident.id, "bot", Verb.CHASE, text, f"regime:{clock.regime}")
    return True


async def _whom(desk: Desk, work: Work, incident: Incident, targets: Sequence[str]) -> str:
    """Say to whom a reminder goes, and whom it can't reach."""
    names = await people.named(work, targets)
    sent = [names.get(t, t) for t in targets if await outbox.reaches(desk, work, incident, t)]
    lost = [name for name in (names.get(t, t) for t in targets) if name not in sent]
    goes = f"This goes to {listed(sent)}." if sent else ""
    return " ".join(part for part in (goes, f"No message reaches {listed(lost)}: call." if lost else "") if part)


async def _ladder(desk: Desk, db: Db, incident: Incident, role: str) -> list[str]:
    """Return whom to remind, in order: who holds the role, their deputy, the commander; each once."""
    roles = await incidents.roles(db, incident.id)
    owner, commander = roles.get(role), next((roles[r] for r in desk.policy.commander if r in roles), None)
    others = [p.id for p in await people.in_role(db, [role]) if p.id != owner]
    deputy = others[0] if others else roles.get("DEP")
    return list(dict.fromkeys(p for p in (owner, deputy, commander) if p))
