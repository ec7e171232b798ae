"""SQLite's way to be fast and safe: one journey to its thread a statement, one commit for all who wait to write."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from typing import Any, Self, cast

import aiosqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_MOST, _SECONDS = 64, 0.05  # nobody waits long for the commit that is shared with those who came later


_Act = tuple[Any, str, Sequence[Any]]  # how, a statement, its parameters


class Cursor:
    """Executes, fetches and closes in one go: a task that is cancelled meanwhile leaves nothing open."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount, self.lastrowid = -1, None

    async def __aenter__(self) -> Self:
        """Nothing is to be opened yet."""
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        """Execute a statement and fetch its rows."""
        return await self._go(sqlite3.Cursor.execute, statement, parameters)

    async def executemany(self, statement: str, parameters: Sequence[Any]) -> Self:
        """Execute a statement for each set of parameters."""
        return await self._go(sqlite3.Cursor.executemany, statement, parameters)

    async def _go(self, how: Any, statement: str, parameters: Sequence[Any]) -> Self:
        done = await self._connection.go(how, statement, parameters)
        self._rows, self.description, self.rowcount, self.lastrowid = done
        return self

    async def fetchall(self) -> list[Any]:
        """Return the rows."""
        return self._rows

    async def close(self) -> None:
        """Nothing is open."""


class Connection(aiosqlite.Connection):
    """A connection with such cursors; what needs no answer goes on the journey of the next statement."""

    _to_mark = _to_wait = False
    _waiting: _Act | None = None

    def cursor(self) -> Any:
        """Return a cursor."""
        return Cursor(self)

    def mark(self) -> None:
        """Have the next statement begin a unit."""
        self._to_mark, self._to_wait, self._waiting = True, False, None

    def unmark(self) -> bool:
        """Whether the mark is still to be made: no statement came meanwhile. From now on it is not."""
        was, self._to_mark = self._to_mark, False
        return was

    def wait(self) -> None:
        """Have the next statement wait for the one after it, which must come before the unit ends."""
        self._to_wait = True

    async def go(self, how: Any, statement: str, parameters: Sequence[Any]) -> Any:
        """Do all of a statement on the connection's own thread; return rows, description, row count, last row."""
        if self._to_wait:
            self._to_wait, self._waiting = False, (how, statement, parameters)
            return [], None, -1, None
        acts: list[_Act] = [(sqlite3.Cursor.execute, "SAVEPOINT unit", ())] if self.unmark() else []
        if self._waiting:
            acts.append(self._waiting)
            self._waiting = None
        return await self._execute(self._whole, [*acts, (how, statement, parameters)])  # type: ignore[no-untyped-call]

    def _whole(self, acts: Sequence[_Act]) -> Any:
        with closing(self._conn.cursor()) as cursor:
            for how, statement, parameters in acts:
                how(cursor, statement, parameters)
            return cursor.fetchall(), cursor.description, cursor.rowcount, cursor.lastrowid


async def with_the_next(connection: AsyncConnection) -> None:
    """Have the next statement of a unit make its journey with the one after it: nobody asks what it touched."""
    cast("Connection", (await connection.get_raw_connection()).driver_connection).wait()


def connect(path: str, **options: Any) -> Connection:
    """Return a connection to a file; it opens when it is awaited."""
    return Connection(lambda: sqlite3.connect(path, **options), iter_chunk_size=64)


def _future() -> asyncio.Future[Any]:
    return asyncio.get_running_loop().create_future()


@dataclass(eq=False)
class _Unit:
    """A unit of work: when it may write, whether it ended well, when what it wrote is there to stay."""

    turn: asyncio.Future[AsyncConnection] = field(default_factory=_future)
    ended: asyncio.Future[bool] = field(default_factory=_future)
    stays: asyncio.Future[None] = field(default_factory=_future)

    def fail(self, error: BaseException) -> None:
        """Say that what it waits for does not come."""
        for future in (self.turn, self.stays):
            if not future.done():
                future.set_exception(error)
                future.exception()  # a unit that failed or was cancelled does not ask any more


class Writer:
    """SQLite's one writer. Units that wait share a transaction, each behind its own savepoint, and the one commit."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.execution_options(write=True)
        self._waiting: deque[_Unit] = deque()
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[AsyncConnection]:
        """Wait for a turn and have the connection; the block is left only when what it wrote is there to stay."""
        unit, well = _Unit(), False
        self._waiting.append(unit)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._serve())
        try:
            yield await unit.turn
            well = True
        finally:
            unit.ended.set_result(well)
        await asyncio.shield(unit.stays)

    async def rest(self) -> None:
        """Wait until nothing is being written."""
        if self._task is not None and not self._task.done():
            await asyncio.wait([self._task])

    async def _serve(self) -> None:
        """Commit one group after another, in a task of its own: whoever is cancelled, the others' commit goes on."""
        while self._waiting:
            group: list[_Unit] = []
            try:
                async with self._engine.connect() as connection, connection.begin():
                    await self._share(connection, group)
            except BaseException as error:
                ended = not isinstance(error, Exception)
                for unit in (*group, *self._give_up(all_=ended or not group)):
                    unit.fail(error)
                if ended:
                    raise
            else:
                for unit in group:
                    unit.stays.set_result(None)

    def _give_up(self, *, all_: bool) -> list[_Unit]:
        """Return those who need not wait any longer: all, when no group can begin, or nobody is left to serve them."""
        lost = list(self._waiting) if all_ else []
        for _ in lost:
            self._waiting.popleft()
        return lost

    async def _share(self, connection: AsyncConnection, group: list[_Unit]) -> None:
        """Give turns within one transaction; undo a unit that does not end well."""
        end = asyncio.get_running_loop().time() + _SECONDS
        raw = cast("Connection", (await connection.get_raw_connection()).driver_connection)
        while self._waiting and len(group) < _MOST and asyncio.get_running_loop().time() < end:
            unit = self._waiting.popleft()
            if unit.turn.cancelled():
                continue
            group.append(unit)
            raw.mark()
            unit.turn.set_result(connection)
            well = await unit.ended
            if not raw.unmark() and not well:
                await connection.exec_driver_sql("ROLLBACK TO unit")
