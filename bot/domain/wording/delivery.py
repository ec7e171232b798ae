"""What is said of messages under way: how long they take, why a lane is held, why some did not arrive."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.card import Fact, Tone
from bot.domain.delivery import Gone
from bot.domain.estimate import Standing
from bot.domain.text import plural
from bot.domain.when import lasting
from bot.domain.wording import teams
from bot.domain.wording.parts import how_long
from bot.domain.wording.slack import INSTALLATION, ROOMS, TOO_FAR

# One for every reason: a test holds them together.
REMEDIES = {
    Gone.NO_ADDRESS: "Nobody has this address. Call them; then link their account again.",
    Gone.BLOCKED: "They have blocked the bot. Call them, and ask them to unblock it.",
    Gone.UNINSTALLED: "The bot is not installed for them. Call them; an administrator can install it for everybody.",
    Gone.LEFT: "Their account is closed. Call them; then link the account that they use now.",
    Gone.NO_ROOM: "The channel is gone, archived or closed to the bot. Add the bot to it, or name another.",
    Gone.NOT_ALLOWED: "The workspace does not let the bot write there. An administrator can allow it.",
    Gone.REFUSED: "The platform refused the message itself. Tell them by phone; the log has the platform's word.",
    Gone.UNWRITABLE: "The bot could not write the message. Tell them by phone; the log says why.",
}


def remedy(reason: Gone) -> str:
    """Return what can be done about an address that takes no messages."""
    return REMEDIES[reason]


def unseen(platform: str, why: str) -> str:
    """Return what became of messages of which a platform does not let us see whether they came: "3 messages …"."""
    return f"sent once more: {lane_name(platform)} does not let the bot see whether they came ({why}).{_to_see(why)}"


def _to_see(why: str) -> str:
    known = INSTALLATION.get(why) or _SEEING.get(why, "")
    return f" {known}" if known else ""


_SEEING = {
    "not_in_channel": "Add the bot to the channel.",
    TOO_FAR: "Too much was written there since.",
}
_NAMES = {"email": "E-mail", "sms": "SMS", "whatsapp": "WhatsApp"}


def lane_name(platform: str) -> str:
    """Return a platform's name as people write it."""
    return _NAMES.get(platform, platform.capitalize())


def ways_there(platforms: Sequence[str]) -> str:
    """Say that all ways are well, by name; where there is none yet, say that instead."""
    if platforms:
        return f"fine: {', '.join(map(lane_name, platforms))}"
    return "no way to anybody yet: docs/slack.md, docs/teams.md and docs/outreach.md say how to begin"


def why_held(row: Standing) -> str:
    """Return why a lane is held or down, in words; "" when it is neither."""
    if row.down_for:
        return _down(row)
    if not row.held_for:
        return ""
    limit = row.why in _LIMITS
    why = "its limit is reached" if limit else row.why or "it asked us to wait"
    return f"{lane_name(row.platform)} takes nothing for {how_long(row.held_for)}: {why}{_what_to_do(why)}"


# By how a platform's own word begins; Slack's words are longer, and stand by themselves.
_BEGINS = {
    "unreachable": "Check the network and any proxy between here and there",
    "not Slack": "Something that is not Slack answered: check SLACK_API_URL and any proxy",
    "no answer": "It did not answer in time: look at its status page and at the network",
    "HTTP 5": "The trouble is on its side: look at its status page",
    "no token": "Check TEAMS_APP_ID, its password or certificate (it may have expired) and TEAMS_TENANT_ID",
    "401": "The app is not known there any more: check TEAMS_APP_ID and its password or certificate",
    "ClientConnector": "Check the network and any proxy between here and there",
    "ConnectionTimeout": "Check the network and any proxy between here and there",
}


def _what_to_do(why: str) -> str:
    """Return what can be done about a way that takes nothing; nothing where it comes back by itself."""
    known = INSTALLATION.get(why) or next((said for word, said in _BEGINS.items() if why.startswith(word)), "")
    return f". {known.rstrip('.')}" if known else ""


def doubt(platform: str, why: str, n: int) -> str:
    """Say of how many messages nobody knows whether they arrived, why, and what can be done and is done."""
    said = f" ({why}{_what_to_do(why)})" if why else ""
    many = plural(n, "message")
    return f"Nobody knows whether {many} on {lane_name(platform)} arrived{said}: each is looked for or sent once more."


def room_shut(platform: str, name: str, why: str) -> str:
    """Say that an incident's room can't be opened, why, and what can be done."""
    known = ROOMS.get(why) or (teams.ROOMS.get(why[:3]) if platform == "teams" else None) or ""
    todo = known.rstrip(".") or _what_to_do(why).removeprefix(". ")
    more = f" {todo}." if todo else ""
    return f"{lane_name(platform)} does not open the channel {name} ({why}).{more} It is tried again every minute."


def _down(row: Standing) -> str:
    why = f" ({row.why}{_what_to_do(row.why)})" if row.why else ""
    again = f"in {how_long(row.held_for).removeprefix('about ')}" if row.held_for else "with the next message"
    since = lasting(timedelta(seconds=row.down_for))
    name = lane_name(row.platform)
    return f"{name} has not worked for {since}{why}: people are written to another way. Tried again {again}"


_LIMITS = frozenset({"429", "ratelimited", "rate_limited", "TooManyRequests"})


def on_their_way(rows: Sequence[Standing]) -> tuple[Fact, ...]:
    """Return what still waits to be sent, and how long that takes; nothing when nothing waits."""
    return tuple(_waiting(row) for row in rows)


def _waiting(row: Standing) -> Fact:
    done = f"{plural(row.waiting, 'message')} on their way, done in {how_long(row.seconds)}" if row.waiting else ""
    words = ". ".join(part for part in (why_held(row), done) if part)
    return Fact(
        label=lane_name(row.platform), value=words, tone=Tone.WARN if row.held_for or row.down_for else Tone.PLAIN
    )
