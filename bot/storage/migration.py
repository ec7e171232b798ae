"""Bringing a database to the shape that this version needs."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.storage.database import Store

FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def _config(connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: sa.Connection) -> None:
    if not _newer(_stand(connection)):
        command.upgrade(_config(connection), "head")


def _stand(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _newer(stands_at: str | None) -> bool:
    """Whether a newer version brought the database to where it stands: migrations only add, so this one still works."""
    return stands_at is not None and all(one.revision != stands_at for one in _scripts().walk_revisions())


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


async def migrate(store: Store) -> None:
    """Run the migrations that are missing."""
    async with store.engine.begin() as connection:
        await connection.run_sync(_upgrade)


async def missing(store: Store) -> str:
    """Return the migration that the database lacks, "" when it lacks none."""
    async with store.engine.connect() as connection:
        stands_at = await connection.run_sync(_stand)
    head = _scripts().get_current_head() or ""
    return "" if stands_at == head or _newer(stands_at) else head
