"""The evidence for an auditor: gathered from the rows at one moment, and who took it stands in the journal."""

from bot.domain import dossier as domain
from bot.domain.dossier import Dossier
from bot.domain.drill import AHEAD, DrillState
from bot.domain.journal import Verb
from bot.domain.person import Person
from bot.domain.readiness_view import Line, lines
from bot.domain.wording.readiness import scored
from bot.operations import readiness, readiness_page
from bot.operations.desk import Desk
from bot.storage import drills, duties, people, vendors
from bot.storage.database import Db

_MOST = 50_000
_HELD = frozenset(DrillState) - AHEAD


async def taken(desk: Desk, person: str, what: str) -> Dossier | None:
    """Return the evidence as it stands, and note who took what of it; None for somebody who may not."""
    async with desk.read() as db:
        if not await readiness_page.may_audit(desk, db, person):
            return None
        found = await gather(desk, db, await people.find(db, person) if person else None)
    async with desk.work() as work:
        work.note(None, person or "bot", Verb.UPDATE, f"took the evidence for an auditor: {what}", "evidence")
    return found


async def gather(desk: Desk, db: Db, reader: Person | None = None) -> Dossier:
    """Read all of the evidence."""
    seen, records = await readiness.seen(desk, db), await duties.all_records(db, _MOST)
    past = [*domain.joined(await duties.every(db), seen.pairs, records)]
    names = await people.named(db, {record.by for record in records})
    owners = await readiness_page.owners(db, seen.pairs)
    rows = sorted(lines(seen.pairs, owners, await duties.newest(db), seen.on), key=_order)
    return Dossier(
        organisation=desk.policy.organisation, made_at=db.now, tz=(reader.tz if reader else "") or desk.policy.tz,
        by=reader.name if reader else "somebody at this machine", sample=seen.sample, score=scored(seen.audit.overall),
        sheets=(
            domain.scores(seen.audit), domain.answers(rows, names), domain.tasks(rows, names),
            domain.vendors((await vendors.every(db)).values(), seen.on), domain.attestations(past, names, seen.on),
            domain.drills(await drills.in_state(db, _HELD, _MOST)), domain.history(past, names),
        ),
    )  # fmt: skip


def _order(line: Line) -> tuple[str, str, str]:
    """Questions as people number them, T2 before T10; of one question its subjects by name."""
    key = line.duty.key
    head = key.rstrip("0123456789")
    return line.duty.kind, f"{head}{key[len(head) :].zfill(4)}", line.entry.subject.name
