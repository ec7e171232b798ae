"""The plan in HiGHS's hands: its columns, rows and levels, solved in fractions of people or in whole numbers."""

from collections.abc import Iterator

import highspy
import numpy as np
import numpy.typing as npt

from bot.domain.relocation_model import LEVELS, Ints, Limit, Model

Reals = npt.NDArray[np.float64]
_WEIGHTS = (1e6, 1e5, 1e4, 1.0, 1e-2, 1e-3)  # only a start: every level is minimised alone afterwards
_NEAR = 1e-6
_DUAL, _PRIMAL = 1, 4
_LESS_THAN_ONE = 0.99
_LESS_THAN_ANY = 1e-4  # less than one of anything weighs
_ON_THE_FACE = 0.25  # of the time left: most often enough, or there is nothing to be found
_ON_LEADS = 0.5  # of the time left
_LEAST_S = 0.1
_NONE: Ints = np.array([], np.int64)


class Unsolved(Exception):
    """The solver has no plan: it ran out of time, or found that there is none."""


class Program:
    """The model in HiGHS's hands."""

    def __init__(self, model: Model) -> None:
        """Hand it over, in fractions; all that is asked of it shares the rules' limit of time."""
        self.model, self.limit_s = model, model.classes.rules.limit_s
        self.spans = [n for n, limit in enumerate(model.limits) if limit.ratio]
        self.costs = self._costs()
        self.columns = len(self.costs[0])
        self.rows = len(model.counts) + len(model.limits) + len(model.classes.queues) + bool(self.spans)
        self.leads = np.arange(self.columns - len(self.spans), self.columns)
        self.people_and_leads = np.concatenate([np.arange(model.size), self.leads])
        self.highs = highspy.Highs()  # type: ignore[no-untyped-call]
        self._set(output_flag=False, threads=1, random_seed=0, mip_rel_gap=0.0)
        self.again()

    def again(self, whole: Ints = _NONE) -> None:
        """Begin again, in fractions but for these columns."""
        self._set(simplex_strategy=_DUAL, mip_abs_gap=_LESS_THAN_ONE, time_limit=self.limit_s)
        self.highs.passModel(self._program())
        for lead, n in zip(self.leads.tolist(), self.spans, strict=True):
            self._add(*self._last_lead(lead, self.model.limits[n], self.model.uses[n]))
        self._whole(whole)

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

    def _last_lead(self, lead: int, limit: Limit, uses: npt.NDArray[np.bool_]) -> tuple[float, Ints, Reals]:
        """Return the row that makes the last lead of a place worth no more than the seats that are left for them.

        With it the seats that leads open are counted right for any whole number of leads, and as tightly as can be in
        between: without it half a lead would fill half a ratio of seats that are not there.
        """
        seats = self.model.classes.places[limit.of].seats
        whole, rest = divmod(max(0, seats - limit.most), limit.ratio)
        columns = np.append(np.nonzero(uses)[0], lead)
        values = np.append(np.ones(len(columns) - 1), -float(rest))
        return float(limit.most + whole * (limit.ratio - rest)), columns, values

    def _add(self, most: float, columns: Ints, values: Reals) -> None:
        self.highs.addRow(-highspy.kHighsInf, most, len(columns), columns.astype(np.int32), values)

    def most(self, columns: npt.NDArray[np.bool_]) -> Ints:
        """Return a plan in whole numbers that gives these columns as many people as can be, and the others none."""
        worth = np.zeros(self.columns)
        worth[: self.model.size][columns] = -1
        self._minimise(worth)
        shut = np.nonzero(~columns)[0].astype(np.int32)
        self.highs.changeColsBounds(len(shut), shut, np.zeros(len(shut)), np.zeros(len(shut)))
        for n, count in enumerate(self.model.counts):
            self.highs.changeRowBounds(n, -highspy.kHighsInf, float(count))
        self._whole(self.people_and_leads)
        self.highs.run()
        if not self._has_plan():
            raise Unsolved("it could not say whether the wishes can be met")
        return np.rint(self._values()[: self.model.size]).astype(np.int64)

    def relaxed(self) -> list[int]:
        """Minimise level after level in fractions of people; return what no plan of whole people can be better than."""
        self._run()
        self._set(simplex_strategy=_PRIMAL)
        bounds = []
        for level in range(len(LEVELS)):
            self._minimise(self.costs[level])
            self._run()
            bounds.append(self._least(level, self.highs.getInfo().objective_function_value))
            self._keep_best()
        return bounds

    def _run(self) -> None:
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise Unsolved(self.highs.modelStatusToString(self.highs.getModelStatus()))

    def _minimise(self, costs: Reals) -> None:
        self.highs.changeColsCost(self.columns, np.arange(self.columns, dtype=np.int32), costs)

    def _least(self, level: int, value: float) -> int:
        """Return the least that a level can be in whole numbers, where the solver says that it is no less than this."""
        return int(np.ceil(value - _NEAR)) + self._apart(level)

    def _apart(self, level: int) -> int:
        """Return what of a level the solver does not count: all who were told, as if none of them were kept."""
        return self.model.told if level == len(LEVELS) - 1 else 0

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

    def whole(self) -> Ints | None:
        """Return the plan that was found if it is in whole numbers."""
        if not self._has_plan():
            return None
        found = self._values()[: self.model.size]
        given: Ints = np.rint(found).astype(np.int64)
        return given if np.abs(found - given).max(initial=0) < _NEAR else None

    def on_the_face(self) -> Ints | None:
        """Return a plan in whole numbers that is as good as the best in fractions, if there is one and time for it."""
        self._whole(self.people_and_leads)
        self._run_within(_ON_THE_FACE)
        return self.whole()

    def with_whole_leads(self) -> Ints | None:
        """Return the best plan with the leads that are best by all levels weighed, if there is time to find it."""
        self.again(self.leads)
        self._set(mip_abs_gap=_LESS_THAN_ANY)
        self._run_within(_ON_LEADS)
        if not self._has_plan():
            return None
        going = np.rint(self._values()[self.leads])
        self.again()
        self.highs.changeColsBounds(len(going), self.leads.astype(np.int32), going, going)
        try:
            self.relaxed()
        except Unsolved:
            return None
        found = self.whole()
        return self.on_the_face() if found is None else found

    def least(self, level: int, start: Ints) -> Ints | None:
        """Minimise a level from a plan on in its share of the time left; return what was found if in whole numbers."""
        self._minimise(self.costs[level])
        self._begin_with(start)
        self._run_within(1 / (len(LEVELS) - level))
        return self.whole()

    def bound(self, level: int) -> int:
        """Return what the search just made has proven that a level can't be below; nothing is below 0."""
        bound = self.highs.getInfo().mip_dual_bound
        return self._least(level, bound) if np.isfinite(bound) else 0

    def hold(self, level: int, value: int) -> None:
        """Let no later search make a level worse than this."""
        at = np.nonzero(self.costs[level])[0]
        self._add(float(value - self._apart(level)), at, self.costs[level][at])

    def _begin_with(self, given: Ints) -> None:
        below, missing = self.model.gaps(given)
        going = self.model.leads_needed(given)
        leads = [going.get(self.model.limits[n].of, 0) for n in self.spans]
        solution = highspy.HighsSolution()
        solution.col_value = np.concatenate([given, below, missing, leads]).astype(np.float64)
        self.highs.setSolution(solution)

    def _run_within(self, share: float) -> None:
        """Run in a share of the time that is left."""
        spent = float(self.highs.getRunTime())
        self._set(time_limit=spent + max(_LEAST_S, (self.limit_s - spent) * share))
        self.highs.run()

    def _values(self) -> Reals:
        return np.array(self.highs.getSolution().col_value)

    def _has_plan(self) -> bool:
        return bool(self.highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible)

    def _whole(self, columns: Ints) -> None:
        kinds = np.full(len(columns), highspy.HighsVarType.kInteger.value, np.uint8)
        self.highs.changeColsIntegrality(len(columns), columns.astype(np.int32), kinds)
