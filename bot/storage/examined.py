"""Files of lists: what is wrong with their form, and, of the items whose form is right, whatever else is wrong."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bot.domain.refusal import BadConfig, Problem
from bot.domain.regime_check import Fault
from bot.storage.files import Place, Source

M = TypeVar("M", bound=BaseModel)


def examined(source: Source, model: type[M], check: Callable[[M], Sequence[Fault]]) -> tuple[M, list[Problem]]:
    """Return a file as a model with what the checker only warns of; raises BadConfig with every fault."""
    try:
        whole = model.model_validate(source.data)
    except ValidationError as error:
        raise BadConfig([*source.problems(error, model), *_of_the_rest(source, model, error, check)]) from error
    problems = [_problem(source, fault.path, fault) for fault in check(whole)]
    if any(not problem.warning for problem in problems):
        raise BadConfig(problems)
    return whole, problems


def _of_the_rest(
    source: Source, model: type[M], error: ValidationError, check: Callable[[M], Sequence[Fault]]
) -> list[Problem]:
    """Return what is wrong with the items whose form is right; nothing where the faults are not in items alone."""
    places = {tuple(fault["loc"][:2]) for fault in error.errors()}
    kept = {
        key: [n for n in range(len(items)) if (key, n) not in places]
        for key, items in (source.data.items() if isinstance(source.data, dict) else ())
        if isinstance(items, list)
    }
    if not all(len(place) == 2 and place[0] in kept and isinstance(place[1], int) for place in places):
        return []
    try:
        rest = model.model_validate({**source.data, **{key: [source.data[key][n] for n in kept[key]] for key in kept}})
    except ValidationError:
        return []
    return [
        _problem(source, (key, kept[key][n], *more), fault)
        for fault in check(rest)
        if len(fault.path) > 1 and (key := fault.path[0]) in kept and isinstance(n := fault.path[1], int)
        for more in [fault.path[2:]]
    ]


def _problem(source: Source, path: Place, fault: Fault) -> Problem:
    return source.problem(path, fault.fix, fault.value, warning=fault.warning)
