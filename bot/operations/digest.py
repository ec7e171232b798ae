"""The weekly digest: gathered from the rows, shown to whoever asks, sent once a week to those who lead."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain import digest as domain
from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.digest import Coming, Contact, Digest, DigestRow, Drilled, Drills, Due
from bot.domain.drill import AHEAD
from bot.domain.drill_score import Score
from bot.domain.duty import Outcome
from bot.domain.journal import Verb
from bot.domain.person import Audience
from bot.domain.readiness import Kind
from bot.domain.text import plural
from bot.domain.wording import digests as wording
from bot.domain.wording.drills import KIND_WORDS
from bot.operations import readiness, readiness_page
from bot.operations.desk import Desk
from bot.operations.readiness import Seen
from bot.operations.scene import Scene
from bot.storage import digests, drill_actions, drills, duties, letters, people, reach, vendors
from bot.storage.database import Db, Work
from bot.storage.runbooks import Library

_FIRST, _MOST = 5, 500
_WEEK = timedelta(days=7)


async def show(scene: Scene, intent: i.Digest) -> Card:  # noqa: ARG001
    """Show the digest as it would go out now."""
    found = await gather(scene.desk, scene.db)
    return wording.digest_card(found, domain.following(scene.desk.policy, scene.db.now))


async def gather(desk: Desk, db: Db) -> Digest:
    """Read all that the digest says."""
    before, seen = await digests.last(db), await readiness.seen(desk, db)
    since = before.sent_at if before and before.sent_at else db.now - _WEEK
    reading, form = domain.reading_of(seen.audit, plans(desk.library)), desk.library.readiness
    soon = [(d, e) for d, e in seen.pairs if d.open(seen.on) or d.due_on <= seen.on + timedelta(days=domain.AHEAD_DAYS)]
    owners = await readiness_page.owners(db, soon[:_FIRST])
    kept = before.reading.plans if before else reading.plans
    return Digest(
        on=seen.on, audit=seen.audit, reading=reading, before=before, overdue=seen.overdue,
        ahead=len(soon) - seen.overdue, gaps=sum(d.gap for d, _ in seen.pairs), sample=seen.sample,
        first=tuple(Due(duty=d, entry=e, owner=owners[d.id]) for d, e in soon[:_FIRST]),
        lapsed=tuple(v.name for v in (await vendors.every(db)).values() if v.lapsed(seen.on)),
        contact=await _contact(desk, db), drills=await _drills(db, since, seen),
        changes=(*domain.changed(kept, reading.plans), *await _reviewed(db, since)),
        amber=form.bands.amber_from, green=form.bands.green_from,
    )  # fmt: skip


def plans(library: Library) -> dict[str, str]:
    """Return what tells each plan's version from any other, by the plan's name."""
    names = {"readiness": "The readiness questionnaire", "regimes": "The list of regulatory regimes"}
    names |= {category.value: f"Runbook “{book.title}”" for category, book in library.runbooks.items()}
    return {names[key]: version for key, version in library.versions.items()}


async def _reviewed(db: Db, since: datetime) -> list[str]:
    ended = await duties.ended_since(db, Kind.REVIEW, since)
    words = {Outcome.APPROVED: "approved as it is", Outcome.CHANGED: "reviewed and changed"}
    return [f"{plural(n, 'plan')} {said}" for how, said in words.items() if (n := ended.count(how))]


async def _contact(desk: Desk, db: Db) -> Contact:
    people_, none, few = await reach.counted(db, desk.platforms, desk.policy.proof_days)
    return Contact(none=none, few=few, people=people_)


async def _drills(db: Db, since: datetime, seen: Seen) -> Drills:
    """Read how it stands with drills; of one that nobody is to know of nothing is said."""
    ended = [
        Drilled(reference=d.reference, what=KIND_WORDS[d.kind], percent=Score.model_validate(d.score).percent)
        if d.score else Drilled(reference=d.reference, what=KIND_WORDS[d.kind], percent=None)
        for d in await drills.ended_since(db, since)
    ]  # fmt: skip
    ahead = [d for d in (await drills.in_state(db, AHEAD))[::-1] if d.announced]
    open_ = await drill_actions.opened(db)
    return Drills(
        ended=tuple(ended), undrilled=len(seen.audit.undrilled), findings=len(open_),
        coming=Coming(what=KIND_WORDS[ahead[0].kind], at=ahead[0].planned_at) if ahead else None,
        late=sum(action.due_on < seen.on for action in open_),
    )  # fmt: skip


async def sweep(desk: Desk) -> int:
    """Send the digest whose moment has come; return to how many it goes. One that was missed goes once, late."""
    wanted = domain.following(desk.policy, desk.clock.now())
    async with desk.read() as db:
        row = await digests.waiting(db)
        due = row is not None and row.due_at <= db.now
    if wanted is not None and row is not None and due:
        return await _send(desk, row)
    if (row.due_at if row else None) != wanted:
        async with desk.work(alone=True) as work:
            await _put_off(work, await digests.waiting(work), wanted)
    return 0


async def _put_off(work: Work, row: DigestRow | None, wanted: datetime | None) -> None:
    """Bring the one that is ahead in line with the settings."""
    if row is not None and row.due_at != wanted:
        await digests.call_off(work, row)
    if wanted is not None and (row is None or row.due_at != wanted):
        await digests.plan(work, wanted)


async def _send(desk: Desk, row: DigestRow) -> int:
    """Gather while nothing is locked; the machine that takes the row then sends what it gathered."""
    async with desk.read() as db:
        found, to = await gather(desk, db), await readers(desk, db)
    wanted = domain.following(desk.policy, desk.clock.now())
    async with desk.work(alone=True) as work:
        if wanted is None or not await digests.take(work, row, reading=found.reading.model_dump(mode="json")):
            return 0
        late = row.due_at if work.now - row.due_at > domain.LATE else None
        card = wording.digest_card(found, wanted, late)
        told = await letters.write_to_all(work, to, desk.chats, card)
        await digests.count(work, row, told)
        await digests.plan(work, wanted)
        work.note(None, "bot", Verb.SITREP, f"the weekly digest went to {plural(told, 'person', 'people')}", "digest")
    return told


async def readers(desk: Desk, db: Db) -> Sequence[str]:
    """Return who gets it, each once: who keeps the plan, else a commander; leaders; roles that the policy names."""
    rules = desk.policy.digest
    keep = await people.in_role(db, desk.policy.readiness.manager) or await people.in_role(db, desk.policy.commander)
    also = await people.in_role(db, rules.roles) if rules.roles else []
    lead = await people.of_audience(db, [Audience.LEADERS], _MOST) if rules.leaders else []
    return [*dict.fromkeys(person.id for person in (*keep, *also, *lead) if not person.outside)]
