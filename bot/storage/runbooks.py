"""The runbook library: every runbook of a folder, checked, all faults of all files together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from bot.domain.policy import Policy
from bot.domain.readiness import Questionnaire
from bot.domain.refusal import BadConfig, Problem
from bot.domain.regime import Regimes
from bot.domain.runbook import Category, Runbook
from bot.domain.runbook_check import check
from bot.domain.runbook_faults import Fault
from bot.domain.runbook_values import filled
from bot.domain.tabletop import Tabletop
from bot.domain.tabletop_check import Beside
from bot.storage import readiness_file, regimes, tabletop_files
from bot.storage.files import Source, read
from bot.storage.salvage import salvage
from bot.storage.shared import LIBRARY, Shared, shared, splice, together

NOT_RUNBOOKS = frozenset({regimes.FILE, readiness_file.FILE, LIBRARY})


@dataclass(frozen=True)
class Library:
    """What is in force: runbooks by category, tabletops by name, regimes, questionnaire; warnings; their folder."""

    runbooks: Mapping[Category, Runbook]
    warnings: tuple[Problem, ...] = ()
    regimes: Regimes = field(default_factory=Regimes)
    folder: Path | None = None
    readiness: Questionnaire = field(default_factory=Questionnaire)
    tabletops: Mapping[str, Tabletop] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Runbook]:
        """Yield the runbooks."""
        return iter(self.runbooks.values())

    def __len__(self) -> int:
        """How many there are."""
        return len(self.runbooks)

    def get(self, category: Category | str) -> Runbook | None:
        """Return a category's runbook; None when nobody has written it yet."""
        return self.runbooks.get(Category(category))

    @cached_property
    def versions(self) -> dict[str, str]:
        """What tells the content of each runbook, of the questionnaire and of the regimes from any other."""
        files = {"readiness": self.readiness, "regimes": self.regimes}
        made = {name: sha256(file.model_dump_json().encode()).hexdigest()[:16] for name, file in files.items()}
        return {category.value: book.digest for category, book in self.runbooks.items()} | made

    @property
    def categories(self) -> list[Category]:
        """The categories that have a runbook, in their own order."""
        return [category for category in Category if category in self.runbooks]


def load_all(folder: Path, policy: Policy, today: date | None = None) -> Library:
    """Return all runbooks of a folder; raises BadConfig with every fault of every file.

    today: also warn of reviews that are late.
    """
    library = shared(folder)
    read_ = [_examined(path, library, policy, today) for path in _files(folder)]
    problems = [*library.problems, *(problem for one in read_ for problem in one.problems)]
    found: dict[Category, _File] = {}
    for one in read_:
        if one.category is not None and one.category in found:
            problems += _twin(one, found[one.category])
        elif one.category is not None:
            found[one.category] = one
    duties, warned = _regimes(folder, policy, today)
    form, doubts = _readiness(folder, policy)
    books = {category: one.book for category, one in found.items()}
    beside = Beside(policy, books, None if duties is None else frozenset(r.id for r in duties.regimes))
    tabletops, wrong = tabletop_files.load_all(folder, beside)
    problems += [*warned, *doubts, *wrong]
    if not read_ and not problems:
        problems.append(Problem(str(folder), 1, "runbooks", "", "no runbook is here; name the right folder"))
    used = None if any(one.used is None for one in read_) else {key for one in read_ for key in one.used or ()}
    problems += library.unused(used) if used is not None else []
    problems = sorted(together(problems), key=lambda problem: (problem.file, problem.line))
    if any(not problem.warning for problem in problems) or duties is None:
        raise BadConfig(problems)
    ready = {category: filled(book) for category, book in books.items() if book is not None}
    return Library(ready, tuple(problems), duties, folder, form, tabletops)


@dataclass(frozen=True)
class _File:
    """One runbook's file: book is None where not all of it can be read, used where none of it can."""

    source: Source | None
    category: Category | None
    book: Runbook | None
    problems: list[Problem]
    used: set[str] | None = None


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("*.yaml") if p.name not in NOT_RUNBOOKS)


def _examined(path: Path, library: Shared, policy: Policy, today: date | None) -> _File:
    """Examine a file: the faults in its form, and whatever else can be said of the rest."""
    try:
        written = splice(read(path), library)
    except BadConfig as bad:
        return _File(None, Category(path.stem) if path.stem in set(Category) else None, None, bad.problems)
    got = salvage(written.source, written.lost)
    problems = [*written.problems, *got.problems]
    problems += [_named(written.source, fault) for fault in got.sure(check(got.book, policy, today))]
    whole = not (written.lost or written.problems or got.problems)
    category = got.book.category if "category" in got.head else None
    return _File(written.source, category, got.book if whole else None, problems, written.used)


def _twin(one: _File, other: _File) -> list[Problem]:
    if one.source is None or other.source is None:
        return []
    return [one.source.problem(("category",), f"{other.source.file} has it already; keep one")]


def _regimes(folder: Path, policy: Policy, today: date | None) -> tuple[Regimes | None, list[Problem]]:
    try:
        return regimes.load(folder, policy, today)
    except BadConfig as bad:
        return None, bad.problems


def _readiness(folder: Path, policy: Policy) -> tuple[Questionnaire, list[Problem]]:
    try:
        return readiness_file.load(folder, policy)
    except BadConfig as bad:
        return Questionnaire(), bad.problems


def _named(source: Source, fault: Fault) -> Problem:
    """Return a fault with its file, its line and its name."""
    return replace(source.problem(fault.path, fault.fix, fault.value, warning=fault.warning), name=fault.name)
