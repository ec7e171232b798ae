"""What follows from what became of messages: the next route at once, else a call; never only a count."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from bot.domain.delivery import Delivery, Gone, Outcome, Sent
from bot.domain.journal import Verb
from bot.domain.text import plural
from bot.domain.wording.delivery import remedy
from bot.operations import quieting
from bot.operations.desk import Desk
from bot.storage import addresses, incidents, posts, silent
from bot.storage.database import Work


async def follow(desk: Desk, work: Work, recorded: Sequence[Delivery], said: Mapping[int, Sent]) -> None:
    """Do what follows from outcomes that were just recorded."""
    await posts.count(work, [d for d in recorded if said[d.id].outcome is Outcome.SENT])
    gone = [d for d in recorded if said[d.id].outcome is Outcome.GONE and d.edits is None]
    if gone:
        await fail(desk, work, gone, {d.id: said[d.id].reason or Gone.REFUSED for d in gone})


async def fail(desk: Desk, work: Work, failed: Sequence[Delivery], why: Mapping[int, Gone | None]) -> None:
    """Messages did not arrive: each goes the person's next way; whom no way is left, their lead is asked to call."""
    lost: dict[str, list[tuple[str, Gone]]] = defaultdict(list)
    for delivery in failed:
        if (reason := why[delivery.id]) is not None and delivery.address and delivery.person_id:
            lost[delivery.platform].append((delivery.address, reason))
    await addresses.lose(work, lost)
    moved = await addresses.move_on(work, failed, desk.platforms)
    for notice in await posts.direct_instead(work, [d for d in failed if d.team_id], desk.platforms):
        incident = await incidents.get(work, notice.incident_id)
        await quieting.hold(desk, work, incident, notice.id, notice.ask)
    stuck = [d.recipient_id for d in failed if d.id not in moved and d.recipient_id is not None]
    await silent.lose(work, stuck)
    _note(work, failed, why, moved)


def _note(work: Work, failed: Sequence[Delivery], why: Mapping[int, Gone | None], moved: set[int]) -> None:
    """One line for each reason: how many, what became of them, what a person can do."""
    groups = Counter((d.incident_id, why[d.id]) for d in failed)
    for (incident, reason), n in groups.items():
        other = sum(d.id in moved for d in failed if (d.incident_id, why[d.id]) == (incident, reason))
        what = remedy(reason) if reason is not None else "Nobody knows whether they came: given up."
        text = f"{plural(n, 'message')} not delivered, {other} sent another way. {what}"
        work.note(incident, "bot", Verb.DELIVERY, text)
        if reason is not None:
            work.shift(incident, "gone", reason, old=None, new="gone", n=n)
