"""Teams' channels: found in the workspace by the names that the roster gives, so that a post reaches a team at once."""

from collections.abc import Mapping
from typing import Any

from bot.chat.slack.line import Line
from bot.chat.slack.troubles import Trouble
from bot.domain.journal import Verb
from bot.operations.desk import Desk
from bot.storage import posts

_PLATFORM = "slack"
_NOT_SEEN = "The bot does not see this channel. Invite it there, then try again."
_SHARED = "People of another organisation read this channel. Choose one that is only yours."
_LOST = "lost the Slack channel that was chosen for it: it is gone, or shared with another organisation"
_NO_ANSWER = "Slack does not say whose channel this is. Try again in a moment."


async def find(desk: Desk, line: Line) -> tuple[dict[str, str], list[str], dict[str, str]]:
    """Return channels' ids by team, names that the workspace has not or not open to us, and chosen ones that are lost.

    Raises Trouble.
    """
    async with desk.read() as db:
        named, chosen = await posts.named(db), await posts.channels(db, _PLATFORM, chosen=True)
    wanted = {team: name.lstrip("#").lower() for team, name in named.items() if team not in chosen}
    there = await _open(line) if wanted or chosen else {}
    found = {team: address for team, address in chosen.items() if address in there.values()}
    for team, name in wanted.items():
        if name in there and there[name] not in found.values():  # one channel is one team's
            found[team] = there[name]
    lost = {team: address for team, address in chosen.items() if team not in found}
    return found, sorted({name for name in wanted.values() if name not in there}), lost


async def _open(line: Line) -> Mapping[str, str]:
    ask = {"types": "public_channel,private_channel", "exclude_archived": True, "limit": 1000, **await line.team()}
    return {
        one["name"]: one["id"]
        async for page in line.pages("conversations.list", "channels", **ask)
        for one in page
        if _ours_alone(one)
    }


def _ours_alone(channel: Mapping[str, Any]) -> bool:
    return not channel.get("is_ext_shared") and not channel.get("is_pending_ext_shared")


async def why_not(line: Line, channel: str) -> str | None:
    """Return why a channel can't be a team's, if it can't; that its picker offers it proves nothing."""
    try:
        said = await line.call("conversations.info", channel=channel)
    except Trouble as trouble:
        return _NOT_SEEN if trouble.word == "channel_not_found" else _NO_ANSWER
    return None if _ours_alone(said["channel"]) else _SHARED


async def link(desk: Desk, line: Line) -> int:
    """Link teams to their channels; return how many are. Raises Trouble.

    A channel that somebody chose, and that is gone or shared with another organisation since, is a team's no more.
    """
    found, _, lost = await find(desk, line)
    if found or lost:
        async with desk.work() as work:
            for team in await posts.drop(work, _PLATFORM, lost):
                work.note(None, "bot", Verb.UPDATE, f"{team.name} {_LOST}", f"team:{team.id}")
            await posts.link(work, _PLATFORM, found)
    return len(found)
