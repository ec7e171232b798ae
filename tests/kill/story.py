"""Incidents one after another on one data folder, with kill -9 at random moments of every sending."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Thread

import httpx

from tests.kill import rows
from tests.kill.demo import Demo, until
from tests.kill.player import Button, Player, Room
from tests.kill.report import Kill, Report

COMMANDER = "S001"
SITES = "leeds manchester york"
_ANSWERING, _IN_FLIGHT = 240, 8
_MOST_EXTRA = 12  # kills beyond those asked for, when too few met a sending under way
_HOURS_DOWN = 3
_BY_SITREP = ("NT2", "SU1")  # the step that the first SITREP ends, and the one that this makes ready


def play(data: Path, *, kills: int = 20, under_way: int = 10, seed: int = 1, agents: int = 1240) -> Report:
    """Play incidents until there were so many kills, so many of them while messages were under way."""
    begun = time.monotonic()
    with Demo(data, agents) as demo:
        story = Story(demo, Random(seed), Report())
        story.rehearse()
        while not story.over(kills, under_way):
            story.incident()
        report = story.report
    report.count(demo.database)
    report.starts, report.seconds = demo.starts, time.monotonic() - begun
    return report


def moments(random: Random) -> Iterator[float]:
    """Yield shares of a sending's time at which to kill: all of it evenly, in no order, its first moment among them."""
    while True:
        slots = [(n + random.random()) / 8 for n in range(8)]
        random.shuffle(slots)
        yield from (*slots[:4], 0.0, *slots[4:])


