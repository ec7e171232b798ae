"""What somebody wants of regulatory clocks."""

from typing import Literal

from bot.domain.card import Frozen
from bot.domain.clock import Decision
from bot.domain.ids import Id, IncidentRef
from bot.domain.text import Key, Line, Paragraph


class Clocks(Frozen):
    """Show the regulatory clocks: which authorities may have to be told, by when."""

    kind: Literal["clocks"] = "clocks"
    incident: IncidentRef = None


class ShowRegime(Frozen):
    """Show one regime's clocks with their buttons."""

    kind: Literal["regime"] = "regime"
    incident: Id
    regime: Key


class DecideRegime(Frozen):
    """Say whether a regime's authority must be told; at is its first anchor, if that is known."""

    kind: Literal["regime.decide"] = "regime.decide"
    incident: Id
    regime: Key
    decision: Decision
    reason: Paragraph | None = None
    at: Line | None = None


class SetAnchor(Frozen):
    """Say from when a regime's clocks count, in one's own time; sure: also where that is before it was noticed."""

    kind: Literal["anchor"] = "anchor"
    incident: Id
    regime: Key
    anchor: Key
    at: Line | None = None
    sure: bool = False


class SubmitStage(Frozen):
    """Record that somebody submitted a stage: when, and the authority's reference."""

    kind: Literal["stage.submitted"] = "stage.submitted"
    incident: Id
    regime: Key
    stage: Key
    at: Line | None = None
    reference: Line | None = None


class DraftStage(Frozen):
    """Show a stage's notification, filled in, to copy; the bot files nothing."""

    kind: Literal["stage.draft"] = "stage.draft"
    incident: Id
    regime: Key
    stage: Key
