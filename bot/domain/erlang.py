"""Seats from volume: Erlang C, which says how long contacts wait for so many agents when nobody gives up.

Loads are in erlangs (contacts an hour times handling hours), times in seconds, shares between 0 and 1.
"""

from math import ceil, exp, inf

_MOST = 1_000_000


def load(contacts: float, minutes: float, handling_s: float) -> float:
    """Return the erlangs of so many contacts in so many minutes, each taking so many seconds."""
    return contacts / (minutes * 60) * handling_s


def waits(erlangs: float, agents: int) -> float:
    """Return the share of contacts that wait; 1 when the agents can't keep up."""
    if erlangs <= 0:
        return 0.0
    if agents <= erlangs:
        return 1.0
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = erlangs * blocked / (n + erlangs * blocked)
    return blocked / (1 - erlangs / agents * (1 - blocked))


def service_level(erlangs: float, agents: int, handling_s: float, within_s: float) -> float:
    """Return the share of contacts that are answered within so many seconds."""
    if agents <= erlangs:
        return 0.0
    return 1 - waits(erlangs, agents) * exp(-(agents - erlangs) * within_s / handling_s)


def answer_s(erlangs: float, agents: int, handling_s: float) -> float:
    """Return the average speed of answer, infinite when the agents can't keep up."""
    return waits(erlangs, agents) * handling_s / (agents - erlangs) if agents > erlangs else inf


def seats(erlangs: float, handling_s: float, within_s: float, level: float) -> int:
    """Return the fewest agents who answer this share of contacts in time."""
    low, high = int(erlangs) + 1, int(erlangs) + 2
    while service_level(erlangs, high, handling_s, within_s) < level and high < _MOST:
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        enough = service_level(erlangs, middle, handling_s, within_s) >= level
        low, high = (low, middle) if enough else (middle + 1, high)
    return low


def with_absence(agents: int, absent: float) -> int:
    """Return the people to plan so that so many are there when this share is on breaks, in training or ill."""
    return ceil(agents / (1 - absent) - 1e-9)
