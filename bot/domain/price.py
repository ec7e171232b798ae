"""What a wish costs: the plan with it against the plan without."""

from collections.abc import Callable
from typing import NamedTuple

from bot.domain.relocation import Plan
from bot.domain.text import listed, plural


class Price(NamedTuple):
    """What there is more of with the wish than without; less is a gain.

    first and other are seats missing to mbco in tier 1 and the other tiers, full those missing to full staffing
    beyond that; unplaced are people without a place, told people who were told of another one, cost money a day.
    """

    first: int
    other: int
    full: int
    unplaced: int
    told: int
    cost: int

    @property
    def free(self) -> bool:
        """Whether nothing gets worse."""
        return all(more <= 0 for more in self)

    def words(self, currency: str = "") -> str:
        """Return "Costs 4 tier-1 seats below MBCO, 12 people unplaced more"."""
        said: list[Callable[[int], str]] = [*_WORDS, lambda n: f"{money(n, currency)} a day for seats"]
        losses = [say(more) for more, say in zip(self, said, strict=True) if more > 0]
        gains = [say(-more) for more, say in zip(self, said, strict=True) if more < 0]
        worse = f"Costs {listed(losses)}" if losses else "Costs nothing"
        return f"{worse}. It spares {listed(gains)}." if gains else f"{worse}."


_WORDS: tuple[Callable[[int], str], ...] = (
    lambda n: f"{plural(n, 'seat')} that tier 1 needs to reach its MBCO",
    lambda n: f"{plural(n, 'seat')} that other tiers need to reach their MBCO",
    lambda n: f"{plural(n, 'seat')} of full staffing",
    lambda n: f"{plural(n, 'person', 'people')} without a place",
    lambda n: f"{plural(n, 'person', 'people')} sent elsewhere than they were told",
)


def money(n: int, currency: str) -> str:
    """Return "GBP 1,200"; without a currency the bare number."""
    return f"{currency} {n:,}".strip()


def price(without: Plan, wished: Plan) -> Price:
    """Return what the wished plan is worse in than the one without the wish."""
    return Price(*(b - a for a, b in zip(_sums(without), _sums(wished), strict=True)))


def _sums(plan: Plan) -> tuple[int, ...]:
    missing = [(line.tier, max(0, line.mbco - line.after), max(0, line.full - line.after)) for line in plan.queues]
    first = sum(mbco for tier, mbco, _ in missing if tier == 1)
    other = sum(mbco for tier, mbco, _ in missing if tier != 1)
    full = sum(full - mbco for _, mbco, full in missing)
    return first, other, full, len(plan.unplaced), plan.changes, plan.cost
