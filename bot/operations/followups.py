"""Chasing: whoever has not answered is asked again, then called by their lead, then known to the safety officer."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from bot.domain.card import Card, Fact, Tone
from bot.domain.followup import Chase, decide, rung_after
from bot.domain.incident import Incident
from bot.domain.journal import Verb
from bot.domain.notice import RecipientState
from bot.domain.person import Audience
from bot.domain.policy import ChaseBy, Rung
from bot.domain.text import plural
from bot.domain.wording.parts import banner
from bot.operations import outbox
from bot.operations.desk import Desk
from bot.storage import incidents, notices
from bot.storage.database import Work

_BATCH = 1000


async def sweep(desk: Desk) -> int:
    """Take everybody whose next rung is due one rung on; return how many."""
    total = 0
    while True:
        async with desk.work(alone=True) as work:
            rows = await notices.to_chase(work, work.now, _BATCH)
            for (notice, rung), group in _by_rung(rows).items():
                await _chase(desk, work, notice, rung, group)
        total += len(rows)
        if len(rows) < _BATCH:
            return total


def _by_rung(rows: Sequence[Any]) -> dict[tuple[int, int], list[Any]]:
    groups: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in rows:
        groups[row["notice_id"], row["rung"]].append(row)
    return groups


async def _chase(desk: Desk, work: Work, notice_id: int, rung: int, group: Sequence[Any]) -> None:
    """People on one rung of one notice stand alike: one decision serves them all."""
    first = group[0]
    ladder: tuple[Rung, ...] = desk.policy.ladder.get(Audience(first["audience"]), ())
    live = first["notice_state"] == "live"
    chase = decide(RecipientState.WAITING, rung, first["sent_at"], ladder, work.now) if live else Chase(None, None)
    stands = rung_after(rung, first["sent_at"], ladder, work.now) if live else len(ladder)
    ids = [row["id"] for row in group]
    if not await notices.climb(work, ids, rung, stands, chase.next_at):
        return
    incident = await incidents.get(work, first["incident_id"])
    if chase.by is not None and incident.open:
        await _effect(desk, work, incident, notice_id, chase.by, group)


async def _effect(
    desk: Desk, work: Work, incident: Incident, notice_id: int, by: ChaseBy, group: Sequence[Any]
) -> None:
    n = len(group)
    match by:
        case ChaseBy.RESEND:
            await _resend(desk, work, notice_id, group)
        case ChaseBy.LEAD:
            for lead in sorted({row["lead"] for row in group if row["lead"]}):
                await outbox.call_list_to(desk, work, incident, lead)
        case ChaseBy.SAFETY_OFFICER:
            await _tell_officer(desk, work, incident, n)
    people = plural(n, "silent person", "silent people")
    work.note(incident.id, "bot", Verb.CHASE, f"{people}: {_WORDS[by]}", f"notice:{notice_id}")


_WORDS = {
    ChaseBy.RESEND: "sent again",
    ChaseBy.LEAD: "given to their team leads to call",
    ChaseBy.SAFETY_OFFICER: "reported to the safety officer",
}


async def _resend(desk: Desk, work: Work, notice_id: int, group: Sequence[Any]) -> None:
    notice = await notices.find(work, notice_id)
    if notice is not None:
        ids = [row["id"] for row in group]
        for platform in desk.platforms:
            await notices.enqueue(work, notice, platform, notices.among(ids), once=False)


async def _tell_officer(desk: Desk, work: Work, incident: Incident, n: int) -> None:
    roles = await incidents.roles(work, incident.id)
    officer = roles.get("SO") or roles.get("IC")
    card = Card(
        title=f"{plural(n, 'person', 'people')} still silent", tone=Tone.BAD, banner=banner(drill=incident.drill),
        text=("They were written to twice and their leads were asked to call. /disaster roll lists them.",),
        facts=(Fact(label="Incident", value=incident.reference),),
    )  # fmt: skip
    if officer is not None:
        await outbox.to_person(desk, work, incident, officer, card)
