"""The leaders' board: are we getting everyone to a working seat in time?

Frozen views of one incident or all, and the pure rules that put each figure into a word and a tone.
Counts are people or seats; times are UTC; now is always handed in.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.board_clocks import ClockRow
from bot.domain.board_moves import NOBODY, OffShift, WaveRow, covered
from bot.domain.board_roll import RollCount
from bot.domain.card import Frozen, Tone
from bot.domain.chart import Part, Series
from bot.domain.chart_seats import seats_to_a_square
from bot.domain.estimate import Standing
from bot.domain.incident import OPEN, IncidentState

RED_AT_PERCENT = 25
TIGHT_AT_PERCENT = 50
_ORDER = {Tone.BAD: 0, Tone.WARN: 1, Tone.PLAIN: 2, Tone.GOOD: 3}


class Status(Frozen):
    """A figure judged: a word, and how urgent it is."""

    word: str
    tone: Tone = Tone.PLAIN


class NoticeCount(Frozen):
    """One notice: aimed at, delivered, answered. Sent is not seen."""

    number: int
    subject: str
    audience: str
    targeted: int
    delivered: int
    posted: int = 0
    answered: int = 0
    asks: bool = False
    replaced: bool = False


class Relocation(Frozen):
    """Where each agent's move stands now; each is counted once. lost: at work where something open has hit since."""

    planned: int = 0
    told: int = 0
    moving: int = 0
    arrived: int = 0
    logged_in: int = 0
    taking_contacts: int = 0
    failed: int = 0
    unplaced: int = 0
    lost: int = 0

    @property
    def total(self) -> int:
        """Everybody who must move, placed or not."""
        return self.unplaced + self.failed + self.planned + self.reached[0][1]

    @property
    def seated(self) -> int:
        """At a working seat."""
        return self.logged_in + self.taking_contacts - self.lost

    @property
    def reached(self) -> tuple[tuple[str, int], ...]:
        """How many came at least as far as each stage, in order."""
        stages = ("told", "moving", "arrived", "logged_in", "taking_contacts")
        here = [getattr(self, s) for s in stages]
        words = ("Told", "Moving", "Arrived", "Logged in", "Taking contacts")
        return tuple((word, sum(here[i:])) for i, word in enumerate(words))


class QueueRow(Frozen):
    """A queue: live seats against the minimum (mbco) and full; its clock runs while it is hit and below mbco.

    from_at: when the disruption began; back_at: when it was at its minimum again, if it is known.
    """

    id: str
    name: str
    tier: int
    live: int
    mbco: int
    full: int
    hit: bool = False
    from_at: datetime | None = None
    rto_at: datetime | None = None
    mtpd_at: datetime | None = None
    back_at: datetime | None = None

    @property
    def at_minimum(self) -> bool:
        """Whether enough seats are live for the least acceptable service."""
        return self.live >= self.mbco

    @property
    def short(self) -> int:
        """Seats that the minimum still lacks."""
        return max(0, self.mbco - self.live)

    def status(self, now: datetime) -> Status:
        """Judge the queue: seats first, then its clock."""
        if self.live >= self.full:
            return Status(word="full", tone=Tone.GOOD)
        if self.at_minimum:
            return Status(word="at minimum", tone=Tone.GOOD)
        if not self.hit:
            return Status(word="below minimum", tone=Tone.BAD if self.tier == 1 else Tone.WARN)
        return self._late(now) or Status(word="below minimum", tone=Tone.BAD if self.tier == 1 else Tone.WARN)

    def clock(self, now: datetime) -> Status:
        """Judge the RTO alone: red at 25 % left; stopped once the queue is back at its minimum."""
        if not self.hit or self.rto_at is None:
            return Status(word="not running")
        if self.at_minimum:
            late = self.back_at is not None and self.back_at > self.rto_at
            return Status(word="met late", tone=Tone.WARN) if late else Status(word="met", tone=Tone.GOOD)
        return self._late(now) or self._running(now)

    def _late(self, now: datetime) -> Status | None:
        if self.mtpd_at is not None and now >= self.mtpd_at:
            return Status(word="MTPD passed", tone=Tone.BAD)
        if self.rto_at is not None and now >= self.rto_at:
            return Status(word="RTO missed", tone=Tone.BAD)
        return None

    def _running(self, now: datetime) -> Status:
        left = self.left_percent(now)
        if left <= RED_AT_PERCENT:
            return Status(word="nearly out of time", tone=Tone.BAD)
        return Status(word="tight", tone=Tone.WARN) if left <= TIGHT_AT_PERCENT else Status(word="in time")

    def left_percent(self, now: datetime) -> int:
        """How much of the RTO is left, 0 to 100."""
        if self.rto_at is None or self.from_at is None or self.rto_at <= self.from_at:
            return 0
        return max(0, min(100, int((self.rto_at - now) * 100 / (self.rto_at - self.from_at))))


