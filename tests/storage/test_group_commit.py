"""SQLite's one writer: units that wait share a commit, and none of them notices, whatever becomes of the others."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from bot.storage import tables as t
from bot.storage.database import Clash, Store, Work, connect, sqlite_url

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
C = t.console_settings.c


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "group.db"


@pytest.fixture
async def store(file: Path) -> AsyncIterator[Store]:
    """A database of one table."""
    fresh = connect(sqlite_url(str(file)))
    async with fresh.engine.begin() as connection:
        await connection.run_sync(t.console_settings.create)
    yield fresh
    await fresh.close()


async def write(work: Work, name: str) -> None:
    await work.run(sa.insert(t.console_settings).values(name=name, value="x"))


async def unit(store: Store, name: str) -> str:
    async with store.work(NOW) as work:
        await write(work, name)
    return name


def on_disk(file: Path) -> set[str]:
    """What somebody else sees, who knows nothing of this process."""
    with closing(sqlite3.connect(file)) as other:
        return {name for (name,) in other.execute("SELECT name FROM console_settings")}


def commits(store: Store) -> list[int]:
    """A list that grows with every commit."""
    seen: list[int] = []
    event.listen(store.engine.sync_engine, "commit", lambda _: seen.append(1))
    return seen


async def test_those_who_wait_share_a_commit_of_bounded_size(store: Store, file: Path) -> None:
    counted, names = commits(store), [f"u{n}" for n in range(200)]
    assert await asyncio.gather(*(unit(store, name) for name in names)) == names
    assert on_disk(file) == set(names)
    assert 200 / 64 <= len(counted) < 100


async def test_turns_come_in_the_order_of_asking(store: Store) -> None:
    order: list[int] = []

    async def numbered(n: int) -> None:
        async with store.work(NOW):
            order.append(n)

    await asyncio.gather(*(numbered(n) for n in range(50)))
    assert order == list(range(50))


async def test_nothing_is_acknowledged_before_it_is_on_disk(store: Store, file: Path) -> None:
    async def checked(name: str) -> bool:
        await unit(store, name)
        return name in on_disk(file)

    assert all(await asyncio.gather(*(checked(f"u{n}") for n in range(100))))


async def test_whoever_fails_takes_only_their_own_with_them(store: Store, file: Path) -> None:
    async def failing(name: str) -> None:
        async with store.work(NOW) as work:
            await write(work, name)
            raise ValueError(name)

    async def clashing(name: str) -> None:
        async with store.work(NOW) as work:
            await write(work, name)
            await write(work, "there already")

    await unit(store, "there already")
    good = [unit(store, f"good {n}") for n in range(20)]
    failed = [failing(f"failed {n}") for n in range(20)]
    clashed = [clashing(f"clashed {n}") for n in range(20)]
    mixed = [one for three in zip(good, failed, clashed, strict=True) for one in three]
    said = await asyncio.gather(*mixed, return_exceptions=True)
    assert on_disk(file) == {"there already", *(f"good {n}" for n in range(20))}
    assert said[0::3] == [f"good {n}" for n in range(20)]
    assert [str(error) for error in said[1::3]] == [f"failed {n}" for n in range(20)]
    assert {type(error) for error in said[2::3]} == {Clash}


async def test_when_the_commit_fails_everybody_is_told_and_the_next_go_on(store: Store, file: Path) -> None:
    def full(_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    event.listen(store.engine.sync_engine, "commit", full)
    said = await asyncio.gather(*(unit(store, f"u{n}") for n in range(20)), return_exceptions=True)
    event.remove(store.engine.sync_engine, "commit", full)
    assert {str(s) for s in said} == {"database or disk is full"}
    assert on_disk(file) == set()
    assert await asyncio.wait_for(unit(store, "later"), 5) == "later"


async def test_when_no_transaction_can_begin_everybody_is_told(store: Store, file: Path) -> None:
    event.listen(store.engine.sync_engine, "begin", _refuse)
    said = await asyncio.gather(*(unit(store, f"u{n}") for n in range(20)), return_exceptions=True)
    event.remove(store.engine.sync_engine, "begin", _refuse)
    assert {str(s) for s in said} == {"database is locked"}
    assert await unit(store, "later") == "later"
    assert on_disk(file) == {"later"}


def _refuse(_: object) -> None:
    raise sqlite3.OperationalError("database is locked")


async def test_whoever_is_cancelled_at_any_moment_leaves_the_others_alone(store: Store, file: Path) -> None:
    random, through = Random(4), set()

    async def slow(store: Store, name: str) -> str:
        async with store.work(NOW) as work:
            await write(work, name)
            await asyncio.sleep(random.random() * 0.002)
            through.add(name)
        return name

    for turn in range(20):
        tasks = [asyncio.create_task((slow if n % 2 else unit)(store, f"{turn}-{n}")) for n in range(16)]
        await asyncio.sleep(random.random() * 0.02)
        for task in random.sample(tasks, 6):
            task.cancel()
        said = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 20)
        assert {type(word) for word in said} <= {str, asyncio.CancelledError}
        assert {word for word in said if isinstance(word, str)} <= on_disk(file)
    assert {name for name in on_disk(file) if int(name.split("-")[1]) % 2} <= through


async def test_a_statement_that_is_cut_short_keeps_no_lock_and_no_connection(store: Store) -> None:
    random = Random(5)
    async with store.work(NOW) as work:
        rows = [{"name": f"a{n}", "value": "x"} for n in range(2000)]
        await work.run(sa.insert(t.console_settings), rows)

    async def long(*, writes: bool) -> None:
        opened = store.work(NOW) if writes else store.read(NOW)
        async with opened as db:
            if writes:
                await db.rows(
                    sa.update(t.console_settings).where(C.name.like("a1%")).values(value="y").returning(C.name)
                )
            await db.rows(sa.select(t.console_settings))

    for turn in range(40):
        task = asyncio.create_task(long(writes=bool(turn % 2)))
        await asyncio.sleep(random.random() * 0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await asyncio.wait_for(unit(store, f"after {turn}"), 3)


_CHILD = """
import asyncio, sys
from tests.storage.test_group_commit import connect, sqlite_url, unit
async def main():
    store = connect(sqlite_url(sys.argv[1]))
    async def forever(n):
        for k in range(10**6):
            print(await unit(store, f"{n}-{k}"), flush=True)
    await asyncio.gather(*(forever(n) for n in range(32)))
asyncio.run(main())
"""


@pytest.mark.usefixtures("store")
def test_what_was_acknowledged_outlives_the_process(file: Path) -> None:
    for _ in range(2):
        with closing(sqlite3.connect(file)) as empty, empty:
            empty.execute("DELETE FROM console_settings")
        child = subprocess.Popen([sys.executable, "-c", _CHILD, str(file)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        with child.stdout as said:
            heard = [said.readline() for _ in range(100)]  # more than one from each writer
            child.kill()
            heard += said.readlines()
            child.wait()
        whole = {line.strip() for line in heard if line.endswith("\n")}
        assert len(whole) >= 100
        assert whole <= on_disk(file)
