"""Chasing those who have not answered: one pure decision a person and a moment."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.domain.notice import RecipientState
from bot.domain.outreach import OUTREACH
from bot.domain.policy import ChaseBy, Rung

CHASED = frozenset({RecipientState.WAITING, RecipientState.UNREACHABLE})
_NOW = timedelta(0)
_WRITING = frozenset({ChaseBy.GROUP, ChaseBy.DIRECT})
_MESSAGES = _WRITING | {ChaseBy.RESEND}


class Chase(NamedTuple):
    """What is done now, when to look again (None: never), and the rung that they stand on then."""

    does: tuple[Rung, ...]
    next_at: datetime | None
    rung: int


class Start(NamedTuple):
    """Where on the ladder somebody begins, and how long after the message their next rung is due (None: never)."""

    rung: int
    after: timedelta | None


class Starts(NamedTuple):
    """Where people begin: those whose channel has the message, those written to at once, whom nothing reaches."""

    posted: Start
    direct: Start
    lost: Start


def starts(ladder: Sequence[Rung], severity: int) -> Starts:
    """Return where the people of a message begin on its audience's ladder."""
    group = next((n + 1 for n, rung in enumerate(ladder) if rung.by is ChaseBy.GROUP), 0)
    waiting, lost = RecipientState.WAITING, RecipientState.UNREACHABLE
    return Starts(
        posted=_start(waiting, group, ladder, severity),
        direct=_start(waiting, written(ladder), ladder, severity),
        lost=_start(lost, 0, ladder, severity),
    )


def _start(state: RecipientState, rung: int, ladder: Sequence[Rung], severity: int) -> Start:
    return Start(rung, next((after for n, after in _rungs(state, ladder, severity) if n >= rung), None))


def groups(ladder: Sequence[Rung], severity: int) -> bool:
    """Whether the ladder begins with the team's channel."""
    return any(rung.by is ChaseBy.GROUP and severity in rung.severities for rung in ladder)


def written(ladder: Sequence[Rung]) -> int:
    """Return the rung on which somebody stands who was written to and not chased yet."""
    return max((n + 1 for n, rung in enumerate(ladder) if rung.by in _WRITING), default=0)


def decide(
    state: RecipientState, rung: int, sent_at: datetime, ladder: Sequence[Rung], now: datetime, severity: int = 1
) -> Chase:
    """Return what the ladder asks at this moment of somebody on a rung.

    After a pause (a restart, say) the messages that were missed are sent as one; whoever should have been called in
    meanwhile, a lead or the safety officer, is called in all the same.
    """
    ahead = [(n, sent_at + after) for n, after in _rungs(state, ladder, severity) if n >= rung]
    due = [n for n, at in ahead if at <= now]
    later = [at for _, at in ahead if at > now]
    return Chase(
        does=tuple(ladder[n] for n in due if not _said_later(ladder[n], [ladder[m] for m in due if m > n])),
        next_at=later[0] if later else None,
        rung=due[-1] + 1 if due else rung,
    )


def _said_later(rung: Rung, later: Sequence[Rung]) -> bool:
    """Whether a message is one with another that is due too: it goes the same ways."""
    return rung.by in _MESSAGES and any(each.by in _MESSAGES and _ways(rung) & _ways(each) for each in later)


def _ways(rung: Rung) -> set[str]:
    return {route if route in OUTREACH else "chat" for route in rung.routes or ("chat",)}


def _rungs(state: RecipientState, ladder: Sequence[Rung], severity: int) -> list[tuple[int, timedelta]]:
    """Return the rungs for somebody in this state, and when each is due.

    Whom no message can reach is sent none again: their lead is asked to call them at once.
    """
    if state not in CHASED:
        return []
    lost = state is RecipientState.UNREACHABLE
    return [
        (n, _NOW if lost and step.by is ChaseBy.LEAD else timedelta(minutes=step.after_min))
        for n, step in enumerate(ladder)
        if severity in step.severities and step.by is not ChaseBy.GROUP and not (lost and step.by in _MESSAGES)
    ]
