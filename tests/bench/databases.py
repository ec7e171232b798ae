"""A contact centre of each size, prepared once a database, and copied for every run."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from bot import app, settings
from bot.clock import SystemClock
from bot.domain.pace import Pace
from bot.domain.policy import Policy
from bot.domain.roster import Roster
from bot.operations import roster, sample
from bot.storage.database import Store, connect
from bot.storage.migration import migrate
from tests.databases import PostgresServer, Server, SqliteFiles, postgres

PLATFORM = "console"
SEED = 7
# The server of the tests is as fast as can be; what is measured must be as safe as in earnest.
_SAFE = ("fsync = on", "full_page_writes = on", "synchronous_commit = on", "autovacuum = on")


def policy(pace: Pace | None = None) -> Policy:
    """Return the policy of the installation as it ships, but for the console's pace: what is measured is the engine."""
    shipped = settings.load(app.ROOT / "app.yaml").policy
    pace = pace or Pace(floor=100_000, start=100_000, cap=100_000)
    return shipped.model_copy(update={"paces": {**shipped.paces, PLATFORM: pace}})


def made(size: int) -> Roster:
    """Return the sample of a size."""
    with tempfile.TemporaryDirectory() as folder:
        sample.write(Path(folder), size, SEED)
        return roster.load(Path(folder), policy())[0]


def template(size: int) -> str:
    """Return the name of the prepared database of a size."""
    return f"made{size}"


def known(kind: str, where: str, size: int) -> Server:
    """Return a place with a prepared database; where: a folder, or a server's address."""
    name = template(size)
    if kind == "sqlite":
        return SqliteFiles(Path(where), {})
    return PostgresServer(where, {}, {name})


async def prepare(kind: str, where: str, size: int, loaded: Roster) -> None:
    """Make the prepared database of a size."""
    place = known(kind, where, size)
    if isinstance(place, PostgresServer):
        await place.run(f"CREATE DATABASE {template(size)}")
    store = connect(place.url(template(size)))
    await migrate(store)
    await roster.import_roster(store, SystemClock().now(), loaded, (PLATFORM,))
    await _settled(store)
    await store.close()


async def _settled(store: Store) -> None:
    """What a server that runs for a while does by itself."""
    if store.dialect == "postgresql":
        async with store.engine.connect() as connection:
            free = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await free.execute(sa.text("VACUUM ANALYZE"))


@contextmanager
def server() -> Iterator[PostgresServer]:
    """Run a PostgreSQL server of our own, as safe as in earnest."""
    with postgres({}) as running:
        yield running


async def make_safe(running: PostgresServer) -> None:
    """Have the server keep every commit through a power cut."""
    await running.run(*(f"ALTER SYSTEM SET {setting}" for setting in _SAFE), "SELECT pg_reload_conf()")
