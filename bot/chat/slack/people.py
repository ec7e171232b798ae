"""Who in the workspace is whom: members by e-mail; guests, bots, strangers and closed accounts are left out."""

import asyncio
from collections.abc import Mapping
from typing import Any

from bot.chat.slack.line import Line
from bot.chat.slack.troubles import Trouble
from bot.operations import linking
from bot.operations.desk import Desk
from bot.operations.linking import Linked

_PLATFORM = "slack"
_PAGE = 200
_WAITS = 20
_NOT = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger", "is_app_user")


def email_of(user: Mapping[str, Any]) -> str:
    """Return a full member's e-mail address; nothing for anybody else."""
    if any(user.get(flag) for flag in _NOT) or user.get("id") == "USLACKBOT":
        return ""
    return str((user.get("profile") or {}).get("email") or "")


async def accounts(line: Line) -> dict[str, str]:
    """Return every full member's user id by e-mail; waits when Slack says so. Raises Trouble."""
    found: dict[str, str] = {}
    cursor = ""
    waits = 0
    while True:
        try:
            ask = {"limit": _PAGE, **({"cursor": cursor} if cursor else {}), **await line.team()}
            said = await line.call("users.list", **ask)
        except Trouble as trouble:
            waits += 1
            if trouble.retry_after is None or waits > _WAITS:
                raise
            await asyncio.sleep(trouble.retry_after)
            continue
        found |= {email: user["id"] for user in said["members"] if (email := email_of(user))}
        cursor = (said.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return found


async def link_all(desk: Desk, line: Line) -> Linked:
    """Link everybody; raises Trouble."""
    return await linking.link_all(desk, _PLATFORM, await accounts(line))


async def changed(desk: Desk, user: Mapping[str, Any]) -> None:
    """Take in somebody who joined, or whose account changed or was closed."""
    email = email_of(user)
    if not email or not await linking.link_one(desk, _PLATFORM, email, str(user.get("id"))):
        await linking.unlink_one(desk, _PLATFORM, str(user.get("id")))
