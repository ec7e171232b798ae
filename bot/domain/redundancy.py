"""How a system is redundant (T1 to T8 as facts), and what whoever starts its standby is told."""

from collections.abc import Mapping
from typing import NamedTuple

from bot.domain.agenda import standby
from bot.domain.card import Tone
from bot.domain.person import Person
from bot.domain.place import System
from bot.domain.readiness import Standby
from bot.domain.text import plural


class Start(NamedTuple):
    """What is known of a system's standby: the words, and whether somebody could act on them."""

    system: str
    text: str
    tone: Tone


def start(system: System, people: Mapping[str, Person]) -> Start:
    """Return who starts a system's standby and how long that takes, or that it starts by itself."""
    kind = standby(system)
    if kind is Standby.NONE:
        return Start(system.name, "There is no standby: reroute around it.", Tone.BAD)
    if system.starts_by_itself:
        return Start(system.name, f"{_named(system)} Starts by itself{_within(system)}: verify it.", Tone.GOOD)
    who = _starters(system, people)
    if not who:
        return Start(system.name, f"{_named(system)} Nobody is named as its starter: name one now.", Tone.BAD)
    return Start(system.name, f"{_named(system)} {who} starts it{_takes(system)}.", Tone.PLAIN)


def _named(system: System) -> str:
    return f"{system.standby[:1].upper()}{system.standby[1:]}."


def _within(system: System) -> str:
    return f" within {plural(system.start_min, 'minute')}" if system.start_min is not None else ""


def _takes(system: System) -> str:
    if system.start_min is None:
        return "; how long that takes is not known"
    return f"; it takes about {plural(system.start_min, 'minute')}"


def _starters(system: System, people: Mapping[str, Person]) -> str:
    """Return "Ana Brown (+44 …), else the deputy Ben Cole (+44 …)"; whoever left is left out."""
    found = [_reached(people[key]) for key in (system.starter, system.starter_deputy) if key in people]
    return ", else ".join(found)


def _reached(person: Person) -> str:
    return f"{person.name} ({person.phone})" if person.phone else person.name
