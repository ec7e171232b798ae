"""The doctor: what is well with Teams and what is not, each with what to do about it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from bot.chat.teams.connector import Unsent
from bot.chat.teams.members import NoMembers
from bot.chat.teams.setup import Teams
from bot.domain.account import Reached
from bot.domain.text import listed, plural
from bot.operations.desk import Desk
from bot.storage import teams as rows

_NAMED = 12


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    well: bool
    words: str


async def examine(desk: Desk, teams: Teams, public_url: str) -> AsyncIterator[Finding]:
    """Look at who we are, whose calls we believe, where Teams calls us, and whom we reach."""
    yield _address(public_url)
    if not teams.messenger.connector.who.app_id:
        words = "none: whoever calls is believed (teams.allow_unauthenticated), which is for a laptop alone"
        yield Finding("token", well=False, words=words)
        return
    try:
        await teams.messenger.connector.token()
    except Unsent as why:
        words = f"{why}. Check TEAMS_APP_ID, its password or certificate (it may have expired) and TEAMS_TENANT_ID"
        yield Finding("token", well=False, words=words)
        return
    yield Finding("token", well=True, words="Microsoft knows the app")
    keys = await teams.listener.adapter.keys.renew()
    lost = "they can't be fetched: nothing that Teams says can be believed. Is the way out to the internet open?"
    yield Finding("keys", well=keys, words="the channel's keys are here" if keys else lost)
    async for finding in _people(desk, teams):
        yield finding


def _address(public_url: str) -> Finding:
    well = public_url.startswith("https://")
    words = f"the messaging endpoint is {public_url.rstrip('/')}/api/messages"
    return Finding(
        "address", well=well, words=words if well else f"{words}; Teams calls https alone: server.public_url"
    )


async def _people(desk: Desk, teams: Teams) -> AsyncIterator[Finding]:
    """Say who is linked, and who has not installed the app."""
    try:
        found = await teams.members.sync()
    except NoMembers as why:
        words = f"its members can't be read ({why}). Is teams.team right, and is the app installed in that team?"
        yield Finding("team", well=False, words=words)
        return
    if found.doubt:
        yield Finding("team", well=False, words=f"{found.doubt}. Is teams.team still the team with everybody in it?")
        return
    if (told := _directory(teams)) is not None:
        yield told
    words = f"{plural(found.linked, 'person', 'people')} linked"
    if without := _named(found.unlinked):
        todo = "Add them to the team, or correct email or aad_id in people.csv"
        words = f"{words}; no account with their e-mail or id: {without}. {todo}"
    yield Finding("team", well=found.linked > 0, words=words)
    for finding in _channels(teams):
        yield finding
    yield await _private(teams)
    async with desk.read() as db:
        linked = [row for row in await rows.unreached(db) if row["address"]]
    for state, (what, remedy) in _STATES.items():
        if some := [row["name"] for row in linked if (row["state"] or Reached.KNOWN) == state]:
            yield Finding("people", well=state == Reached.KNOWN, words=f"{what} {_named(some)}. {remedy}")


async def _private(teams: Teams) -> Finding:
    """Say whether incidents that few may read have a place of their own."""
    channel = teams.messenger.channels.private
    if not channel:
        words = "incidents that few may read stand in teams.channel, for all: teams.private_channel gives them theirs"
        return Finding("channels", well=True, words=words)
    if why := await teams.members.hidden(channel):
        words = f"teams.private_channel can't be seen ({why}): incidents that few may read get no thread. "
        return Finding(
            "channels", well=False, words=f"{words}Is it right, and is the app added to that channel itself?"
        )
    return Finding("channels", well=True, words="teams.private_channel is there; whoever responds must be in it")


def _channels(teams: Teams) -> Iterator[Finding]:
    """Say whether incidents have a place, and which teams have none: these are reached all the same, only slower."""
    members = teams.members
    if members.channels is None:
        words = "the team's channels can't be read: everybody is written to alone, which is slower"
        yield Finding("channels", well=False, words=words)
        return
    if teams.messenger.channels.common not in (*members.channels.values(), members.team):
        yield Finding("channels", well=False, words="teams.channel is none of that team: no incident gets its thread")
    todo = "Their people are written to one by one, which is slower: make channels of these names, or correct teams.csv"
    words = (
        f"not in the team: {_named(members.lacking)}. {todo}" if members.lacking else "every team has the one it names"
    )
    yield Finding("channels", well=True, words=words)


_STATES = {
    Reached.KNOWN: (
        "no conversation yet with",
        "The bot opens them by itself while no incident is open; where Teams refuses, again each day",
    ),
    Reached.UNINSTALLED: (
        "the app is not there for",
        "They are reached another way. Install it for everybody: Teams admin center, Teams apps, Setup policies",
    ),
    Reached.BLOCKED: ("blocked by", "They are reached another way; ask them to unblock the app"),
}


def _directory(teams: Teams) -> Finding | None:
    """Say whether the directory tells of people outside of the team; that it does not is nothing to be unwell about."""
    if not teams.members.directory:
        return None
    remedy = "people are read from the team alone. To reach others too, grant the app User.Read.All (application)"
    closed = f"Microsoft Graph does not tell ({teams.members.closed}): {remedy}, with an administrator's consent"
    return Finding("graph", well=True, words=closed if teams.members.closed else "everybody in the directory is read")


def _named(names: list[str] | tuple[str, ...]) -> str:
    more = len(names) - _NAMED
    return listed([*names[:_NAMED], *([f"{more:,} more"] if more > 0 else [])])
