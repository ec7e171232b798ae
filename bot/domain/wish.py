"""A wish: something that a planner changes about the plans of an incident, until it is undone."""

from collections.abc import Iterable
from enum import StrEnum

from bot.domain.card import Frozen
from bot.domain.relocation_wishes import Lock, Wishes


class WishKind(StrEnum):
    """What is wished: seats held back, a place closed, people sent or left out, a queue's priority."""

    HOLD = "hold"
    CLOSE = "close"
    LOCK = "lock"
    EXCLUDE = "exclude"
    PRIORITY = "priority"


class Target(StrEnum):
    """What a wish is about."""

    DESTINATION = "destination"
    PERSON = "person"
    TEAM = "team"
    QUEUE = "queue"


class WishState(StrEnum):
    """Whether a wish holds."""

    STANDING = "standing"
    UNDONE = "undone"


class Wish(Frozen):
    """One wish. n: seats for HOLD, the tier for PRIORITY, 1 for a LOCK of those alone who can be there.

    destination: where LOCK sends them, "" for wherever.
    """

    id: int = 0
    incident_id: int
    kind: WishKind
    target: Target
    subject: str
    n: int = 0
    destination: str = ""
    state: WishState = WishState.STANDING

    def replaces(self, other: "Wish") -> bool:
        """Whether only one of the two can stand."""
        return (self.kind, self.target, self.subject) == (other.kind, other.target, other.subject)


def joined(wishes: Iterable[Wish], wish: Wish) -> list[Wish]:
    """Return the wishes with one more, which takes the place of one like it."""
    return [*(w for w in wishes if not wish.replaces(w)), wish]


def asked(wishes: Iterable[Wish]) -> Wishes:
    """Return the wishes as the planner takes them."""
    found = list(wishes)

    def about(kind: WishKind, target: Target) -> tuple[str, ...]:
        return tuple(w.subject for w in found if w.kind is kind and w.target is target)

    return Wishes(
        locked=tuple(
            Lock.model_validate({w.target.value: w.subject, "to": w.destination, "fitting": bool(w.n)})
            for w in found
            if w.kind is WishKind.LOCK
        ),
        people_out=about(WishKind.EXCLUDE, Target.PERSON),
        teams_out=about(WishKind.EXCLUDE, Target.TEAM),
        queues_out=about(WishKind.EXCLUDE, Target.QUEUE),
        closed=about(WishKind.CLOSE, Target.DESTINATION),
        held_back={w.subject: w.n for w in found if w.kind is WishKind.HOLD},
        tiers={w.subject: w.n for w in found if w.kind is WishKind.PRIORITY},
    )
