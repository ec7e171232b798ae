"""Reading and writing: connections, the unit of work, and all that differs between SQLite and PostgreSQL."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.sql import ColumnElement

from bot.domain.journal import Verb
from bot.storage import sqlite as driver
from bot.storage import tables as t
from bot.storage.sqlite import Writer

BUSY_MS = 5000
IDLE_SECONDS = 1.0
FEW = 8  # all count in the same tallies: more at once only wait for each other, at half the pace
LOCK_MS = 30_000  # on PostgreSQL a plan of many thousand moves may hold its rows for seconds
Row = dict[str, Any]  # by the names of the columns: twice as fast to read as the library's own mapping
_ALONE = 20262  # the number of the lock; any will do that nobody else takes


class Db:
    """One open transaction; the only thing that queries are given."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self.connection, self.now = connection, now
        self.dialect = connection.dialect.name

    async def rows(self, query: sa.Executable, parameters: Any = None) -> list[Row]:
        """Return every row."""
        result = await self.connection.execute(query, parameters)
        names = tuple(result.keys())
        return [dict(zip(names, row, strict=True)) for row in result]

    async def first(self, query: sa.Executable, parameters: Any = None) -> Row | None:
        """Return the first row, if any."""
        row = (await self.connection.execute(query, parameters)).mappings().first()
        return dict(row) if row else None

    async def value(self, query: sa.Executable) -> Any:
        """Return the first column of the first row, if any."""
        return (await self.connection.execute(query)).scalar()

    async def column(self, query: sa.Executable) -> list[Any]:
        """Return the first column of every row."""
        return list((await self.connection.execute(query)).scalars())


