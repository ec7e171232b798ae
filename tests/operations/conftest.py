"""A fresh database for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.storage.database import Store, connect, sqlite_url
from bot.storage.migration import migrate


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An empty SQLite database."""
    fresh = connect(sqlite_url(str(tmp_path / "test.db")))
    await migrate(fresh)
    yield fresh
    await fresh.close()
