"""The way back in stages: least critical queues first, and a critical queue never wholly on the road."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from bot.domain.relocation_shift import at_work, windows
from bot.domain.relocation_terms import Rules
from bot.domain.report_time import rounded


class Returning(NamedTuple):
    """Somebody who goes back to their own site; tier is that of the queue they work there, shift when they work."""

    id: str
    queue: str
    tier: int
    site: str
    shift: str = ""
    tz: str = "UTC"


def stages(people: Iterable[Returning], size: int) -> list[list[Returning]]:
    """Return the waves of a return.

    A wave holds one tier, the least critical first, and at most size people. The people of a tier-1 queue come in two
    halves in different waves.
    """
    ordered = sorted(people, key=lambda one: (-one.tier, one.queue, one.id))
    waves: list[list[Returning]] = []
    for tier, group in groupby(ordered, key=lambda one: one.tier):
        for part in _parts(list(group), halves=tier == 1):
            waves += [list(part[at : at + size]) for at in range(0, len(part), size)]
    return waves


def _parts(group: Sequence[Returning], *, halves: bool) -> list[Sequence[Returning]]:
    if not halves:
        return [group]
    parts: tuple[list[Returning], list[Returning]] = ([], [])
    for _, queue in groupby(group, key=lambda one: one.queue):
        people = list(queue)
        middle = (len(people) + 1) // 2
        parts[0].extend(people[:middle])
        parts[1].extend(people[middle:])
    return [part for part in parts if part]


def back_by(now: datetime, minutes: int, shift: str, tz: str, rules: Rules) -> datetime:
    """Return when people are to be back who are told now: at a round time, in their shift, so many minutes on or later.

    Who would come for the end of a shift comes for the next one, unless people are called in.
    """
    spans = () if rules.call_in else windows(shift, tz, now)
    return rounded(now + timedelta(minutes=at_work(spans, minutes, rules.shift_left_min)))
