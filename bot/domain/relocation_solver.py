"""The optimum of the model, level by level, by HiGHS.

All levels are weighed into one objective first, which is fast but, with weights so far apart, no proof. Then level
after level is minimised alone, from where the last one ended, on the face of what is best for the levels before: the
columns and rows that these hold tight are fixed. When the weighing was right, that takes no step at all; when it was
not, it is put right. Where the result is not in whole numbers, the same is done in whole numbers.
"""

from collections.abc import Iterator
from typing import NamedTuple

import highspy
import numpy as np
import numpy.typing as npt

from bot.domain.relocation_greedy import first_fit
from bot.domain.relocation_model import LEVELS, Ints, Model
from bot.domain.relocation_plan import Level, Method

Reals = npt.NDArray[np.float64]
_WEIGHTS = (1e6, 1e5, 1e4, 1.0, 1e-2, 1e-3)  # only a start: every level is minimised alone afterwards
_NEAR = 1e-6
_PRIMAL = 4
_LESS_THAN_ONE = 0.99
_ON_THE_FACE = 0.25  # of the time left: most often enough, or there is nothing to be found


class Found(NamedTuple):
    """How many people each column gets, how it was found, and each level with its proven bound."""

    given: Ints
    method: Method
    levels: list[Level]


class Unsolved(Exception):
    """The solver has no plan: it ran out of time, or found that there is none."""


def optimum(model: Model, start: Ints) -> Found:
    """Return the best plan, or the best that was found in time with what no plan can be better than.

    start is any plan that keeps the limits; raises Unsolved when not even the levels in fractions could be found.
    """
    program = _Program(model)
    bounds = program.relaxed()
    for given in (program.whole(), program.on_the_face):
        found = given() if callable(given) else given
        if found is not None and model.holds(found) and model.levels(found) == bounds:
            return _found(model, found, bounds)
    return _Program(model, spent=program.spent()).level_by_level(bounds, start)


def most_locked(model: Model) -> tuple[Ints, int]:
    """Return how many of each column the locks can take at most, and how many they ask for."""
    locked = [n for n, one in enumerate(model.classes.all) if one.lock is not None]
    wanted = sum(len(model.classes.all[n].members) for n in locked)
    return _Program(model).most(np.isin(model.of, locked)), wanted


def _found(model: Model, given: Ints, bounds: list[int]) -> Found:
    values = model.levels(given)
    levels = [Level(name, value, bound) for name, value, bound in zip(LEVELS, values, bounds, strict=True)]
    return Found(given, Method.OPTIMUM if values == bounds else Method.BEST, levels)


