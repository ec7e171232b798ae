"""What somebody wants: every request from any chat, page or API becomes one of these.

An intent that lacks something its operation needs is answered with a form that asks for it.
A button carries its intent as text, short enough for every platform.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, TypeAdapter

from bot.domain.card import Frozen
from bot.domain.ids import Id, IncidentRef
from bot.domain.intent_clocks import Clocks as Clocks
from bot.domain.intent_clocks import DecideRegime as DecideRegime
from bot.domain.intent_clocks import DraftStage as DraftStage
from bot.domain.intent_clocks import SetAnchor as SetAnchor
from bot.domain.intent_clocks import ShowRegime as ShowRegime
from bot.domain.intent_clocks import SubmitStage as SubmitStage
from bot.domain.intent_drills import AllowDrill as AllowDrill
from bot.domain.intent_drills import CallOffDrill as CallOffDrill
from bot.domain.intent_drills import CloseAction as CloseAction
from bot.domain.intent_drills import Drill as Drill
from bot.domain.intent_drills import Drills as Drills
from bot.domain.intent_drills import EndDrill as EndDrill
from bot.domain.intent_drills import HoldClock as HoldClock
from bot.domain.intent_drills import Injects as Injects
from bot.domain.intent_drills import Judge as Judge
from bot.domain.intent_drills import KeepDrill as KeepDrill
from bot.domain.intent_drills import NextInject as NextInject
from bot.domain.intent_drills import RealIncident as RealIncident
from bot.domain.intent_drills import StartDrill as StartDrill
from bot.domain.intent_plans import ApprovePlan as ApprovePlan
from bot.domain.intent_plans import ChangePlan as ChangePlan
from bot.domain.intent_plans import PaceWaves as PaceWaves
from bot.domain.intent_plans import PlanAgain as PlanAgain
from bot.domain.intent_plans import PlanReasons as PlanReasons
from bot.domain.intent_plans import PlanReturn as PlanReturn
from bot.domain.intent_plans import Reroute as Reroute
from bot.domain.intent_plans import TellWave as TellWave
from bot.domain.intent_plans import UndoWish as UndoWish
from bot.domain.intent_plans import WishFor as WishFor
from bot.domain.intent_reach import Reach as Reach
from bot.domain.intent_readiness import AnswerDuty as AnswerDuty
from bot.domain.intent_readiness import Attest as Attest
from bot.domain.intent_readiness import AttestLink as AttestLink
from bot.domain.intent_readiness import Calendar as Calendar
from bot.domain.intent_readiness import Digest as Digest
from bot.domain.intent_readiness import EditVendor as EditVendor
from bot.domain.intent_readiness import EndDuty as EndDuty
from bot.domain.intent_readiness import GiveDuty as GiveDuty
from bot.domain.intent_readiness import MyDuties as MyDuties
from bot.domain.intent_readiness import Readiness as Readiness
from bot.domain.intent_readiness import ShowDuty as ShowDuty
from bot.domain.intent_readiness import Vendors as Vendors
from bot.domain.move import MoveState
from bot.domain.notice import Answer
from bot.domain.runbook import Category
from bot.domain.text import Key, Line, Paragraph, clean_if_text

Reported = Literal[
    MoveState.MOVING, MoveState.ARRIVED, MoveState.LOGGED_IN, MoveState.TAKING_CONTACTS, MoveState.FAILED
]
Keys = Annotated[tuple[Key, ...], Field(max_length=50)]


class Help(Frozen):
    """Show what can be typed."""

    kind: Literal["help"] = "help"


class Declare(Frozen):
    """Declare a disaster; apart: though one like it is open; maybe: what the words said may mean, to be chosen from.

    ask: some of it was read out of a sentence, so the form is shown whatever else was said.
    """

    kind: Literal["declare"] = "declare"
    category: Category | None = None
    severity: Annotated[int, Field(ge=1, le=3)] | None = None
    sites: Keys = ()
    systems: Keys = ()
    queues: Keys = ()
    known: Paragraph | None = None
    drill: bool | None = None
    detected_min_ago: Annotated[int, Field(ge=0, le=7 * 24 * 60)] = 0
    maybe: Keys = ()
    apart: bool = False
    ask: bool = False


class Join(Frozen):
    """Join an open incident's room."""

    kind: Literal["join"] = "join"
    incident: Id


