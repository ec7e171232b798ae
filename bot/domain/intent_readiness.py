"""Intents of readiness: looking at it, answering what one is asked between disasters."""

from typing import Annotated, Literal

from pydantic import Field

from bot.domain.card import Frozen
from bot.domain.duty import Outcome
from bot.domain.ids import Id
from bot.domain.runbook import Category
from bot.domain.text import Key, Line, Paragraph


class Readiness(Frozen):
    """Show how ready we are, as a whole or for one category."""

    kind: Literal["readiness"] = "readiness"
    category: Category | None = None


class Digest(Frozen):
    """Show the week at a glance."""

    kind: Literal["digest"] = "digest"


class Calendar(Frozen):
    """Give the asker the link to their own calendar, a new one in its place, or end it."""

    kind: Literal["calendar"] = "calendar"
    act: Literal["show", "new", "end"] = "show"


class MyDuties(Frozen):
    """Show what the asker is asked for."""

    kind: Literal["readiness.mine"] = "readiness.mine"
    page: Annotated[int, Field(ge=0, le=1000)] = 0


class ShowDuty(Frozen):
    """Show one question, review or task with its history."""

    kind: Literal["duty.show"] = "duty.show"
    duty: Id


class AnswerDuty(Frozen):
    """Answer a question: 0 to 4, with its evidence and the day of that."""

    kind: Literal["duty.answer"] = "duty.answer"
    duty: Id
    score: Annotated[int, Field(ge=0, le=4)] | None = None
    text: Paragraph | None = None
    link: Line | None = None
    dated: Line | None = None


class EndDuty(Frozen):
    """Report a review, a maintenance task or an agreement; what was found goes with it."""

    kind: Literal["duty.end"] = "duty.end"
    duty: Id
    outcome: Outcome
    text: Paragraph | None = None
    link: Line | None = None
    dated: Line | None = None


class Attest(Frozen):
    """A vendor's contact attests its own plan; days as they are typed, so that what is wrong comes back beside them."""

    kind: Literal["attest"] = "attest"
    duty: Id
    name: Line | None = None
    tested: Line | None = None
    rto_min: Annotated[int, Field(ge=0, le=60 * 24 * 60)] | None = None
    report_link: Line | None = None
    plan_link: Line | None = None
    until: Line | None = None
    seats: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    skills: Annotated[tuple[Key, ...], Field(max_length=50)] = ()
    text: Paragraph | None = None


class AttestLink(Frozen):
    """Make the link with which a vendor's contact attests."""

    kind: Literal["attest.link"] = "attest.link"
    duty: Id


class EditVendor(Frozen):
    """Change what the vendor manager keeps of a vendor."""

    kind: Literal["vendor.edit"] = "vendor.edit"
    vendor: Key
    services: Line | None = None
    contract: Line | None = None
    invocation: Paragraph | None = None


class Vendors(Frozen):
    """Show the register of vendors."""

    kind: Literal["vendors"] = "vendors"


class GiveDuty(Frozen):
    """Give a duty to somebody by name."""

    kind: Literal["duty.give"] = "duty.give"
    duty: Id
    person: Line | None = None
