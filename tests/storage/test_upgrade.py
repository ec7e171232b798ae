"""Brought up to date while it runs: the version before goes on working on the new database (docs/operating.md)."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from bot.storage import migration
from bot.storage import tables as t
from bot.storage.database import connect, sqlite_url

RELEASED = "0013"  # the database that the version in use was made for; raise it with each release
Schema = dict[str, dict[str, dict]]


def schema(path: Path, revision: str) -> tuple[Schema, dict[str, set[str]], dict[str, list[tuple[set[str], str]]]]:
    """Columns by table, what must be unique, and which words each CHECK lets in, as a revision made them."""
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        command.upgrade(migration._config(connection), revision)
    found = sa.inspect(engine)
    tables = found.get_table_names()
    columns = {table: {c["name"]: dict(c) for c in found.get_columns(table)} for table in tables}
    unique = {
        table: {str(sorted(i["column_names"])) for i in found.get_indexes(table) if i["unique"]}
        | {str(sorted(c["column_names"])) for c in found.get_unique_constraints(table)}
        for table in tables
    }
    checks = {table: [words(c["sqltext"]) for c in found.get_check_constraints(table)] for table in tables}
    engine.dispose()
    return columns, unique, checks


def words(rule: str) -> tuple[set[str], str]:
    """The words that a CHECK lets in, and the rest of it."""
    return set(re.findall(r"'([^']*)'", rule)), re.sub(r"\s+", " ", re.sub(r"\(?('[^']*'(, )?)+\)?", "?", rule))


def test_what_the_version_before_writes_and_reads_is_still_taken_and_given(tmp_path):
    columns, unique, checks = schema(tmp_path / "then.db", RELEASED)
    now, unique_now, checks_now = schema(tmp_path / "now.db", "head")
    for table, known in columns.items():
        assert table in now, f"{table} is gone: first stop using it, remove it a version later"
        for name, column in known.items():
            same = now[table].get(name)
            assert same is not None, f"{table}.{name} is gone: first stop using it, remove it a version later"
            assert str(same["type"]) == str(column["type"]), f"{table}.{name} is of another type"
            assert same["nullable"] or not column["nullable"], f"{table}.{name} must be filled now"
        for name in now[table].keys() - known.keys():
            new = now[table][name]
            assert new["nullable"] or new["default"] is not None, f"the version before does not fill {table}.{name}"
        assert unique_now[table] <= unique[table], f"{table}: something must be unique that need not be before"
        for let_in, rule in checks_now[table]:
            before = [old for old, known_rule in checks[table] if known_rule == rule]
            assert before, f"{table}: a new CHECK that the version before does not know: {rule}"
            assert before[0] <= let_in, f"{table}: a CHECK lets in less: {before[0] - let_in}"


def test_who_waits_for_help_during_the_upgrade_is_counted_wherever_they_work(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    common = {"incident_id": 1, "kind": "agent", "team_id": "t", "queue_id": "q", "site_id": "york", "state": "help"}
    with engine.begin() as connection:
        command.upgrade(migration._config(connection), "0026")
        for person, scope in (("A", "rest"), ("B", "rest"), ("C", "hit")):
            connection.execute(sa.insert(t.roll).values(**common, person_id=person, scope=scope))
        command.upgrade(migration._config(connection), "head")
        counted = connection.execute(sa.text("SELECT incident_id, noun, part, state, n FROM tallies")).all()
    engine.dispose()
    assert counted == [(1, "help_beside", "york", "help", 2)]


async def test_a_database_that_a_newer_version_migrated_lacks_nothing_and_is_left_alone(tmp_path):
    store = connect(sqlite_url(str(tmp_path / "newer.db")))
    await migration.migrate(store)
    async with store.engine.begin() as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    assert await migration.missing(store) == ""
    await migration.migrate(store)
    async with store.engine.connect() as connection:
        assert (await connection.execute(sa.text("SELECT version_num FROM alembic_version"))).scalar() == "9999"
    await store.close()


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("state IN ('a', 'b')", ({"a", "b"}, "state IN ?")),
        ("NOT (drill AND outside)", (set(), "NOT (drill AND outside)")),
    ],
)
def test_checks_are_read_by_their_words(rule, found):
    assert words(rule) == found
