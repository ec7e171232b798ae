"""Opening rooms and bringing people in: wanted in rows, made true on the platforms."""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog

from bot.domain.journal import Verb
from bot.domain.wording.delivery import room_shut
from bot.engine.ports import Messenger
from bot.operations.desk import Desk
from bot.storage import rooms

_log = structlog.get_logger()
_LEASE = timedelta(seconds=60)  # then another process, or the next try, may open it
_SPARE = timedelta(seconds=5)


async def sweep(desk: Desk, messengers: Mapping[str, Messenger]) -> int:
    """Open wanted rooms and invite who is missing; return how much was done."""
    return await _open(desk, messengers) + await _invite(desk, messengers)


async def _open(desk: Desk, messengers: Mapping[str, Messenger]) -> int:
    async with desk.read() as db:
        wanted = [r for r in await rooms.wanted(db) if r["platform"] in messengers]
    return sum([await _tried(_open_one(desk, messengers[room["platform"]], room), room["name"]) for room in wanted])


async def _open_one(desk: Desk, messenger: Messenger, room: Any) -> bool:
    async with desk.store.work(desk.clock.now()) as work:
        if not await rooms.take(work, room["id"], _LEASE):
            return False  # another process is at it, or a try that failed has not been long ago
    try:
        async with asyncio.timeout((_LEASE - _SPARE).total_seconds()):  # another begins when the lease is over
            address = await messenger.open_room(room["name"], [])
    except Exception as error:
        await _note(desk, room, _word(error))
        raise
    async with desk.work() as work:
        return await rooms.opened(work, room["id"], address)


async def _note(desk: Desk, room: Any, word: str) -> None:
    """Say on the board and in the journal why a room is not there, once for each reason."""
    async with desk.work() as work:
        if await rooms.shut(work, room["id"], word):
            said = room_shut(room["platform"], room["name"], word)
            work.note(room["incident_id"], "bot", Verb.DELIVERY, said, f"room:{room['id']}")


def _word(error: Exception) -> str:
    """Return the platform's own word for what is wrong, else the error's name: its text may be anybody's."""
    return str(getattr(error, "word", type(error).__name__))


async def _tried(doing: Coroutine[Any, Any, bool], what: str) -> int:
    """One room that can't be opened must not keep the others shut; it is tried again at the next beat."""
    try:
        return int(await doing)
    except Exception as error:  # noqa: BLE001 - whatever the platform says, the row still asks for it
        _log.warning("room can't be made ready", room=what, error=_word(error))
        return 0


async def _invite(desk: Desk, messengers: Mapping[str, Messenger]) -> int:
    async with desk.read() as db:
        missing = await rooms.to_invite(db)
    people: dict[tuple[int, str, str], list[str]] = defaultdict(list)
    for row in missing:
        if row["platform"] in messengers:
            people[row["room_id"], row["platform"], row["address"]].append(row["person_id"])
    tried = [_tried(_invite_one(desk, messengers[p], room, at, ids), at) for (room, p, at), ids in people.items()]
    return sum([await one for one in tried])


async def _invite_one(desk: Desk, messenger: Messenger, room: int, address: str, ids: Sequence[str]) -> bool:
    await messenger.invite(address, ids)
    async with desk.work() as work:
        await rooms.invited(work, room, ids)
    return True