class Status(Frozen):
    """Show how it goes: one incident, or all open ones."""

    kind: Literal["status"] = "status"
    incident: IncidentRef = None


class Steps(Frozen):
    """Show the steps."""

    kind: Literal["steps"] = "steps"
    incident: IncidentRef = None


class Roll(Frozen):
    """Show who is accounted for; a team lead sees their own people."""

    kind: Literal["roll"] = "roll"
    incident: IncidentRef = None
    page: Annotated[int, Field(ge=0, le=10_000)] = 0


class Moves(Frozen):
    """Show the moves."""

    kind: Literal["moves"] = "moves"
    incident: IncidentRef = None


class Where(Frozen):
    """Ask: where do I go, what do I do now?"""

    kind: Literal["where"] = "where"


class Update(Frozen):
    """Write what is newly known; it stands in the next SITREP. hit: sites that are hit now too; restored: no more."""

    kind: Literal["update"] = "update"
    incident: IncidentRef = None
    text: Paragraph | None = None
    hit: Keys = ()
    restored: Keys = ()
    draft: bool = False  # the words are another's, and are looked over before they are recorded


class AssignRole(Frozen):
    """Give a role of the incident to somebody."""

    kind: Literal["role"] = "role"
    incident: IncidentRef = None
    role: Key | None = None
    person: Line | None = None


class ShowStep(Frozen):
    """Show one step with its buttons."""

    kind: Literal["step.show"] = "step.show"
    step: Id


class StartStep(Frozen):
    """Begin a step."""

    kind: Literal["step.start"] = "step.start"
    step: Id


class FinishStep(Frozen):
    """Report a step done, with its evidence."""

    kind: Literal["step.done"] = "step.done"
    step: Id
    evidence: Paragraph | None = None


class SkipStep(Frozen):
    """Leave a step out, with the reason."""

    kind: Literal["step.skip"] = "step.skip"
    step: Id
    reason: Paragraph | None = None


class AssignStep(Frozen):
    """Give a step to somebody."""

    kind: Literal["step.assign"] = "step.assign"
    step: Id
    person: Line | None = None


class Decide(Frozen):
    """Answer a decision step."""

    kind: Literal["step.decide"] = "step.decide"
    step: Id
    option: Key


class AddStep(Frozen):
    """Add a step by hand; due is in minutes from now."""

    kind: Literal["step.add"] = "step.add"
    incident: IncidentRef = None
    title: Line | None = None
    role: Key | None = None
    due_min: Annotated[int, Field(ge=1, le=7 * 24 * 60)] | None = None


class Preview(Frozen):
    """Show what a step would send, to whom, and how long it takes."""

    kind: Literal["step.preview"] = "step.preview"
    step: Id


class Reword(Frozen):
    """Change a message of a step before it is sent."""

    kind: Literal["step.reword"] = "step.reword"
    step: Id
    audience: Key
    subject: Line | None = None
    text: Annotated[str, BeforeValidator(clean_if_text), Field(min_length=1, max_length=3000)] | None = None


class SendStep(Frozen):
    """Send what a step says."""

    kind: Literal["step.send"] = "step.send"
    step: Id


class Say(Frozen):
    """Answer a notice: for oneself, or for one of one's people."""

    kind: Literal["answer"] = "answer"
    notice: Id
    answer: Answer
    person: Key | None = None


class WhereDoIGo(Frozen):
    """Show somebody their own copy of a notice that was posted to their whole team."""

    kind: Literal["mine"] = "mine"
    notice: Id


class CallList(Frozen):
    """Show the silent people that the asker should call."""

    kind: Literal["calls"] = "calls"
    incident: IncidentRef = None


class Helped(Frozen):
    """Say that somebody who needed help has been helped and is safe."""

    kind: Literal["helped"] = "helped"
    incident: Id
    person: Key


class SetMove(Frozen):
    """Report a move's next state: one's own, or one of one's people's."""

    kind: Literal["move"] = "move"
    move: Id
    state: Reported


