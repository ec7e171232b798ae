"""A runbook: what is done in one category of disaster, as people write it in YAML."""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

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


class Evidence(Written):
    """What is asked for when a step is done."""

    kind: EvidenceKind = EvidenceKind.NONE
    ask: str = ""


class Option(Written):
    """One answer to a decision."""

    value: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str
    hint: str = ""


class Message(Written):
    """A message's template for one audience; subject and text are Jinja2 over the facts."""

    audience: Audience
    subject: str
    text: str
    ask: Ask = Ask.NOTHING


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

    due: "T+15m" from declaration, "D+10m" from detection, "after: id +20m", "50% of rto"; empty for none.
    after: ids of steps that end first; once: a condition that is waited for, after these;
    when: a condition asked a single time, after both: if false, the step does not apply.
    Steps of the phases recover and stand_down wait until the incident is recovering.
    restricted: only its owner and the commanders see the step, what it asks and what it reports.
    before_safety: it may send or move before the life-safety steps have ended; rarely right.
    reroutes: contacts are moved here, so that its card says how far the agents who take them are.
    returns: people are moved back here, so that the return is planned from its card.
    """

    id: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")
    title: str
    kind: StepKind = StepKind.TASK
    phase: Phase
    owner: str
    fallback: tuple[str, ...] = ()
    due: str = ""
    after: tuple[str, ...] = ()
    once: str = ""
    when: str = ""
    guidance: str = ""
    evidence: Evidence = Evidence()
    options: tuple[Option, ...] = ()
    messages: tuple[Message, ...] = ()
    auto: bool = False
    repeat_every: str = ""
    restricted: bool = False
    before_safety: bool = False
    reroutes: bool | None = None
    returns: bool | None = None

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

    category: Category
    title: str
    version: str
    owner: str
    reviewed_on: date
    review_every: str = "6 months"
    summary: str = ""
    private: bool | None = None
    values: dict[str, int | float | str] = {}
    steps: tuple[StepPlan, ...]

    @property
    def quiet(self) -> bool:
        """Whether its rooms are private: what the file says, else what its category needs."""
        return self.category in PRIVATE if self.private is None else self.private


class StepLibrary(Written):
    """Steps that many runbooks share, as library.yaml has them; a runbook takes one with `use:` and its id."""

    steps: tuple[StepPlan, ...]
