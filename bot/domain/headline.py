"""The board's one question, answered in a word and a sentence: are we getting everyone to a working seat in time?"""

from datetime import datetime
from enum import StrEnum

from bot.domain.board import IncidentBoard, QueueRow, span
from bot.domain.card import Frozen, Tone
from bot.domain.text import listed, plural


class Health(StrEnum):
    """The board's one question, answered in a word."""

    YES = "Yes"
    MINIMUM = "Minimum met"
    NOT_ALL = "Not everyone"
    LATE = "Late"
    NOT_YET = "Not yet"
    AT_RISK = "At risk"
    NO = "No"
    NOTHING_HIT = "No queue is hit"


_HEALTH_TONE = {
    Health.YES: Tone.GOOD,
    Health.MINIMUM: Tone.GOOD,
    Health.NOT_ALL: Tone.WARN,
    Health.LATE: Tone.WARN,
    Health.NOT_YET: Tone.WARN,
    Health.AT_RISK: Tone.WARN,
    Health.NO: Tone.BAD,
    Health.NOTHING_HIT: Tone.PLAIN,
}


class Headline(Frozen):
    """The answer in a word and a sentence; met_at: since when every hit queue is at its minimum."""

    health: Health
    text: str
    met_at: datetime | None = None

    @property
    def tone(self) -> Tone:
        """How urgent the answer is."""
        return _HEALTH_TONE[self.health]


def headline(board: IncidentBoard, now: datetime) -> Headline:
    """Answer "are we getting everyone to a working seat in time?" in a word and a sentence."""
    if not board.hit:
        return Headline(health=Health.NOTHING_HIT, text=_people(board))
    behind = [q for q in board.most_urgent(now) if not q.at_minimum]
    if not behind:
        return _minimum_met(board, now)
    if not board.open:
        verb = "was" if len(behind) == 1 else "were"
        lacking = f"{len(behind)} of {plural(len(board.hit), 'hit queue')} {verb} below minimum at the end."
        return Headline(health=Health.NO, text=f"{_people(board)} {lacking}")
    late = [q for q in behind if q.rto_at is not None and now >= q.rto_at]
    if late:
        return Headline(health=Health.NO, text=f"{_missed(late, now)} {_people(board)}")
    tight = behind[0].clock(now).tone is Tone.BAD
    return Headline(
        health=Health.AT_RISK if tight else Health.NOT_YET, text=f"{_next_out(behind, now)} {_people(board)}"
    )


def _people(board: IncidentBoard) -> str:
    move = board.relocation
    if not move.total:
        return f"{board.roll.accounted:,} of {plural(board.roll.expected, 'person', 'people')} accounted for."
    return f"{move.seated:,} of {plural(move.total, 'agent')} at a working seat."


def _minimum_met(board: IncidentBoard, now: datetime) -> Headline:
    """The minimum is not everyone: only who sits at a working seat is."""
    back = f"All {len(board.hit)} hit queues are at their minimum"
    if len(board.hit) == 1:
        back = f"{board.hit[0].name} is at its minimum"
    late = sum(q.clock(now).tone is Tone.WARN for q in board.hit)
    how = f", {late:,} later than the RTO" if late else ""
    met = max((q.back_at for q in board.hit if q.back_at), default=None)
    return Headline(health=_how_well(board, late), text=f"{_people(board)} {back}{how}.", met_at=met)


def _how_well(board: IncidentBoard, late: int) -> Health:
    everyone = board.relocation.seated >= board.relocation.total
    if not everyone and not board.open:
        return Health.NOT_ALL
    if late:
        return Health.LATE
    return Health.YES if everyone else Health.MINIMUM


def _missed(late: list[QueueRow], now: datetime) -> str:
    worst = late[0]
    if worst.mtpd_at is not None and now >= worst.mtpd_at:
        what = f"passed its MTPD {span(now - worst.mtpd_at)} ago"
    else:
        what = f"missed its RTO {span(now - (worst.rto_at or now))} ago"
    more = len(late) - 1
    also = f" {plural(more, 'other queue is', 'other queues are')} late too." if more else ""
    return f"{worst.name} {what}.{also}"


def _next_out(behind: list[QueueRow], now: datetime) -> str:
    first = behind[0]
    left = f"{span(first.rto_at - now)} of its RTO left" if first.rto_at else "no RTO set"
    lacking = plural(first.short, "seat")
    others = [q.name for q in behind[1:3]]
    rest = len(behind) - 1 - len(others)
    tail = [*others, *([f"{rest} more"] if rest else [])]
    also = f" {listed(tail)} {'is' if len(tail) == 1 and not rest else 'are'} below minimum too." if tail else ""
    return f"{first.name} lacks {lacking} with {left}.{also}"
