"""Wishes that can't all be met: which of them clash, in words, before anything is planned."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from bot.domain.refusal import Refused
from bot.domain.relocation_classes import Classes, Out
from bot.domain.relocation_misfits import Misfits, misfits
from bot.domain.relocation_model import Ints, Model, model
from bot.domain.relocation_solver import most_locked
from bot.domain.relocation_terms import Situation
from bot.domain.relocation_wishes import Lock, Wishes
from bot.domain.text import listed, plural

_NAME = re.compile("\ue002(person|team|queue|place):([^\ue003]*)\ue003")
Names = Mapping[tuple[str, str], str]


class Clash(Refused):
    """Wishes that can't all be met: clashes are the sentences that say which; misfits can't be where they are locked.

    marked are the same sentences with marks for people and places, so that they can be named by who knows names.
    """

    def __init__(self, marked: Sequence[str], misfits: Sequence[Misfits] = (), names: Names | None = None) -> None:
        self.names: Names = names or {}
        self.clashes = tuple(_NAME.sub(lambda m: self.names.get((m[1], m[2]), m[2]), one) for one in marked)
        self.marked, self.misfits = tuple(marked), tuple(misfits)
        super().__init__(
            " ".join(self.clashes),
            instead="Take one of these wishes back, or wish less: fewer people, or another place.",
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Go through a pipe whole."""
        return Clash, (self.marked, self.misfits)

    @property
    def about(self) -> set[tuple[str, str]]:
        """What the sentences and groups speak of: kinds and ids."""
        found = {(m[1], m[2]) for one in self.marked for m in _NAME.finditer(one)}
        people = {("person", one) for odd in self.misfits for group in odd.groups for one in group.ids}
        return found | people


def _mark(kind: str, name: str) -> str:
    return f"\ue002{kind}:{name}\ue003"


def checked(made: Model) -> Ints:
    """Return how many of each column the locks take; raises Clash when they can't all be met."""
    if not any(one.lock for one in made.classes.all) and not made.classes.situation.wishes.locked:
        return np.zeros(made.size, np.int64)
    odd = list(misfits(made.classes))
    if alone := [*_contradictions(made.classes.situation), *_left_out(made.classes), *map(_nowhere, odd)]:
        raise Clash(alone, odd)
    given, wanted = most_locked(made)
    if int(given.sum()) < wanted:
        raise Clash([_together(made.classes)])
    return given


def _contradictions(situation: Situation) -> Iterator[str]:
    """Yield what two wishes say of the same person, team, queue or place."""
    wishes = situation.wishes
    out = {"person": wishes.people_out, "team": wishes.teams_out, "queue": ()}
    seen: dict[tuple[str, str], Lock] = {}
    for lock in wishes.locked:
        kind, name = of(lock)
        if seen.setdefault((kind, name), lock) != lock:
            yield f"{said(seen[kind, name])} and {said(lock)} can't both be."
        if name in out[kind]:
            yield f"{said(lock)}, and {kind} {_mark(kind, name)} left out, can't both be."
        if lock.to in wishes.closed:
            yield f"{said(lock)}, and {_mark('place', lock.to)} closed, can't both be."
        if lock.works in wishes.queues_out:
            yield f"{said(lock)}, and queue {_mark('queue', lock.works)} left out, can't both be."


def _left_out(classes: Classes) -> Iterator[str]:
    """Yield the locks of single people who are left out of the plan."""
    wishes = classes.situation.wishes
    persons = {lock.person: lock for lock in wishes.locked if lock.person}
    for number, agent in enumerate(classes.situation.agents if persons else ()):
        out = classes.out.get(number) or (Out.WISHED if agent.team in wishes.teams_out else None)
        if out and agent.id in persons:
            yield f"{said(persons[agent.id])}: {_mark('person', agent.id)} {out}."


