"""Without a solver: first fit by tier, class by class; every limit is kept, nothing is proven."""

import numpy as np

from bot.domain.relocation_model import Ints, Limit, Model


class _Ledger:
    """What is left to give; every booking goes through here, so nothing is given twice."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.given: Ints = np.zeros(model.size, np.int64)
        self.people: list[int] = model.counts.tolist()
        self.left = [limit.most for limit in model.limits]
        self.leads = model.leads
        self.missing: list[int] = [full for _, full in model.classes.needs]
        self.rows: list[list[int]] = [[] for _ in range(model.size)]
        for n, uses in enumerate(model.uses):
            for column in np.nonzero(uses)[0].tolist():
                self.rows[column].append(n)
        self.of: list[int] = model.of.tolist()
        self.queue: list[int] = model.queue.tolist()

    def room(self, column: int) -> int:
        """Return how many more people a column can take."""
        free = [self._free(self.model.limits[row], self.left[row]) for row in self.rows[column]]
        return min([self.people[self.of[column]], self.missing[self.queue[column]], *free])

    def _free(self, limit: Limit, left: int) -> int:
        return left + self.leads * limit.ratio if limit.ratio else left

    def book(self, column: int, n: int) -> None:
        """Give a column n people."""
        self.given[column] += n
        self.people[self.of[column]] -= n
        self.missing[self.queue[column]] -= n
        for row in self.rows[column]:
            self.left[row] -= n
            ratio = self.model.limits[row].ratio
            while ratio and self.left[row] < 0:
                self.left[row] += ratio
                self.leads -= 1

    def fill(self, columns: list[int], queue: int, most: int) -> None:
        """Fill a queue until at most so many seats are missing."""
        for column in columns:
            n = min(self.missing[queue] - most, self.room(column))
            if n > 0:
                self.book(column, n)


def first_fit(model: Model, given: Ints) -> Ints:
    """Return how many people each column gets: those given first; who was told stays; queues to mbco, then to full."""
    ledger = _Ledger(model)
    for column in np.nonzero(given)[0].tolist():
        ledger.book(column, int(given[column]))
    for column in np.nonzero(model.kept)[0].tolist():
        if (n := ledger.room(column)) > 0:
            ledger.book(column, n)
    return _filled(ledger)


def _filled(ledger: _Ledger) -> Ints:
    model = ledger.model
    queues, needs = model.classes.queues, model.classes.needs
    by_tier = sorted(range(len(queues)), key=lambda n: (queues[n].tier, queues[n].id))
    order = np.lexsort((model.of, model.place, model.ready, model.travel, model.extra))
    columns = {n: order[model.queue[order] == n].tolist() for n in by_tier}
    for n in by_tier:
        ledger.fill(columns[n], n, needs[n][1] - needs[n][0])
    for n in by_tier:
        ledger.fill(columns[n], n, 0)
    return ledger.given
