"""What is stored, as pages and reports show it: words for keys, and messages as nobody in particular reads them."""

from bot.domain.facts import PERSON_NAMES, PersonFacts
from bot.domain.template import personal

_NOBODY = PersonFacts(**{name: f"[{name.replace('_', ' ')}]" for name in PERSON_NAMES})


def words(key: str) -> str:
    """Return "facility_loss" as "Facility loss"."""
    return key.replace("_", " ").capitalize()


def often(every: str) -> str:
    """Return an interval as people say it: "every month", "every 6 months"."""
    return f"every {every.removeprefix('1 ').removesuffix('s') if every.startswith('1 ') else every}"


def anybody(framed: str) -> str:
    """Return a message's text with what differs from person to person named: "Go to [destination]"."""
    return personal(framed, _NOBODY)