class Work(Db):
    """A unit of work: writes, tallies and journal that become true together, at one moment."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        super().__init__(connection, now)
        self._shifts: Counter[tuple[int, str, str, str]] = Counter()
        self._notes: list[dict[str, Any]] = []
        self.wrote = self._queued = False

    async def run(self, statement: sa.Executable, parameters: Any = None) -> int:
        """Execute a write; return how many rows it touched."""
        touched = (await self.connection.execute(statement, parameters)).rowcount
        self.wrote = self.wrote or touched != 0
        self._mark(getattr(statement, "table", None) if getattr(statement, "is_insert", False) else None)
        return touched

    async def add(self, table: sa.Table, **values: Any) -> int:
        """Insert one row; return its id."""
        self.wrote = True
        self._mark(table)
        result = await self.connection.execute(_insert(table), values)
        key = result.inserted_primary_key
        return int(key[0]) if key else 0

    async def add_all(self, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert many rows."""
        if rows:
            self.wrote = True
            self._mark(table)
            await self.connection.execute(_insert(table), list(rows))

    async def add_missing(self, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert the rows that are not there yet."""
        if rows:
            await self.run(upserting(table, self.dialect).on_conflict_do_nothing(), list(rows))

    def _mark(self, table: object) -> None:
        """Remember that something was queued: other machines are told when it is committed."""
        self._queued = self._queued or table in (t.deliveries, t.rooms)

    async def alone(self) -> None:
        """Wait for every other work that asked to be alone: those that count or read before they write."""
        if self.dialect == "postgresql":  # on SQLite every work is alone
            await self.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ALONE)))

    def shift(self, incident: int, noun: str, part: str, *, old: str | None, new: str | None, n: int = 1) -> None:
        """Count n things of a noun from one state to another (None: from or to nothing)."""
        if old is not None:
            self._shifts[incident, noun, part, old] -= n
        if new is not None:
            self._shifts[incident, noun, part, new] += n

    def note(self, incident: int | None, actor: str, verb: Verb, text: str, subject: str = "") -> None:
        """Write a line into the journal."""
        line = {"incident_id": incident, "actor": actor, "verb": verb, "text": text, "subject": subject}
        self._notes.append({**line, "at": self.now})

    async def flush(self) -> None:
        """Write tallies and journal; tallies last and in order, so that two works never wait for each other."""
        lines, self._notes = self._notes, []
        shifts = [dict(zip(_TALLY, (*key, n), strict=True)) for key, n in sorted(self._shifts.items()) if n]
        self._shifts.clear()
        if lines or shifts:
            self.wrote = True
            await (self._keep if self.dialect == "postgresql" else self._keep_each)(lines, shifts)
        if self._queued and self.dialect == "postgresql":
            await self.connection.execute(_TELL)

    async def _keep(self, lines: Sequence[Row], shifts: Sequence[Row]) -> None:
        await self.connection.execute(_KEEP, {**_arrays("line", _LINE, lines), **_arrays("shift", _TALLY, shifts)})

    async def _keep_each(self, lines: Sequence[Row], shifts: Sequence[Row]) -> None:
        if lines and shifts:
            await driver.with_the_next(self.connection)
        if lines:
            await self.connection.execute(_insert(t.journal), lines)
        if shifts:
            await self.connection.execute(_COUNT, shifts)


@cache
def _insert(table: sa.Table) -> sa.Insert:
    """Return a table's INSERT, always the same one: what is built anew must be looked at anew to be found compiled."""
    return sa.insert(table)


def upserting(table: sa.Table, dialect: str) -> Any:
    """Return the dialect's INSERT, which knows ON CONFLICT."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def has_item(column: ColumnElement[Any], item: str, dialect: str) -> ColumnElement[bool]:
    """Whether a JSON list holds a word."""
    if dialect == "postgresql":
        return sa.type_coerce(column, postgresql.JSONB).contains([item])
    each = sa.func.json_each(column).table_valued("value")
    return sa.exists(sa.select(sa.literal(1)).select_from(each).where(each.c.value == item))


def key_count(column: ColumnElement[Any], dialect: str) -> ColumnElement[int]:
    """How many keys a JSON object has."""
    each = sa.func.jsonb_object_keys(column) if dialect == "postgresql" else sa.func.json_each(column)
    return sa.select(sa.func.count()).select_from(each.table_valued("key")).scalar_subquery()


def _counting(write: Any) -> Any:
    """Return an INSERT of tallies that adds to those which are there."""
    total = t.tallies.c.n + write.excluded.n
    return write.on_conflict_do_update(index_elements=list(_TALLY[:4]), set_={"n": total})


def _arrays(name: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return rows as one array a column: however many there are, the statement is the same, and one journey."""
    return {f"{name}_{column}": [row[column] for row in rows] for column in columns}


def _unnested(table: sa.Table, name: str, columns: Sequence[str]) -> sa.Select[Any]:
    """Return what such arrays hold as rows again."""
    given = [sa.bindparam(f"{name}_{column}", type_=postgresql.ARRAY(table.c[column].type)) for column in columns]
    return sa.select(sa.func.unnest(*given).table_valued(*columns, name=name).render_derived())


def _keeping() -> sa.Executable:
    """Return PostgreSQL's one statement for lines of the journal and tallies."""
    noted = sa.insert(t.journal).from_select(list(_LINE), _unnested(t.journal, "line", _LINE)).cte("noted")
    counted = postgresql.insert(t.tallies).from_select(list(_TALLY), _unnested(t.tallies, "shift", _TALLY))
    result: sa.Executable = _counting(counted).add_cte(noted)
    return result


CHANNEL = "disaster_queued"
_TELL = sa.select(sa.func.pg_notify(CHANNEL, ""))
_TALLY = ("incident_id", "noun", "part", "state", "n")
_LINE = ("incident_id", "actor", "verb", "text", "subject", "at")
_COUNT: sa.Executable = _counting(sqlite.insert(t.tallies))
_KEEP = _keeping()


class Clash(Exception):
    """Two works wanted what only one can have; nothing of this one was written."""


class Crossed(Clash):
    """Two works waited for each other, and this one was given up for the other: it can be done again at once."""


_CROSSED = ("40P01", "40001")  # PostgreSQL: deadlock detected, could not serialize


class Store:
    """A database: opens transactions, one writer at a time on SQLite."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.dialect = engine.dialect.name
        self._writer = Writer(engine) if self.dialect == "sqlite" else None
        self._few, self._one = asyncio.Semaphore(FEW), asyncio.Lock()

    @asynccontextmanager
    async def read(self, now: datetime) -> AsyncIterator[Db]:
        """Open a transaction that only reads."""
        async with self.engine.connect() as connection:
            yield Db(connection, now)

    @asynccontextmanager
    async def work(self, now: datetime, *, alone: bool = False) -> AsyncIterator[Work]:
        """Open a unit of work; when the block ends well it commits, and only then is it left.

        alone: it begins when every other that asked for the same has ended, in this process and in others.
        """
        try:
            async with self._one if alone and not self._writer else nullcontext(), self._begun() as connection:
                work = Work(connection, now)
                if alone:
                    await work.alone()
                yield work
                await work.flush()
        except IntegrityError as error:
            raise Clash(str(error.orig)) from error
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) in _CROSSED:
                raise Crossed(str(error.orig)) from error
            raise

    @asynccontextmanager
    async def _begun(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that writes: on SQLite when it is its turn, else when not too many are open."""
        if self._writer is not None:
            async with self._writer.turn() as connection:
                yield connection
        else:
            async with self._few, self.engine.begin() as connection:
                yield connection

    async def close(self) -> None:
        """Close every connection, when what is being written is there to stay."""
        if self._writer is not None:
            await self._writer.rest()
        await self.engine.dispose()


def connect(url: str) -> Store:
    """Return the store at a SQLAlchemy async URL."""
    if url.startswith("sqlite"):
        engine = create_async_engine(
            url,
            connect_args={"timeout": BUSY_MS / 1000, "async_creator_fn": driver.connect},
            pool_size=8,
            hide_parameters=True,
        )
        _tune_sqlite(engine)
    else:
        from bot.storage.lively import OPEN_SECONDS, Lively  # noqa: PLC0415 - the driver is for those who use it

        patience = {
            "server_settings": {"lock_timeout": str(LOCK_MS)}, "connection_class": Lively, "timeout": OPEN_SECONDS,
        }  # fmt: skip
        # All are kept: answers come in bursts, and a connection that is opened for each costs more than they do.
        engine = create_async_engine(url, connect_args=patience, pool_size=20, max_overflow=0, hide_parameters=True)
        _ask_the_idle(engine)
    return Store(engine)


def sqlite_url(path: str) -> str:
    """Return the URL of an SQLite file."""
    return f"sqlite+aiosqlite:///{path}"


def _tune_sqlite(engine: AsyncEngine) -> None:
    """WAL, full durability, and transactions that take the write lock when they begin."""

    @event.listens_for(engine.sync_engine, "connect")
    def _pragmas(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None
        cursor = dbapi.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_MS}", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.execute("PRAGMA cache_size=-65536")
        cursor.execute("PRAGMA temp_store=MEMORY")
        cursor.close()

    @event.listens_for(engine.sync_engine, "handle_error")
    def _cancelled(context: Any) -> None:
        # A task cancelled within a statement has not broken the connection: the statement ends, and is rolled back.
        if isinstance(context.original_exception, asyncio.CancelledError):
            context.is_disconnect = False

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        write = connection.get_execution_options().get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _ask_the_idle(engine: AsyncEngine) -> None:
    """Have a connection that nobody used for a while show that it lives; to ask each time is a journey an answer."""

    @event.listens_for(engine.sync_engine, "checkin")
    def _left(_dbapi: Any, record: Any) -> None:
        record.info["left_at"] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def _taken(dbapi: Any, record: Any, _proxy: Any) -> None:
        left_at = record.info.get("left_at")
        if left_at is None or time.monotonic() - left_at < IDLE_SECONDS:
            return
        try:
            engine.sync_engine.dialect.do_ping(dbapi)
        except Exception as gone:
            raise sa.exc.InvalidatePoolError from gone


def explain(error: BaseException) -> str | None:
    """Return what is wrong with the database and what to do, or None when it is something else."""
    text = str(error).lower()
    for sign, sentence in _TROUBLE.items():
        if sign in text and not (sign == _SOCKET and getattr(error, "filename", None)):
            return sentence
    return None


_AWAY = "The database server does not answer. Is it running, and is database.url right?"
_BACK = "The database server stops or starts again. What was committed is safe; wait a moment, then try again."
_SOCKET = "no such file or directory"  # of a server on this machine; of a file, its name would be said
_TROUBLE = {
    "no such table": "The database lacks a migration. Run: disaster migrate",
    "no such column": "The database lacks a migration. Run: disaster migrate",
    "does not exist": "The database lacks a migration, or does not exist. Run: disaster migrate",
    "readonly database": "The database file is read-only. Give this user the right to write it and its folder.",
    "read-only transaction": "The database takes no writes (a replica?). Point database.url at the primary.",
    "database is locked": "Another program holds the database. Stop it (is a second server running?), then try again.",
    "lock timeout": "Something else holds the database for too long. Look for a long transaction, then try again.",
    "disk is full": "The disk that holds the database is full. Free some space, then try again.",
    "disk i/o error": "The disk that holds the database fails or is full. Look at the disk, then try again.",
    "no space left": "The disk that holds the database is full. Free some space, then try again.",
    "unable to open database": "The database file can't be opened. Does its folder exist; may this user write there?",
    "file is not a database": "The file is not a database. Point DATA at another folder, or move the file away.",
    "malformed": "The database file is damaged. Restore it from a copy; keep the damaged one.",
    "connection refused": _AWAY,
    "connect call failed": _AWAY,
    _SOCKET: _AWAY,
    "terminating connection": _BACK,
    "is shutting down": _BACK,
    "is starting up": _BACK,
    "accepting connections": _BACK,  # not yet, or not currently
    "in recovery mode": _BACK,
    "closed in the middle": _BACK,
    "connection is closed": _BACK,
    "connection was closed": _BACK,
    "password authentication": "The database refuses the password. Check DISASTER_DATABASE_URL.",
}
