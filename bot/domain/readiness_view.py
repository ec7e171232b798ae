"""The page of readiness as data: what it shows, and how it is filtered."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum

from bot.domain.agenda import Entry
from bot.domain.card import Bar, Frozen, Tone
from bot.domain.drill_view import DrillsView
from bot.domain.duty import CHASED, Duty, DutyState, Outcome, Record
from bot.domain.place import System
from bot.domain.readiness import Goal, Kind, Questionnaire
from bot.domain.readiness_score import Audit, freshness
from bot.domain.redundancy import Start
from bot.domain.runbook import Category
from bot.domain.vendor import Vendor
from bot.domain.wording.readiness import SCORES, scored
from bot.domain.wording.shown import words


class Show(StrEnum):
    """Which duties are listed."""

    ALL = "all"
    DUE = "due"
    OVERDUE = "overdue"
    UNANSWERED = "unanswered"
    GAPS = "gaps"


class Filter(Frozen):
    """What somebody wants to see; empty: everything."""

    category: str = ""
    role: str = ""
    subject: str = ""
    show: Show = Show.ALL

    @property
    def any(self) -> bool:
        """Whether anything is left out."""
        return bool(self.category or self.role or self.subject or self.show is not Show.ALL)


class Line(Frozen):
    """One duty as the page shows it."""

    duty: Duty
    entry: Entry
    owner: str
    last: Record | None
    fresh: float | None
    today: date

    @property
    def late(self) -> bool:
        """Whether its day has passed."""
        return self.duty.overdue(self.today)

    @property
    def tone(self) -> Tone:
        """How it looks: bad when it is late, or a gate that is not passed."""
        if self.late or (self.entry.gate and (self.duty.score or 0) < 2):
            return Tone.BAD
        return Tone.WARN if self.duty.state in CHASED else Tone.PLAIN

    @property
    def score_words(self) -> str:
        """The answer in words: "2 documented"."""
        return "not answered" if self.duty.score is None else f"{self.duty.score} {SCORES[self.duty.score]}"

    @property
    def state_words(self) -> str:
        """How far the asking has come."""
        word = _STATES[self.duty.state]
        return f"overdue, {word}" if self.late and word else ("overdue" if self.late else word)

    @property
    def missed(self) -> date | None:
        """The day on which it was last missed, unless it was done since."""
        last = self.last
        return last.evidence_on if last is not None and last.outcome is Outcome.MISSED else None


_STATES: Mapping[DutyState, str] = {
    DutyState.WAITING: "", DutyState.ASKED: "asked", DutyState.REMINDED: "reminded",
    DutyState.ESCALATED: "the lead was told", DutyState.RETIRED: "asked no more",
}  # fmt: skip


class Progress(Frozen):
    """How far the way to one goal is: percent, or None when nothing can be counted."""

    goal: Goal
    percent: int | None
    said: str


class ReadinessView(Frozen):
    """The whole page; audits: its reader may take the evidence for an auditor away."""

    organisation: str
    zone: str
    now: datetime
    today: date
    audit: Audit
    form: Questionnaire
    lines: tuple[Line, ...]
    roles: dict[str, str]
    wanted: Filter
    goals: tuple[Progress, ...] = ()
    sample: bool = False
    systems: tuple[System, ...] = ()
    starts: tuple[Start, ...] = ()
    vendors: tuple[Vendor, ...] = ()
    audits: bool = False
    drills: DrillsView

    def of(self, kind: Kind) -> list[Line]:
        """The lines of a kind that pass the filter, those that need somebody first."""
        some = [line for line in self.lines if line.duty.kind is kind and passes(line, self.wanted)]
        return sorted(some, key=lambda line: (line.tone is not Tone.BAD, line.duty.due_on, line.duty.id))

    @property
    def subjects(self) -> dict[str, str]:
        """What is asked about, by id, by name."""
        named = {line.entry.subject.id: line.entry.subject.name for line in self.lines if line.entry.subject.id}
        return dict(sorted(named.items(), key=lambda pair: pair[1]))

    @property
    def category_names(self) -> dict[str, str]:
        """The categories in words."""
        return {c.value: words(c) for c in self.audit.categories}

    @property
    def overdue(self) -> int:
        """How many are late."""
        return sum(line.late for line in self.lines)

    @property
    def gaps(self) -> int:
        """How many have nobody whom they belong to."""
        return sum(line.duty.gap for line in self.lines)

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The categories, the worst first."""
        made = [Bar(label=words(c), value=s.whole if s.value is not None else None, tone=s.band.tone)
                for c, s in self.audit.categories.items()]  # fmt: skip
        return tuple(sorted(made, key=lambda bar: 101 if bar.value is None else bar.value))

    @property
    def rows(self) -> list[tuple[Category, str, Tone, date | None, bool]]:
        """Each category: its score in words, its tone, when it was last drilled, whether that is too long ago."""
        audit = self.audit
        return [
            (c, scored(s), s.band.tone, audit.exercised.get(c), c in audit.undrilled)
            for c, s in sorted(
                audit.categories.items(), key=lambda pair: 101 if pair[1].value is None else pair[1].value
            )
        ]


def passes(line: Line, wanted: Filter) -> bool:
    """Whether a line is to be shown."""
    return (
        (not wanted.category or wanted.category in line.entry.categories)
        and (not wanted.role or wanted.role == line.duty.role)
        and (not wanted.subject or wanted.subject == line.entry.subject.id)
        and _shown(line, wanted.show)
    )


def _shown(line: Line, show: Show) -> bool:
    match show:
        case Show.ALL:
            return True
        case Show.DUE:
            return line.duty.open(line.today)
        case Show.OVERDUE:
            return line.late
        case Show.UNANSWERED:
            return line.duty.evidence_on is None
        case Show.GAPS:
            return line.duty.gap


def lines(
    pairs: Sequence[tuple[Duty, Entry]], owners: Mapping[int, str], last: Mapping[int, Record], today: date
) -> Iterable[Line]:
    """Return what is kept as the page shows it."""
    for duty, entry in pairs:
        fresh = freshness(duty.evidence_on, entry.every, today) if duty.evidence_on else None
        yield Line(duty=duty, entry=entry, owner=owners[duty.id], last=last.get(duty.id), fresh=fresh, today=today)
