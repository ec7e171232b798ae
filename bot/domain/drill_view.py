"""What the page of drills shows: how they went, what is not practised, what was found, what comes; from rows."""

from datetime import date, datetime

from bot.domain.card import Bar, Frozen, Tone
from bot.domain.drill import EXERCISES, Drill, DrillKind
from bot.domain.drill_score import Score
from bot.domain.readiness import Bands
from bot.domain.report import Section
from bot.domain.wording import drill_scores as words
from bot.domain.wording.drills import KIND_WORDS, STATE_WORDS

SHOWN_IN_CHART = 12


class DrillRow(Frozen):
    """One drill in the list; incident: the reference of the one that it became."""

    reference: str
    what: str
    short: str
    state: str
    at: datetime
    known: str
    said: str
    missed: tuple[str, ...]
    tone: Tone
    percent: int | None
    sample: bool
    tabletop: str = ""


class CategoryRow(Frozen):
    """When a category was practised last, and whether that is not too long ago."""

    name: str
    at: datetime | None
    fresh: bool


class Finding(Frozen):
    """What a drill found wanting and nobody has closed yet."""

    text: str
    reference: str
    owner: str
    due_on: date
    late: bool
    done: bool = False


class DrillsView(Frozen):
    """The whole page."""

    organisation: str
    zone: str
    now: datetime
    months: int
    bands: Bands
    coming: tuple[DrillRow, ...]
    past: tuple[DrillRow, ...]
    categories: tuple[CategoryRow, ...]
    findings: tuple[Finding, ...]

    @property
    def sample(self) -> bool:
        """Whether some of it was made up for the demo."""
        return any(row.sample for row in self.past)

    @property
    def red(self) -> tuple[CategoryRow, ...]:
        """The categories that nobody has practised for too long."""
        return tuple(row for row in self.categories if not row.fresh)

    @property
    def scored(self) -> tuple[DrillRow, ...]:
        """The drills that have a score, the newest first."""
        return tuple(row for row in self.past if row.percent is not None)

    @property
    def bars(self) -> tuple[Bar, ...]:
        """How the last drills went, the oldest first."""
        newest = self.scored[:SHOWN_IN_CHART][::-1]
        return tuple(Bar(label=f"{r.at.strftime('%b %Y')} {r.short}", value=r.percent, tone=r.tone) for r in newest)


class DrillPage(Frozen):
    """One drill's own page: what it showed, the answers to its injects, what was found."""

    organisation: str
    zone: str
    now: datetime
    row: DrillRow
    section: Section
    findings: tuple[Finding, ...]


_SHORT = {
    DrillKind.NOTIFICATION: "notification", DrillKind.RELOCATION: "relocation", DrillKind.FUNCTIONAL: "functional",
    DrillKind.VENDOR: "vendor",
}  # fmt: skip


def row(drill: Drill, bands: Bands) -> DrillRow:
    """Return a drill as the page lists it."""
    found = Score.model_validate(drill.score) if drill.score else Score(marks=())
    kind = KIND_WORDS[drill.kind]
    category = f", {drill.category.replace('_', ' ')}" if drill.kind in EXERCISES else ""
    return DrillRow(
        reference=drill.reference, what=kind + category, short=_SHORT.get(drill.kind, kind),
        state=STATE_WORDS[drill.state],
        at=drill.started_at or drill.planned_at, known="announced" if drill.announced else "unannounced",
        said=words.summary(found) if drill.score else "", percent=found.percent, sample=drill.sample,
        missed=tuple(f"{words.name(m)}: {words.value(m)}, wanted {words.goal(m)}" for m in found.marks if not m.met),
        tone=_tone(found.percent, bands), tabletop=drill.tabletop.title if drill.tabletop else "",
    )  # fmt: skip


def _tone(percent: int | None, bands: Bands) -> Tone:
    if percent is None:
        return Tone.PLAIN
    return Tone.GOOD if percent >= bands.green_from else Tone.WARN if percent >= bands.amber_from else Tone.BAD
