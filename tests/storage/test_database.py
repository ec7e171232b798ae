"""The unit of work, the shape of the database, and what differs between the two kinds."""

import asyncio
import socket
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from bot.domain.journal import Verb
from bot.storage import lively
from bot.storage import tables as t
from bot.storage.database import Clash, connect, explain, has_item
from bot.storage.migration import _scripts, migrate, missing
from tests.world import START


def _differences(connection):
    return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), t.metadata)


async def test_the_migrations_make_what_the_tables_say(store):
    async with store.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


def test_migrations_are_one_line_in_the_order_of_their_names():
    scripts = _scripts()
    assert len(scripts.get_heads()) == 1, "two migrations follow the same one: renumber yours"
    walked = [Path(one.path).name for one in scripts.walk_revisions()]
    assert walked == sorted(walked, reverse=True)


def test_a_server_that_lost_its_power_is_noticed_within_half_a_minute():
    with socket.socket() as wire:
        lively.keep_alive(wire)
        assert wire.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        waits = wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
        tries = wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL), socket.TCP_KEEPCNT
        assert waits + tries[0] * wire.getsockopt(socket.IPPROTO_TCP, tries[1]) <= 30
    with socket.socket(socket.AF_UNIX) as here:
        lively.keep_alive(here)


async def test_migrating_twice_changes_nothing_and_nothing_is_missing(store):
    await migrate(store)
    assert await missing(store) == ""


async def test_an_unmigrated_database_says_what_it_lacks(server):
    name = await server.copy("empty")
    store = connect(server.url(name))
    async with store.engine.begin() as connection:
        await connection.execute(sa.text("DELETE FROM alembic_version"))
    assert await missing(store)
    await store.close()
    await server.drop(name)


async def test_an_error_rolls_everything_back_tallies_and_journal_too(rows):
    with pytest.raises(RuntimeError, match="stop"):
        async with rows.work() as work:
            incident = await rows.incident(work)
            work.note(incident.id, "S001", Verb.DECLARED, "declared")
            work.shift(incident.id, "roll", "leeds", old=None, new="silent", n=3)
            await work.flush()
            raise RuntimeError("stop")
    async with rows.read() as db:
        for table in (t.incidents, t.journal, t.tallies):
            assert await db.value(sa.select(sa.func.count()).select_from(table)) == 0


async def test_a_count_that_cant_be_written_takes_the_journals_line_with_it_and_nobody_elses(rows):
    async with rows.work() as work:
        incident = await rows.incident(work)

    async def one(n: int) -> None:
        async with rows.work() as work:
            work.note(incident.id, "S001", Verb.DECLARED, f"line {n}")
            work.shift(incident.id if n % 2 else 99, "roll", "leeds", old=None, new="silent")

    said = await asyncio.gather(*(one(n) for n in range(10)), return_exceptions=True)
    assert [type(word) for word in said] == [Clash, type(None)] * 5
    async with rows.read() as db:
        assert sorted(await db.column(sa.select(t.journal.c.text))) == [f"line {n}" for n in range(1, 10, 2)]
        assert await db.column(sa.select(t.tallies.c.n)) == [5]


async def test_tallies_add_up_whoever_counts_at_once(rows):
    async with rows.work() as work:
        incident = await rows.incident(work)
        work.shift(incident.id, "roll", "leeds", old=None, new="silent", n=40)

    async def one(n: int) -> None:
        async with rows.work() as work:
            parts = [("roll", "leeds"), ("recipient", str(n % 3))]
            for noun, part in parts if n % 2 else reversed(parts):
                work.shift(incident.id, noun, part, old="silent" if noun == "roll" else None, new="safe")

    await asyncio.gather(*(one(n) for n in range(20)))
    async with rows.read() as db:
        found = {
            (r["noun"], r["state"]): r["n"]
            for r in await db.rows(sa.select(t.tallies).where(t.tallies.c.noun == "roll"))
        }
        told = await db.value(sa.select(sa.func.sum(t.tallies.c.n)).where(t.tallies.c.noun == "recipient"))
    assert found == {("roll", "silent"): 20, ("roll", "safe"): 20}
    assert told == 20


