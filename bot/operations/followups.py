"""Chasing: whoever has not answered is asked again, then called by their lead, then known to the safety officer."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any

from bot.domain.card import Card, Fact, Tone
from bot.domain.followup import decide
from bot.domain.incident import Incident
from bot.domain.journal import Verb
from bot.domain.notice import RecipientState
from bot.domain.person import Audience
from bot.domain.policy import ChaseBy, Rung
from bot.domain.text import plural
from bot.domain.wording.parts import banner
from bot.operations import calls, outbox, quieting, rerouting
from bot.operations.apart import apart
from bot.operations.desk import Desk
from bot.storage import incidents, notices, silent
from bot.storage.database import Work

_BATCH = 1000


async def sweep(desk: Desk) -> int:
    """Take everybody whose next rung is due one rung on; return how many."""
    async with desk.read() as db:
        due = await silent.incidents_to_chase(db, db.now)
    return await apart("followups", [(key, partial(_of_incident, desk, key)) for key in due])


async def _of_incident(desk: Desk, incident: int) -> int:
    total = 0
    while True:
        async with desk.work(alone=True) as work:
            rows = await silent.to_chase(work, incident, work.now, _BATCH)
            for group in _alike(rows):
                await _chase(desk, work, group)
        total += len(rows)
        if len(rows) < _BATCH:
            return total


def _alike(rows: Sequence[Any]) -> list[list[Any]]:
    """People on one rung of one notice, whom messages reach or don't: one decision serves them all."""
    groups: dict[tuple[int, int, str], list[Any]] = defaultdict(list)
    for row in rows:
        groups[row["notice_id"], row["rung"], row["state"]].append(row)
    return list(groups.values())


async def _chase(desk: Desk, work: Work, group: Sequence[Any]) -> None:
    first = group[0]
    rung, state, live = first["rung"], RecipientState(first["state"]), first["notice_state"] == "live"
    incident = await incidents.get(work, first["incident_id"])
    ladder: tuple[Rung, ...] = desk.policy.ladder.get(Audience(first["audience"]), ()) if live else ()
    chase = decide(state, rung, first["sent_at"], ladder, work.now, incident.severity)
    group, sleeping = quieting.awake(desk, incident, group, work.now) if chase.does else (group, {})
    for until, ids in sleeping.items():
        await silent.climb(work, ids, rung, rung, until)
    if any(due.by is ChaseBy.RESEND for due in chase.does):
        lost = await silent.lose(work, [row["id"] for row in group])
        group = [row for row in group if row["id"] not in lost]
    if not await silent.climb(work, [row["id"] for row in group], rung, chase.rung, chase.next_at):
        return
    for due in chase.does if incident.open else ():
        await _effect(desk, work, incident, first["notice_id"], due, group)


async def _effect(desk: Desk, work: Work, incident: Incident, notice_id: int, rung: Rung, group: Sequence[Any]) -> None:
    n, routes = len(group), [p for p in await rerouting.ways(desk, work) if not rung.routes or p in rung.routes]
    match rung.by:
        case ChaseBy.GROUP | ChaseBy.DIRECT:
            await _write(work, notice_id, group, routes, once=True)
        case ChaseBy.RESEND if not routes:
            return  # none of the rung's ways exists in this installation
        case ChaseBy.RESEND:
            shut = await rerouting.closed_ways(work)  # what waits there goes out when it opens
            await _write(work, notice_id, group, [p for p in routes if p not in shut], once=False)
        case ChaseBy.LEAD:
            for caller in await calls.callers(work, incident, group):
                await outbox.call_list_to(desk, work, incident, caller)
        case ChaseBy.SAFETY_OFFICER:
            await _tell_officer(desk, work, incident, n)
    people = plural(n, "silent person", "silent people")
    work.note(incident.id, "bot", Verb.CHASE, f"{people}: {_WORDS[rung.by]}", f"notice:{notice_id}")


_WORDS = {
    ChaseBy.GROUP: "asked in their team's channel",
    ChaseBy.DIRECT: "written to directly",
    ChaseBy.RESEND: "sent again",
    ChaseBy.LEAD: "given to their team leads to call",
    ChaseBy.SAFETY_OFFICER: "reported to the safety officer",
}


async def _write(work: Work, notice_id: int, group: Sequence[Any], routes: Sequence[str], *, once: bool) -> None:
    """Send direct messages, the most critical queues first; once: to whom none was sent yet."""
    notice = await notices.find(work, notice_id)
    if notice is not None:
        ids = [row["id"] for row in group]
        for platform in routes:
            await notices.enqueue(work, notice, platform, notices.among(ids), once=once)


async def _tell_officer(desk: Desk, work: Work, incident: Incident, n: int) -> None:
    roles = await incidents.roles(work, incident.id)
    officer = roles.get("SO") or roles.get("IC")
    card = Card(
        title=f"{plural(n, 'person', 'people')} still silent", tone=Tone.BAD, banner=banner(drill=incident.drill),
        text=("None of them has answered. /disaster roll lists them; they stand on their leads' call lists too.",),
        facts=(Fact(label="Incident", value=incident.reference),),
    )  # fmt: skip
    if officer is not None:
        await outbox.to_person(desk, work, incident, officer, card)
