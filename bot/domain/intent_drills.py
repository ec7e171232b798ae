"""What somebody wants of drills: one to run or to plan, one to start, to let go ahead, to call off; the list."""

from typing import Annotated, Literal

from pydantic import Field

from bot.domain.card import Frozen
from bot.domain.drill import DrillKind
from bot.domain.ids import Id
from bot.domain.person import Audience
from bot.domain.runbook import Category
from bot.domain.text import Key, Line, Paragraph

Practised = Literal[Audience.AGENTS, Audience.LEADERS, Audience.RESPONDERS]
_Keys = Annotated[tuple[Key, ...], Field(max_length=50)]


class Drill(Frozen):
    """Run a drill, now or at a time; story: what its people read; when: as typed, in the asker's own zone."""

    kind: Literal["drill"] = "drill"
    what: DrillKind | None = None
    category: Category | None = None
    severity: Annotated[int, Field(ge=1, le=3)] = 2
    sites: _Keys = ()
    systems: _Keys = ()
    queues: _Keys = ()
    audiences: Annotated[tuple[Practised, ...], Field(max_length=3)] = ()
    story: Paragraph | None = None
    objectives: Paragraph | None = None
    announced: bool = True
    when: Line | None = None


class StartDrill(Frozen):
    """Start a planned drill now."""

    kind: Literal["drill.start"] = "drill.start"
    drill: Id


class AllowDrill(Frozen):
    """Let a drill go ahead beside a real incident, or not; its commander says so."""

    kind: Literal["drill.allow"] = "drill.allow"
    incident: Id
    drill: Id
    allow: bool


class CallOffDrill(Frozen):
    """Call off a drill that has not begun."""

    kind: Literal["drill.off"] = "drill.off"
    drill: Id


class CloseAction(Frozen):
    """Close a finding of a drill; evidence: what was done."""

    kind: Literal["drill.action"] = "drill.action"
    action: Id
    evidence: Paragraph | None = None


class RealIncident(Frozen):
    """Something real has happened: stop every drill that the asker is in."""

    kind: Literal["real"] = "real"


class Drills(Frozen):
    """Show the drills: those ahead, those done, and what was not practised for too long."""

    kind: Literal["drills"] = "drills"
