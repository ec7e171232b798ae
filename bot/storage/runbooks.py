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
from bot.domain.runbook_values import filled
from bot.domain.tabletop import Tabletop
from bot.domain.tabletop_check import Beside
from bot.storage import readiness_file, regimes, tabletop_files
from bot.storage.files import Source, read
from bot.storage.shared import LIBRARY, shared, splice, together

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
    problems: list[Problem] = [*library.problems]
    found: dict[Category, tuple[Source, Runbook]] = {}
    used: set[str] = set()
    for path in sorted(p for p in folder.glob("*.yaml") if p.name not in NOT_RUNBOOKS):
        try:
            source, taken = splice(read(path), library)
            used |= taken
            book = source.into(Runbook)
        except BadConfig as bad:
            problems += bad.problems
            continue
        problems += faults(source, book, policy, today)
        if book.category in found:
            problems.append(source.problem(("category",), f"{found[book.category][0].file} has it already; keep one"))
        found.setdefault(book.category, (source, book))
    duties, warned = _regimes(folder, policy, today)
    form, doubts = _readiness(folder, policy)
    books = {category: book for category, (_, book) in found.items()}
    tabletops, wrong = tabletop_files.load_all(folder, Beside(policy, books, frozenset(r.id for r in duties.regimes)))
    problems += [*warned, *doubts, *wrong]
    if not found and not problems:
        problems.append(Problem(str(folder), 1, "runbooks", "", "no runbook is here; name the right folder"))
    problems = sorted(together([*problems, *library.unused(used)]), key=lambda problem: (problem.file, problem.line))
    if any(not problem.warning for problem in problems):
        raise BadConfig(problems)
    ready = {category: filled(book) for category, book in books.items()}
    return Library(ready, tuple(problems), duties, folder, form, tabletops)


def _regimes(folder: Path, policy: Policy, today: date | None) -> tuple[Regimes, list[Problem]]:
    try:
        return regimes.load(folder, policy, today)
    except BadConfig as bad:
        return Regimes(), bad.problems


def _readiness(folder: Path, policy: Policy) -> tuple[Questionnaire, list[Problem]]:
    try:
        return readiness_file.load(folder, policy)
    except BadConfig as bad:
        return Questionnaire(), bad.problems


def faults(source: Source, book: Runbook, policy: Policy, today: date | None = None) -> list[Problem]:
    """Return what the checker finds in one runbook, with file and line."""
    found = check(book, policy, today)
    return [replace(source.problem(f.path, f.fix, f.value, warning=f.warning), name=f.name) for f in found]
