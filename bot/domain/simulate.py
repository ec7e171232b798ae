"""How simulated people behave, at human speeds: drawn from a seed, so that the same demo runs the same."""

import math
from random import Random
from typing import NamedTuple

from bot.domain.move import MoveState
from bot.domain.notice import Answer
from bot.domain.runbook import Ask

_NEVER, _HELP, _UNABLE = 0.04, 0.007, 0.03
_MEDIAN_SECONDS, _SPREAD, _LONGEST = 75.0, 1.0, 3600.0


class Reply(NamedTuple):
    """What somebody answers, and how many seconds after the message."""

    answer: Answer
    after: float


def reply(seed: int, person: str, notice: int, ask: Ask) -> Reply | None:
    """Return how a person answers a message; None for somebody who never does."""
    dice = Random(f"{seed}:{person}:{notice}")  # noqa: S311 - a demo, not a secret
    fate = dice.random()
    after = min(_LONGEST, dice.lognormvariate(math.log(_MEDIAN_SECONDS), _SPREAD))
    if fate < _NEVER or not ask.answers:
        return None
    if ask is Ask.ACK:
        return Reply(Answer.ACK, after)
    if fate < _NEVER + _HELP:
        return Reply(Answer.HELP, after)
    if fate < _NEVER + _HELP + _UNABLE and ask is Ask.MOVE:
        return Reply(Answer.UNABLE, after)
    return Reply(Answer.SAFE, after)


def answered_within(seconds: float) -> float:
    """Return which share of people has answered so many seconds after they were reached."""
    if seconds <= 0:
        return 0.0
    spread = _SPREAD * math.sqrt(2)
    return (1 - _NEVER) * (1 + math.erf(math.log(seconds / _MEDIAN_SECONDS) / spread)) / 2


_MEDIAN_MINUTES = {MoveState.ARRIVED: 25.0, MoveState.LOGGED_IN: 4.0, MoveState.TAKING_CONTACTS: 2.0}


def takes(seed: int, person: str, then: MoveState) -> float:
    """Return how many seconds somebody needs until they report the next state of their move."""
    dice = Random(f"{seed}:{person}:{then}")  # noqa: S311
    return 60 * dice.lognormvariate(math.log(_MEDIAN_MINUTES.get(then, 1.0)), 0.5)
