"""Vendors and outsourcers: what they do for us, how they are called upon, what they attest of their own plan."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from pydantic import Field

from bot.domain.card import Frozen
from bot.domain.person import Audience, Person
from bot.domain.place import Site
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


def as_attested(sites: Mapping[str, Site], vendors: Iterable[Vendor], today: date) -> dict[str, Site]:
    """Return the sites with no more seats at an outsourcer than it attested that it can give, while that is in date."""
    found = dict(sites)
    for vendor in vendors:
        known = vendor.scope is Scope.OUTSOURCER and vendor.seats is not None and not vendor.lapsed(today)
        for place in {p.site for p in vendor.contacts if p.site in found} if known else ():
            site = found[place]
            found[place] = site.evolve(seats=min(site.seats, vendor.seats or 0))
    return found


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
