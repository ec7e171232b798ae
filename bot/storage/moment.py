"""What time it is by the database: the one clock that all machines on it share."""

from datetime import datetime

import sqlalchemy as sa

from bot.storage.database import Store

_MOMENT = sa.select(sa.func.clock_timestamp())


def shared(store: Store) -> bool:
    """Whether several machines may work on it, so that its time is the one that counts."""
    return store.dialect == "postgresql"


async def moment(store: Store) -> datetime:
    """Return the present moment by a database that machines share."""
    async with store.engine.connect() as connection:
        found: datetime = (await connection.execute(_MOMENT)).scalar_one()
        return found
