"""Vendors and outsourcers: what they do for us, how they are called upon, what they attest of their own plan."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from pydantic import Field

from bot.domain.card import Frozen
from bot.domain.person import Audience, Person
from bot.domain.place import Site, SiteKind
from bot.domain.readiness import Scope


class Vendor(Frozen):
    """One organisation that we depend on, with the contact who speaks for it.

    services, contract and invocation are kept by the vendor manager; the rest is what the vendor attested: its own RTO,
    when its plan was last tested, until when the evidence holds, which seats and skills it can give.
    """

    id: str
    name: str
    scope: Scope
    contacts: tuple[Person, ...] = ()
    services: str = ""
    contract: str = ""
    invocation: str = ""
    rto_min: int | None = None
    tested_on: date | None = None
    expires_on: date | None = None
    plan_link: str = ""
    report_link: str = ""
    seats: int | None = None
    skills: tuple[str, ...] = Field(default=())
    attested_by: str = ""
    attested_at: datetime | None = None

    @property
    def contact(self) -> Person | None:
        """Who is asked: the first who must answer."""
        ranked = sorted(self.contacts, key=lambda p: (not p.must_answer, p.id))
        return ranked[0] if ranked else None

    def lapsed(self, today: date) -> bool:
        """Whether its evidence has expired."""
        return self.expires_on is not None and self.expires_on < today

    def standing(self, today: date) -> str:
        """Whether what it attested is in date, in words."""
        if self.attested_at is None:
            return "never attested"
        return "expired" if self.lapsed(today) else "in date"

    @property
    def attested(self) -> str:
        """Until when it is attested, in words."""
        if self.attested_at is None:
            return "never attested"
        until = f", evidence until {self.expires_on.isoformat()}" if self.expires_on else ""
        return f"{self.attested_at.date().isoformat()} by {self.attested_by}{until}"


SCOPES = {Audience.VENDORS: Scope.VENDOR, Audience.OUTSOURCERS: Scope.OUTSOURCER}
KEPT = tuple(
    name for name in Vendor.model_fields if name not in ("name", "scope", "contacts")
)  # what a row holds beside the roster
LISTED = (
    "vendor", "kind", "contact", "services", "contract", "invocation wording", "RTO in minutes", "plan last tested",
    "evidence until", "plan", "test report", "seats", "skills", "attested",
)  # fmt: skip


def key_of(organisation: str) -> str:
    """Return an organisation's id: "Corvid Routing" is corvid-routing, whoever speaks for it."""
    return re.sub(r"[^a-z0-9]+", "-", organisation.casefold()).strip("-")[:60] or "vendor"


def listed(vendor: Vendor) -> tuple[str, ...]:
    """Return one line of the list that an auditor gets."""
    contact = vendor.contact
    return (
        vendor.name, vendor.scope.value, contact.name if contact else "", vendor.services, vendor.contract,
        vendor.invocation, "" if vendor.rto_min is None else str(vendor.rto_min), _iso(vendor.tested_on),
        _iso(vendor.expires_on), vendor.plan_link, vendor.report_link,
        "" if vendor.seats is None else str(vendor.seats), ", ".join(vendor.skills), vendor.attested,
    )  # fmt: skip


class Offer(NamedTuple):
    """What an outsourcer attested that it can give at one place: seats and skills, by whom and when; lapsed: too old.

    by is empty where nobody attested anything; seats are None where no number was said; no skills stand for any.
    """

    vendor: str
    seats: int | None = None
    skills: tuple[str, ...] = ()
    by: str = ""
    on: date | None = None
    until: date | None = None
    lapsed: bool = False

    @property
    def sure(self) -> bool:
        """Whether a plan may count on it as it stands."""
        return bool(self.by) and not self.lapsed


def offers(
    sites: Mapping[str, Site], vendors: Iterable[Vendor], skills: Collection[str], today: date
) -> dict[str, Offer]:
    """Return what was attested of each outsourcer's place; skills: those that queues ask for, others say nothing."""
    found: dict[str, Offer] = {}
    for vendor in vendors:
        known = tuple(skill for skill in vendor.skills if skill in skills)
        on = vendor.attested_at.date() if vendor.attested_at else None
        offer = Offer(vendor.name, vendor.seats, known, vendor.attested_by, on, vendor.expires_on, vendor.lapsed(today))
        places = {p.site for p in vendor.contacts if p.site in sites and sites[p.site].kind is SiteKind.OUTSOURCER}
        found |= dict.fromkeys(places if vendor.scope is Scope.OUTSOURCER else (), offer)
    return found


def as_attested(sites: Mapping[str, Site], offered: Mapping[str, Offer]) -> dict[str, Site]:
    """Return the sites with no more seats at an outsourcer than it attested: what is old never raises the number."""
    found = dict(sites)
    for place, offer in offered.items():
        if offer.seats is not None:
            found[place] = found[place].evolve(seats=min(found[place].seats, offer.seats))
    return found


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
