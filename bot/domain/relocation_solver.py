"""The optimum of the model, level by level, by HiGHS.

All levels are weighed into one objective first, which is fast but, with weights so far apart, no proof. Then level
after level is minimised alone, from where the last one ended, on the face of what is best for the levels before: the
columns and rows that these hold tight are fixed. When the weighing was right, that takes no step at all; when it was
not, it is put right. Where the result is not in whole numbers, the same is done in whole numbers.

Scarce team leads are what most often breaks whole numbers, and there are few places for them: so the leads alone are
searched first, which gives the plan, and the leads alone are asked to be whole while it is proven.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from bot.domain.relocation_greedy import first_fit
from bot.domain.relocation_model import LEVELS, Ints, Model
from bot.domain.relocation_plan import Level, Method
from bot.domain.relocation_program import Program, Unsolved

__all__ = ["Found", "Unsolved", "most_locked", "optimum"]


class Found(NamedTuple):
    """How many people each column gets, how it was found, and each level with its proven bound."""

    given: Ints
    method: Method
    levels: list[Level]


def optimum(model: Model, locked: Ints) -> Found:
    """Return the best plan, or the best that was found in time with what no plan can be better than.

    locked says how many of each column are settled; raises Unsolved when not even fractions could be found in time.
    """
    program = Program(model)
    bounds, best = program.relaxed(), list[Ints]()
    for found in _tried(program):
        best += [found] if found is not None and model.holds(found) else []
        if best and model.levels(best[-1]) == bounds:
            return _found(model, best[-1], bounds)
    start = min(best, key=model.levels) if best else first_fit(model, locked)
    return _proven(program, bounds, start)


def most_locked(model: Model) -> tuple[Ints, int]:
    """Return how many of each column the locks can take at most, and how many they ask for."""
    locked = [n for n, one in enumerate(model.classes.all) if one.lock is not None]
    wanted = sum(len(model.classes.all[n].members) for n in locked)
    return Program(model).most(np.isin(model.of, locked)), wanted


def _tried(program: Program) -> Iterator[Ints | None]:
    """Yield what may be the best plan, or nothing, the cheapest way of finding it first."""
    yield program.whole()
    yield program.with_whole_leads() if program.spans else program.on_the_face()


def _proven(program: Program, bounds: list[int], best: Ints) -> Found:
    """Return the best plan in whole numbers, as far as the time suffices; with the leads alone whole first."""
    if program.spans:
        found = _level_by_level(program, bounds, best, program.leads)
        if found.method is Method.OPTIMUM:
            return found
        bounds, best = [level.bound or 0 for level in found.levels], found.given
    return _level_by_level(program, bounds, best, program.people_and_leads)


def _level_by_level(program: Program, bounds: list[int], best: Ints, whole: Ints) -> Found:
    """Minimise level after level with these columns whole, each with the levels before held."""
    model, proven = program.model, list[int]()
    program.again(whole)
    for level in range(len(LEVELS)):
        found = program.least(level, best)
        best = min(best, found, key=model.levels) if found is not None and model.holds(found) else best
        values = model.levels(best)
        # What was proven before holds as long as the levels above are as good as was proven.
        known = bounds[level] if values[:level] == bounds[:level] else 0
        proven.append(max(known, program.bound(level)))
        program.hold(level, values[level])
    return _found(model, first_fit(model, best), proven)


def _found(model: Model, given: Ints, bounds: list[int]) -> Found:
    values = model.levels(given)
    levels = [Level(name, value, bound) for name, value, bound in zip(LEVELS, values, bounds, strict=True)]
    return Found(given, Method.OPTIMUM if values == bounds else Method.BEST, levels)
