"""Regulatory clocks on the leaders' board."""

from datetime import datetime

from bot.domain.card import Frozen, Tone
from bot.domain.clock import ClockState


class ClockRow(Frozen):
    """One clock: what is due to whom, whose it is, how it stands; tone and late as judged when it was drawn.

    left_percent is how much of its time is left, None while it has not started.
    """

    regime: str
    stage: str
    to: str
    owner: str
    assignee: str = ""
    state: ClockState
    started_at: datetime | None = None
    due_at: datetime | None = None
    submitted_at: datetime | None = None
    reference: str = ""
    reason: str = ""
    late: bool = False
    tone: Tone = Tone.PLAIN

    @property
    def word(self) -> str:
        """How it stands, in a word or a few."""
        if self.late:
            return "overdue: tell the authority now"
        match self.state:
            case ClockState.TRIAGE:
                return "to be decided"
            case ClockState.NOT_YET_KNOWN:
                return "not yet known"
            case ClockState.NOT_REPORTABLE:
                return "not reportable"
            case ClockState.NOT_STARTED:
                return "clock not started"
            case ClockState.RUNNING:
                return "running"
            case ClockState.SUBMITTED:
                return "submitted"
