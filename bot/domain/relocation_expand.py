"""From counts to people: who of a class gets which place, in which wave, when they report."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.domain.place import SiteKind
from bot.domain.relocation_classes import Classes
from bot.domain.relocation_model import Ints, Model
from bot.domain.relocation_plan import DestinationLine, Placement, QueueLine
from bot.domain.report_time import rounded


class Seat(NamedTuple):
    """One agent's place by numbers: agent, queue, destination; minutes to ready; kept is where they were told to be."""

    agent: int
    queue: int
    place: int
    ready: int
    kept: bool


def seats(model: Model, given: Ints) -> list[Seat]:
    """Return who gets which place; for an unfamiliar queue the most skilled go first, else teams stay together."""
    chosen: dict[int, list[int]] = defaultdict(list)
    for column in given.nonzero()[0].tolist():
        chosen[int(model.of[column])].append(column)
    found: list[Seat] = []
    for number, columns in chosen.items():
        found += _of_class(model, number, columns, given)
    return found


def _of_class(model: Model, number: int, columns: list[int], given: Ints) -> Iterator[Seat]:
    classes = model.classes
    agents = classes.situation.agents
    left = sorted(classes.all[number].members, key=lambda n: (agents[n].team, agents[n].id), reverse=True)
    usual = classes.queue_at.get(agents[left[0]].queue)
    for column in sorted(columns, key=lambda c: (model.queue[c] == usual, int(model.queue[c]), int(model.place[c]))):
        queue, n = int(model.queue[column]), int(given[column])
        if queue != usual and n < len(left):
            left.sort(key=lambda a: dict(classes.able[a]).get(queue, 0))
        one = (queue, int(model.place[column]), int(model.ready[column]), bool(model.kept[column]))
        for _ in range(n):
            yield Seat(left.pop(), *one)


def placements(model: Model, seated: Sequence[Seat]) -> list[Placement]:
    """Return everybody's place: who was told stays in wave 0, wave 1 brings tier 1 to mbco, then by tier and time."""
    waves = Waves(model.classes)
    found = [_placement(model.classes, seat, 0, None) for seat in seated if seat.kept]
    for wave, seat in waves.of(seated):
        found.append(_placement(model.classes, seat, wave, waves.report_at(seat, wave)))
    return found


def _placement(classes: Classes, seat: Seat, wave: int, at: datetime | None) -> Placement:
    agent, queue, place = classes.situation.agents[seat.agent], classes.queues[seat.queue], classes.places[seat.place]
    changed = bool(agent.sent_to) and not seat.kept
    return Placement(agent.id, queue.id, place.id, wave, at, seat.kept, queue.id != agent.queue, changed)


class Waves:
    """Who is told when."""

    def __init__(self, classes: Classes) -> None:
        """Prepare for the people of a situation."""
        self.classes, self.rules = classes, classes.rules
        self._at: dict[tuple[int, int, int], datetime] = {}

    def of(self, seated: Sequence[Seat]) -> Iterator[tuple[int, Seat]]:
        """Yield the new seats with their wave, the first wave first."""
        urgent, rest = self._urgent(seated)
        first = 2 if urgent else 1
        yield from ((1, seat) for seat in urgent)
        yield from ((first + n // self.rules.wave_size, seat) for n, seat in enumerate(rest))

    def _urgent(self, seated: Sequence[Seat]) -> tuple[list[Seat], list[Seat]]:
        """Return the seats that bring tier 1 to mbco, the soonest ready, and all others by tier and time."""
        classes = self.classes
        tiers = [queue.tier for queue in classes.queues]
        wanted = [mbco if tiers[n] == 1 else 0 for n, (mbco, _) in enumerate(classes.needs)]
        for seat in seated:
            wanted[seat.queue] -= seat.kept
        urgent: list[Seat] = []
        rest: list[Seat] = []
        new = (seat for seat in seated if not seat.kept)
        for seat in sorted(new, key=lambda s: (tiers[s.queue], s.ready, s.queue, s.agent)):
            (urgent if wanted[seat.queue] > 0 else rest).append(seat)
            wanted[seat.queue] -= 1
        return urgent, rest

    def report_at(self, seat: Seat, wave: int) -> datetime:
        """Return when to be ready: a round time, because people remember these."""
        where = self.classes.where[seat.agent]
        key = (id(where), seat.place, wave)
        if key not in self._at:
            minutes = self.classes.ready(where, seat.place, (wave - 1) * self.rules.wave_every_min)
            self._at[key] = rounded(self.classes.situation.now + timedelta(minutes=minutes))
        return self._at[key]


def queue_lines(model: Model, placed: Sequence[Placement]) -> list[QueueLine]:
    """Return every queue before and after, by tier."""
    classes = model.classes
    ready: dict[str, list[datetime]] = defaultdict(list)
    odd: dict[str, int] = defaultdict(int)
    for one in placed:
        ready[one.queue].append(one.report_at or classes.situation.now)
        odd[one.queue] += one.unfamiliar
    lines = []
    for queue in sorted(classes.queues, key=lambda q: (q.tier, q.id)):
        times = [classes.situation.now] * queue.live + sorted(ready[queue.id])
        need = (queue.live, len(times), queue.mbco, queue.full, odd[queue.id])
        at = (_nth(times, queue.mbco, classes.situation.now), _nth(times, queue.full, classes.situation.now))
        lines.append(QueueLine(queue.id, queue.name, queue.tier, *need, *at, queue.rto_min))
    return lines


def _nth(times: Sequence[datetime], n: int, now: datetime) -> datetime | None:
    if n <= 0:
        return now
    return times[n - 1] if len(times) >= n else None


def destination_lines(model: Model, given: Ints) -> list[DestinationLine]:
    """Return every open destination with what the plan uses of it."""
    going = model.leads_needed(given)
    lines = []
    for n, place in enumerate(model.classes.places):
        used = int(given[model.place == n].sum())
        left = place.seats - used
        safe = 0 if place.kind is SiteKind.HOME else min(left, place.card_safe_seats - _cards(model, given, n))
        seats_ = (place.seats, used, left, max(0, safe), used * place.cost, going.get(n, 0), place.attested, place.sure)
        lines.append(DestinationLine(place.id, place.name, place.kind, place.ready_min, *seats_))
    return lines


def _cards(model: Model, given: Ints, place: int) -> int:
    rows = zip(model.limits, model.uses, strict=True)
    return sum(int(given[uses].sum()) for limit, uses in rows if limit.of == place and limit.kind == "card-safe seats")
