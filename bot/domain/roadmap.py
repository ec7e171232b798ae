"""How far the way to resilience is gone: a count of a total, and what is said of it."""

from typing import NamedTuple

from bot.domain.readiness import Goal, Measure

_OF = {
    Measure.TWO_QUEUES: "agents have two or more queue skills",
    Measure.HOME_READY: "agents are ready at home: kit there, log-in tested in time",
    Measure.HOT_STANDBY: "systems have a hot standby that starts by itself",
    Measure.SEATS_ELSEWHERE: "seats are outside our own sites",
}


class Count(NamedTuple):
    """So many of a total."""

    value: int
    total: int

    @property
    def percent(self) -> int | None:
        """Whole percent, rounded down; None where there is nothing to count."""
        return self.value * 100 // self.total if self.total else None


def said(goal: Goal, found: Count | None) -> str:
    """Return what the count says: "412 of 1,200 agents have two or more queue skills"."""
    if found is None:
        return "Nobody counts this from the roster; it is reviewed once a year."
    if not found.total:
        return "The roster has nothing to count yet."
    return f"{found.value:,} of {found.total:,} {_OF[goal.measure]}"
