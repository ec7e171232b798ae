"""A regulatory regime: what must be told to which authority, by when. People write it in runbooks/regimes.yaml."""

import re
from collections.abc import Collection
from datetime import date, time
from enum import StrEnum
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.domain.card import Frozen
from bot.domain.runbook import Category, Written

_LIMIT = re.compile(r"(\d{1,4}) (minute|hour|calendar day|business day|month)s?")
_LIMITS = "72 hours, 120 minutes, 3 calendar days, 4 business days, 1 month or at once"
_ANCHOR = re.compile(r"(?:submitted:)?[a-z][a-z0-9_]*")
_SUBMITTED = "submitted:"
EU = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "HR",
        "CY",
        "CZ",
        "DK",
        "EE",
        "FI",
        "FR",
        "DE",
        "GR",
        "HU",
        "IE",
        "IT",
        "LV",
        "LT",
        "LU",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SK",
        "SI",
        "ES",
        "SE",
    ]
)
GROUPS = {"EU": EU, "EEA": EU | {"IS", "LI", "NO"}}


class Unit(StrEnum):
    """How a limit is counted."""

    AT_ONCE = "at once"
    MINUTES = "minute"
    HOURS = "hour"
    CALENDAR_DAYS = "calendar day"
    BUSINESS_DAYS = "business day"
    MONTHS = "month"


class Span(Frozen):
    """So many of a unit; at once is none."""

    amount: int = 0
    unit: Unit = Unit.AT_ONCE


@lru_cache(maxsize=1024)
def span(text: str) -> Span:
    """Return "72 hours", "4 business days" or "at once" as a span; raises ValueError."""
    said = " ".join(text.split())
    if said == Unit.AT_ONCE:
        return Span()
    found = _LIMIT.fullmatch(said)
    if not found or not int(found[1]):
        raise ValueError(f"is no limit; write {_LIMITS}")
    return Span(amount=int(found[1]), unit=Unit(found[2]))


def _is_span(text: str) -> str:
    span(text)
    return text


def _is_anchor(text: str) -> str:
    if not _ANCHOR.fullmatch(text):
        raise ValueError("is no anchor; write a word such as aware, or submitted:initial")
    return text


def _is_time(text: str) -> str:
    try:
        return time.fromisoformat(text).strftime("%H:%M")
    except ValueError:
        raise ValueError("is no time of day; write it in quotes, such as '17:30'") from None


Within = Annotated[str, AfterValidator(_is_span)]
After = Annotated[str, AfterValidator(_is_anchor)]
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]


class Certainty(StrEnum):
    """How well a row is known: A primary text seen, B credible secondary source, C thin or conflicting."""

    A = "A"
    B = "B"
    C = "C"


class Weekend(StrEnum):
    """What becomes of a deadline that falls on a weekend day or a holiday."""

    STANDS = "stands"
    NOON = "noon of the next business day"


class Limit(Written):
    """So long after an anchor."""

    within: Within
    after: After


class Stage(Written):
    """One thing to submit: so long after its anchor.

    at_latest: a second limit, and the earlier of the two holds; but once that has passed before the first even begins
    (an incident classified late), the first alone does.
    weekend_not_for: traits of organisations for which the weekend changes nothing.
    """

    id: Word
    title: str
    to: str
    within: Within
    after: After
    at_latest: Limit | None = None
    weekend: Weekend = Weekend.STANDS
    weekend_not_for: tuple[Word, ...] = ()
    note: str = ""

    @property
    def anchors(self) -> tuple[str, ...]:
        """The anchors that its deadline counts from, the first one's own first."""
        return (self.after, self.at_latest.after) if self.at_latest else (self.after,)


class Regime(Written):
    """A duty to tell an authority; it may apply where category, jurisdiction and profile all fit.

    jurisdictions: countries (GB), or EU or EEA; empty where the profile alone decides.
    profile: traits of the organisation that must all be set. calendar: of its business days; empty: the
    organisation's own. tz: empty: the organisation's own. day_ends: until when a day counts there.
    """

    id: Word
    title: str
    reportable_when: str
    categories: Annotated[tuple[Category, ...], Field(min_length=1)]
    jurisdictions: tuple[str, ...] = ()
    profile: tuple[Word, ...] = ()
    owner: str = "REG"
    calendar: str = ""
    tz: str = ""
    day_ends: Annotated[str, AfterValidator(_is_time)] = "23:59"
    source_url: Annotated[str, Field(pattern=r"^https?://\S+$")]
    verified_on: date
    certainty: Certainty
    enabled: bool
    effective_from: date | None = None
    note: str = ""
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]

    def stage(self, key: str) -> Stage | None:
        """Return a stage by id."""
        return next((stage for stage in self.stages if stage.id == key), None)

    @property
    def entered(self) -> tuple[str, ...]:
        """The anchors that people enter, in the order in which stages need them."""
        every = (anchor for stage in self.stages for anchor in stage.anchors)
        return tuple(dict.fromkeys(a for a in every if not submitted(a)))


class Regimes(Written):
    """The whole file: the traits that an organisation can have, anchors in words, and the regimes."""

    profile: dict[Word, str] = Field(default_factory=dict)
    anchors: dict[Word, str] = Field(default_factory=dict)
    regimes: tuple[Regime, ...] = ()

    def applying(
        self, category: Category, countries: Collection[str], traits: Collection[str], on: date
    ) -> list[Regime]:
        """Return the regimes that may apply to such an incident."""
        return [r for r in self.regimes if r.enabled and _fits(r, category, countries, traits, on)]

    def anchor_words(self, anchor: str) -> str:
        """Return an anchor as people say it: "you became aware of it"."""
        return self.anchors.get(anchor, anchor.replace("_", " "))


def _fits(regime: Regime, category: Category, countries: Collection[str], traits: Collection[str], on: date) -> bool:
    here = {code for word in regime.jurisdictions for code in GROUPS.get(word, {word})}
    return (
        category in regime.categories
        and set(regime.profile) <= set(traits)
        and (not here or bool(here & set(countries)))
        and (regime.effective_from is None or regime.effective_from <= on)
    )


def submitted(anchor: str) -> str:
    """Return the stage whose submission an anchor is; empty for anchors that people enter."""
    return anchor.removeprefix(_SUBMITTED) if anchor.startswith(_SUBMITTED) else ""


def on_submission(stage: str) -> str:
    """Return the anchor that a stage's submission is."""
    return f"{_SUBMITTED}{stage}"
