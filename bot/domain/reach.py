"""Reachability: which ways to a person are proven, and who has fewer than two of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.domain.delivery import Gone
from bot.domain.outreach import OUTREACH

ENOUGH = 2  # ways, so that one may fail


class Proof(StrEnum):
    """What is known of an address, the best first.

    answered: they answered on it. taken: a chat took a message for it, which it does for nobody it does not know.
    sent: a service took a message, which proves nothing. never: nothing was sent. old: what was known is too old.
    bounced: it takes none.
    """

    ANSWERED = "answered"
    TAKEN = "taken"
    SENT = "sent"
    OLD = "old"
    NEVER = "never"
    BOUNCED = "bounced"


_PROVEN = frozenset({Proof.ANSWERED, Proof.TAKEN})


class Address(NamedTuple):
    """One way to somebody: when they last answered on it, when it last took a message, since when it takes none."""

    platform: str
    answered_at: datetime | None = None
    sent_at: datetime | None = None
    lost_at: datetime | None = None

    def proof(self, now: datetime, days: int) -> Proof:
        """Return what is known of it; days: how long a proof counts."""
        since, never = now - timedelta(days=days), datetime.min.replace(tzinfo=now.tzinfo)
        answered, sent, lost = (at or never for at in (self.answered_at, self.sent_at, self.lost_at))
        if self.lost_at is not None and lost >= max(answered, sent):
            return Proof.BOUNCED
        if answered >= since:
            return Proof.ANSWERED
        if sent >= since:
            return Proof.SENT if self.platform in OUTREACH else Proof.TAKEN
        return Proof.OLD if max(answered, sent) > never else Proof.NEVER


@dataclass(frozen=True)
class Reached:
    """One person: who, where, and what is known of each of their ways, in the order in which they are tried.

    gone: why those that take no messages take none.
    """

    person: str
    name: str
    kind: str
    site: str
    team: str
    ways: Mapping[str, Proof]
    gone: Mapping[str, Gone] = field(default_factory=dict)

    @property
    def proven(self) -> int:
        """How many ways are proven."""
        return sum(proof in _PROVEN for proof in self.ways.values())


class Group(NamedTuple):
    """A site or a team: how many people it has, by how many ways of theirs are proven."""

    name: str
    none: int = 0
    one: int = 0
    enough: int = 0

    @property
    def people(self) -> int:
        """Everybody of it."""
        return self.none + self.one + self.enough


def short_of(people: Sequence[Reached]) -> list[Reached]:
    """Return who has fewer than two proven ways: those with none first, of these those whose address bounced."""

    def order(one: Reached) -> tuple[int, bool, str, str]:
        return one.proven, Proof.BOUNCED not in one.ways.values(), one.name, one.person

    return sorted((p for p in people if p.proven < ENOUGH), key=order)


def grouped(people: Sequence[Reached], by: str) -> list[Group]:
    """Return the counts by site or team, the group with most to do first."""
    counts: dict[str, list[int]] = {}
    for one in people:
        counts.setdefault(getattr(one, by), [0, 0, 0])[min(one.proven, ENOUGH)] += 1
    found = [Group(name=name, none=n[0], one=n[1], enough=n[2]) for name, n in counts.items()]
    return sorted(found, key=lambda g: (-g.none - g.one, g.name))