class StepRow(Frozen):
    """An open step: whose it is and when it is due; owner is a role in words, assignee a name."""

    title: str
    owner: str
    assignee: str = ""
    due_at: datetime | None = None

    def overdue(self, now: datetime) -> bool:
        """Whether it should have been done by now."""
        return self.due_at is not None and self.due_at < now


class StepsCount(Frozen):
    """The steps: how many stand where; next: the few to do first."""

    total: int = 0
    ended: int = 0
    open: int = 0
    overdue: int = 0
    unowned: int = 0
    waiting: int = 0
    next: tuple[StepRow, ...] = ()


class SitrepRow(Frozen):
    """When the leaders hear next; count: how many they have had."""

    due_at: datetime | None = None
    count: int = 0
    held: bool = False

    def status(self, now: datetime) -> Status:
        """Judge it: missed is red, held back is a warning until it is missed too."""
        if self.due_at is None:
            return Status(word="no more due")
        late = self.due_at < now
        if self.held:
            return Status(word="held back", tone=Tone.BAD if late else Tone.WARN)
        return Status(word="missed", tone=Tone.BAD) if late else Status(word="on time", tone=Tone.GOOD)


class DecisionRow(Frozen):
    """A decision that nobody has taken yet."""

    title: str
    owner: str
    since: datetime


class SupplyRow(Frozen):
    """Seats at one destination; kind is in words ("recovery site"); parts: who takes them, and how far they are."""

    name: str
    kind: str
    seats: int
    used: int
    ready_at: datetime | None = None
    parts: tuple[Part, ...] = ()

    def count(self, kind: str) -> int:
        """Seats that are so far."""
        return sum(part.value for part in self.parts if part.kind == kind)

    @property
    def left(self) -> int:
        """Seats still free."""
        return max(0, self.seats - self.used)

    @property
    def status(self) -> Status:
        """Judge it: none left, or few."""
        if self.left == 0:
            return Status(word="none left", tone=Tone.WARN)
        few = self.left * 10 <= self.seats
        return Status(word="few left", tone=Tone.WARN) if few else Status(word="seats left")


class DeliveryCount(Frozen):
    """Messages by state; repeats are those that may have come twice."""

    queued: int = 0
    sending: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    repeats: int = 0

    @property
    def total(self) -> int:
        """Every message, each once."""
        return self.queued + self.sending + self.sent + self.failed + self.unknown


class IncidentBoard(Frozen):
    """Everything that the leaders see of one incident; off_shift: of those who count as live, who is off now."""

    reference: str
    title: str
    category: str
    severity: int
    drill: bool
    state: IncidentState
    phase: str
    declared_at: datetime
    commander: str = ""
    latest: str = ""
    latest_at: datetime | None = None
    roll: RollCount = RollCount()
    relocation: Relocation = Relocation()
    queues: tuple[QueueRow, ...] = ()
    notices: tuple[NoticeCount, ...] = ()
    undelivered: tuple[tuple[str, int], ...] = ()
    unseen: tuple[tuple[str, int], ...] = ()
    troubles: tuple[str, ...] = ()
    steps: StepsCount = StepsCount()
    sitrep: SitrepRow = SitrepRow()
    decisions: tuple[DecisionRow, ...] = ()
    supply: tuple[SupplyRow, ...] = ()
    deliveries: DeliveryCount = DeliveryCount()
    answers: tuple[Series, ...] = ()
    coverage: tuple[Series, ...] = ()
    waves: tuple[WaveRow, ...] = ()
    returning: bool = False
    clocks: tuple[ClockRow, ...] = ()
    ended_at: datetime | None = None
    off_shift: OffShift = NOBODY

    @property
    def open(self) -> bool:
        """Whether work on it goes on."""
        return self.state in OPEN

    @property
    def square(self) -> int:
        """How many seats one square of the pictures stands for."""
        return seats_to_a_square(max((row.seats for row in self.supply), default=1))

    @property
    def hit(self) -> tuple[QueueRow, ...]:
        """The queues that the disaster hit."""
        return tuple(q for q in self.queues if q.hit)

    @property
    def others(self) -> tuple[QueueRow, ...]:
        """The queues that it did not."""
        return tuple(q for q in self.queues if not q.hit)

    def most_urgent(self, now: datetime) -> tuple[QueueRow, ...]:
        """The hit queues, most urgent first: below minimum by tone, then the soonest RTO, then tier."""
        return tuple(sorted(self.hit, key=lambda q: _urgency(q, now)))


