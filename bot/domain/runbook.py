"""A runbook: what is done in one category of disaster, as people write it in YAML."""

from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from bot.domain.person import Audience


class Written(BaseModel):
    """Something that a person writes in a file: frozen, and a key that nobody knows is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Category(StrEnum):
    """The thirteen kinds of disaster."""

    FACILITY_LOSS = "facility_loss"
    ACCESS_DENIED = "access_denied"
    UTILITY_LOSS = "utility_loss"
    REGIONAL_DISASTER = "regional_disaster"
    LIFE_SAFETY_EVENT = "life_safety_event"
    WORKFORCE_LOSS = "workforce_loss"
    DEMAND_SURGE = "demand_surge"
    COMPONENT_FAILURE = "component_failure"
    APPLICATION_FAILURE = "application_failure"
    NETWORK_FAILURE = "network_failure"
    DATA_LOSS = "data_loss"
    SECURITY_BREACH = "security_breach"
    VENDOR_FAILURE = "vendor_failure"


class StepKind(StrEnum):
    """What doing a step means."""

    TASK = "task"
    NOTIFY = "notify"
    ROLL_CALL = "roll_call"
    RELOCATE = "relocate"
    DECISION = "decision"
    STATUS = "status"


class Ask(StrEnum):
    """What the people who get a message are asked for."""

    NOTHING = "nothing"
    ACK = "ack"
    SAFETY = "safety"
    MOVE = "move"

    @property
    def answers(self) -> bool:
        """Whether an answer is expected at all."""
        return self is not Ask.NOTHING


class EvidenceKind(StrEnum):
    """What completes a step."""

    NONE = "none"
    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    REFERENCE = "reference"
    LINK = "link"
    SIGN_OFF = "sign_off"
    ANSWER = "answer"


def _key(said: str, default: Any = ..., **more: Any) -> Any:
    """A key of the file, with what editors say of it."""
    return Field(default, description=said, **more)


class Evidence(Written):
    """What is asked for when a step is done."""

    kind: EvidenceKind = _key("the form that it must have", EvidenceKind.NONE)
    ask: str = _key("what people are asked for, as the form says it", "")


class Option(Written):
    """One answer to a decision."""

    value: str = _key('the word that conditions ask for: answers.Q1 == "move"', pattern=r"^[a-z][a-z0-9_]*$")
    label: str = _key("what stands on the button")
    hint: str = _key("when it is the right one", "")


class Answer(StrEnum):
    """What a person can answer."""

    SAFE = "safe"
    HELP = "help"
    UNABLE = "unable"
    ACK = "ack"


class Translation(Written):
    """A message in another language; templates like those of the message itself."""

    subject: str = _key("its first line; a template")
    text: str = _key("what the message itself says; a template")
    answers: dict[Answer, str] = _key("what stands on its buttons: {safe: Ich bin in Sicherheit}", {})


class Message(Written):
    """A message's template for one audience; subject and text are Jinja2 over the facts."""

    audience: Audience = _key("whom it is for")
    subject: str = _key("its first line; a template")
    text: str = _key("what is known, what is not, what to do, when more is heard; a template")
    ask: Ask = _key("what its readers are asked to answer", Ask.NOTHING)
    translations: dict[str, Translation] = _key("the same in other languages, by their two letters: de", {})

    @model_serializer(mode="wrap")
    def _brief(self, as_usual: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out translations that are not there: what was written before there were any stays as it was."""
        said: dict[str, Any] = as_usual(self)
        return said if said.get("translations") else {k: v for k, v in said.items() if k != "translations"}


class Phase(StrEnum):
    """The phases of an incident, in order."""

    LIFE_SAFETY = "life_safety"
    ACTIVATE = "activate"
    NOTIFY = "notify"
    RELOCATE = "relocate"
    SERVE = "serve"
    SUSTAIN = "sustain"
    RECOVER = "recover"
    STAND_DOWN = "stand_down"


class StepPlan(Written):
    """A step as the runbook has it.

    What each key means stands beside it, for editors too (runbooks/schema.json).
    """

    id: str = _key("letters, digits and _; other steps name it", pattern=r"^[A-Za-z][A-Za-z0-9_]*$")
    title: str = _key("what to do, in a few words")
    kind: StepKind = _key("what doing it means", StepKind.TASK)
    phase: Phase = _key("steps of recover and stand_down wait until the return has begun")
    owner: str = _key("the role that does it; a code of policy.roles")
    fallback: tuple[str, ...] = _key("roles that do it when nobody holds the owner's, in order", ())
    due: str = _key("T+15m from declaration, D+10m from detection, after: LS1 +20m, 50% of rto; empty: never", "")
    after: tuple[str, ...] = _key("ids of steps that must end first", ())
    once: str = _key("a condition that is waited for, after these: minutes_since_declared >= 15", "")
    when: str = _key("a condition asked once, after both; if it is false, the step does not apply", "")
    guidance: str = _key("how to do it", "")
    evidence: Evidence = _key("what completes it", Evidence())
    options: tuple[Option, ...] = _key("the answers to a decision, two or more", ())
    messages: tuple[Message, ...] = _key("what is said to whom, each audience once", ())
    auto: bool = _key("a notify or roll_call sends itself; a status lets SITREPs go by themselves", default=False)
    repeat_every: str = _key("15m, 1d: it comes back, due so much later, until the return begins", "")
    restricted: bool = _key("only its owner and the commanders see it", default=False)
    before_safety: bool = _key("it may send before the life-safety steps have ended; rarely right", default=False)
    reroutes: bool | None = _key("contacts are moved here: its card says how far the agents are", None)
    standby: bool = _key("its card names who starts the standby of each system hit", default=False)
    returns: bool | None = _key("people are moved back here: the return is planned from its card", None)

    @property
    def moves_contacts(self) -> bool:
        """Whether contacts are moved here: what the file says, else what the step library's id means."""
        return self.id == "SM1" if self.reroutes is None else self.reroutes

    @property
    def goes_back(self) -> bool:
        """Whether people are moved back here: what the file says, else what the step library's id means."""
        return self.id == "RR3" if self.returns is None else self.returns


RETURN = frozenset({Phase.RECOVER, Phase.STAND_DOWN})
FIRST = "LS1"  # the step that makes people safe; where a runbook has it, what needs a phone comes after
HANDED_OVER = "Q3"  # the decision that the missing were found or that others look for them; it frees the moves

# What happens there is for few eyes, unless the runbook says otherwise.
PRIVATE = frozenset({Category.LIFE_SAFETY_EVENT, Category.SECURITY_BREACH})


class Runbook(Written):
    """What is done in one category of disaster; private: its rooms are for those who are invited, not for all."""

    category: Category = _key("the kind of disaster; one file each")
    title: str = _key("what people see")
    version: str = _key("stays with each incident; in quotes")
    owner: str = _key("the role that keeps the runbook; a code of policy.roles")
    reviewed_on: date = _key("the day on which it was last looked through: 2026-01-12")
    review_every: str = _key("30 days, 2 weeks, 6 months, 1 year", "6 months")
    summary: str = _key("what it comes to, in a sentence or two", "")
    private: bool | None = _key("its rooms are for those who are invited; unless said, as its category needs", None)
    values: dict[str, int | float | str] = _key("thresholds and wording under names of your own: values.x", {})
    steps: tuple[StepPlan, ...] = _key("in the order in which they are listed; at most 200")

    @property
    def digest(self) -> str:
        """What tells this version from any other, whatever number it bears."""
        return sha256(self.model_dump_json().encode()).hexdigest()[:16]

    @property
    def quiet(self) -> bool:
        """Whether its rooms are private: what the file says, else what its category needs."""
        return self.category in PRIVATE if self.private is None else self.private


class StepLibrary(Written):
    """Steps that many runbooks share, as library.yaml has them; a runbook takes one with `use:` and its id."""

    steps: tuple[StepPlan, ...] = _key("each in the ordinary form, with an id of its own")
