"""The after-action report's section of regulatory clocks: decisions, deadlines, submissions, drafts to be taken."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.card import Table
from bot.domain.clock import REPORTABLE, Clock, ClockState
from bot.domain.facts import Facts
from bot.domain.report import Quote, Section
from bot.domain.when import day_and_time
from bot.domain.wording.clocks import DISCLAIMER, STATE_WORDS, Case
from bot.domain.wording.notifications import draft
from bot.domain.wording.parts import name_of

_COLUMNS = ("Regime", "Stage", "To", "Decision", "Counts from", "Due", "Submitted")


def section(cases: Sequence[Case], facts: Facts, contact: str, now: datetime) -> Section | None:
    """Return the section; None where no regime may apply."""
    if not cases:
        return None
    rows = [_row(c, case) for case in cases for c in case.clocks]
    waiting = [(case, c) for case in cases for c in case.clocks if c.state in REPORTABLE - {ClockState.SUBMITTED}]
    return Section(
        title="Authorities to be told",
        text=(DISCLAIMER,),
        tables=(Table(columns=_COLUMNS, rows=tuple(rows)),),
        quotes=tuple(
            Quote(
                heading=f"Draft: {c.what.title.lower()} under {case.regime.title}",
                text=draft(case, c.what, facts, contact, now),
            )
            for case, c in waiting
        ),
    )


def _row(clock: Clock, case: Case) -> tuple[str, ...]:
    by = f", {name_of(clock.decided_by, case.names)}" if clock.decided_by else ""
    because = f": {clock.reason}" if clock.reason else ""
    from_ = f"when {case.anchor(clock.what.after)}"
    return (
        clock.plan.title,
        clock.what.title,
        clock.what.to,
        f"{STATE_WORDS[case.state]}{by}{because}",
        f"{from_}, {day_and_time(clock.started_at)}" if clock.started_at else f"{from_}: not started",
        day_and_time(clock.due_at) if clock.due_at else "",
        _submitted(clock),
    )


def _submitted(clock: Clock) -> str:
    if clock.submitted_at is None:
        return ""
    late = ", late" if clock.due_at is not None and clock.submitted_at > clock.due_at else ""
    return f"{day_and_time(clock.submitted_at)}{late}, reference {clock.reference}"
