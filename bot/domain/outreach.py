"""Outreach: the ways to a person that are no chat, and the address that each of them uses."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from bot.domain.phone import e164, takes_texts


class Route(StrEnum):
    """A way to one person at a time, in the order in which they are tried. None has rooms; nothing can be rewritten."""

    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    SIGNAL = "signal"
    VOICE = "voice"


OUTREACH = frozenset(route.value for route in Route)


class Contact(NamedTuple):
    """What the roster says of how somebody is reached."""

    person: str
    kind: str
    email: str
    phone: str


def address(route: Route, contact: Contact, country: str) -> str | None:
    """Return somebody's address on a route; None when they have none there."""
    if route is Route.EMAIL:
        return contact.email.strip() or None
    number = e164(contact.phone, country)
    if number is None or (route is not Route.VOICE and not takes_texts(number)):
        return None
    return number


def wanted(route: Route, contacts: Iterable[Contact], country: str) -> dict[str, tuple[str, str]]:
    """Return everybody's address and kind on a route, by person.

    An address that two people share is nobody's: what comes from it could be either's.
    """
    known = [(c, found) for c in contacts if (found := address(route, c, country)) is not None]
    shared = Counter(found.lower() for _, found in known)
    return {c.person: (found, c.kind) for c, found in known if shared[found.lower()] == 1}
