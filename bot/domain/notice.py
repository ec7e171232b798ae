"""Something said to an audience, and each person who must answer it."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import Field

from bot.domain.card import Frozen
from bot.domain.language import chosen
from bot.domain.person import Audience
from bot.domain.runbook import Answer as Answer  # noqa: PLC0414 - it is the noun of here; runbooks name it first
from bot.domain.runbook import Ask

Expected = tuple[tuple[float, float], ...]  # (minutes after it was sent, percent of all)


class NoticeState(StrEnum):
    """Whether a notice still holds."""

    LIVE = "live"
    CLOSED = "closed"


class RecipientState(StrEnum):
    """Where one person stands with one notice; told means that no answer was asked for."""

    TOLD = "told"
    WAITING = "waiting"
    ANSWERED = "answered"
    PROXIED = "proxied"
    UNREACHABLE = "unreachable"


ANSWERS: dict[Ask, tuple[Answer, ...]] = {
    Ask.NOTHING: (),
    Ask.ACK: (Answer.ACK,),
    Ask.SAFETY: (Answer.SAFE, Answer.HELP),
    Ask.MOVE: (Answer.SAFE, Answer.HELP, Answer.UNABLE),
}


# A newer message frees its people from unanswered older ones to the same audience that ask no more than it does.
RANK = {Ask.NOTHING: 0, Ask.ACK: 1, Ask.SAFETY: 2, Ask.MOVE: 3}


def outdated(state: RecipientState | None, ask: Ask) -> bool:
    """Whether a newer message that asks as much puts this one out of date: freed by it, or answered before it.

    What could be answered otherwise is live in one copy, the newest.
    """
    answered = state in (RecipientState.ANSWERED, RecipientState.PROXIED)
    return state is RecipientState.TOLD or (answered and len(ANSWERS[ask]) > 1)


class Wording(Frozen):
    """What a notice says in one language; answers: what stands on its buttons there, where the runbook says it."""

    subject: str
    text: str
    answers: dict[Answer, str] = Field(default_factory=dict)


class Notice(Frozen):
    """One message to one audience; subject and text are as approved, still holding the per-person names.

    forecast: which share was expected to answer by when, as it was sent. words: what it says in each language that it
    has, its own among them; nothing where it has one alone.
    """

    id: int
    incident_id: int
    number: int
    step_id: int | None
    audience: Audience
    subject: str
    text: str
    ask: Ask
    drill: bool
    state: NoticeState
    sent_by: str
    sent_at: datetime
    size: int
    card: dict[str, Any] | None = None
    forecast: Expected = ()
    words: dict[str, Wording] = Field(default_factory=dict)

    def said_in(self, languages: Sequence[str]) -> Wording:
        """Return what somebody reads who would read these languages, the dearest first."""
        return self.words.get(chosen(languages, self.words)) or Wording(subject=self.subject, text=self.text)


class Recipient(Frozen):
    """One person's row of one notice."""

    id: int
    notice_id: int
    incident_id: int
    person_id: str
    state: RecipientState
    answer: Answer | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    rung: int = 0
    next_at: datetime | None = None
