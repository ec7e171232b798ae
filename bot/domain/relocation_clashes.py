"""Wishes that can't all be met: which of them clash, in words, before anything is planned."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from bot.domain.refusal import Refused
from bot.domain.relocation_classes import Classes, Out
from bot.domain.relocation_model import Ints, Model, model
from bot.domain.relocation_solver import most_locked
from bot.domain.relocation_terms import Situation
from bot.domain.relocation_wishes import Lock, Wishes
from bot.domain.text import listed, plural


class Clash(Refused):
    """Wishes that can't all be met; clashes are the sentences that say which."""

    def __init__(self, clashes: Sequence[str]) -> None:
        super().__init__(" ".join(clashes), instead="Take one of these wishes back.")
        self.clashes = tuple(clashes)


def checked(made: Model) -> Ints:
    """Return how many of each column the locks take; raises Clash when they can't all be met."""
    if not any(one.lock for one in made.classes.all) and not made.classes.situation.wishes.locked:
        return np.zeros(made.size, np.int64)
    if alone := [*_contradictions(made.classes.situation), *_nowhere(made.classes)]:
        raise Clash(alone)
    given, wanted = most_locked(made)
    if int(given.sum()) < wanted:
        raise Clash([_together(made.classes.situation)])
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
            yield f"{said(lock)}, and {kind} {name} left out, can't both be."
        if lock.to in wishes.closed:
            yield f"{said(lock)}, and {lock.to} closed, can't both be."
        if lock.works in wishes.queues_out:
            yield f"{said(lock)}, and queue {lock.works} left out, can't both be."


def _nowhere(classes: Classes) -> Iterator[str]:
    """Yield the locks that ask of somebody what they can't do."""
    agents, found, wishes = classes.situation.agents, dict[Lock, list[int]](), classes.situation.wishes
    persons = {lock.person: lock for lock in wishes.locked if lock.person}
    for number, agent in enumerate(agents if persons else ()):
        out = classes.out.get(number) or (Out.WISHED if agent.team in wishes.teams_out else None)
        if out and agent.id in persons:
            yield f"{said(persons[agent.id])}: {agent.id} {out}."
    for one in classes.all:
        if one.lock is not None and not one.ways:
            found.setdefault(one.lock, []).extend(one.members)
    for lock, members in found.items():
        ids = sorted(agents[n].id for n in members)
        more = f" and {plural(len(ids) - 3, 'other')}" if len(ids) > 3 else ""
        yield f"{said(lock)}: {listed(ids[:3])}{more} can't be there, whatever else is planned."


def _together(situation: Situation) -> str:
    """Return a smallest set of wishes that can't be met together: each is taken out, and stays out if it may."""
    kept = list(_wishes(situation.wishes))
    for one in list(kept):
        fewer = [wish for wish in kept if wish is not one]
        if not _met(situation, fewer):
            kept = fewer
    words = [words for words, _ in kept]
    places = {d.id: d for d in situation.destinations}
    named = dict.fromkeys(
        lock.to for lock in situation.wishes.locked if lock.to and any(said(lock) == w for w in words)
    )
    seats = [f"{places[d].name} has {plural(places[d].seats, 'seat')}" for d in named if d in places]
    return f"{listed(words)} can't all be" + (f": {listed(seats)}." if seats else ".")


_Wish = tuple[str, Callable[[Wishes], Wishes]]


def _wishes(wishes: Wishes) -> Iterator[_Wish]:
    """Yield each wish that takes from what there is: its words, and how it is added to others."""
    for lock in wishes.locked:
        yield said(lock), lambda w, lock=lock: w.model_copy(update={"locked": (*w.locked, lock)})  # type: ignore[misc]
    for key, named in (("people_out", wishes.people_out), ("teams_out", wishes.teams_out)):
        for one in named:
            kind = "person" if key == "people_out" else "team"
            yield (
                f"{kind} {one} left where they are",
                lambda w, key=key, one=one: w.model_copy(update={key: (*getattr(w, key), one)}),  # type: ignore[misc]
            )
    for place, n in wishes.held_back.items():
        held = {place: n}
        yield (
            f"{plural(n, 'seat')} held back at {place}",
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
    """Return a lock in words: "team leeds-01 to york for billing"."""
    kind, name = of(lock)
    return (
        f"{kind} {name} locked" + (f" to {lock.to}" if lock.to else "") + (f" for {lock.works}" if lock.works else "")
    )
