"""Linking people: what a platform's list says is taken, unless it says that nearly everybody is gone."""

import sqlalchemy as sa

from bot.operations import linking
from bot.storage import tables as t


async def linked(world) -> int:
    async with world.store.read(world.now) as db:
        return await db.value(sa.select(sa.func.count()).where(t.identities.c.platform == "slack"))


async def test_a_list_without_addresses_unlinks_nobody(world):
    async with world.store.read(world.now) as db:
        emails = await db.column(sa.select(t.people.c.email).where(t.people.c.email != "").distinct())
    everybody = {email: f"U{n}" for n, email in enumerate(emails)}
    await linking.link_all(world.product.desk, "slack", everybody)
    there = await linked(world)
    assert there > 40
    doubted = await linking.link_all(world.product.desk, "slack", {})
    assert await linked(world) == there
    assert doubted.doubt.startswith(f"{there} linked people are missing from its list, too many to be true")
    assert (await linking.compare(world.product.desk, "slack", {})).kept == there
    assert not (await linking.compare(world.product.desk, "slack", everybody)).doubt
    await linking.link_all(world.product.desk, "slack", dict(list(everybody.items())[5:]))
    assert there - 5 <= await linked(world) < there
