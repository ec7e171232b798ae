"""What has become of the moves of a story: by the rows, and by what people see."""

from sqlalchemy import text

from tests.world import Somebody, World


async def with_words(world: World, words: str) -> Somebody:
    """Return the first of those who were told to move and see these words."""
    for agent in await world.told_to_move():
        if any(words in s for s in await agent.everything()):
            return agent
    raise AssertionError(f"nobody sees {words!r}")


async def moves_in(world: World, where: str) -> int:
    """Return how many moves there are of which this is so."""
    async with world.store.read(world.now) as db:
        return await db.value(text(f"SELECT count(*) FROM moves WHERE {where}"))