class ClosedRow(Frozen):
    """An incident that is over, for the empty board."""

    reference: str
    title: str
    drill: bool
    ended_at: datetime
    cancelled: bool = False


class BoardView(Frozen):
    """The page: open incidents, or one; zone is where the organisation's clock hangs."""

    organisation: str
    zone: str
    now: datetime
    incidents: tuple[IncidentBoard, ...] = ()
    closed: tuple[ClosedRow, ...] = ()
    lanes: tuple[Standing, ...] = ()


def tier_1(queues: Iterable[QueueRow]) -> tuple[int, int]:
    """How many tier-1 queues are at their minimum, of how many."""
    first = [q for q in queues if q.tier == 1]
    return sum(q.at_minimum for q in first), len(first)


def seats(queues: Iterable[QueueRow]) -> tuple[int, int]:
    """How many seats of their minimum these queues have live, of how many."""
    return covered((q.live, q.mbco) for q in queues)


def soonest(board: IncidentBoard, now: datetime) -> QueueRow | None:
    """The hit queue below its minimum that runs out of time first, if any."""
    behind = [q for q in board.hit if not q.at_minimum and q.rto_at is not None]
    return min(behind, key=lambda q: (q.rto_at or now, q.tier), default=None)


def step_status(steps: StepsCount) -> Status:
    """Judge the steps: overdue is red, unowned a warning."""
    if steps.overdue:
        return Status(word=f"{steps.overdue} overdue", tone=Tone.BAD)
    if steps.unowned:
        return Status(word=f"{steps.unowned} unowned", tone=Tone.WARN)
    return Status(word="on time", tone=Tone.GOOD) if steps.open else Status(word="none open")


def delivery_status(counts: DeliveryCount) -> Status:
    """Judge delivery: failed is red; unknown, or a repeat, is said."""
    if counts.failed:
        return Status(word=f"{counts.failed:,} failed", tone=Tone.BAD)
    if counts.unknown:
        return Status(word=f"{counts.unknown:,} unknown", tone=Tone.WARN)
    if not counts.total:
        return Status(word="nothing sent yet")
    waiting = counts.queued + counts.sending
    return Status(word=f"{waiting:,} on their way") if waiting else Status(word="all sent", tone=Tone.GOOD)


def span(length: timedelta) -> str:
    """Return how long in words: "12 min", "3 h 5 min", "2 days 23 h"; the script says the same."""
    minutes = int(abs(length).total_seconds()) // 60
    if minutes < 120:
        return f"{minutes} min" if minutes else "less than a minute"
    if minutes >= 48 * 60:
        days, hours = divmod(minutes // 60, 24)
        return f"{days} days {hours} h" if hours else f"{days} days"
    return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")


def relative_words(at: datetime, now: datetime, past: str = "ago") -> str:
    """Return "in 12 min", or "8 min ago"; past: the word for what is over ("late")."""
    return f"in {span(at - now)}" if at > now else f"{span(now - at)} {past}"


def _urgency(queue: QueueRow, now: datetime) -> tuple[bool, datetime, int, str]:
    return queue.at_minimum, queue.rto_at or now + timedelta(days=3650), queue.tier, queue.name