class _Program:
    """The model in HiGHS's hands."""

    def __init__(self, model: Model, spent: float = 0.0) -> None:
        """Hand it over; spent are seconds of the limit that are gone already."""
        self.model, self.limit_s = model, max(0.0, model.classes.rules.limit_s - spent)
        self.spans = [n for n, limit in enumerate(model.limits) if limit.ratio]
        self.costs = self._costs()
        self.columns = len(self.costs[0])
        self.rows = len(model.counts) + len(model.limits) + len(model.classes.queues) + bool(self.spans)
        self.highs = highspy.Highs()  # type: ignore[no-untyped-call]
        self._set(output_flag=False, threads=1, random_seed=0, time_limit=self.limit_s)
        self._set(mip_rel_gap=0.0, mip_abs_gap=_LESS_THAN_ONE)  # values are whole numbers
        self.highs.passModel(self._program())

    def _set(self, **options: float) -> None:
        for name, value in options.items():
            self.highs.setOptionValue(name, value)

    def _costs(self) -> list[Reals]:
        """Return each level's costs: of the ways, then u and v of each queue, then the leads that go along."""
        model, classes = self.model, self.model.classes
        queues = len(classes.queues)
        found = [np.zeros(model.size + 2 * queues + len(self.spans)) for _ in LEVELS]
        for n, queue in enumerate(classes.queues):
            weight = classes.rules.weight(queue.tier)
            found[0 if queue.tier == 1 else 1][model.size + n] = 1 if queue.tier == 1 else weight
            found[2][model.size + queues + n] = weight
        for level, cost in zip(found[3:], model.costs(), strict=True):
            level[: model.size] = cost
        return found

    def _program(self) -> highspy.HighsLp:
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self.columns, self.rows
        lp.col_cost_ = sum((w * c for w, c in zip(_WEIGHTS, self.costs, strict=True)), np.zeros(self.columns))
        lp.col_lower_, lp.col_upper_ = np.zeros(self.columns), self._most()
        lp.row_lower_, lp.row_upper_ = self._bounds()
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = self._matrix()
        return lp

    def _most(self) -> Reals:
        needs = np.array(self.model.classes.needs, np.float64).reshape(-1, 2)
        leads = np.full(len(self.spans), float(self.model.leads))
        return np.concatenate(
            [np.full(self.model.size, highspy.kHighsInf), needs[:, 0], needs[:, 1] - needs[:, 0], leads]
        )

    def _bounds(self) -> tuple[Reals, Reals]:
        model = self.model
        full = [float(full) for _, full in model.classes.needs]
        locked = [float(len(c.members)) if c.lock else -highspy.kHighsInf for c in model.classes.all]
        limits = [float(limit.most) for limit in model.limits]
        leads = [float(model.leads)] if self.spans else []
        free = [-highspy.kHighsInf] * len(limits)
        low = np.array([*locked, *free, *full, *([-highspy.kHighsInf] if leads else [])])
        return low, np.array([*map(float, model.counts), *limits, *full, *leads])

    def _matrix(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], Reals]:
        """Return the columns one after the other: where each starts, which rows it is in, with which value."""
        rows, columns, values = (np.concatenate(parts) for parts in zip(*self._entries(), strict=True))
        order = np.argsort(columns, kind="stable")
        start = np.concatenate([[0], np.cumsum(np.bincount(columns, minlength=self.columns))])
        return start.astype(np.int32), rows[order].astype(np.int32), values[order].astype(np.float64)

    def _entries(self) -> Iterator[tuple[Ints, Ints, Ints]]:
        model = self.model
        ways, ones = np.arange(model.size), np.ones(model.size, np.int64)
        limits, queues = len(model.counts), len(model.counts) + len(model.limits)
        count = len(model.classes.queues)
        yield model.of, ways, ones
        yield queues + model.queue, ways, ones
        for n, uses in enumerate(model.uses):
            at = np.nonzero(uses)[0]
            yield np.full(len(at), limits + n), at, np.ones(len(at), np.int64)
        each = np.arange(count)
        yield np.tile(queues + each, 2), model.size + np.arange(2 * count), np.ones(2 * count, np.int64)
        if self.spans:
            going = model.size + 2 * count + np.arange(len(self.spans))
            ratios = np.array([-model.limits[n].ratio for n in self.spans])
            yield limits + np.array(self.spans), going, ratios
            yield np.full(len(self.spans), self.rows - 1), going, np.ones(len(self.spans), np.int64)

    def most(self, columns: npt.NDArray[np.bool_]) -> Ints:
        """Return a plan in whole numbers that gives these columns as many people as can be, and the others none."""
        every = np.arange(self.columns, dtype=np.int32)
        worth = np.zeros(self.columns)
        worth[: self.model.size][columns] = -1
        self.highs.changeColsCost(self.columns, every, worth)
        shut = np.nonzero(~columns)[0].astype(np.int32)
        self.highs.changeColsBounds(len(shut), shut, np.zeros(len(shut)), np.zeros(len(shut)))
        for n in range(len(self.model.counts)):
            self.highs.changeRowBounds(n, -highspy.kHighsInf, float(self.model.counts[n]))
        self._whole_numbers()
        self.highs.run()
        if not self._has_plan():
            raise Unsolved("it could not say whether the wishes can be met")
        return np.rint(self._ways()).astype(np.int64)

    def _run(self) -> None:
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise Unsolved(self.highs.modelStatusToString(self.highs.getModelStatus()))

    def _minimise(self, level: int) -> None:
        self.highs.changeColsCost(self.columns, np.arange(self.columns, dtype=np.int32), self.costs[level])

    def relaxed(self) -> list[int]:
        """Minimise level after level in fractions of people; return what no plan of whole people can be better than."""
        self._run()
        self._set(simplex_strategy=_PRIMAL)
        bounds = []
        for level in range(len(LEVELS)):
            self._minimise(level)
            self._run()
            bounds.append(int(np.ceil(self.highs.getInfo().objective_function_value - _NEAR)))
            self._keep_best()
        bounds[-1] += self.model.told
        return bounds

    def _keep_best(self) -> None:
        """Fix the columns and rows that whatever is best for this level holds at a bound."""
        solution, lp = self.highs.getSolution(), self.highs.getLp()
        worth = np.array(solution.col_dual)
        at = np.nonzero(np.abs(worth) > _NEAR)[0].astype(np.int32)
        bound = np.where(worth[at] > 0, np.array(lp.col_lower_)[at], np.array(lp.col_upper_)[at])
        self.highs.changeColsBounds(len(at), at, bound, bound)
        price = np.array(solution.row_dual)
        rows = np.nonzero(np.abs(price) > _NEAR)[0].astype(np.int32)
        held = np.where(price[rows] > 0, np.array(lp.row_lower_)[rows], np.array(lp.row_upper_)[rows])
        for row, value in zip(rows, held, strict=True):
            self.highs.changeRowBounds(int(row), float(value), float(value))

    def _ways(self) -> Reals:
        return np.array(self.highs.getSolution().col_value)[: self.model.size]

    def whole(self) -> Ints | None:
        """Return the plan that was found if it is in whole numbers."""
        found = self._ways()
        given: Ints = np.rint(found).astype(np.int64)
        return given if np.abs(found - given).max(initial=0) < _NEAR else None

    def on_the_face(self) -> Ints | None:
        """Return a plan in whole numbers that is as good as the best in fractions, if there is one and time for it."""
        self._whole_numbers()
        self._set(time_limit=self.spent() + (self.limit_s - self.spent()) * _ON_THE_FACE)
        self.highs.run()
        return self.whole() if self._has_plan() else None

    def spent(self) -> float:
        """Return the seconds that the solver has worked on this."""
        return float(self.highs.getRunTime())

    def _whole_numbers(self) -> None:
        at = np.concatenate([np.arange(self.model.size), np.arange(self.columns - len(self.spans), self.columns)])
        kinds = np.full(len(at), highspy.HighsVarType.kInteger.value, np.uint8)
        self.highs.changeColsIntegrality(len(at), at.astype(np.int32), kinds)

    def _has_plan(self) -> bool:
        return bool(self.highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible)

    def level_by_level(self, bounds: list[int], start: Ints) -> Found:
        """Minimise level after level in whole numbers, each with the ones before held; as far as the time suffices."""
        self._whole_numbers()
        best, proven = start, list[int]()
        for level in range(len(LEVELS)):
            self._minimise(level)
            self._begin_with(best)
            self._set(time_limit=self._until(level))
            self.highs.run()
            found = self.whole() if self._has_plan() else None
            if found is not None and self.model.holds(found):
                best = min(best, found, key=self.model.levels)
            told = self.model.told if level == len(LEVELS) - 1 else 0
            values = self.model.levels(best)
            # What was proven in fractions holds as long as the levels before are as good as in fractions.
            relaxed = bounds[level] if values[:level] == bounds[:level] else 0
            proven.append(max(relaxed, self._bound() + told))
            self._hold(level, values[level] - told)
        return _found(self.model, first_fit(self.model, best), proven)

    def _until(self, level: int) -> float:
        """Return the time at which a level has to end: what is left is shared evenly."""
        return self.spent() + max(0.1, (self.limit_s - self.spent()) / (len(LEVELS) - level))

    def _begin_with(self, given: Ints) -> None:
        below, missing = self.model.gaps(given)
        going = self.model.leads_needed(given)
        leads = [going.get(self.model.limits[n].of, 0) for n in self.spans]
        solution = highspy.HighsSolution()
        solution.col_value = np.concatenate([given, below, missing, leads]).astype(np.float64)
        self.highs.setSolution(solution)

    def _bound(self) -> int:
        bound = self.highs.getInfo().mip_dual_bound
        return int(np.ceil(bound - _NEAR)) if np.isfinite(bound) else -self.model.told

    def _hold(self, level: int, value: int) -> None:
        at = np.nonzero(self.costs[level])[0].astype(np.int32)
        self.highs.addRow(-highspy.kHighsInf, float(value), len(at), at, self.costs[level][at])
