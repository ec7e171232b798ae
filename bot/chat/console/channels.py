"""Teams' channels on the console: one room each, where the whole team reads what is posted."""

from bot.chat.console.sender import PLATFORM
from bot.operations.desk import Desk
from bot.storage import console, posts


async def open_channels(desk: Desk) -> int:
    """Give every team that has a channel its room, with its people in it; return how many teams have one."""
    async with desk.store.work(desk.clock.now()) as work:
        names = await posts.named(work)
        people = await posts.members(work, list(names))
        rooms = {team: await console.open_room(work, name, people[team]) for team, name in names.items()}
        for team, address in rooms.items():
            await console.invite(work, address, people[team])
        await posts.link(work, PLATFORM, rooms)
        return len(rooms)
