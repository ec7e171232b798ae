"""Facts: every name that a condition or a message may use, with its meaning. docs and checks are made from here."""

from typing import Any

from pydantic import Field

from bot.domain.card import Frozen


class _OrNothing(dict[str, str]):
    """What was not said yet reads as empty text, so that a condition can ask for it."""

    def __missing__(self, key: str) -> str:
        return ""


class Facts(Frozen):
    """What is true of an incident at one moment; times are text in the reader's zone, with its name."""

    organisation: str = Field(description="the organisation's name")
    hotline: str = Field(description="the number that anybody may call")
    reference: str = Field(description="the incident's name: INC-2026-0007")
    category: str = Field(description="the kind of disaster: facility_loss")
    severity: int = Field(description="1 (worst) to 3")
    drill: bool = Field(description="whether this is an exercise")
    state: str = Field(description="declared, active, recovering, stood_down or cancelled")
    sites: str = Field(description="names of the sites hit: Leeds and Hull; empty when none")
    addresses: str = Field(description="addresses of the sites hit, one a line; empty when none")
    systems: str = Field(description="names of the systems hit; empty when none")
    queues: str = Field(description="names of the queues hit; empty when none")
    known: str = Field(description="what was known at declaration, in the declarer's words")
    latest: str = Field(description="the newest update, in a responder's words; empty when none")
    declared_at: str = Field(description="when it was declared: 14:05 BST")
    detected_at: str = Field(description="when it was noticed: 13:58 BST")
    minutes_since_declared: int = Field(description="whole minutes since it was declared")
    hours_to_rto: float = Field(description="hours until the first queue below its MBCO passes its RTO; else 0")
    seats_lost: int = Field(description="seats at the sites hit")
    seats_lost_percent: int = Field(description="of all the organisation's own seats")
    agents_expected: int = Field(description="people on the roll where it hit")
    accounted: int = Field(description="of these, how many have answered or been answered for")
    accounted_percent: int = Field(description="the same in percent, rounded down")
    unaccounted: int = Field(description="of these, how many nobody has heard from")
    need_help: int = Field(description="how many need help now")
    unable: int = Field(description="how many can't work")
    acknowledged_percent: int = Field(description="answered of those asked by the newest agent message")
    tier1_below_mbco: int = Field(description="how many tier-1 queues have fewer live seats than their MBCO")
    mbco: int = Field(description="live seats that the hit queues need at least")
    live: int = Field(description="live seats of the hit queues, in each queue at most its MBCO")
    relocated: int = Field(description="people told where to go under the plan in force")
    unplaced: int = Field(description="people whom the plan in force could not place")
    sitrep_number: int = Field(description="the number of the SITREP being written, 1 for the first")
    actions: str = Field(default="", description="what was done so far, each with when it last was; empty when none")
    decisions: str = Field(description="titles of the decisions that wait for an answer; empty when none")
    regulator_due: str = Field(default="", description="the regulatory clocks in a line; empty when there is none")
    regulator_overdue: int = Field(default=0, description="how many notifications to authorities are overdue")
    regimes_undecided: int = Field(default=0, description="how many regimes nobody has decided on")
    next_update: str = Field(description="when leaders get their next SITREP: 14:35 BST")
    commander: str = Field(description="the incident commander's name")
    deputy: str = Field(description="the deputy's name; empty when none")
    room: str = Field(description="the name of the incident's room")
    answers: dict[str, str] = Field(default={}, description="answers.Q1: the option chosen in Q1; empty before")
    evidence: dict[str, str] = Field(default={}, description="evidence.LS2: what LS2 reported; empty before")
    values: dict[str, int | float | str] = Field(default={}, description="values.x: a threshold from the runbook's top")

    def names(self) -> dict[str, Any]:
        """Return what a template sees, by name."""
        seen = {name: getattr(self, name) for name in FACT_NAMES}
        return seen | {"answers": _OrNothing(self.answers), "evidence": _OrNothing(self.evidence)}


class PersonFacts(Frozen):
    """What is true of one reader of a message; empty text where it does not apply or nobody knows."""

    person: str = Field(default="", description="the reader's full name")
    first_name: str = Field(default="", description="the reader's first name")
    team_lead: str = Field(default="", description="their team lead's name")
    team_lead_phone: str = Field(default="", description="their team lead's number")
    destination: str = Field(default="", description="where they work now: a site's name, or home")
    destination_address: str = Field(default="", description="the street address; empty for home")
    report_time: str = Field(default="", description="when to be ready there: 15:30 BST")
    log_in: str = Field(default="", description="how to log in there")
    queue: str = Field(default="", description="the queue they work")
    script_url: str = Field(default="", description="where the queue's script is")
    script_version: str = Field(default="", description="the version of that script")
    reason: str = Field(default="", description="why the plan could not place them")


FACT_NAMES = frozenset(Facts.model_fields)
PERSON_NAMES = frozenset(PersonFacts.model_fields)
MAPS = frozenset({"answers", "evidence", "values"})


def described() -> list[tuple[str, str, str]]:
    """Return name, type and meaning of every fact, the incident's first: for docs and help."""
    fields = [*Facts.model_fields.items(), *PersonFacts.model_fields.items()]
    return [(name, _kind(field.annotation), field.description or "") for name, field in fields]


def _kind(annotation: object) -> str:
    words = {str: "text", int: "whole number", float: "number", bool: "yes or no"}
    return words.get(annotation, "named values") if isinstance(annotation, type) else "named values"


EXAMPLE = Facts(
    organisation="Northwind Care",
    hotline="+44 113 496 0100",
    reference="INC-2026-0007",
    category="facility_loss",
    severity=1,
    drill=False,
    state="active",
    sites="Leeds",
    addresses="Leeds: 12 Aire Street, LS1 4PR",
    systems="Telephony",
    queues="Claims and Urgent care line",
    known="The words of whoever declared it stand here.",
    latest="The newest update stands here.",
    declared_at="14:05 BST",
    detected_at="13:58 BST",
    minutes_since_declared=25,
    hours_to_rto=3.5,
    seats_lost=400,
    seats_lost_percent=33,
    agents_expected=380,
    accounted=352,
    accounted_percent=92,
    unaccounted=28,
    need_help=2,
    unable=5,
    acknowledged_percent=71,
    tier1_below_mbco=1,
    mbco=120,
    live=45,
    relocated=300,
    unplaced=17,
    sitrep_number=1,
    actions="14:06 BST Evacuate, shelter or lock down; 14:20 BST Reroute contacts",
    decisions="",
    next_update="14:35 BST",
    commander="Ines Carver",
    deputy="",
    room="inc-2026-0007",
)
EXAMPLE_DRILL = EXAMPLE.model_copy(
    update={"drill": True, "sites": "", "addresses": "", "systems": "", "queues": "", "latest": "", "live": 0}
)
EXAMPLE_PERSON = PersonFacts(
    person="Maya Okafor",
    first_name="Maya",
    team_lead="Tom Reyes",
    team_lead_phone="+44 113 496 0123",
    destination="Wakefield recovery centre",
    destination_address="3 Calder Road, WF1 5QR",
    report_time="15:30 BST",
    log_in="Open the desk portal and sign in with your badge number.",
    queue="Claims",
    script_url="the script library, page Claims",
    script_version="14",
)
