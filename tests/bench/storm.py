"""Answers as fast as they come, beside bare commits of one row on the same database in the same minutes."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import count

import sqlalchemy as sa

from bot.domain import intent as i
from bot.domain.notice import Answer
from bot.operations import planning
from bot.operations.perform import perform
from bot.operations.scene import Place
from bot.storage import incidents
from bot.storage.columns import Id
from bot.storage.database import Store
from tests.bench.databases import PLATFORM
from tests.bench.scene import Scene

IN_FLIGHT = 64
_ROWS = 300
_ROW = sa.Table(
    "bench_rows",
    sa.MetaData(),
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("words", sa.Text, nullable=False),
)
_HERE = Place(PLATFORM)


async def at_once(acts: Sequence[Callable[[], Awaitable[object]]], in_flight: int) -> float:
    """Do all of them, so many at a time; return how many a second."""
    waiting: Iterator[Callable[[], Awaitable[object]]] = iter(acts)

    async def worker() -> None:
        for act in waiting:
            await act()

    begun = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(in_flight)))
    return len(acts) / (time.perf_counter() - begun)


class Storm:
    """One storm on a notice that asks people whether they are safe."""

    def __init__(self, scene: Scene, notice: int, people: Sequence[str]) -> None:
        self._scene, self._notice, self._people = scene, notice, iter(people)
        self._numbers = count(1)

    @property
    def _store(self) -> Store:
        return self._scene.desk.store

    async def prepare(self) -> None:
        """Make the table for bare rows, and warm up as a server that runs for a while is: connections, statements."""
        async with self._store.engine.begin() as connection:
            await connection.run_sync(_ROW.metadata.create_all)
        await at_once([self._row] * IN_FLIGHT, IN_FLIGHT)
        await at_once([self._say] * IN_FLIGHT, IN_FLIGHT)

    async def round(self, n: int) -> dict[str, float]:
        """Return answers and bare commits a second, and what share the ones are of the others in the same seconds."""
        alone = await at_once([self._row] * _ROWS, 1)
        together = await at_once([self._row] * _ROWS, IN_FLIGHT)
        answers = await at_once([self._say] * n, IN_FLIGHT)
        self._scene.run()
        answers_sending = await at_once([self._say] * n, IN_FLIGHT)
        await self._scene.rest()
        shares = {"answers_to_alone": answers / alone, "answers_to_together": answers / together}
        rates = {"row_alone": alone, "row_together": together, "answers": answers}
        return {**rates, "answers_sending": answers_sending, **shares}

    async def while_planning(self, n: int) -> dict[str, float]:
        """Return answers a second before and while the moves of all who are hit are planned, and for how long."""
        quiet = await at_once([self._say] * n, IN_FLIGHT)
        async with self._scene.desk.read() as db:
            incident = await incidents.get(db, 1)
            begun, answered = time.perf_counter(), 0
            plan = asyncio.create_task(planning.made(self._scene.desk, db, incident))
            while answered == 0 or not (plan.done() or answered >= 6 * n):
                await at_once([self._say] * IN_FLIGHT, IN_FLIGHT)
                answered += IN_FLIGHT
            rate = answered / (time.perf_counter() - begun)
            await plan
        return {"answers_planning": rate, "answers_planning_share": rate / quiet, "plan": time.perf_counter() - begun}

    async def _row(self) -> None:
        async with self._store.work(self._scene.desk.clock.now()) as work:
            await work.add(_ROW, words=f"row {next(self._numbers)}")

    async def _say(self) -> None:
        card = await perform(
            self._scene.desk, next(self._people), i.Say(notice=self._notice, answer=Answer.SAFE), _HERE
        )
        assert card.title.startswith("Thank you"), card.plain()