def _nowhere(odd: Misfits) -> str:
    """Say who can't be where they are locked, and why."""
    parts = []
    for reason, n, ids in odd.groups:
        names = [_mark("person", one) for one in ids] + ([plural(n - len(ids), "other")] if n > len(ids) else [])
        parts.append(f"{listed(names)} ({reason})")
    return f"{said(odd.lock)}: {listed(parts)} can't be there, whatever else is planned."


def _together(classes: Classes) -> str:
    """Return a smallest set of wishes that can't be met together: each is taken out, and stays out if it may."""
    situation = classes.situation
    kept = list(_wishes(situation.wishes))
    for one in list(kept):
        fewer = [wish for wish in kept if wish is not one]
        if not _met(situation, fewer):
            kept = fewer
    words = [words for words, _ in kept]
    locks = [lock for lock in situation.wishes.locked if said(lock) in words]
    there = [*_seats(situation, locks), *_needed(classes, locks)]
    return f"{listed(words)} can't all be" + (f": {listed(there)}." if there else ".")


def _seats(situation: Situation, locks: Sequence[Lock]) -> Iterator[str]:
    places = {d.id: d for d in situation.destinations}
    named = dict.fromkeys(lock.to for lock in locks if lock.to in places)
    yield from (f"{places[d].name} has {plural(places[d].seats, 'seat')}" for d in named)


def _needed(classes: Classes, locks: Sequence[Lock]) -> Iterator[str]:
    """Say what the queues of those who are locked need, where that is less than they are."""
    bound = [one for one in classes.all if one.lock in locks]
    people, queues = sum(len(one.members) for one in bound), {way.queue for one in bound for way in one.ways}
    need = sum(classes.needs[queue][1] for queue in queues)
    if need < people:
        names = listed([classes.queues[queue].name for queue in sorted(queues)])
        yield f"{names} {'needs' if len(queues) == 1 else 'need'} {need:,} of these {people:,} people"


_Wish = tuple[str, Callable[[Wishes], Wishes]]


def _wishes(wishes: Wishes) -> Iterator[_Wish]:
    """Yield each wish that takes from what there is: its words, and how it is added to others."""
    for lock in wishes.locked:
        yield said(lock), lambda w, lock=lock: w.model_copy(update={"locked": (*w.locked, lock)})  # type: ignore[misc]
    for key, named in (("people_out", wishes.people_out), ("teams_out", wishes.teams_out)):
        for one in named:
            kind = "person" if key == "people_out" else "team"
            yield (
                f"{kind} {_mark(kind, one)} left where they are",
                lambda w, key=key, one=one: w.model_copy(update={key: (*getattr(w, key), one)}),  # type: ignore[misc]
            )
    for place, n in wishes.held_back.items():
        held = {place: n}
        yield (
            f"{plural(n, 'seat')} held back at {_mark('place', place)}",
            lambda w, held=held: w.model_copy(  # type: ignore[misc]
                update={"held_back": {**w.held_back, **held}}
            ),
        )


def _met(situation: Situation, kept: Sequence[_Wish]) -> bool:
    wishes = situation.wishes.model_copy(update={"locked": (), "held_back": {}, "people_out": (), "teams_out": ()})
    for _, add in kept:
        wishes = add(wishes)
    locked = model(Classes(_with(situation, wishes)))
    given, wanted = most_locked(locked)
    return int(given.sum()) == wanted


def _with(situation: Situation, wishes: Wishes) -> Situation:
    return Situation(**{**vars(situation), "wishes": wishes})


def of(lock: Lock) -> tuple[str, str]:
    """Return whom a lock is about: "team", "leeds-01"."""
    return next(((kind, name) for kind in ("person", "team", "queue") if (name := getattr(lock, kind))), ("person", ""))


def said(lock: Lock) -> str:
    """Return a lock in words, with marks for names: "team leeds-01 locked to york for billing"."""
    kind, name = of(lock)
    who = f"{kind} {_mark(kind, name)}"
    who = f"those of {who} who can be there" if lock.fitting else who
    to = f" to {_mark('place', lock.to)}" if lock.to else ""
    return f"{who} locked{to}" + (f" for {_mark('queue', lock.works)}" if lock.works else "")
