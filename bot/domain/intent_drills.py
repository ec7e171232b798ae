"""What somebody wants of drills: one to run or to plan, one to start, to let go ahead, to call off; the list."""

from typing import Annotated, Literal

from pydantic import Field

from bot.domain.card import Frozen
from bot.domain.drill import DrillKind
from bot.domain.ids import Id
from bot.domain.inject import Judgement
from bot.domain.person import Audience
from bot.domain.runbook import Category
from bot.domain.text import Key, Line, Paragraph

Practised = Literal[Audience.AGENTS, Audience.LEADERS, Audience.RESPONDERS]
_Keys = Annotated[tuple[Key, ...], Field(max_length=50)]


class Drill(Frozen):
    """Run a drill, now or at a time; story: what its people read; when: as typed, in the asker's own zone.

    scenario: the name of a tabletop, which brings category, story and injects; ask: some of it was guessed, so the form
    is shown whatever else was said.
    """

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
    scenario: Key | None = None
    ask: bool = False


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


class Injects(Frozen):
    """Show the injects of a drill: what is out, what was answered, what comes."""

    kind: Literal["injects"] = "injects"
    drill: Id


class NextInject(Frozen):
    """Post an inject before its minute; inject: the very one that was next when the button was drawn."""

    kind: Literal["inject.next"] = "inject.next"
    drill: Id
    inject: Id


class HoldClock(Frozen):
    """Hold the clock of a drill, or let it go on."""

    kind: Literal["drill.hold"] = "drill.hold"
    drill: Id
    hold: bool


class Judge(Frozen):
    """Say how good an answer was."""

    kind: Literal["inject.judge"] = "inject.judge"
    inject: Id
    judgement: Literal[Judgement.RIGHT, Judgement.PARTLY, Judgement.WRONG]


class EndDrill(Frozen):
    """End a drill that runs: everybody in it is told, and it is scored."""

    kind: Literal["drill.end"] = "drill.end"
    drill: Id


class KeepDrill(Frozen):
    """Say that a drill still runs, when asked because nobody did anything in it."""

    kind: Literal["drill.keep"] = "drill.keep"
    drill: Id


class RealIncident(Frozen):
    """Something real has happened: stop every drill that the asker is in."""

    kind: Literal["real"] = "real"


class Drills(Frozen):
    """Show the drills: those ahead, those done, and what was not practised for too long."""

    kind: Literal["drills"] = "drills"
