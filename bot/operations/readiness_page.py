"""The page of readiness: everything that is asked, with its owner and its last answer; and how far the goals are."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.agenda import Entry
from bot.domain.duty import Duty
from bot.domain.permission import audits
from bot.domain.readiness_view import Filter, ReadinessView, lines
from bot.domain.redundancy import start
from bot.operations import drill_page, readiness, roadmap
from bot.operations.desk import Desk
from bot.storage import duties, people, places, vendors
from bot.storage.database import Db


async def view(desk: Desk, db: Db, wanted: Filter, person: str = "") -> ReadinessView:
    """Return the page as one person sees it."""
    found = await readiness.seen(desk, db)
    return ReadinessView(
        organisation=desk.policy.organisation,
        zone=await _zone(desk, db, person),
        now=db.now,
        today=found.on,
        audit=found.audit,
        form=desk.library.readiness,
        lines=tuple(lines(found.pairs, await owners(db, found.pairs), await duties.newest(db), found.on)),
        roles=desk.policy.roles,
        wanted=wanted,
        goals=await roadmap.progress(desk, db),
        sample=found.sample,
        vendors=tuple((await vendors.every(db)).values()),
        audits=await may_audit(desk, db, person),
        drills=await drill_page.view(desk, db, person),
        **await _redundancy(db),
    )


async def _redundancy(db: Db) -> dict[str, Any]:
    systems = tuple((await places.systems(db)).values())
    named = {key for system in systems for key in (system.starter, system.starter_deputy) if key}
    here = {person.id: person for person in await people.still_here(db, named)}
    return {"systems": systems, "starts": tuple(start(system, here) for system in systems)}


async def _zone(desk: Desk, db: Db, person: str) -> str:
    reader = await people.find(db, person) if person else None
    return reader.tz if reader else desk.policy.tz


async def may_audit(desk: Desk, db: Db, person: str) -> bool:
    """Whether somebody may take the evidence away; who sits at the demo's own machine may."""
    reader = await people.find(db, person) if person else None
    return not person or (reader is not None and audits(reader, desk.policy))


async def owners(db: Db, pairs: Sequence[tuple[Duty, Entry]]) -> Mapping[int, str]:
    """Return who owns each duty, in words: whoever it was given to, while they are here, else who holds its role."""
    roles = sorted({duty.role for duty, _ in pairs})
    staff = await people.in_role(db, roles) if roles else []
    first = {role: next((p.name for p in staff if role in p.roles), "") for role in roles}
    here = await people.still_here(db, {d.owner_id for d, _ in pairs if d.owner_id})
    names = {person.id: person.name for person in here}
    return {d.id: names.get(d.owner_id or "") or first.get(d.role) or "nobody" for d, _ in pairs}
