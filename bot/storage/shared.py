"""Steps that many runbooks share: written once in library.yaml, taken with `use: LS1` and what is to be different."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from bot.domain.nearest import did_you_mean
from bot.domain.refusal import BadConfig, Problem
from bot.domain.runbook import StepLibrary
from bot.domain.runbook_faults import Name
from bot.storage.files import Place, Source, Spot, read

LIBRARY = "library.yaml"
Step = Mapping[str, Any]
Places = dict[Place, Spot]


@dataclass(frozen=True)
class Shared:
    """The library file as read: where each of its steps stands in it, and what is wrong with them by themselves.

    unsound: the steps whose form has faults; what uses them can't be examined.
    """

    source: Source | None = None
    at: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    unsound: frozenset[int] = frozenset()

    @cached_property
    def steps(self) -> list[Step]:
        """The steps as written."""
        return _steps(self.source) if self.source else []

    @cached_property
    def places(self) -> list[Places]:
        """Where the parts of each step stand, their places seen from the step."""
        found: list[Places] = [{} for _ in self.steps]
        for place, spot in self.source.spots.items() if self.source else ():
            if len(place) > 1 and place[0] == "steps" and isinstance(place[1], int):
                found[place[1]][place[2:]] = spot
        return found

    def unused(self, used: set[str]) -> list[Problem]:
        """Return a warning for every step that no runbook takes."""
        if self.source is None:
            return []
        fix = "no runbook uses it; use it or remove it"
        idle = [n for key, n in self.at.items() if key not in used]
        found = [self.source.problem(("steps", n), fix, "", warning=True) for n in idle]
        return [replace(problem, name=Name.IDLE_STEP) for problem in found]


def shared(folder: Path) -> Shared:
    """Return the folder's library of steps; one that is not there is empty."""
    path = folder / LIBRARY
    if not path.exists():
        return Shared()
    try:
        source = read(path)
    except BadConfig as bad:
        return Shared(problems=tuple(bad.problems))
    at: dict[str, int] = {}
    problems: list[Problem] = []
    for n, step in enumerate(_steps(source)):
        key = str(step.get("id"))
        if key in at:
            problems.append(source.problem(("steps", n, "id"), "another step has this id; give each its own"))
        at.setdefault(key, n)
    try:
        StepLibrary.model_validate(source.data)
    except ValidationError as error:
        problems += source.problems(error, StepLibrary)
        wrong = frozenset(e["loc"][1] for e in error.errors() if len(e["loc"]) > 1 and isinstance(e["loc"][1], int))
        return Shared(source, at, tuple(problems), wrong)
    return Shared(source, at, tuple(problems))


class Spliced(NamedTuple):
    """A runbook with each step that it uses written out; their ids, faults in using them, those that were not there.

    Of those that were not there, or whose form has faults in the library, only the runbook's own part stands here.
    """

    source: Source
    used: set[str]
    problems: list[Problem]
    lost: frozenset[int]


def splice(book: Source, library: Shared) -> Spliced:
    """Return the runbook with each step that it uses written out.

    What stands in the library keeps its place there, so that a fault is named where it can be put right.
    """
    wanted = {n: str(step["use"]) for n, step in enumerate(_steps(book)) if "use" in step}
    if not wanted:
        return Spliced(book, set(), [], frozenset())
    lost = {n: key for n, key in wanted.items() if key not in library.at}
    named = {} if library.problems and not library.at else lost  # of a library that can't be read that is said
    fixes = {n: did_you_mean(key, library.at) if library.at else _EMPTY for n, key in named.items()}
    problems = [book.problem(("steps", n, "use"), f"no such step; {fix}") for n, fix in fixes.items()]
    steps, spots = list(book.data["steps"]), dict(book.spots)
    left = {n for n, key in wanted.items() if n in lost or library.at[key] in library.unsound}
    for n, key in wanted.items():
        if n in left:
            own = {k: v for k, v in steps[n].items() if k != "use"}
            steps[n] = {"id": key, **own} if key.isidentifier() else own
        else:
            steps[n] = _written_out(book, library, (n, library.at[key]), spots)
    source = replace(book, data={**book.data, "steps": steps}, spots=spots)
    return Spliced(source, set(wanted.values()), problems, frozenset(left))


_EMPTY = f"write the step out, or put it into {LIBRARY}"


def _steps(source: Source) -> list[Step]:
    """Return the steps as far as they have the form of steps; what has not, the models complain of."""
    return [step if isinstance(step, dict) else {} for step in _list(source.value(("steps",)))]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _written_out(book: Source, library: Shared, at: tuple[int, int], spots: Places) -> dict[str, Any]:
    """Return one used step whole; its own keys replace the library's, messages one audience at a time."""
    n, there = at
    mine = {k: v for k, v in book.data["steps"][n].items() if k != "use"}
    base = library.steps[there]
    old, theirs = library.places[there], base.keys() - mine.keys() - {"id"}  # who uses a step answers for its id
    spots |= {("steps", n, *place): spot for place, spot in old.items() if place and place[0] in theirs}
    whole = {**base, **mine}
    if _list(mine.get("messages")):
        own = {place[2:]: spot for place, spot in book.spots.items() if place[:2] == ("steps", n)}
        whole["messages"], places = _messages((base, old), (mine, own))
        for place in own.keys() - {()}:
            if place[0] == "messages" and len(place) > 1:
                del spots["steps", n, *place]
        spots |= {("steps", n, *place): spot for place, spot in places.items()}
    return whole


def _messages(base: tuple[Step, Places], mine: tuple[Step, Places]) -> tuple[list[Any], Places]:
    """Return the messages of both, with their places: the library's in its order, for an audience of both the own."""
    own = [(m, at, mine[1]) for at, m in enumerate(mine[0]["messages"])]
    new = {_audience(found[0]): found for found in own[::-1]}
    chosen = [new.get(_audience(m), (m, at, base[1])) for at, m in enumerate(_list(base[0].get("messages")))]
    chosen += [found for found in own if found not in chosen]
    places = {
        ("messages", n, *place[2:]): spot
        for n, (_, at, spots) in enumerate(chosen)
        for place, spot in spots.items()
        if place[:2] == ("messages", at)
    }
    return [message for message, _, _ in chosen], places


def _audience(message: object) -> object:
    audience = message.get("audience") if isinstance(message, dict) else None
    return audience if isinstance(audience, str) else id(message)


def together(problems: list[Problem]) -> list[Problem]:
    """Return each fault once: one of the library file that many runbooks meet says so, and is shown at the first."""
    met: dict[Problem, list[str]] = {}
    for problem in problems:
        met.setdefault(replace(problem, used=""), []).append(problem.used)
    return [replace(problem, used=_users(users)) for problem, users in met.items()]


def _users(users: list[str]) -> str:
    if "" in users:
        return ""
    return f"{users[0]} and {len(users) - 1} more" if len(users) > 1 else users[0]
