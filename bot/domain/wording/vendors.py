"""Asking vendors for their attestation, and the forms of the register."""

from collections.abc import Sequence
from datetime import date

from bot.domain import intent as i
from bot.domain.agenda import Entry
from bot.domain.card import Card, Choice, Field, FieldKind, Form, Item, Style
from bot.domain.duty import Duty
from bot.domain.person import Person
from bot.domain.text import listed, plural
from bot.domain.vendor import Offer, Vendor
from bot.domain.wording.parts import button, done
from bot.domain.wording.readiness import day


def link(vendor: Vendor, contact: Person, address: str, days: int) -> Card:
    """Give the vendor manager the link that is passed on to the vendor's contact."""
    reach = f" ({contact.email})" if contact.email else ""
    return Card(
        title=f"Attestation of {vendor.name}",
        text=(
            f"Send this to {contact.name}{reach}, in a message of your own: the bot never writes to anybody outside.",
            f"The link is for them alone, needs no account and works for {days} days: {address}",
        ),
    )


def asks_again(duty: Duty, vendor: Vendor) -> Card:
    """Tell the vendor manager that a contact needs a new link."""
    return Card(
        title=f"{vendor.name} asks for a new link",
        text=("The one that their contact has is too old.",),
        buttons=(button("Link for their contact…", i.AttestLink(duty=duty.id), Style.PRIMARY),),
    )


def register(vendors: Sequence[Vendor], today: date) -> Card:
    """Show the register of vendors and outsourcers."""
    if not vendors:
        return Card(title="No vendor is in the register", text=("stakeholders.csv names vendors and outsourcers.",))
    return Card(
        title=f"Vendors and outsourcers: {len(vendors)}",
        items=tuple(_in_register(v, today) for v in vendors),
        footer="The evidence for an auditor is on the page of readiness, as PDF and CSV.",
    )


def _in_register(vendor: Vendor, today: date) -> Item:
    rto = f"back in {vendor.rto_min} min" if vendor.rto_min is not None else "own RTO not known"
    lapsed = "; the evidence has expired" if vendor.lapsed(today) else ""
    contract = f"contract {vendor.contract}; " if vendor.contract else ""
    text = f"{vendor.services or 'services not written down'}; {contract}{rto}; {vendor.attested}{lapsed}."
    return Item(title=vendor.name, text=text, buttons=(button("Edit…", i.EditVendor(vendor=vendor.id)),))


def attestation_form(duty: Duty, entry: Entry, vendor: Vendor, want: i.Attest, skills: Sequence[str]) -> Card:
    """Ask for what a vendor attests; filled in with what it said last time. skills: those that our queues ask for."""
    fields = (
        _line("name", "Your name", want.name or "", "who attests this"),
        _line("tested", "Your plan was last tested on", want.tested or _iso(vendor.tested_on), "such as 2026-03-31"),
        _line("rto_min", "You are back in how many minutes", _number(want.rto_min, vendor.rto_min), "your own RTO"),
        _line(
            "report_link",
            "Link to the test report",
            want.report_link or vendor.report_link,
            "https://…",
            required=False,
        ),
        _line("plan_link", "Link to the plan", want.plan_link or vendor.plan_link, "https://…", required=False),
        _line("until", "The evidence holds until", want.until or "", "such as 2027-03-31", required=False),
        _line("seats", "Seats you could give us", _number(want.seats, vendor.seats), "a number", required=False),
        *_skills(vendor, want, skills),
        Field(name="text", label="Anything we should know", kind=FieldKind.PARAGRAPH, max_length=2000, required=False),
    )
    return Card(
        title=f"{vendor.name}: {entry.title}",
        text=(entry.evidence,) if entry.evidence else (),
        form=Form(intent=i.encode(i.Attest(duty=duty.id)), fields=fields, submit="Attest"),
    )


def _skills(vendor: Vendor, want: i.Attest, skills: Sequence[str]) -> tuple[Field, ...]:
    if not skills:
        return ()
    known = tuple(skill for skill in want.skills or vendor.skills if skill in skills)
    options = tuple(Choice(value=skill, label=skill.replace("_", " ")) for skill in skills)
    hint = "People at your seats would work these and no others. None chosen: any."
    return (
        Field(name="skills", label="Which of these skills you could give us", kind=FieldKind.MANY, required=False,
              hint=hint, options=options, value=known),
    )  # fmt: skip


def _line(name: str, label: str, value: str, hint: str, *, required: bool = True) -> Field:
    return Field(name=name, label=label, value=(value,) if value else (), hint=hint, required=required)


def _number(said: int | None, known: int | None) -> str:
    number = known if said is None else said
    return "" if number is None else str(number)


def _iso(when: date | None) -> str:
    return when.isoformat() if when else ""


def edit_form(vendor: Vendor) -> Card:
    """Ask for what the vendor manager keeps of a vendor."""
    fields = (
        _line("services", "Services", vendor.services, "what they do for us", required=False),
        _line("contract", "Contract reference", vendor.contract, "", required=False),
        Field(
            name="invocation", label="Invocation wording", kind=FieldKind.PARAGRAPH, max_length=2000, required=False,
            hint="What is said to call upon them, word by word.",
            value=(vendor.invocation,) if vendor.invocation else (),
        ),
    )  # fmt: skip
    return Card(title=vendor.name, form=Form(intent=i.encode(i.EditVendor(vendor=vendor.id)), fields=fields))


def offered(offer: Offer) -> str:
    """Say what a plan counts on at an outsourcer, who attested it and when, or what is to be done first."""
    first = "confirm seats and skills with them before anybody is told"
    if not offer.by or offer.on is None:
        return f"nobody there has attested any seats: {first}"
    what = "" if offer.seats is None else f"{plural(offer.seats, 'seat')} "
    skills = f", for {listed(offer.skills)}" if offer.skills else ""
    said = f"{what}attested by {offer.by} on {day(offer.on)}{skills}"
    if offer.lapsed and offer.until is not None:
        return f"{said}; expired on {day(offer.until)}: {first}"
    return said


def thanks(entry: Entry, vendor: Vendor, due: date) -> Card:
    """Thank a vendor for its attestation."""
    return done("Thank you: it is recorded", f"{vendor.name}: {entry.title}. We ask again on {day(due)}.")
