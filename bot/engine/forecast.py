"""The forecast: the real dispatcher, paces and ladder on a virtual clock, against a modelled platform and people."""

import asyncio
import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.domain import intent as i
from bot.domain.delivery import Outcome, Outgoing, Sent, Sought
from bot.domain.forecast import Curve, share_over_time
from bot.domain.runbook import Ask
from bot.domain.simulate import reply
from bot.engine import rooms
from bot.engine.dispatcher import Dispatcher
from bot.operations import followups
from bot.operations.desk import Desk
from bot.operations.perform import perform, typed
from bot.operations.scene import Place
from bot.storage import incidents, notices, posts, steps

_STEP, _SWEEP = timedelta(seconds=0.5), timedelta(seconds=3)
_COMMANDER = "S001"


@dataclass
class VirtualClock:
    """A clock that is moved by whoever plays."""

    moment: datetime

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment

    def steady(self) -> float:
        """Return the seconds that went by."""
        return self.moment.timestamp()


@dataclass
class Model:
    """A platform with a limit of so many messages a second, of which one second's worth can be saved up; else 429."""

    clock: Clock
    platform: str
    limit: float
    tenant: str = ""
    at_once: int = 250
    remembers: bool = True
    once: bool = True
    refused: int = 0
    arrived: list[tuple[datetime, str]] = field(default_factory=list)
    _left: float = 0.0
    _at: datetime | None = None

    async def send(self, batch: Sequence[Outgoing]) -> list[Sent]:
        """Take what the limit lets through."""
        await asyncio.sleep(0)
        return [self._take(one) for one in batch]

    def _take(self, one: Outgoing) -> Sent:
        now = self.clock.now()
        since = (now - (self._at or now - timedelta(seconds=1))).total_seconds()
        self._left, self._at = min(self.limit, self._left + since * self.limit), now
        if self._left < 1 - 1e-9:
            self.refused += 1
            held = {"retry_after": 1.0, "whole_lane": True, "limited": True, "error": "429"}
            return Sent(delivery_id=one.delivery_id, outcome=Outcome.HELD, **held)
        self._left -= 1
        self.arrived.append((now, one.address))
        return Sent(delivery_id=one.delivery_id, outcome=Outcome.SENT, external_id=str(one.delivery_id))

    async def found(self, sought: Sequence[Sought]) -> dict[int, str | None]:
        """Nothing is ever unknown here."""
        return {one.delivery_id: None for one in sought}

    async def open_room(self, name: str, people: Sequence[str]) -> str:
        """Open a room."""
        return f"room:{name}:{len(people)}"

    async def invite(self, address: str, people: Sequence[str]) -> None:
        """Bring people in: it costs nothing here."""


@dataclass
class Play:
    """One forecast: an incident that hits every site, a roll-call to everybody, and what becomes of it."""

    desk: Desk
    clock: VirtualClock
    model: Model
    seed: int
    to_the_answers: bool = True
    answers: list[datetime] = field(default_factory=list)
    _due: list[tuple[datetime, str]] = field(default_factory=list)
    _addressed: dict[str, datetime] = field(default_factory=dict)
    _members: dict[str, list[str]] = field(default_factory=dict)
    _read: int = 0
    _notice: int = 0
    _begun: datetime | None = None

    async def run(self, sites: str, horizon: timedelta) -> Curve:
        """Play it until everybody is reached (and all have answered who will), or the horizon; return the curves."""
        people = await self._begin(sites)
        sender = Dispatcher(self.desk, {self.model.platform: self.model})
        begun = self._begun = self.clock.now()
        swept = begun
        while self.clock.now() < begun + horizon and self._goes_on(people):
            await sender.drain()
            self._hear(people)
            await self._answer()
            if self.clock.now() >= swept:
                await followups.sweep(self.desk)
                swept = self.clock.now() + _SWEEP
            self.clock.moment = self._next(sender, swept)
        return self._curve(people)

    def _goes_on(self, people: set[str]) -> bool:
        return len(self._addressed) < len(people) or (self.to_the_answers and bool(self._due))

    def _next(self, sender: Dispatcher, swept: datetime) -> datetime:
        """The next moment at which something can happen; not finer than half a second."""
        times = [at for at in (sender.next_at, self._due[0][0] if self._due else None, swept) if at is not None]
        return max(self.clock.now() + _STEP, min(times))

    async def _begin(self, sites: str) -> set[str]:
        """Declare, make people safe, send the roll-call; return who is asked."""
        here = Place(self.model.platform)
        await typed(self.desk, _COMMANDER, f'/disaster declare facility_loss {sites} sev1 real "forecast"', here)
        await rooms.sweep(self.desk, {self.model.platform: self.model})
        async with self.desk.read() as db:
            incident = (await incidents.opened(db))[0]
            known = {step.key: step.id for step in await steps.of(db, incident.id)}
            teams = await posts.channels(db, self.model.platform)
            people = await posts.members(db, list(teams))
        self._members = {address: people[team] for team, address in teams.items()}
        await perform(self.desk, _COMMANDER, i.FinishStep(step=known["LS1"], evidence="all out"), here)
        await perform(self.desk, _COMMANDER, i.SendStep(step=known["LS3"]), here)
        async with self.desk.read() as db:
            asked = next(n for n in await notices.of(db, incident.id) if n.ask is Ask.SAFETY)
            self._notice = asked.id
            return set(await notices.people_of(db, asked.id))

    def _hear(self, people: set[str]) -> None:
        """Whoever is reached for the first time will answer, most of them, after a while."""
        for at, address in self.model.arrived[self._read :]:
            for person in self._members.get(address, [address]):
                if person in people and person not in self._addressed:
                    self._addressed[person] = at
                    said = reply(self.seed, person, self._notice, Ask.SAFETY)
                    if said is not None:
                        heapq.heappush(self._due, (at + timedelta(seconds=said.after), person))
        self._read = len(self.model.arrived)

    async def _answer(self) -> None:
        while self._due and self._due[0][0] <= self.clock.now():
            _, person = heapq.heappop(self._due)
            said = reply(self.seed, person, self._notice, Ask.SAFETY)
            if said is not None:
                intent = i.Say(notice=self._notice, answer=said.answer)
                await perform(self.desk, person, intent, Place(self.model.platform))
                self.answers.append(self.clock.now())

    def _curve(self, people: set[str]) -> Curve:
        begun = self._begun or self.clock.now()
        return Curve(
            people=len(people),
            addressed=share_over_time(list(self._addressed.values()), begun, len(people)),
            answered=share_over_time(self.answers, begun, len(people)),
            messages=len(self.model.arrived),
            refused=self.model.refused,
        )
