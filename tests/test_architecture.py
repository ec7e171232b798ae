"""The shape that we promise ourselves: sizes, docstrings, one schema. Imports: import-linter; complexity: ruff."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from bot.storage import tables
from bot.storage.database import connect, sqlite_url
from bot.storage.migration import migrate

ROOT = Path(__file__).parents[1]
MEDIAN, NEARLY_ALL, NONE_OVER, FILE = 8, 35, 60, 400
Node = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module


class Function(NamedTuple):
    """A function by its size: lines from def to its end, docstring and all; decorators left out."""

    lines: int
    where: str


@cache
def modules() -> dict[str, ast.Module]:
    paths = sorted((ROOT / "bot").rglob("*.py"))
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


@cache
def functions() -> list[Function]:
    """Every function, those inside others too, the longest first."""
    return sorted(
        (
            Function((node.end_lineno or 0) - node.lineno + 1, f"{name}:{node.lineno} {node.name}")
            for name, tree in modules().items()
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ),
        reverse=True,
    )


def share(of: float) -> int:
    """The length that so many functions do not exceed."""
    lengths = sorted(f.lines for f in functions())
    return lengths[ceil(of * len(lengths)) - 1]


def public(name: str, node: Node) -> Iterator[tuple[str, Node]]:
    """A module or class with all that others may use of it."""
    yield name, node
    for inner in node.body:
        if isinstance(inner, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not inner.name.startswith("_"):
            is_class = isinstance(inner, ast.ClassDef)
            yield from public(f"{name} {inner.name}", inner) if is_class else [(f"{name} {inner.name}", inner)]


def test_functions_are_short() -> None:
    lengths = [f.lines for f in functions()]
    over = [f"{f.lines} lines: {f.where}" for f in functions() if f.lines > NONE_OVER]
    measured = f"{len(lengths)} functions: median {median(lengths)}, 95 % at most {share(0.95)}, longest {lengths[0]}"
    assert median(lengths) <= MEDIAN, measured
    assert share(0.95) <= NEARLY_ALL, measured
    assert not over, f"{measured}; over {NONE_OVER}: {over}"


def test_files_are_short() -> None:
    sizes = {name: (ROOT / name).read_text(encoding="utf-8").count("\n") for name in modules()}
    longest = max(sizes, key=sizes.__getitem__)
    measured = f"{len(sizes)} files: median {median(sizes.values())}, longest {sizes[longest]} ({longest})"
    assert sizes[longest] <= FILE, measured


def test_every_public_name_says_what_it_is() -> None:
    silent = [
        where
        for name, tree in modules().items()
        for where, node in public(name, tree)
        if ast.get_docstring(node) is None
    ]
    assert not silent


def test_docstrings_begin_with_one_sentence_on_one_line() -> None:
    firsts = {
        where: (ast.get_docstring(node) or ".").split("\n")[0]
        for name, tree in modules().items()
        for where, node in public(name, tree)
    }
    assert not [where for where, first in firsts.items() if not re.search(r"[.?!]\"?$", first)]


@pytest.fixture
async def migrated(tmp_path: Path) -> sa.Engine:
    """A database as the migrations make it."""
    path = str(tmp_path / "migrated.db")
    store = connect(sqlite_url(path))
    await migrate(store)
    await store.close()
    return sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)


def shape(engine: sa.Engine) -> dict[str, Any]:
    """All that a database says of its tables."""
    seen = sa.inspect(engine)
    return {table: _table(seen, table) for table in seen.get_table_names() if table != "alembic_version"}


def _table(seen: sa.Inspector, table: str) -> dict[str, Any]:
    return {
        "columns": {c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in seen.get_columns(table)},
        "key": seen.get_pk_constraint(table)["constrained_columns"],
        "foreign": _named(
            (_key(table, k) for k in seen.get_foreign_keys(table)),
            "constrained_columns",
            "referred_table",
            "referred_columns",
        ),
        "unique": _named(seen.get_unique_constraints(table), "column_names"),
        "indexes": _named(map(_index, seen.get_indexes(table)), "column_names", "unique", "where"),
        "checks": _named(seen.get_check_constraints(table), "sqltext"),
    }


def _key(table: str, found: Any) -> dict[str, Any]:
    """A key that stands beside its column is read back without its name: it has the one that the convention gives."""
    return {**found, "name": found["name"] or f"fk_{table}_{found['constrained_columns'][0]}_{found['referred_table']}"}


def _index(found: Any) -> dict[str, Any]:
    return {**found, "where": found.get("dialect_options", {}).get("sqlite_where")}


def _named(found: Any, *parts: str) -> dict[str, list[str]]:
    return {str(one["name"]): [" ".join(str(one.get(part)).split()) for part in parts] for one in found}


def test_migrations_make_the_tables_of_the_code(migrated: sa.Engine) -> None:
    models = sa.create_engine("sqlite://")
    tables.people.metadata.create_all(models)
    made, meant = shape(migrated), shape(models)
    models.dispose()
    assert made.keys() == meant.keys()
    for table, wanted in meant.items():
        for part, want in wanted.items():
            assert made[table][part] == want, f"{table}: {part}"
