"""What somebody wants of a plan of moves: made, changed, approved, told, the way back, and the contacts with it."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from bot.domain.card import Frozen
from bot.domain.ids import Id, IncidentRef
from bot.domain.text import Key, Line
from bot.domain.wish import Target, WishKind


class PlanAgain(Frozen):
    """Plan the moves anew."""

    kind: Literal["plan.again"] = "plan.again"
    incident: IncidentRef = None
    step: Id | None = None


class ApprovePlan(Frozen):
    """Approve a plan of moves and tell its first wave."""

    kind: Literal["plan.approve"] = "plan.approve"
    plan: Id


class PlanReasons(Frozen):
    """Show why a plan could not place people, every reason."""

    kind: Literal["plan.reasons"] = "plan.reasons"
    plan: Id


class ChangePlan(Frozen):
    """Ask what can be changed about a plan; what opens the form of one kind of wish."""

    kind: Literal["plan.change"] = "plan.change"
    plan: Id
    what: Literal["hold", "close", "people", "priority"] | None = None


class WishFor(Frozen):
    """Wish something of the plan: its price is shown; take makes it so.

    n: seats held back, or the tier; destination: where they are sent, "" for wherever there is a place.
    """

    kind: Literal["plan.wish"] = "plan.wish"
    plan: Id
    wish: WishKind
    target: Target
    subject: Line | None = None
    n: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    destination: Key | None = None
    take: bool = False


class UndoWish(Frozen):
    """Take a wish back and plan again."""

    kind: Literal["plan.undo"] = "plan.undo"
    plan: Id
    undone: Id


class PaceWaves(Frozen):
    """Let a plan's waves go out by themselves, or hold them."""

    kind: Literal["plan.pace"] = "plan.pace"
    plan: Id
    go: bool


class PlanReturn(Frozen):
    """Plan the way back: minutes from now until the first wave is to be back, and from one wave to the next.

    to: the sites that are fit for use; nobody goes back to another.
    """

    kind: Literal["plan.return"] = "plan.return"
    incident: IncidentRef = None
    step: Id | None = None
    to: tuple[Key, ...] = ()
    first_min: Annotated[int, Field(ge=1, le=14 * 24 * 60)] | None = None
    every_min: Annotated[int, Field(ge=0, le=7 * 24 * 60)] | None = None


def _plain(percent: object) -> object:
    """Return percent as people write it, "85 %", without its sign."""
    return percent.strip().removesuffix("%").strip() if isinstance(percent, str) else percent


class Reroute(Frozen):
    """Say how many percent of the contacts are moved to where the agents are."""

    kind: Literal["reroute"] = "reroute"
    step: Id
    percent: Annotated[int, BeforeValidator(_plain), Field(ge=0, le=100)] | None = None


class TellWave(Frozen):
    """Tell the next wave of an approved plan."""

    kind: Literal["plan.wave"] = "plan.wave"
    plan: Id
    wave: Id
