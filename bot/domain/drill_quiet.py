"""A drill in which nobody does anything any more: whoever runs it is asked, and after that it ends by itself."""

from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.journal import Verb
from bot.domain.policy import DrillRules

# What those who run a drill do; agents answer and move for hours, and nobody need be there for that.
_NOT = frozenset({Verb.ANSWER, Verb.MOVE, Verb.CHASE, Verb.REFUSED, Verb.DELIVERY})
WORKED = tuple(verb for verb in Verb if verb not in _NOT)


class Then(StrEnum):
    """What becomes of a drill that runs."""

    GOES_ON = "goes_on"
    ASKED = "asked"
    ENDED = "ended"


def then(last: datetime, asked_at: datetime | None, now: datetime, rules: DrillRules, *, held: bool = False) -> Then:
    """Return what is to be done; last: when somebody did something in it, asked_at: when its people were asked last.

    It never ends unasked, however long nothing ran; while its clock is held it is only asked about, again and again.
    """
    if asked_at is None or asked_at < last:
        return Then.ASKED if now - last >= timedelta(hours=rules.quiet_hours) else Then.GOES_ON
    if now - asked_at < timedelta(hours=rules.end_hours):
        return Then.GOES_ON
    return Then.ASKED if held else Then.ENDED


def patience(rules: DrillRules) -> timedelta:
    """Return how long a drill may be held beside a real incident; then it is called off."""
    return timedelta(hours=rules.quiet_hours + rules.end_hours)
