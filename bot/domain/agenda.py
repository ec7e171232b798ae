"""The agenda: everything that comes back, laid out from the questionnaire, the runbooks and the register."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta

from bot.domain.card import Frozen
from bot.domain.due import review_by
from bot.domain.place import Site, SiteKind, System
from bot.domain.readiness import (
    Kind,
    Overlap,
    Question,
    Questionnaire,
    Recurring,
    Register,
    Scope,
    Standby,
    Subject,
    Task,
    subjects,
)
from bot.domain.runbook import Category, Runbook
from bot.domain.vendor import Vendor

RUNBOOK = "runbook"


class Entry(Frozen):
    """One duty as it should be; known_on: when it was last done as far as a file says; since: from when it counts."""

    kind: Kind
    key: str
    subject: Subject
    title: str
    why: str = ""
    evidence: str = ""
    every: str
    role: str
    gate: bool = False
    categories: tuple[Category, ...] = ()
    known_on: date | None = None

    @property
    def name(self) -> tuple[Kind, str, str]:
        """What tells it from every other."""
        return self.kind, self.key, self.subject.id

    @property
    def label(self) -> str:
        """Its title with what it is asked of: "Contact routing: Is it redundant?", "Inspect the generator: Leeds"."""
        if not self.subject.name:
            return self.title
        parts = (self.subject.name, self.title) if self.kind is Kind.QUESTION else (self.title, self.subject.name)
        return ": ".join(parts)


def agenda(form: Questionnaire, books: Iterable[Runbook], register: Register) -> tuple[Entry, ...]:
    """Return all that is to be asked for, gates first among questions."""
    questions = sorted(form.questions, key=lambda q: not q.gate)
    return (
        *(e for q in questions for e in _entries(Kind.QUESTION, q, register)),
        *(_of_runbook(book) for book in books),
        *(e for task in form.reviews for e in _entries(Kind.REVIEW, task, register)),
        *(e for task in form.maintenance for e in _entries(Kind.MAINTENANCE, task, register)),
        *(e for task in form.attestations for e in _entries(Kind.ATTESTATION, task, register)),
        *(e for overlap in form.overlaps for e in _entries(Kind.OVERLAP, overlap, register)),
    )


def _entries(kind: Kind, what: Recurring, register: Register) -> Iterator[Entry]:
    for subject in subjects(what, register):
        yield Entry(kind=kind, key=what.id, subject=subject, every=what.every, role=what.owner, **_said(what))


def _said(what: Recurring) -> dict[str, object]:
    match what:
        case Question():
            return {
                "title": what.question, "why": what.why, "evidence": what.evidence, "gate": what.gate,
                "categories": what.categories,
            }  # fmt: skip
        case Task():
            return {"title": what.title, "evidence": what.evidence, "categories": what.categories}
        case Overlap():
            theirs = f"Theirs is {what.their_owner}. " if what.their_owner else ""
            return {
                "title": f"Overlap with {what.area}",
                "why": f"They support: {what.supports}. {theirs}Agree who does what.",
                "evidence": what.evidence or "Who agreed, and when",
            }
        case _:
            raise TypeError(f"nothing is known of {type(what).__name__}")


def _of_runbook(book: Runbook) -> Entry:
    return Entry(
        kind=Kind.REVIEW, key=RUNBOOK, subject=Subject(id=book.category.value, name=book.title), title="Runbook",
        why="A plan that names people who left is worthless.", evidence="What was looked at, what was changed",
        every=book.review_every, role=book.owner, categories=(book.category,), known_on=book.reviewed_on,
    )  # fmt: skip


def first_due(entry: Entry, position: int, count: int, today: date, spread_days: int) -> date:
    """Return when something new is first asked for: by what its file says, else spread over the first weeks."""
    if entry.known_on is not None:
        return review_by(entry.known_on, entry.every)
    return today + timedelta(days=1 + position * spread_days // max(count, 1))


def register_of(systems: Collection[System], sites: Collection[Site], vendors: Collection[Vendor], tz: str) -> Register:
    """Return what questions are asked of, from the roster."""
    return {
        Scope.SYSTEM: tuple(Subject(id=s.id, name=s.name, standby=standby(s), tz=tz) for s in systems),
        Scope.SITE: _sites(sites, SiteKind.SITE),
        Scope.RECOVERY: _sites(sites, SiteKind.RECOVERY),
        Scope.OUTSOURCER: _vendors(vendors, Scope.OUTSOURCER),
        Scope.VENDOR: _vendors(vendors, Scope.VENDOR),
    }


def _sites(sites: Collection[Site], kind: SiteKind) -> tuple[Subject, ...]:
    return tuple(Subject(id=s.id, name=s.name, tz=s.tz) for s in sites if s.kind is kind)


def _vendors(vendors: Collection[Vendor], scope: Scope) -> tuple[Subject, ...]:
    return tuple(Subject(id=v.id, name=v.name) for v in vendors if v.scope is scope)


def standby(system: System) -> Standby:
    """Return how a system is replaced: the word with which its standby begins ("hot: second region")."""
    first = system.standby.partition(":")[0].strip().lower()
    return Standby(first) if first in set(Standby) else (Standby.WARM if system.standby else Standby.NONE)
