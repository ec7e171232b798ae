"""Chasing those who have not answered: one pure decision a person and a moment."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.domain.notice import RecipientState
from bot.domain.policy import ChaseBy, Rung


class Chase(NamedTuple):
    """What is done now (None: nothing), and when to look again (None: never)."""

    by: ChaseBy | None
    next_at: datetime | None


def first_after(ladder: Sequence[Rung]) -> timedelta | None:
    """Return how long after a message its first rung is due; None for an audience that is not chased."""
    return timedelta(minutes=ladder[0].after_min) if ladder else None


def decide(state: RecipientState, rung: int, sent_at: datetime, ladder: Sequence[Rung], now: datetime) -> Chase:
    """Return what the ladder asks at this moment of somebody on a rung.

    After a pause (a restart, say) the rungs that were missed are taken as one: the last of them that is due.
    """
    if state is not RecipientState.WAITING or rung >= len(ladder):
        return Chase(None, None)
    due = [n for n in range(rung, len(ladder)) if sent_at + timedelta(minutes=ladder[n].after_min) <= now]
    if not due:
        return Chase(None, sent_at + timedelta(minutes=ladder[rung].after_min))
    last = due[-1]
    after = sent_at + timedelta(minutes=ladder[last + 1].after_min) if last + 1 < len(ladder) else None
    return Chase(ladder[last].by, after)


def rung_after(rung: int, sent_at: datetime, ladder: Sequence[Rung], now: datetime) -> int:
    """Return the rung that somebody stands on once the due ones are taken."""
    return next(
        (n for n in range(len(ladder), rung, -1) if sent_at + timedelta(minutes=ladder[n - 1].after_min) <= now), rung
    )
