"""The weekly digest: when it goes out, what it says, and what is kept of it so that the next can say what changed."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import Field

from bot.domain.agenda import Entry
from bot.domain.card import Bar, Frozen, Tone
from bot.domain.duty import Duty, moment
from bot.domain.policy import Policy, Weekday
from bot.domain.readiness_score import Audit
from bot.domain.runbook import Category
from bot.domain.wording.shown import words

AHEAD_DAYS = 7
LATE = timedelta(hours=2)


class DigestState(StrEnum):
    """One digest is always ahead; it is sent once."""

    WAITING = "waiting"
    SENT = "sent"


class Reading(Frozen):
    """What is kept of a digest: the scores, rounded down, and the version of every plan by its name."""

    overall: int | None = None
    categories: dict[Category, int | None] = Field(default_factory=dict)
    plans: dict[str, str] = Field(default_factory=dict)


class DigestRow(Frozen):
    """One digest: when it is or was due, when it went out, to how many, and what it read."""

    id: int
    state: DigestState
    due_at: datetime
    sent_at: datetime | None = None
    told: int = 0
    reading: Reading = Reading()


class Contact(Frozen):
    """How people can be reached: how many have no proven way, how many fewer than enough, of how many."""

    none: int
    few: int
    people: int


class Drilled(Frozen):
    """A drill that ended since the last digest."""

    reference: str
    what: str
    percent: int | None


class Coming(Frozen):
    """The next drill that people may know of."""

    what: str
    at: datetime


class Drills(Frozen):
    """How it stands with drills: those that ended, the next, categories not practised, findings open and late."""

    ended: tuple[Drilled, ...] = ()
    coming: Coming | None = None
    undrilled: int = 0
    findings: int = 0
    late: int = 0


class Due(Frozen):
    """One thing that is due, as a line: when, what, whose."""

    duty: Duty
    entry: Entry
    owner: str


class Digest(Frozen):
    """All that the week's digest says; before: the last one that went out, None when this is the first."""

    on: date
    audit: Audit
    reading: Reading
    before: DigestRow | None
    overdue: int
    ahead: int
    first: tuple[Due, ...]
    gaps: int
    lapsed: tuple[str, ...]
    contact: Contact
    drills: Drills
    changes: tuple[str, ...]
    sample: bool = False
    amber: int = 50
    green: int = 80

    @property
    def change(self) -> int | None:
        """By how much the score differs from the last digest's; None when there is nothing to compare."""
        now, then = self.reading.overall, self.before.reading.overall if self.before else None
        return None if now is None or then is None else now - then

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The whole, then the categories, the worst first; each with where it stood in the last digest."""
        audit, was = self.audit, self.before.reading if self.before else Reading()
        whole = Bar(label="All together", value=self.reading.overall, tone=audit.overall.band.tone, was=was.overall)
        made = [
            Bar(label=words(c), value=self.reading.categories.get(c), tone=s.band.tone, was=was.categories.get(c))
            for c, s in audit.categories.items()
        ]
        return whole, *sorted(made, key=lambda bar: 101 if bar.value is None else bar.value)

    @property
    def tone(self) -> Tone:
        """How the card looks."""
        return self.audit.overall.band.tone


def reading_of(audit: Audit, plans: Mapping[str, str]) -> Reading:
    """Return what is kept of this moment."""
    return Reading(
        overall=audit.overall.whole if audit.overall.value is not None else None,
        categories={c: s.whole if s.value is not None else None for c, s in audit.categories.items()},
        plans=dict(plans),
    )


def following(policy: Policy, after: datetime) -> datetime | None:
    """Return when the next digest after a moment goes out, at its time on the wall there; None when never."""
    rules = policy.digest
    if rules.weekday is Weekday.NEVER:
        return None
    tz = rules.tz or policy.tz
    today = after.astimezone(ZoneInfo(tz)).date()
    first = today + timedelta(days=(list(Weekday).index(rules.weekday) - today.weekday()) % 7)
    found = moment(first, tz, rules.at)
    return found if found > after else moment(first + timedelta(days=7), tz, rules.at)


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return what became of the plans: those that are new, other than before, or gone."""
    found = [f"{name} is new" for name in now if name not in before]
    found += [f"{name} was changed" for name, version in now.items() if before.get(name, version) != version]
    return [*found, *(f"{name} is gone" for name in before if name not in now)]
