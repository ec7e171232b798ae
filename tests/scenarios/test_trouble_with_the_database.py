"""A database that lacks a migration, takes no writes, is locked or full: a sentence, and nothing half-written."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import typer
from sqlalchemy import event

from bot.cli.tools import log_to
from bot.logs import Calm
from bot.storage import tables as t
from bot.storage.database import Store, connect, explain
from tests.chats import NotTaken
from tests.world import World

LINE = '/disaster declare facility_loss leeds sev1 "fire on floor 2"'


@pytest.fixture
async def sick(server, request) -> AsyncIterator[World]:
    """A contact centre whose database can be made ill: how(url) returns a store that is."""
    name = await server.copy("people")
    made: list[Store] = []

    async def ill(store: Store) -> World:
        made.append(store)
        return World(store)

    yield type("Sick", (), {"url": server.url(name), "ill": staticmethod(ill)})
    for store in made:
        await store.close()
    await server.drop(name)


async def rows(url: str) -> int:
    """How many rows a declaration left."""
    store = connect(url)
    async with store.read(None) as db:
        counts = [
            await db.value(sa.select(sa.func.count()).select_from(table))
            for table in (t.incidents, t.steps, t.roll, t.tallies)
        ]
    await store.close()
    return sum(counts)


async def test_a_missing_migration(sick):
    world = await sick.ill(connect(sick.url))
    async with world.store.engine.begin() as connection:
        await connection.execute(sa.text("ALTER TABLE people DROP COLUMN must_answer"))
    with pytest.raises(NotTaken, match="503 .*The database lacks a migration.*Run: disaster migrate"):
        await world.person("S001").types(LINE)
    assert await rows(sick.url) == 0


async def test_a_database_that_takes_no_writes(sick):
    store = connect(sick.url)
    if store.dialect == "postgresql":
        async with store.engine.begin() as connection:
            await connection.execute(
                sa.text(f'ALTER DATABASE "{store.engine.url.database}" SET default_transaction_read_only = on')
            )
        await store.close()
        store = connect(sick.url)
    else:
        event.listen(store.engine.sync_engine, "connect", lambda dbapi, _: dbapi.execute("PRAGMA query_only=ON"))
    world = await sick.ill(store)
    with pytest.raises(NotTaken, match=r"503 .*(read-only|takes no writes).*Nothing was half-written"):
        await world.person("S001").types(LINE)
    assert await rows(sick.url) == 0


async def test_a_full_disk(sick):
    store = connect(sick.url)
    if store.dialect == "sqlite":
        event.listen(store.engine.sync_engine, "connect", _full)
        world = await sick.ill(store)
        with pytest.raises(NotTaken, match="503 .*is full"):
            await world.person("S001").types(LINE)
        assert await rows(sick.url) == 0
    else:
        await store.close()
        error = RuntimeError('could not extend file "base/1": No space left on device')
        assert "The disk that holds the database is full" in str(explain(error))


def _full(dbapi, _record):
    pages = dbapi.execute("PRAGMA page_count").fetchone()[0]
    dbapi.execute(f"PRAGMA max_page_count={pages + 3}")


async def test_a_database_that_somebody_else_holds(sick):
    store, other = connect(sick.url), connect(sick.url)
    if store.dialect == "sqlite":
        event.listen(store.engine.sync_engine, "connect", lambda dbapi, _: dbapi.execute("PRAGMA busy_timeout=1"))
    else:
        event.listen(store.engine.sync_engine, "connect", _impatient)
    world = await sick.ill(store)
    async with other.work(world.now) as work:
        await work.run(sa.update(t.people).values(left_at=None))
        await work.run(
            sa.text("DELETE FROM console_messages" if other.dialect == "sqlite" else "LOCK TABLE console_messages")
        )
        with pytest.raises(NotTaken, match="503 .*holds the database"):
            await world.person("S001").types(LINE)
    await other.close()
    assert await rows(sick.url) == 0


def _impatient(dbapi, _record):
    cursor = dbapi.cursor()
    cursor.execute("SET lock_timeout = '1ms'")
    cursor.close()
    dbapi.commit()


def test_a_full_disk_silences_the_log_and_nothing_else():
    with Calm("/dev/full", "a") as log:
        assert log.write(b"a line\n") == 7


def test_a_folder_that_can_not_be_written_is_named_with_what_to_do(capsys):
    with pytest.raises(typer.Exit) as end:
        log_to(Path("/dev/null/var/demo.log"))
    assert end.value.exit_code == 3
    assert "Not a directory. Choose another folder: DATA=… or --data" in capsys.readouterr().err
