"""Opening rooms and bringing people in: wanted in rows, made true on the platforms."""

from collections import defaultdict
from collections.abc import Mapping

import structlog

from bot.engine.ports import Messenger
from bot.operations.desk import Desk
from bot.storage import rooms

_log = structlog.get_logger()


async def sweep(desk: Desk, messengers: Mapping[str, Messenger]) -> int:
    """Open wanted rooms and invite who is missing; return how much was done."""
    return await _open(desk, messengers) + await _invite(desk, messengers)


async def _open(desk: Desk, messengers: Mapping[str, Messenger]) -> int:
    async with desk.read() as db:
        wanted = [r for r in await rooms.wanted(db) if r["platform"] in messengers]
    for room in wanted:
        address = await messengers[room["platform"]].open_room(room["name"], [])
        async with desk.work() as work:
            await rooms.opened(work, room["id"], address)
    return len(wanted)


async def _invite(desk: Desk, messengers: Mapping[str, Messenger]) -> int:
    async with desk.read() as db:
        missing = await rooms.to_invite(db)
    people: dict[tuple[int, str, str], list[str]] = defaultdict(list)
    for row in missing:
        if row["platform"] in messengers:
            people[row["room_id"], row["platform"], row["address"]].append(row["person_id"])
    for (room, platform, address), ids in people.items():
        await messengers[platform].invite(address, ids)
        async with desk.work() as work:
            await rooms.invited(work, room, ids)
    return sum(map(len, people.values()))
