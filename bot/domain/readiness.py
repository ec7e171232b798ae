"""Readiness between disasters: what is asked, reviewed and maintained. People write it in runbooks/readiness.yaml."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from bot.domain.card import Frozen
from bot.domain.due import review_by
from bot.domain.runbook import Category, Written
from bot.domain.text import Line

FAMILIES: Mapping[str, tuple[Category, ...]] = {
    "place": (
        Category.FACILITY_LOSS, Category.ACCESS_DENIED, Category.UTILITY_LOSS, Category.REGIONAL_DISASTER,
    ),
    "people": (Category.LIFE_SAFETY_EVENT, Category.WORKFORCE_LOSS, Category.DEMAND_SURGE),
    "technology": (Category.COMPONENT_FAILURE, Category.APPLICATION_FAILURE, Category.NETWORK_FAILURE),
    "information": (Category.DATA_LOSS, Category.SECURITY_BREACH),
    "third_party": (Category.VENDOR_FAILURE,),
    "all": tuple(Category),
}  # fmt: skip
BEST = 4  # exercised and met
PASSES_A_GATE = 2


class Scope(StrEnum):
    """What a question is asked of: once for the organisation, or once for each of what the register has."""

    ORGANISATION = "organisation"
    SYSTEM = "system"
    SITE = "site"
    RECOVERY = "recovery"
    OUTSOURCER = "outsourcer"
    VENDOR = "vendor"


class Standby(StrEnum):
    """How a system is replaced when it fails."""

    HOT = "hot"
    WARM = "warm"
    COLD = "cold"
    NONE = "none"


class Measure(StrEnum):
    """What can be counted from the roster to show how far the way to resilience is gone; all are percent."""

    TWO_QUEUES = "agents_with_two_queue_skills"
    HOME_READY = "agents_ready_at_home"
    HOT_STANDBY = "systems_that_start_by_themselves"
    SEATS_ELSEWHERE = "seats_outside_own_sites"
    BY_HAND = "by_hand"


class Kind(StrEnum):
    """What somebody has to do from time to time."""

    QUESTION = "question"
    REVIEW = "review"
    MAINTENANCE = "maintenance"
    ATTESTATION = "attestation"
    OVERLAP = "overlap"


def _interval(text: str) -> str:
    start = date(2026, 1, 1)
    if review_by(start, text) == start:
        raise ValueError("is no interval; write 30 days, 2 weeks, 6 months or 1 year")
    return text


def _spread(value: Any) -> Any:
    """Return families as their categories, each once; a word that nobody knows is left to be refused."""
    if not isinstance(value, list | tuple):
        return value
    return list(dict.fromkeys(c for word in value for c in FAMILIES.get(word, (word,))))


Every = Annotated[str, AfterValidator(_interval)]
Weight = Annotated[float, Field(gt=0, le=100)]
_WORDS = {"type": "array", "minItems": 1, "items": {"type": "string", "enum": [*FAMILIES, *Category]}}
Categories = Annotated[
    tuple[Category, ...], BeforeValidator(_spread), Field(min_length=1), WithJsonSchema(_WORDS, mode="validation")
]
Code = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=40)]


class Bands(Written):
    """From which score on a category is green, and from which amber; red below."""

    green_from: Annotated[int, Field(ge=1, le=100)] = 80
    amber_from: Annotated[int, Field(ge=0, le=99)] = 50


class Exercising(Written):
    """No exercise for so many months caps every score; a category not drilled for so many is shown red."""

    within_months: Annotated[int, Field(ge=1, le=120)] = 12
    cap: Annotated[int, Field(ge=0, le=100)] = 60
    category_months: Annotated[int, Field(ge=1, le=120)] = 24


class Recurring(Written):
    """What comes back: who owns it, how often, and of what it is asked."""

    id: Code
    owner: str
    every: Every
    of: Scope = Scope.ORGANISATION


class Question(Recurring):
    """One question of the audit; an answer is 0 to 4.

    gate: below 2 it keeps its categories, and the whole, from green. standby: asked only of systems replaced so.
    fresh_by: never fresher than the mean of these (reviews for "is the plan updated?").
    """

    question: str
    why: str
    evidence: str
    weight: Weight = 1
    categories: Categories
    gate: bool = False
    standby: tuple[Standby, ...] = ()
    fresh_by: Kind | None = None


class Task(Recurring):
    """Something that is reviewed or maintained."""

    title: Line
    evidence: str = ""
    categories: Categories = tuple(Category)


class Overlap(Recurring):
    """Where another area of the organisation supports this one, agreed from time to time."""

    area: Line
    supports: Line
    their_owner: str = ""
    evidence: str = ""


class Goal(Written):
    """One item of the way to resilience, with what is counted and how far it is to come."""

    id: Code
    title: Line
    why: str = ""
    measure: Measure
    target: Annotated[int, Field(ge=1, le=100)] = 100


class Questionnaire(Written):
    """The whole file."""

    bands: Bands = Bands()
    exercises: Exercising = Exercising()
    questions: tuple[Question, ...] = ()
    reviews: tuple[Task, ...] = ()
    maintenance: tuple[Task, ...] = ()
    attestations: tuple[Task, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    roadmap: tuple[Goal, ...] = ()

    def question(self, key: str) -> Question | None:
        """Return a question by id."""
        return next((q for q in self.questions if q.id == key), None)


class Subject(Frozen):
    """One row of the register that a question is asked of; standby is a system's, tz empty for the organisation's."""

    id: str = ""
    name: str = ""
    standby: Standby | None = None
    tz: str = ""


Register = Mapping[Scope, tuple[Subject, ...]]
WHOLE = Subject()


def subjects(question: Recurring, register: Register) -> tuple[Subject, ...]:
    """Return what a question is asked of: nothing when the register has none."""
    if question.of is Scope.ORGANISATION:
        return (WHOLE,)
    rows = register.get(question.of, ())
    wanted = question.standby if isinstance(question, Question) else ()
    return tuple(row for row in rows if not wanted or row.standby in wanted)
