"""The board's question, answered in a word and a sentence: is everybody safe; then, are they seated in time?"""

from datetime import datetime
from enum import StrEnum

from bot.domain.board import IncidentBoard, QueueRow, span
from bot.domain.card import Frozen, Tone
from bot.domain.incident import IncidentState
from bot.domain.text import listed, plural


class Health(StrEnum):
    """The answer in a word; what is about people's lives comes first."""

    HELP = "Help needed"
    UNACCOUNTED = "Not all accounted for"
    YES = "Yes"
    MINIMUM = "Minimum met"
    NOT_ALL = "Not everyone"
    LATE = "Late"
    NOT_YET = "Not yet"
    AT_RISK = "At risk"
    NO = "No"
    NOTHING_HIT = "No queue is hit"


_HEALTH_TONE = {
    Health.HELP: Tone.BAD,
    Health.UNACCOUNTED: Tone.BAD,
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
    """The question, its answer in a word and a sentence; met_at: since when every hit queue is at its minimum."""

    question: str
    health: Health
    text: str
    met_at: datetime | None = None

    @property
    def tone(self) -> Tone:
        """How urgent the answer is."""
        return _HEALTH_TONE[self.health]


def headline(board: IncidentBoard, now: datetime) -> Headline:
    """Answer whether everybody is safe until that is known, then whether everyone gets to a working seat in time."""
    if board.state is IncidentState.CANCELLED:  # declared in error: nobody was missing
        board = board.evolve(roll=board.roll.evolve(called=False))
    seats = _seats(board, now)
    if not board.roll.unsafe:
        return seats
    health = Health.HELP if board.roll.waiting else Health.UNACCOUNTED
    first = f"{_unsafe(board)} Working seats: {seats.health[0].lower()}{seats.health[1:]}."
    return seats.evolve(question=_SAFE[board.open], health=health, text=f"{first} {seats.text}".strip())


_SAFE = {True: "Is everybody safe?", False: "Was everybody safe?"}
_SEATED = {
    True: "Are we getting everyone to a working seat in time?",
    False: "Did everyone get to a working seat in time?",
}


def _unsafe(board: IncidentBoard) -> str:
    """Say how many need help, and of how many nobody knows that they are safe."""
    roll, open_ = board.roll, board.open
    need = ("needs", "need") if open_ else ("still needed", "still needed")
    said = [f"{plural(roll.waiting, f'person {need[0]}', f'people {need[1]}')} help."] if roll.waiting else []
    if roll.called and roll.silent:
        of = f"{roll.silent:,} of {plural(roll.expected, 'person', 'people')}"
        heard = "heard from" if roll.asked else "asked"
        has = "has" if roll.silent == 1 else "have"
        said.append(f"{of} {has} not been {heard} yet." if open_ else f"{of} {has} never been {heard}.")
    return " ".join(said)


def _seats(board: IncidentBoard, now: datetime) -> Headline:
    """Answer whether everyone gets to a working seat in time."""
    behind = [q for q in board.most_urgent(now) if not q.at_minimum]
    if board.hit and not behind:
        return _minimum_met(board, now)
    health, why = _behind(board, behind, now) if behind else (Health.NOTHING_HIT, "")
    said = (why, _people(board)) if board.open else (_people(board), why)
    return Headline(question=_SEATED[board.open], health=health, text=" ".join(filter(None, said)))


def _behind(board: IncidentBoard, behind: list[QueueRow], now: datetime) -> tuple[Health, str]:
    """Judge an incident of which queues are below their minimum, and say which and how late."""
    if not board.open:
        verb = "was" if len(behind) == 1 else "were"
        return Health.NO, f"{len(behind)} of {plural(len(board.hit), 'hit queue')} {verb} below minimum at the end."
    late = [q for q in behind if q.rto_at is not None and now >= q.rto_at]
    if late:
        return Health.NO, _missed(late, now)
    tight = behind[0].clock(now).tone is Tone.BAD
    return Health.AT_RISK if tight else Health.NOT_YET, _next_out(behind, now)


def _people(board: IncidentBoard) -> str:
    move = board.relocation
    if move.total:
        return f"{move.seated:,} of {plural(move.total, 'agent')} at a working seat."
    if board.roll.unsafe:
        return ""  # said already, and more plainly
    return f"{board.roll.accounted:,} of {plural(board.roll.expected, 'person', 'people')} accounted for."


def _minimum_met(board: IncidentBoard, now: datetime) -> Headline:
    """The minimum is not everyone: only who sits at a working seat is."""
    back = f"All {len(board.hit)} hit queues are at their minimum"
    if len(board.hit) == 1:
        back = f"{board.hit[0].name} is at its minimum"
    late = sum(q.clock(now).tone is Tone.WARN for q in board.hit)
    how = f", {late:,} later than the RTO" if late else ""
    met = max((q.back_at for q in board.hit if q.back_at), default=None)
    text = f"{_people(board)} {back}{how}.".strip()
    return Headline(question=_SEATED[board.open], health=_how_well(board, late), text=text, met_at=met)


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
