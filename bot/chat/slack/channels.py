"""Teams' channels: found in the workspace by the names that the roster gives, so that a post reaches a team at once."""

from collections.abc import Mapping

from bot.chat.slack.line import Line
from bot.operations.desk import Desk
from bot.storage import posts

_PLATFORM = "slack"


async def find(desk: Desk, line: Line) -> tuple[dict[str, str], list[str]]:
    """Return channels' ids by team, and those that the workspace has not, or not open to us. Raises Trouble."""
    async with desk.read() as db:
        named, chosen = await posts.named(db), await posts.channels(db, _PLATFORM, chosen=True)
    wanted = {team: name.lstrip("#").lower() for team, name in named.items() if team not in chosen}
    there = await _open(line) if wanted or chosen else {}
    found = {team: address for team, address in chosen.items() if address in there.values()}
    for team, name in wanted.items():
        if name in there and there[name] not in found.values():  # one channel is one team's
            found[team] = there[name]
    lost = [f"the one chosen for {team}" for team in chosen if team not in found]
    return found, sorted({name for name in wanted.values() if name not in there}) + lost


async def _open(line: Line) -> Mapping[str, str]:
    ask = {"types": "public_channel,private_channel", "exclude_archived": True, "limit": 1000, **await line.team()}
    return {
        one["name"]: one["id"]
        async for page in line.pages("conversations.list", "channels", **ask)
        for one in page
        if not one.get("is_ext_shared") and not one.get("is_pending_ext_shared")
    }


async def link(desk: Desk, line: Line) -> int:
    """Link teams to their channels; return how many are. Raises Trouble."""
    found, _ = await find(desk, line)
    if found:
        async with desk.work() as work:
            await posts.link(work, _PLATFORM, found)
    return len(found)
