"""What a drill is worth: what it showed, held against the thresholds of app.yaml; pure.

What was not measured is neither met nor missed: a tabletop moves nobody, and nothing is said of what nobody tried.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from bot.domain.card import Frozen
from bot.domain.drill import DrillKind
from bot.domain.policy import DrillRules


class Gauge(StrEnum):
    """What is measured; the minutes are those of the thresholds."""

    ACKNOWLEDGED = "acknowledged"
    CONTACTS = "bad_contacts"
    ROLL = "roll_answered"
    RESOLVED = "roll_resolved"
    DECLARED = "declared"
    NOTIFIED = "notified"
    RESTORED = "rto"
    MBCO = "mbco"
    DECISIONS = "decisions"
    RIGHT = "right"
    CLOCKS = "clocks"


# Who mends what was missed: roles in the order in which they are looked for.
KEEPERS: Mapping[Gauge, tuple[str, ...]] = {
    Gauge.ACKNOWLEDGED: ("OPS", "IC"), Gauge.CONTACTS: ("FIN", "OPS", "IC"), Gauge.ROLL: ("SO", "OPS", "IC"),
    Gauge.RESOLVED: ("SO", "OPS", "IC"), Gauge.DECLARED: ("IC",), Gauge.NOTIFIED: ("PIO", "OPS", "IC"),
    Gauge.RESTORED: ("LOG", "OPS", "IC"), Gauge.MBCO: ("PLAN", "OPS", "IC"), Gauge.DECISIONS: ("IC",),
    Gauge.RIGHT: ("IC",),
    Gauge.CLOCKS: ("REG", "IC"),
}  # fmt: skip


class Part(Frozen):
    """So many of so many."""

    n: int
    of: int

    @property
    def percent(self) -> float:
        """The share in percent; of nothing it is none."""
        return self.n * 100 / self.of if self.of else 0.0


class Figures(Frozen):
    """What a drill showed; minutes are from the message, the roll-call or the declaration, None where nothing was.

    asked: everybody who was to confirm, answered: after how many minutes each did, lasted: how long they could.
    decisions: taken in time; right: answered as the tabletop wants, in half points.
    """

    kind: DrillKind
    asked: int = 0
    answered: tuple[float, ...] = ()
    lasted: float = 0
    lost: Part | None = None
    roll: int = 0
    roll_answered: tuple[float, ...] = ()
    roll_lasted: float = 0
    declared: float | None = None
    notified: float | None = None
    rto: float | None = None
    restored: float | None = None
    mbco: Part | None = None
    mbco_after: float | None = None
    decisions: Part | None = None
    right: Part | None = None
    clocks: Part | None = None


class Mark(Frozen):
    """One thing measured: its value in percent or minutes, the threshold, and whether it was met."""

    gauge: Gauge
    at_min: int = 0
    value: float | None
    goal: float
    in_minutes: bool = False
    more_is_better: bool = True

    @property
    def met(self) -> bool:
        """Whether the threshold was reached; what never came was not."""
        if self.value is None:
            return False
        return self.value >= self.goal if self.more_is_better else self.value <= self.goal


class Score(Frozen):
    """The marks of a drill."""

    marks: tuple[Mark, ...]

    @property
    def percent(self) -> int | None:
        """How many of the thresholds were met, in whole percent; None when nothing was measured."""
        return sum(mark.met for mark in self.marks) * 100 // len(self.marks) if self.marks else None

    @property
    def missed(self) -> tuple[Mark, ...]:
        """What was not met, each gauge once, the first of its minutes."""
        found: dict[Gauge, Mark] = {}
        for mark in self.marks:
            if not mark.met:
                found.setdefault(mark.gauge, mark)
        return tuple(found.values())


def score(seen: Figures, rules: DrillRules) -> Score:
    """Return the marks of what was measured."""
    found = [*_acknowledged(seen, rules), *_roll(seen, rules), *_times(seen, rules), *_service(seen, rules)]
    return Score(marks=tuple(found + _shares(seen, rules)))


def share_by(answered: Sequence[float], asked: int, minute: float) -> float:
    """Return how many percent had answered so many minutes after they were asked."""
    return sum(after <= minute for after in answered) * 100 / asked if asked else 0.0


def _acknowledged(seen: Figures, rules: DrillRules) -> list[Mark]:
    found = [
        Mark(gauge=Gauge.ACKNOWLEDGED, at_min=minute, value=share_by(seen.answered, seen.asked, minute), goal=goal)
        for minute, goal in sorted(rules.acknowledged.items())
        if seen.asked and _could(seen.answered, seen.asked, seen.lasted, minute, goal)
    ]
    if seen.lost is not None and seen.lost.of:
        bad, most = seen.lost.percent, rules.bad_contacts_percent
        found.append(Mark(gauge=Gauge.CONTACTS, value=bad, goal=most, more_is_better=False))
    return found


def _could(answered: Sequence[float], asked: int, lasted: float, minute: float, goal: float) -> bool:
    """Whether there was time to judge: the minutes went by, or the threshold was reached before."""
    return lasted >= minute or share_by(answered, asked, minute) >= goal


def _roll(seen: Figures, rules: DrillRules) -> list[Mark]:
    if not seen.roll:
        return []
    found = []
    if _could(seen.roll_answered, seen.roll, seen.roll_lasted, 15, rules.roll_percent):
        value = share_by(seen.roll_answered, seen.roll, 15)
        found.append(Mark(gauge=Gauge.ROLL, at_min=15, value=value, goal=rules.roll_percent))
    all_of_them = max(seen.roll_answered) if len(seen.roll_answered) >= seen.roll else None
    if all_of_them is not None or seen.roll_lasted >= rules.roll_resolved_min:
        found.append(_minutes(Gauge.RESOLVED, all_of_them, rules.roll_resolved_min))
    return found


def _minutes(gauge: Gauge, value: float | None, goal: float) -> Mark:
    return Mark(gauge=gauge, value=value, goal=goal, in_minutes=True, more_is_better=False)


def _times(seen: Figures, rules: DrillRules) -> list[Mark]:
    told = ((Gauge.DECLARED, seen.declared, rules.declare_min), (Gauge.NOTIFIED, seen.notified, rules.notify_min))
    return [_minutes(gauge, value, goal) for gauge, value, goal in told if value is not None]


def _service(seen: Figures, rules: DrillRules) -> list[Mark]:
    found = []
    if seen.kind is DrillKind.FUNCTIONAL and seen.rto is not None:
        found.append(_minutes(Gauge.RESTORED, seen.restored, seen.rto))
    if seen.kind is DrillKind.RELOCATION and seen.mbco is not None and seen.mbco.of:
        found.append(Mark(gauge=Gauge.MBCO, value=seen.mbco.percent, goal=rules.mbco_percent))
    return found


def _shares(seen: Figures, rules: DrillRules) -> list[Mark]:
    told = (
        (Gauge.DECISIONS, seen.decisions, rules.decisions_percent),
        (Gauge.RIGHT, seen.right, rules.right_percent),
        (Gauge.CLOCKS, seen.clocks, rules.clocks_percent),
    )
    return [Mark(gauge=g, value=part.percent, goal=goal) for g, part, goal in told if part is not None and part.of]
