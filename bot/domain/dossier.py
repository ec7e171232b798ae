"""The evidence for an auditor as tables: scores, answers, tasks, vendors, attestations, drills, the whole history."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from bot.domain.agenda import Entry
from bot.domain.card import Frozen
from bot.domain.drill import Drill
from bot.domain.drill_score import Score
from bot.domain.duty import Duty, Outcome, Record
from bot.domain.readiness import Kind
from bot.domain.readiness_score import Audit, why_capped
from bot.domain.readiness_view import Line
from bot.domain.vendor import LISTED, Vendor, listed
from bot.domain.wording.drill_scores import goal, name, value
from bot.domain.wording.drills import KIND_WORDS
from bot.domain.wording.parts import name_of
from bot.domain.wording.readiness import OUTCOMES, SCORES, scored
from bot.domain.wording.shown import words

Row = tuple[str, ...]


class Sheet(Frozen):
    """One table; name: its file's; apart: too wide for a page, so drawn row by row."""

    name: str
    title: str
    about: str
    columns: Row
    rows: tuple[Row, ...]
    apart: bool = False


class Dossier(Frozen):
    """All of it, drawn at one moment for somebody; tz: in whose zone that moment is said."""

    organisation: str
    made_at: datetime
    tz: str
    by: str
    score: str
    sample: bool
    sheets: tuple[Sheet, ...]

    def sheet(self, name: str) -> Sheet | None:
        """Return a table by name."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)


class Past(Frozen):
    """One line of history: what it was about, in words, and of whom or what that is asked."""

    duty: Duty
    what: str
    about: str
    record: Record


SHEETS = ("scores", "answers", "tasks", "vendors", "attestations", "drills", "history")


def scores(audit: Audit) -> Sheet:
    """Return the score of each category, what holds it down, and when it was last exercised."""
    whole = ("All together", scored(audit.overall), why_capped(audit.overall), "")
    rows = [
        (words(c), scored(s), why_capped(s), _iso(audit.exercised.get(c)) or "never")
        for c, s in audit.categories.items()
    ]
    return Sheet(
        name="scores", title="Scores",
        about="100 · Σ(weight · answer · freshness) / (4 · Σ weight); gates and a year without exercise cap it.",
        columns=("category", "score", "held down by", "last exercised"), rows=(whole, *rows),
    )  # fmt: skip


def answers(lines: Iterable[Line], names: Mapping[str, str]) -> Sheet:
    """Return every question with its last answer and the evidence for it."""
    rows = tuple(_answer(line, names) for line in lines if line.duty.kind is Kind.QUESTION)
    return Sheet(
        name="answers", title="Questions and answers",
        about="0 none, 1 stated, 2 documented, 3 evidence in date, 4 exercised and met. What is old counts less.",
        columns=("id", "question", "of", "answer", "counts", "evidence", "evidence of", "link", "given by", "given on",
                 "owner", "due", "state"), rows=rows,
    )  # fmt: skip


def _answer(line: Line, names: Mapping[str, str]) -> Row:
    entry, last = line.entry, line.last
    gate = " (a gate)" if entry.gate else ""
    return (
        entry.key, entry.title + gate, entry.subject.name, line.score_words,
        "" if line.fresh is None else f"{line.fresh * 100:.0f} %", last.text if last else "",
        _iso(line.duty.evidence_on), last.link if last else "", name_of(last.by, names) if last else "",
        _iso(last.at.date()) if last else "", line.owner, _iso(line.duty.due_on), line.state_words or "in date",
    )  # fmt: skip


_TASKS = {Kind.REVIEW: "review", Kind.MAINTENANCE: "maintenance", Kind.OVERLAP: "agreement"}


def tasks(lines: Iterable[Line], names: Mapping[str, str]) -> Sheet:
    """Return reviews, maintenance and agreements with when they were done last."""
    return Sheet(
        name="tasks", title="Reviews, maintenance, agreements", about="What comes back, and when it was done last.",
        columns=("kind", "what", "every", "last", "how", "evidence", "link", "by", "owner", "due", "state"),
        rows=tuple(_task(line, names) for line in lines if line.duty.kind in _TASKS),
    )  # fmt: skip


def _task(line: Line, names: Mapping[str, str]) -> Row:
    last, entry = line.last, line.entry
    said = (OUTCOMES[last.outcome], last.text, last.link, name_of(last.by, names)) if last else ("", "", "", "")
    state = f"missed on {_iso(line.missed)}" if line.missed else line.state_words or "in date"
    return (
        _TASKS[line.duty.kind], entry.label, entry.every, _iso(line.duty.evidence_on), *said, line.owner,
        _iso(line.duty.due_on), state,
    )  # fmt: skip


def vendors(some: Iterable[Vendor], today: date) -> Sheet:
    """Return the register of vendors, and whether what they attested is in date."""
    return Sheet(
        name="vendors", title="Vendors and outsourcers", apart=True,
        about="Plans, test reports and attestations, as vendors gave them.",
        columns=(*LISTED, "state"), rows=tuple((*listed(one), one.standing(today)) for one in some),
    )  # fmt: skip


def attestations(history: Iterable[Past], names: Mapping[str, str], today: date) -> Sheet:
    """Return every attestation ever given, the newest first."""
    return Sheet(
        name="attestations", title="Attestations", about="Each time that a vendor attested its own plan.",
        columns=("vendor", "attested on", "by", "plan tested on", "holds until", "what was said", "link", "state"),
        rows=tuple(_attested(one, names, today) for one in history if one.record.outcome is Outcome.ATTESTED),
    )  # fmt: skip


def _attested(one: Past, names: Mapping[str, str], today: date) -> Row:
    record = one.record
    return (
        one.about, _iso(record.at.date()), name_of(record.by, names), _iso(record.evidence_on), _iso(record.expires_on),
        record.text, record.link, "expired" if record.expires_on and record.expires_on < today else "in date",
    )  # fmt: skip


def drills(some: Iterable[Drill]) -> Sheet:
    """Return the drills that were held with their scores, the newest first."""
    return Sheet(
        name="drills", title="Drills", about="What was practised, how it was scored, what it fell short of.",
        columns=("reference", "kind", "category", "on", "announced", "score", "short of"),
        rows=tuple(_drill(one) for one in some),
    )  # fmt: skip


def _drill(one: Drill) -> Row:
    found = Score.model_validate(one.score) if one.score else Score(marks=())
    missed = "; ".join(f"{name(m)}: {value(m)}, wanted {goal(m)}" for m in found.missed)
    at = (one.started_at or one.planned_at).date()
    percent = "not scored" if found.percent is None else f"{found.percent} %"
    known = "yes" if one.announced else "no"
    return one.reference, KIND_WORDS[one.kind], words(one.category), _iso(at), known, percent, missed


def history(some: Iterable[Past], names: Mapping[str, str]) -> Sheet:
    """Return all that was ever answered, done, agreed, attested or missed, the newest first."""
    return Sheet(
        name="history", title="History", about="Every answer and task, each time; the newest first, in UTC.",
        columns=("when", "id", "what", "how", "answer", "evidence", "link", "evidence of", "holds until", "by",
                 "sample"),
        rows=tuple(_past(one, names) for one in some),
    )  # fmt: skip


def _past(one: Past, names: Mapping[str, str]) -> Row:
    record = one.record
    score = "" if record.score is None else f"{record.score} {SCORES[record.score]}"
    return (
        f"{record.at:%Y-%m-%d %H:%M}", one.duty.key, one.what, OUTCOMES[record.outcome], score, record.text,
        record.link, _iso(record.evidence_on), _iso(record.expires_on), name_of(record.by, names),
        "sample" if record.sample else "",
    )  # fmt: skip


def joined(every: Iterable[Duty], pairs: Sequence[tuple[Duty, Entry]], records: Iterable[Record]) -> Iterator[Past]:
    """Yield each record with what it is about; what is asked no more has its id for a title."""
    entries = {duty.id: entry for duty, entry in pairs}
    known = {duty.id: duty for duty in every}
    for record in records:
        duty, entry = known[record.duty_id], entries.get(record.duty_id)
        what = entry.label if entry else f"{duty.key} {duty.subject} (asked no more)"
        yield Past(duty=duty, what=what, about=entry.subject.name if entry else duty.subject, record=record)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
