"""The board's section of regulatory clocks, from the rows that the board reads anyway."""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.domain.board_clocks import ClockRow
from bot.domain.clock import Clock, ClockState

_LAST = {ClockState.SUBMITTED: 2, ClockState.NOT_REPORTABLE: 3}


def clock_rows(
    clocks: Sequence[Clock], holder: Callable[[str], str], said_by: Callable[[str], str], now: datetime
) -> tuple[ClockRow, ...]:
    """Return the clocks, the most urgent first; holder and said_by give a role's holder and the role in words."""
    never = max((c.due_at for c in clocks if c.due_at), default=now)
    order = sorted(clocks, key=lambda c: (_LAST.get(c.state, 0 if c.ticking else 1), c.due_at or never, c.position))
    return tuple(_row(c, holder(c.plan.owner), said_by(c.plan.owner), now) for c in order)


def _row(clock: Clock, assignee: str, owner: str, now: datetime) -> ClockRow:
    kept = {name: getattr(clock, name) for name in ("state", "started_at", "due_at", "submitted_at", "reference")}
    reason = clock.reason if clock.state is ClockState.NOT_REPORTABLE else ""
    return ClockRow(
        regime=clock.plan.title, stage=clock.what.title, to=clock.what.to, owner=owner, assignee=assignee,
        reason=reason, late=clock.overdue(now), tone=clock.tone(now), **kept,
    )  # fmt: skip