@dataclass
class Story:
    """What happens, and what was seen of it."""

    demo: Demo
    random: Random
    report: Report
    took: dict[str, float] = field(default_factory=dict)
    incidents: int = 0

    def __post_init__(self) -> None:
        """Give the story its moments, each kind its own."""
        self._moments = {kind: moments(self.random) for kind in ("roll-call", "resumed", "ending")}
        self.commander = Player(self.demo.port, COMMANDER)

    @property
    def file(self) -> Path:
        """The database."""
        return self.demo.database

    def over(self, kills: int, under_way: int) -> bool:
        """Whether there is enough to judge: kills in mid-sending, and one while people answered; it ends in any case."""
        done = len(self.report.kills)
        enough = self.report.under_way >= under_way and self.report.answer_kills >= 1
        return done >= kills + _MOST_EXTRA or (done >= kills and enough)

    def declare(self) -> Room:
        """Declare an incident that hits every site."""
        self.incidents += 1
        number = self.incidents
        self.commander.says("dm", f'/disaster declare facility_loss {SITES} sev1 real "flood {number}"')
        name = until(
            lambda: rows.one(self.file, "SELECT lower(reference) FROM incidents WHERE id = ?", number), "an incident"
        )
        return Room(self.commander, number, f"room-{name}")

    def rehearse(self) -> None:
        """Send both notices once without a kill, to learn how long they take here."""
        room = self.declare()
        button = room.calls_the_roll()
        self.took["roll-call"] = self._time(lambda: self.commander.presses(button))
        self.took["resumed"] = self.took["roll-call"]
        form = room.asks_to_cancel()
        self.took["ending"] = self._time(lambda: self.commander.submits(form, reason="it was a rehearsal"))
        self.check()

    def _time(self, act: Callable[[], object]) -> float:
        self.settle()
        begun = time.monotonic()
        act()
        self.settle()
        return time.monotonic() - begun

    def settle(self) -> None:
        """Wait until the outbox is empty."""
        until(lambda: rows.outbox(self.file) == 0, "the outbox is empty", bound=90)

    def check(self) -> None:
        """Look at every row, once the outbox is empty."""
        self.report.blame(until(lambda: rows.verdict(self.file), "the outbox is empty", bound=90)[0])

    def incident(self) -> None:
        """One incident: a roll-call killed, killed again as it resumes, answers killed, an ending killed."""
        room = self.declare()
        button = room.calls_the_roll()
        self.settle()
        self._kill_roll_call(room, button)
        self.check()
        if self.incidents % 2:
            self._kill_answers(room)
        form = room.asks_to_cancel()
        self.settle()
        self._kill_ending(room, form)
        self.check()

    # A notice

    def _notice(self, room: Room, *, step: bool) -> int | None:
        """Return the id of the roll-call, or of the word that it is over."""
        which = "step_id IS NOT NULL AND ask = 'safety'" if step else "audience = 'everyone'"
        found: int | None = rows.one(
            self.file, f"SELECT id FROM notices WHERE incident_id = ? AND {which}", room.incident
        )
        return found

    def _kill_roll_call(self, room: Room, button: Button) -> None:
        said = self._kill_during("roll-call", lambda: self.commander.presses(button))
        at = self._died("roll-call", room, said, step=True)
        if at.under_way:
            self._resume_and_kill(room)
        self._restart(room)
        if not at.committed:
            self.commander.presses(room.previews_the_roll())

    def _kill_ending(self, room: Room, form: int) -> None:
        reason = "it was the wrong building"
        said = self._kill_during("ending", lambda: self.commander.submits(form, reason=reason))
        at = self._died("ending", room, said, step=False)
        self.demo.start()
        if not at.committed:
            self.commander.submits(form, reason=reason)

    def _kill_during(self, kind: str, act: Callable[[], str]) -> str | None:
        """Do it, and kill the process some time after; return what it answered, if it could."""
        said: list[str] = []
        share = next(self._moments[kind])
        at_reply = kind == "roll-call" and self.incidents % 4 == 2  # right after the commit
        presser = Thread(target=lambda: said.append(_quietly(act)))
        presser.start()
        if at_reply:
            presser.join()
        else:
            time.sleep(share * self.took[kind])
        self.demo.kill()
        presser.join()
        return said[0] or None

    def _died(self, kind: str, room: Room, said: str | None, *, step: bool) -> rows.Moment:
        """Write down where the notice stood when the process died."""
        at = rows.moment(self.file, self._notice(room, step=step))
        self.report.kills.append(Kill(kind, at))
        if said and not at.committed:
            self.report.blame([f"{kind} was answered with {said!r} and is not in the rows"])
        if at.committed and not at.under_way:
            self.took[kind] *= 0.8  # it was too late to matter: come sooner
        return at

    def _resume_and_kill(self, room: Room) -> None:
        """Start it again, and kill it again while it goes on; every other time at the worst moment."""
        if self.incidents % 2:
            self.demo.start()
            time.sleep(next(self._moments["resumed"]) * self.took["resumed"] / 2)
        else:
            found = rows.moment(self.file, self._notice(room, step=True))
            self.demo.launch()
            until(lambda: self._worst(room, found), "a batch is written")
        self.demo.kill()
        self._died("resumed", room, None, step=True)

    def _worst(self, room: Room, found: rows.Moment) -> bool:
        """Whether the platform has new messages that are not recorded as sent; or none is left to send."""
        at = rows.moment(self.file, self._notice(room, step=True))
        return (at.written > 0 and at != found) or not at.under_way

    def _restart(self, room: Room) -> None:
        """Start it again: steps stand as they stood; a SITREP missed for hours comes once, and ends its step."""
        overslept = self.report.caught_up is None
        before = rows.steps(self.file)
        if overslept:
            rows.pretend_it_was_down(self.file, room.incident, _HOURS_DOWN)
        self.demo.start()
        if overslept:
            self.report.caught_up = self._sitreps(room)
        self.settle()
        after = rows.steps(self.file)
        moved = sorted(
            key for key in before if before[key] != after.get(key) and not (overslept and key[1] in _BY_SITREP)
        )
        self.report.blame([f"step {key}: {before[key]} became {after.get(key)}" for key in moved])
        self.report.blame([f"step {key} is new" for key in sorted({*after} - {*before})])

    def _sitreps(self, room: Room) -> int:
        """Return how many SITREPs came for the hours that were missed."""
        until(lambda: rows.sitreps(self.file, room.incident)[0], "a SITREP after the pause")
        time.sleep(7)  # two beats of the sweep
        count, due = rows.sitreps(self.file, room.incident)
        declared = rows.declared(self.file, room.incident)
        if not timedelta(0) < due - declared < timedelta(hours=1):
            self.report.blame([f"the next SITREP after the pause is due at {due}"])
        return count

    # Answers

    def _kill_answers(self, room: Room) -> None:
        """Many people answer at once; kill it meanwhile; no answer that was confirmed may be lost."""
        notice = self._notice(room, step=True)
        asked = rows.asked(self.file, notice or 0, _ANSWERING)
        confirmed: list[str] = []
        with ThreadPoolExecutor(_IN_FLIGHT) as crowd:
            for person, button in asked:
                crowd.submit(self._answer, person, button, confirmed)
            until(lambda: len(confirmed) >= 5, "some answers")
            time.sleep(self.random.random() * 1.5)
            self.demo.kill()
        self.report.answer_kills += 1
        self.report.confirmed += len(confirmed)
        known = rows.answered(self.file, notice or 0)
        self.report.blame([f"the answer of {p} was confirmed and is lost" for p in confirmed if p not in known])
        self.demo.start()
        self.check()

    def _answer(self, person: str, button: Button, confirmed: list[str]) -> None:
        if "marked safe" in _quietly(lambda: Player(self.demo.port, person).presses(button)):
            confirmed.append(person)


def _quietly(act: Callable[[], str]) -> str:
    """Do it; a process that dies meanwhile has said nothing."""
    try:
        return act()
    except (httpx.HTTPError, json.JSONDecodeError):
        return ""
