"""The roster: everybody and everything that is imported, and how one roster differs from another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import NamedTuple

from bot.domain.person import Person, Team
from bot.domain.place import Queue, Site, System
from bot.domain.text import listed

Record = Person | Team | Site | Queue | System

# What a team, site or queue is set to when it left the roster but an incident's rows still name it.
CLOSED: Mapping[type[Record], Mapping[str, str | int]] = {
    Team: {"lead": "", "deputy": "", "channel": ""},
    Site: {"seats": 0, "card_safe_seats": 0},
    Queue: {"mbco": 0, "full_seats": 0},
}


@dataclass(frozen=True)
class Roster:
    """Everything that six files say: people (stakeholders too), teams, sites, queues, systems."""

    people: tuple[Person, ...] = ()
    teams: tuple[Team, ...] = ()
    sites: tuple[Site, ...] = ()
    queues: tuple[Queue, ...] = ()
    systems: tuple[System, ...] = ()

    def parts(self) -> dict[str, tuple[Record, ...]]:
        """Return the records by noun."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


class Changed(NamedTuple):
    """One record that differs, and in which columns."""

    id: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """How the records of one noun differ: ids that come, change and leave, and how many stay as they are."""

    added: tuple[str, ...] = ()
    changed: tuple[Changed, ...] = ()
    left: tuple[str, ...] = ()
    unchanged: int = 0

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.added or self.changed or self.left)

    def words(self) -> str:
        """Return "3 added, 2 changed (queue and team), 1 left, 1,194 unchanged"."""
        columns = sorted({column for change in self.changed for column in change.columns})
        said = [f"{len(self.added):,} added"] if self.added else []
        said += [f"{len(self.changed):,} changed ({listed(columns)})"] if self.changed else []
        said += [f"{len(self.left):,} left"] if self.left else []
        return ", ".join([*said, f"{self.unchanged:,} unchanged"])


@dataclass(frozen=True)
class Difference:
    """How a wanted roster differs from the one that is stored."""

    parts: Mapping[str, Part]

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return all(part.empty for part in self.parts.values())

    def words(self) -> list[str]:
        """Return one line a noun: "people: 3 added, 1,194 unchanged"."""
        return [f"{noun}: {part.words()}" for noun, part in self.parts.items()]


def difference(stored: Roster, wanted: Roster) -> Difference:
    """Return what has to be written so that the stored roster becomes the wanted one."""
    then = wanted.parts()
    return Difference({noun: compare(now, then[noun]) for noun, now in stored.parts().items()})


def compare(stored: Iterable[Record], wanted: Iterable[Record]) -> Part:
    """Return how the records of one noun differ."""
    now, then = _by_id(stored), _by_id(wanted)
    pairs = [(now[id_], then[id_]) for id_ in then if id_ in now]
    changed = tuple(Changed(new.id, _columns(old, new)) for old, new in pairs if old != new)
    left = tuple(id_ for id_ in _only(now, then) if not closed(now[id_]))
    return Part(_only(then, now), changed, left, unchanged=len(pairs) - len(changed))


def _by_id(records: Iterable[Record]) -> dict[str, Record]:
    return {record.id: record for record in records}


def _only(these: Mapping[str, Record], those: Mapping[str, Record]) -> tuple[str, ...]:
    return tuple(id_ for id_ in these if id_ not in those)


def closed(record: Record) -> bool:
    """Whether a record already left the roster and stands there only because an incident's rows name it."""
    values = CLOSED.get(type(record))
    return bool(values) and all(getattr(record, name) == value for name, value in (values or {}).items())


def _columns(old: Record, new: Record) -> tuple[str, ...]:
    return tuple(name for name in type(new).model_fields if getattr(old, name) != getattr(new, name))