class TakeBack(Frozen):
    """Take back the state that a move was reported to have; for a wrong press."""

    kind: Literal["move.back"] = "move.back"
    move: Id
    state: MoveState


class Sitrep(Frozen):
    """Send the SITREP now."""

    kind: Literal["sitrep"] = "sitrep"
    incident: IncidentRef = None
    step: Id | None = None


class HoldSitrep(Frozen):
    """Hold the next SITREP back, or let it go by itself again."""

    kind: Literal["sitrep.hold"] = "sitrep.hold"
    incident: Id
    hold: bool


class Recover(Frozen):
    """Begin the return to normal; sure is the second press."""

    kind: Literal["recover"] = "recover"
    incident: IncidentRef = None
    sure: bool = False


class Resume(Frozen):
    """The return began too soon: go on as before."""

    kind: Literal["resume"] = "resume"
    incident: IncidentRef = None


class TakeCommand(Frozen):
    """Become the commander when the one there is can't be reached."""

    kind: Literal["take-command"] = "take-command"
    incident: IncidentRef = None
    reason: Paragraph | None = None


class StandDown(Frozen):
    """End the incident and tell everyone ever told; sure is the second press."""

    kind: Literal["stand-down"] = "stand-down"
    incident: IncidentRef = None
    sure: bool = False


class Cancel(Frozen):
    """Call off an incident declared in error; everyone told is told."""

    kind: Literal["cancel"] = "cancel"
    incident: IncidentRef = None
    reason: Paragraph | None = None


class ReviewRunbook(Frozen):
    """Show which version of the runbook an incident runs, and what the one in force would change."""

    kind: Literal["runbook"] = "runbook"
    incident: IncidentRef = None


class AdoptRunbook(Frozen):
    """Go over to the version in force; digest: the very version that was looked at."""

    kind: Literal["runbook.adopt"] = "runbook.adopt"
    incident: Id
    digest: Key


class TeamChannel(Frozen):
    """Choose the channel of the chat in which a team is written to first; back: as the roster names it again."""

    kind: Literal["channel"] = "channel"
    team: Key | None = None
    channel: Key | None = None
    back: bool = False


class MoreRows(Frozen):
    """Show a long table from a later row on; of: the encoded look that shows it."""

    kind: Literal["rows"] = "rows"
    of: Annotated[str, Field(max_length=2_000)]
    start: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class Board(Frozen):
    """Ask for a link to the board."""

    kind: Literal["board"] = "board"


Intent = Annotated[
    Help | Declare | Join | Status | Steps | Roll | Moves | Where | Update | AssignRole
    | ShowStep | StartStep | FinishStep | SkipStep | AssignStep | Decide | AddStep | Preview | Reword | SendStep
    | Say | WhereDoIGo | CallList | Helped | SetMove | TakeBack | PlanAgain | ApprovePlan | TellWave
    | PlanReasons | ChangePlan | WishFor | UndoWish | PaceWaves | PlanReturn | Reroute
    | Sitrep | HoldSitrep | Recover | Resume | TakeCommand | StandDown | Cancel | ReviewRunbook | AdoptRunbook | Board
    | MoreRows | TeamChannel
    | Clocks | ShowRegime | DecideRegime | SetAnchor | SubmitStage | DraftStage
    | Drill | StartDrill | AllowDrill | CallOffDrill | Drills | RealIncident | CloseAction
    | Injects | NextInject | HoldClock | Judge | EndDrill | KeepDrill
    | Readiness | MyDuties | ShowDuty | AnswerDuty | EndDuty | GiveDuty | Reach | Digest | Calendar
    | Attest | AttestLink | EditVendor | Vendors,
    Field(discriminator="kind"),
]  # fmt: skip
INTENT: TypeAdapter[Intent] = TypeAdapter(Intent)


def encode(intent: Intent) -> str:
    """Return the intent as the text that a button carries."""
    return intent.model_dump_json(exclude_none=True, exclude_defaults=False)


def decode(text: str) -> Intent:
    """Return the intent that a button carried; raises pydantic's ValidationError."""
    return INTENT.validate_json(text)
