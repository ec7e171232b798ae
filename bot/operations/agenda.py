"""The agenda as rows: what questionnaire, runbooks and register ask for, brought in line with what is kept."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.domain.agenda import Entry, agenda, first_due, register_of
from bot.domain.due import review_by
from bot.domain.duty import Duty, DutyState, moment
from bot.domain.readiness import Kind, Register
from bot.operations.desk import Desk
from bot.storage import duties, places, vendors
from bot.storage.database import Db, Work

Name = tuple[Kind, str, str]


def today(desk: Desk, now: datetime | None = None) -> date:
    """Return the day that it is for the organisation."""
    return (now or desk.clock.now()).astimezone(ZoneInfo(desk.policy.tz)).date()


async def register(desk: Desk, db: Db) -> Register:
    """Return what questions are asked of."""
    systems, sites = await places.systems(db), await places.sites(db)
    outside = await vendors.every(db)
    return register_of([*systems.values()], [*sites.values()], [*outside.values()], desk.policy.tz)


async def entries(desk: Desk, db: Db) -> dict[Name, Entry]:
    """Return all that is to be asked for, by name."""
    books = desk.library
    return {entry.name: entry for entry in agenda(books.readiness, books, await register(desk, db))}


async def lay_out(desk: Desk) -> int:
    """Bring the rows in line with what is to be asked for; return how many changed."""
    async with desk.read() as db:
        wanted = await entries(desk, db)
        kept = {d.name: d for d in await duties.every(db)}
    if not _differs(wanted, kept):
        return 0
    async with desk.work(alone=True) as work:
        kept = {d.name: d for d in await duties.every(work)}
        new = [entry for name, entry in wanted.items() if name not in kept]
        await duties.add(work, [_row(desk, entry, n, len(new), work) for n, entry in enumerate(new)])
        gone = [d.id for name, d in kept.items() if name not in wanted and d.state is not DutyState.RETIRED]
        await duties.retire(work, gone)
        changed = sum([await _align(desk, work, entry, kept[name]) for name, entry in wanted.items() if name in kept])
    return len(new) + len(gone) + changed


def _differs(wanted: Mapping[Name, Entry], kept: Mapping[Name, Duty]) -> bool:
    standing = {name for name, duty in kept.items() if duty.state is not DutyState.RETIRED}
    return wanted.keys() != standing or any(_stale(entry, kept[name]) for name, entry in wanted.items())


def _stale(entry: Entry, duty: Duty) -> bool:
    known = entry.known_on is not None and (duty.evidence_on is None or entry.known_on > duty.evidence_on)
    return duty.role != entry.role or known or duty.state is DutyState.RETIRED


def _row(desk: Desk, entry: Entry, position: int, count: int, work: Work) -> dict[str, object]:
    start = today(desk, work.now)
    due = first_due(entry, position, count, start, desk.policy.readiness.spread_days)
    return {
        "kind": entry.kind, "key": entry.key, "subject": entry.subject.id, "role": entry.role,
        "state": DutyState.WAITING, "anchor_on": due, "due_on": due, "evidence_on": entry.known_on,
        "next_at": _moment(desk, entry, due), "gap": False,
    }  # fmt: skip


def _moment(desk: Desk, entry: Entry, day: date) -> datetime:
    return moment(day, entry.subject.tz or desk.policy.tz, desk.policy.readiness.ask_at)


async def _align(desk: Desk, work: Work, entry: Entry, duty: Duty) -> bool:
    """Take over a new owner, a review that the file tells of, or something that is asked for again."""
    if not _stale(entry, duty):
        return False
    values: dict[str, object] = {"role": entry.role}
    if duty.state is DutyState.RETIRED:
        due = max(duty.due_on, today(desk, work.now))
        values |= {"state": DutyState.WAITING, "due_on": due, "next_at": _moment(desk, entry, due)}
    if entry.known_on is not None and (duty.evidence_on is None or entry.known_on > duty.evidence_on):
        due = review_by(entry.known_on, entry.every)
        values |= {"state": DutyState.WAITING, "due_on": due, "next_at": _moment(desk, entry, due)}
        values |= {"evidence_on": entry.known_on, "asked_id": None}
    return await duties.put(work, duty, **values)


def named(wanted: Mapping[Name, Entry], some: Sequence[Duty]) -> list[tuple[Duty, Entry]]:
    """Return duties with what they ask for; those that the file no longer has are left out."""
    return [(duty, wanted[duty.name]) for duty in some if duty.name in wanted]
