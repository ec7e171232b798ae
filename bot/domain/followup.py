"""Chasing those who have not answered: one pure decision a person and a moment."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.domain.notice import RecipientState
from bot.domain.policy import ChaseBy, Rung

CHASED = frozenset({RecipientState.WAITING, RecipientState.UNREACHABLE})
_NOW = timedelta(0)


class Chase(NamedTuple):
    """What is done now (None: nothing), when to look again (None: never), and the rung that they stand on then."""

    by: ChaseBy | None
    next_at: datetime | None
    rung: int


def first_after(ladder: Sequence[Rung], state: RecipientState = RecipientState.WAITING) -> timedelta | None:
    """Return how long after a message its first rung is due; None for whom the ladder does not chase."""
    return next((after for _, after in _rungs(state, ladder)), None)


def decide(state: RecipientState, rung: int, sent_at: datetime, ladder: Sequence[Rung], now: datetime) -> Chase:
    """Return what the ladder asks at this moment of somebody on a rung.

    After a pause (a restart, say) the rungs that were missed are taken as one: the last of them that is due.
    """
    ahead = [(n, sent_at + after) for n, after in _rungs(state, ladder) if n >= rung]
    due = [n for n, at in ahead if at <= now]
    later = [at for _, at in ahead if at > now]
    return Chase(
        by=ladder[due[-1]].by if due else None,
        next_at=later[0] if later else None,
        rung=due[-1] + 1 if due else rung,
    )


def _rungs(state: RecipientState, ladder: Sequence[Rung]) -> list[tuple[int, timedelta]]:
    """Return the rungs for somebody in this state, and when each is due.

    Whom no message can reach is sent none again: their lead is asked to call them at once.
    """
    if state not in CHASED:
        return []
    lost = state is RecipientState.UNREACHABLE
    return [
        (n, _NOW if lost and step.by is ChaseBy.LEAD else timedelta(minutes=step.after_min))
        for n, step in enumerate(ladder)
        if not (lost and step.by is ChaseBy.RESEND)
    ]
