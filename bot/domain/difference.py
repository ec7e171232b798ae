"""How one plan differs from the one before it: who goes elsewhere, who is newly placed, who no longer is."""

from collections.abc import Mapping
from typing import NamedTuple

Place = tuple[str, str]  # a destination and a queue
_NAMED = 3


class Difference(NamedTuple):
    """People, in the order of their ids."""

    elsewhere: tuple[str, ...] = ()
    placed: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()

    def summary(self) -> dict[str, dict[str, object]]:
        """Return counts and the first few people, as JSON: what is kept with the plan."""
        return {what: {"n": len(who), "first": list(who[:_NAMED])} for what, who in self._asdict().items()}


def difference(before: Mapping[str, Place], after: Mapping[str, Place]) -> Difference:
    """Return how places differ, by person."""
    return Difference(
        elsewhere=tuple(sorted(p for p, place in after.items() if p in before and before[p] != place)),
        placed=tuple(sorted(after.keys() - before.keys())),
        unplaced=tuple(sorted(before.keys() - after.keys())),
    )
