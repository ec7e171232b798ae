"""Which tabletop a drill plays: what it brings to the drill, and how it stands when the drill begins."""

from bot.domain import intent as i
from bot.domain.drill import EXERCISES, Drill, DrillKind
from bot.domain.nearest import did_you_mean
from bot.domain.refusal import Refused
from bot.domain.runbook import Runbook
from bot.domain.tabletop import Tabletop, resolved
from bot.domain.wording.drills import KIND_WORDS
from bot.operations.desk import Desk


def filled(desk: Desk, intent: i.Drill) -> i.Drill:
    """Return a drill with what its tabletop brings, where it plays one; what was said goes before that."""
    if intent.scenario is None:
        return intent
    told = desk.library.tabletops.get(intent.scenario)
    if told is None:
        near = did_you_mean(intent.scenario, desk.library.tabletops)
        raise _no("scenario", f"There is no tabletop {intent.scenario}; {near}")
    if intent.what is not None and intent.what not in EXERCISES:
        raise _no("scenario", f"A {KIND_WORDS[intent.what]} plays no tabletop: leave it out, or choose another kind.")
    if intent.category not in (None, told.category):
        raise _no("category", f"“{told.title}” is about {told.category.replace('_', ' ')}: leave the category out.")
    brings = {
        "what": intent.what or DrillKind.TABLETOP, "category": told.category, "story": intent.story or told.story,
        "objectives": intent.objectives or "\n".join(told.objectives) or None,
        "audiences": intent.audiences or told.audience,
    }  # fmt: skip
    return intent.model_copy(update=brings)


def _no(field: str, text: str) -> Refused:
    return Refused(text, instead="/disaster drill opens the form with all of them.", fields={field: text})


def played(desk: Desk, drill: Drill, book: Runbook) -> Drill:
    """Return a drill that begins with its tabletop as the file stands now; one that is gone is played as planned."""
    told: Tabletop | None = desk.library.tabletops.get(drill.scenario)
    if told is None or told.category != drill.category:
        told = drill.tabletop
    return drill.evolve(tabletop=resolved(told, book, worked=drill.worked) if told else None)
