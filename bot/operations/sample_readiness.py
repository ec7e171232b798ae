"""A past year of answers for the demo, made up and marked so: mostly in date, some late, one category red."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from bot.domain.agenda import Entry
from bot.domain.digest import reading_of
from bot.domain.due import review_by
from bot.domain.duty import ENDS, Duty, Outcome, moment, next_on
from bot.domain.readiness import Kind
from bot.operations import digest, readiness
from bot.operations.agenda import entries, lay_out, named, today
from bot.operations.desk import Desk
from bot.storage import digests, duties, people, vendors
from bot.storage.database import Work

# What each question was last answered with; back-ups, the CRM and the out-of-band channel are the weak spot.
_SCORES = {
    "T1": 4, "T2": 3, "T3": 3, "T4": 3, "T5": 4, "T6": 3, "T7": 4, "T8": 1,
    "P1": 2, "P2": 3, "P3": 3, "P4": 3, "P5": 1, "P6": 3, "P7": 1,
    "X1": 2, "X2": 3, "X3": 2, "X4": 2, "X5": 2, "X6": 3, "X7": 2, "X8": 1, "X9": 3, "X10": 3, "X11": 4, "X12": 2,
    "X13": 3,
}  # fmt: skip
_SAID = (
    "nothing yet",
    "as told in the weekly meeting",
    "in the handbook",
    "checked against the log",
    "tried in a drill",
)
_LATE = {"P3", "X7", "X12", "contact_list", "hvac_filters", "it_service"}  # nobody has got round to these
_MISSED = {("water_amenities", "york"), ("generator_inspection", "manchester")}


async def seed(desk: Desk) -> int:
    """Make up a year of answers unless there are some; return how many."""
    await lay_out(desk)
    async with desk.work(alone=True) as work:
        if await duties.newest(work):
            return 0
        keepers = {role: found[0].id for role in desk.policy.roles if (found := await people.in_role(work, [role]))}
        pairs = named(await entries(desk, work), await duties.standing(work))
        return sum([await _live(desk, work, duty, entry, keepers.get(duty.role, "bot")) for duty, entry in pairs])


async def _live(desk: Desk, work: Work, duty: Duty, entry: Entry, by: str) -> int:
    """Give one duty its past: two times that it was done, or one that was missed."""
    if entry.known_on is not None:
        return 0
    on = today(desk, work.now)
    days = [*_days(duty, entry, on)]
    at = [moment(day, desk.policy.tz, desk.policy.readiness.ask_at) for day in days]
    for n, (day, when) in enumerate(zip(days, at, strict=True)):
        await duties.record(work, duty.id, **_record(duty, entry, day, when, by, newest=n == len(days) - 1))
    last = days[-1]
    due = review_by(last, entry.every) if duty.kind is not Kind.MAINTENANCE else _due(duty, entry, last, on)
    tz = entry.subject.tz or desk.policy.tz
    await duties.put(
        work, duty, evidence_on=last, due_on=due, anchor_on=due, ended_at=at[-1], ended_by=by,
        score=_SCORES.get(duty.key) if duty.kind is Kind.QUESTION else None,
        next_at=moment(due, tz, desk.policy.readiness.ask_at),
    )  # fmt: skip
    if duty.kind is Kind.ATTESTATION:
        await _attested(work, duty, last, at[-1])
    if (duty.key, duty.subject) in _MISSED:
        await duties.record(work, duty.id, outcome=Outcome.MISSED, evidence_on=last, by="bot", sample=True)
    return len(days)


async def last_week(desk: Desk) -> bool:
    """Make up what the last digest read, a little worse than now, unless one went out: so there is a change to show."""
    async with desk.work(alone=True) as work:
        if await digests.last(work) is not None:
            return False
        now = reading_of((await readiness.seen(desk, work)).audit, digest.plans(desk.library))
        steps = {c: n % 5 - 1 for n, c in enumerate(now.categories)}
        past = now.evolve(
            overall=None if now.overall is None else max(now.overall - 3, 0),
            categories={c: None if v is None else min(max(v - steps[c], 0), 100) for c, v in now.categories.items()},
            plans={name: "before" if "power" in name else version for name, version in now.plans.items()},
        )
        await digests.remember(work, work.now - timedelta(days=7), past.model_dump(mode="json"))
    return True


# What each does for us, in how many minutes it is back, and how long its evidence holds: one has expired.
_VENDORS = {
    "corvid-routing": ("contact routing and menus", 60, "6 months"),
    "brightfile-crm": ("customer records", 120, "12 months"),
    "tallow-workforce": ("workforce management", 480, "12 months"),
    "oakline-desktops": ("agents' desktops", 240, "12 months"),
    "halden-telecom": ("numbers and lines", 30, "12 months"),
    "pinmark-payments": ("card payments by keypad", 120, "12 months"),
    "fallow-recovery-sites": ("recovery seats in Bradford, shared", 240, "12 months"),
    "kestrel-atendimento": ("billing and letters in Portuguese and English", 180, "12 months"),
}


async def _attested(work: Work, duty: Duty, tested: date, at: datetime) -> None:
    services, rto, holds = _VENDORS.get(duty.subject, ("see the contract", 240, "12 months"))
    site = f"https://{duty.subject}.example.com"
    await vendors.put(
        work, duty.subject, services=f"Sample: {services}", contract=f"SAMPLE-{duty.id:03d}", rto_min=rto,
        invocation="We invoke the continuity clause; confirm by telephone within 15 minutes.",
        tested_on=tested, expires_on=review_by(tested, holds), attested_by="a made-up contact", attested_at=at,
        plan_link=f"{site}/plan", report_link=f"{site}/test-report",
        **({"skills": ["billing", "correspondence"], "seats": 40} if duty.key == "outsourcer_plan" else {"skills": []}),
    )  # fmt: skip


def _ended(duty: Duty) -> Outcome:
    return (*ENDS[duty.kind], Outcome.ATTESTED)[0]


def _days(duty: Duty, entry: Entry, on: date) -> Iterator[date]:
    """When it was done: one interval before the last time, and the last time, which is late for some."""
    length = (review_by(on, entry.every) - on).days
    age = length * 5 // 4 + 1 if duty.key in _LATE else (duty.id * 37) % max(length * 9 // 10, 1) + 1
    for back in (age + length, age):
        if back <= 500:
            yield on - timedelta(days=back)
    if age > 500:
        yield on - timedelta(days=500)


def _due(duty: Duty, entry: Entry, last: date, on: date) -> date:
    return next_on(duty.kind, entry.every, last, last, max(last, on - timedelta(days=1)))


def _record(duty: Duty, entry: Entry, day: date, at: datetime, by: str, *, newest: bool) -> dict[str, Any]:
    """One line of history; the time before it was one step worse."""
    said: dict[str, Any] = {"outcome": _ended(duty), "evidence_on": day, "by": by, "at": at, "sample": True}
    if duty.kind is not Kind.QUESTION:
        return said | {"text": f"Sample: {entry.evidence.lower() or 'looked at'}"}
    score = _SCORES.get(duty.key, 2) if newest else max(_SCORES.get(duty.key, 2) - 1, 0)
    return said | {"score": score, "text": f"Sample: {_SAID[score]}"}
