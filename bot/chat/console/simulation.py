"""Simulated people: they read what the console shows them and answer through the one door, like everybody."""

import asyncio
import heapq
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.domain import intent as i
from bot.domain.console import Speed
from bot.domain.move import Move, MoveState, next_of
from bot.domain.notice import RecipientState
from bot.domain.runbook import Ask
from bot.domain.simulate import reply, takes
from bot.operations.desk import Desk
from bot.operations.perform import perform
from bot.operations.scene import Place
from bot.storage import console, moves, notices

_log = structlog.get_logger()
_EVERY = 0.25
_READ, _DO = 4000, 150
_HERE = Place("console")


@dataclass(order=True)
class Act:
    """Something that a simulated person will do: since and human are kept so that a new speed can be taken at once."""

    due: datetime
    order: int
    since: datetime = field(compare=False)
    human: float = field(compare=False)
    person: str = field(compare=False)
    intent: i.Intent = field(compare=False)


@dataclass
class Simulation:
    """The people of the demo; their plans are drawn again from the rows after a restart."""

    desk: Desk
    seed: int
    acts: list[Act] = field(default_factory=list)
    speed: float = 0.0
    read_to: int = 0
    _count: int = 0

    async def run(self) -> None:
        """Live until cancelled."""
        await self._resume()
        while True:
            try:
                await self.beat()
            except Exception as error:  # noqa: BLE001 - a demo's people must not stop the demo
                _log.error("simulation failed", error=type(error).__name__, exc_info=True)
            await asyncio.sleep(_EVERY)

    async def beat(self) -> int:
        """Read what is new, do what is due; return how much was done."""
        async with self.desk.read() as db:
            self._take_speed(Speed(await console.setting(db, "speed") or Speed.OFF))
            for row in await console.to_answer(db, self.read_to, _READ):
                self.read_to = max(self.read_to, row["id"])
                self._plan_answer(row["person_id"], row["notice_id"], Ask(row["ask"]), row["at"], row["kind"])
        done = 0
        while self.speed and self.acts and self.acts[0].due <= self.desk.clock.now() and done < _DO:
            await self._do(heapq.heappop(self.acts))
            done += 1
        return done

    def _take_speed(self, speed: Speed) -> None:
        new = 0.0 if speed is Speed.OFF else float(speed.value)
        if new == self.speed:
            return
        self.speed = new
        for act in self.acts:
            act.due = self._due(act.since, act.human)
        heapq.heapify(self.acts)

    def _due(self, since: datetime, human: float) -> datetime:
        return since + timedelta(seconds=human / (self.speed or 1.0))

    def _plan(self, person: str, intent: i.Intent, since: datetime, human: float) -> None:
        self._count += 1
        heapq.heappush(self.acts, Act(self._due(since, human), self._count, since, human, person, intent))

    def _plan_answer(self, person: str, notice: int, ask: Ask, at: datetime, kind: str) -> None:
        said = reply(self.seed, person, notice, ask) if kind == "agent" else None
        if said is not None:
            self._plan(person, i.Say(notice=notice, answer=said.answer), at, said.after)

    def _plan_move(self, move: Move, at: datetime) -> None:
        then = next_of(move.state)
        if then is not None and move.state is not MoveState.TOLD:
            self._plan(move.person_id, i.SetMove(move=move.id, state=then), at, takes(self.seed, move.person_id, then))

    async def _do(self, act: Act) -> None:
        if not await self._still(act):
            return
        await perform(self.desk, act.person, act.intent, _HERE)
        async with self.desk.read() as db:
            move = await moves.standing_of(db, act.person)
        if move is not None and (isinstance(act.intent, i.SetMove) or move.state is MoveState.MOVING):
            self._plan_move(move, self.desk.clock.now())

    async def _still(self, act: Act) -> bool:
        """Nobody whom somebody plays is ever simulated, and nothing is said twice or over what was said meanwhile."""
        async with self.desk.read() as db:
            if await console.played(db, act.person):
                return False
            if isinstance(act.intent, i.Say):
                row = await notices.recipient(db, act.intent.notice, act.person)
                return row is not None and row["state"] == RecipientState.WAITING
            move = await moves.standing_of(db, act.person)
            return move is not None and isinstance(act.intent, i.SetMove) and next_of(move.state) == act.intent.state

    async def _resume(self) -> None:
        """After a restart: whoever is on the way goes on."""
        async with self.desk.read() as db:
            for move in await moves.under_way(db):
                self._plan_move(move, move.at or db.now)