async def test_of_many_at_once_exactly_those_that_ended_well_are_there(rows):
    done: set[str] = set()

    async def one(n: int) -> None:
        async with rows.work() as work:
            await work.add(t.console_settings, name=str(n), value="x")
            if n % 3 == 0:
                raise RuntimeError("stop")
        done.add(str(n))

    tasks = [asyncio.create_task(one(n)) for n in range(45)]
    for n, task in enumerate(tasks):
        await asyncio.sleep(0)
        if n % 5 == 0:
            task.cancel()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    cut = {str(n) for n, end in enumerate(ends) if isinstance(end, asyncio.CancelledError)}
    async with rows.read() as db:
        found = set(await db.column(sa.select(t.console_settings.c.name)))
    assert done <= found <= done | cut
    assert {str(n) for n in range(45) if n % 3 and n % 5} <= done
    assert not found & {str(n) for n in range(0, 45, 3)}


async def test_those_who_want_to_be_alone_wait_for_each_other(rows):
    inside = 0

    async def one() -> None:
        nonlocal inside
        async with rows.work() as work:
            await work.alone()
            inside += 1
            assert inside == 1
            await work.value(sa.select(sa.func.count()).select_from(t.people))
            inside -= 1

    await asyncio.gather(*(one() for _ in range(8)))
    assert inside == 0


async def test_times_are_utc_whatever_zone_they_came_in(rows):
    india = timezone(timedelta(hours=5, minutes=30))
    async with rows.work() as work:
        await rows.incident(work, declared_at=datetime(2026, 11, 2, 14, 30, tzinfo=india))
    async with rows.read() as db:
        found = await db.value(sa.select(t.incidents.c.declared_at))
    assert found == START
    assert found.tzinfo == UTC


async def test_a_time_without_a_zone_is_refused(rows):
    with pytest.raises(sa.exc.StatementError, match="a time without a zone"):
        async with rows.work() as work:
            await rows.incident(work, declared_at=datetime(2026, 11, 2, 9, 0))  # noqa: DTZ001 - that is the point


async def test_a_word_is_found_in_a_list(rows):
    async with rows.read() as db:
        mine = sa.select(t.people.c.id).where(has_item(t.people.c.roles, "IC", db.dialect)).order_by(t.people.c.id)
        assert await db.column(mine) == ["S001", "S002"]
        none = sa.select(t.people.c.id).where(has_item(t.people.c.roles, "I", db.dialect))
        assert await db.column(none) == []


async def test_what_is_there_already_is_not_added_again(rows):
    one = {"name": "speed", "value": "1"}
    async with rows.work() as work:
        await work.add_missing(t.console_settings, [one])
        await work.add_missing(t.console_settings, [{**one, "value": "9"}, {"name": "other", "value": "2"}])
        await work.add_missing(t.console_settings, [])
        found = {r["name"]: r["value"] for r in await work.rows(sa.select(t.console_settings))}
    assert found == {"speed": "1", "other": "2"}


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("no such table: people", "lacks a migration"),
        ('relation "people" does not exist', "lacks a migration"),
        ("attempt to write a readonly database", "is read-only"),
        ("cannot execute INSERT in a read-only transaction", "takes no writes"),
        ("database is locked", "Another program holds the database"),
        ("canceling statement due to lock timeout", "Something else holds the database"),
        ("database or disk is full", "is full"),
        ("could not extend file: No space left on device", "is full"),
        ("unable to open database file", "can't be opened"),
        ("file is not a database", "is not a database"),
        ("database disk image is malformed", "is damaged"),
        ("[Errno 111] Connection refused", "does not answer"),
        ('password authentication failed for user "x"', "refuses the password"),
    ],
)
def test_trouble_is_explained(error, sentence):
    assert sentence in str(explain(RuntimeError(error)))


def test_other_errors_are_not_explained_away():
    assert explain(KeyError("people")) is None


@pytest.mark.on_postgresql  # on SQLite one writes after the other
async def test_of_two_works_that_wait_for_each_other_one_is_given_up_and_can_be_done_again(rows):
    async with rows.work() as work:
        first, second = await rows.incident(work), await rows.incident(work)
    met = [asyncio.Event(), asyncio.Event()]

    async def crossing(mine: int, *ids: int) -> None:
        async with rows.work() as work:
            for id_ in ids:
                await work.run(sa.update(t.incidents).where(t.incidents.c.id == id_).values(known=str(mine)))
                met[mine].set()
                await met[1 - mine].wait()

    both = crossing(0, first.id, second.id), crossing(1, second.id, first.id)
    ended = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(e).__name__ for e in ended) == ["Crossed", "NoneType"]
