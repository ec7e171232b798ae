"""The doctor: what is well with Slack and what is not, each with what to do about it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from bot.chat.slack import channels, people
from bot.chat.slack.line import Line
from bot.chat.slack.manifest import SCOPES
from bot.chat.slack.troubles import Trouble
from bot.domain.text import listed
from bot.operations import linking
from bot.operations.desk import Desk

_NAMED = 12


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    well: bool
    words: str


async def examine(desk: Desk, line: Line) -> AsyncIterator[Finding]:
    """Look at the token, its rights, how we hear Slack, and who is linked; nothing is changed."""
    try:
        me = await line.me()
    except Trouble as trouble:
        yield Finding("token", False, trouble.remedy)  # noqa: FBT003 - a finding reads well so
        return
    yield Finding("token", True, f"the workspace is {me.name} ({me.team})")  # noqa: FBT003
    missing = sorted(set(SCOPES) - me.scopes)
    again = "Paste the manifest again (disaster manifest slack) and install the app anew."
    words = f"missing: {', '.join(missing)}. {again}" if missing else f"all {len(SCOPES)} are there"
    yield Finding("scopes", not missing, words)
    yield await _hearing(line)
    yield await _linked(desk, line)
    yield await _channels(desk, line)


async def _hearing(line: Line) -> Finding:
    if not line.access.app_token:
        return Finding("hearing", True, "over HTTP, at /slack/events; requests are verified")  # noqa: FBT003
    try:
        await line.open_socket()
    except Trouble as trouble:
        words = f"SLACK_APP_TOKEN does not open Socket Mode ({trouble.word}). Make one with connections:write."
        return Finding("hearing", False, words)  # noqa: FBT003
    return Finding("hearing", True, "over Socket Mode; no address of ours is needed")  # noqa: FBT003


async def _linked(desk: Desk, line: Line) -> Finding:
    try:
        accounts = await people.accounts(line)
    except Trouble as trouble:
        return Finding("people", False, trouble.remedy)  # noqa: FBT003
    linked = await linking.compare(desk, people.PLATFORM, accounts)
    if linked.doubt:
        return Finding("people", False, f"{linked.doubt}. Does the app still see e-mail addresses?")  # noqa: FBT003
    if not linked.unlinked:
        return Finding("people", True, f"{linked.linked:,} linked, everybody")  # noqa: FBT003
    words = f"{linked.linked:,} linked by e-mail; without an account there: {_some(linked.unlinked)}"
    return Finding("people", linked.linked > 0, words)


def _some(names: Sequence[str]) -> str:
    """Name a few, and say how many more there are."""
    more = [f"{len(names) - _NAMED:,} more"] if len(names) > _NAMED else []
    return listed([*names[:_NAMED], *more])


async def _channels(desk: Desk, line: Line) -> Finding:
    """Teams whose channel is not there get direct messages, which is slower but nothing to be unwell about."""
    try:
        found, missing, lost = await channels.find(desk, line)
    except Trouble as trouble:
        return Finding("channels", False, trouble.remedy)  # noqa: FBT003
    gone = [*missing, *(f"the one chosen for {team}" for team in lost)]
    words = f"; not in the workspace, or not ours alone: {_some(gone)}. Their teams get direct messages" if gone else ""
    return Finding("channels", True, f"{len(found):,} teams have theirs{words}")  # noqa: FBT003
