"""Who in the workspace is whom: members by e-mail; guests, bots, other organisations, closed accounts are left out."""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

from bot.chat.slack.line import Line, Me
from bot.chat.slack.troubles import Trouble
from bot.domain.language import code
from bot.operations import linking
from bot.operations.desk import Desk
from bot.operations.linking import Linked

PLATFORM = "slack"
_PAGE = 200
_WAITS = 20
_NOT = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger", "is_app_user")


def email_of(user: Mapping[str, Any], me: Me) -> str:
    """Return a full member's e-mail address; nothing for anybody else.

    Whoever shares a channel with us over Slack Connect has an account of another workspace; their e-mail address is
    what that workspace says it is, and proves nothing.
    """
    if any(user.get(flag) for flag in _NOT) or user.get("id") == "USLACKBOT" or not _ours(user, me):
        return ""
    return str((user.get("profile") or {}).get("email") or "")


def _ours(user: Mapping[str, Any], me: Me) -> bool:
    """Whether an account is of our workspace, or of another one of our own organisation."""
    org = (user.get("enterprise_user") or {}).get("enterprise_id")
    return user.get("team_id") == me.team or bool(me.enterprise and org == me.enterprise)


class Member(NamedTuple):
    """A full member of the workspace; language: the one in which they have Slack, "" when it does not say."""

    email: str
    user: str
    language: str


async def accounts(line: Line) -> dict[str, str]:
    """Return every full member's user id by e-mail. Raises Trouble."""
    return {member.email: member.user for member in await members(line)}


async def members(line: Line) -> list[Member]:
    """Return every full member; waits when Slack says so. Raises Trouble."""
    me, found = await line.me(), list[Member]()
    cursor = ""
    waits = 0
    while True:
        try:
            ask = {
                "limit": _PAGE,
                "include_locale": True,
                **({"cursor": cursor} if cursor else {}),
                **await line.team(),
            }
            said = await line.call("users.list", **ask)
        except Trouble as trouble:
            waits += 1
            if trouble.retry_after is None or waits > _WAITS:
                raise
            await asyncio.sleep(trouble.retry_after)
            continue
        found += [_member(email, user) for user in said["members"] if (email := email_of(user, me))]
        cursor = (said.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return found


def _member(email: str, user: Mapping[str, Any]) -> Member:
    return Member(email, str(user["id"]), code(str(user.get("locale") or "")))


async def link_all(desk: Desk, line: Line) -> Linked:
    """Link everybody, and take down in which language they have Slack; raises Trouble."""
    found = await members(line)
    linked = await linking.link_all(desk, PLATFORM, {m.email: m.user for m in found})
    await linking.speak(desk, PLATFORM, {m.user: m.language for m in found if m.language})
    return linked


async def changed(desk: Desk, user: Mapping[str, Any], me: Me) -> None:
    """Take in somebody who joined, or whose account changed or was closed."""
    email, language = email_of(user, me), code(str(user.get("locale") or ""))
    if not email or not await linking.link_one(desk, PLATFORM, email, str(user.get("id"))):
        await linking.unlink_one(desk, PLATFORM, str(user.get("id")))
    elif language:
        await linking.speak(desk, PLATFORM, {str(user.get("id")): language})
