"""The line to Slack: one shared session, every failure under its name, nothing tried again behind our back."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack.troubles import Trouble, named

_log = structlog.get_logger()
SECONDS = 10
_CONNECTIONS = 30
_NAMED = 12
_PAGES = 1_000  # of 200: more than any workspace has
# What is read is asked for by GET: of these Slack takes no JSON, and answers as if nothing had been asked.
_READS = frozenset(
    {
        "auth.teams.list",
        "users.list",
        "conversations.info",
        "conversations.list",
        "conversations.history",
        "conversations.replies",
    }
)


@dataclass(frozen=True)
class Access:
    """What opens a workspace: tokens and secret from the environment; never shown, never logged.

    workspace: in which of an organisation's workspaces we act, where the app is in several.
    """

    bot_token: str
    signing_secret: str = ""
    app_token: str = ""
    api_url: str = "https://slack.com/api/"
    workspace: str = ""

    def __repr__(self) -> str:
        """Return what may be seen of it."""
        return f"Access({self.api_url})"


@dataclass(frozen=True)
class Me:
    """Who the bot is in the workspace; scopes: what it may do; grid: it is installed for a whole organisation.

    enterprise: the organisation that the workspace belongs to, "" for none.
    """

    team: str
    user: str
    bot: str
    name: str
    scopes: frozenset[str]
    grid: bool
    enterprise: str = ""


def proxy_for(url: str) -> str | None:
    """Return the proxy that the environment names for an address."""
    where = urlsplit(url)
    return _proxy(where.scheme, where.hostname or "")


@cache
def _proxy(scheme: str, host: str) -> str | None:
    """Look it up once: the library's own trust_env does for every request, in threads, and reads a file besides."""
    return None if proxy_bypass(host) else getproxies().get(scheme)


class Line:
    """Calls Slack; raises Trouble, whatever went wrong."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.trouble: Trouble | None = None
        self._session: aiohttp.ClientSession | None = None
        self._client: AsyncWebClient | None = None
        self._me: Me | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The shared session, opened when it is first needed."""
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=_CONNECTIONS)
            self._session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(SECONDS))
            self._client = None
        return self._session

    @property
    def client(self) -> AsyncWebClient:
        """Slack's own client on our session; it tries nothing again: a post that is repeated arrives twice."""
        session = self.session
        if self._client is None:
            self._client = AsyncWebClient(
                token=self.access.bot_token, base_url=self.access.api_url, session=session, retry_handlers=[]
            )
            self._client.proxy = proxy_for(self.access.api_url)  # it would take one for hosts that need none
        return self._client

    async def call(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        """Call a method; return what Slack says."""
        said, _ = await self._call(method, arguments)
        return said

    async def _call(self, method: str, arguments: dict[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        try:
            how = {"http_verb": "GET", "params": arguments} if method in _READS else {"json": arguments}
            answer = await self.client.api_call(method, **how)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, ValueError) as error:
            trouble = named(error, method)
            if trouble.of_all:
                self._note(trouble)
            raise trouble from error
        if self.trouble is not None:
            self._note(None)
        return answer.data if isinstance(answer.data, dict) else {}, answer.headers

    def _note(self, trouble: Trouble | None) -> None:
        """Remember what is wrong with the whole workspace; log when that changes."""
        before, self.trouble = self.trouble, trouble
        if (before and before.word) != (trouble and trouble.word):
            _log.warning("slack", trouble=trouble.word if trouble else "over", method=trouble.method if trouble else "")

    async def pages(self, method: str, rows: str, **arguments: Any) -> AsyncIterator[list[Mapping[str, Any]]]:
        """Yield the pages of a list."""
        cursor: dict[str, str] = {}
        for _ in range(_PAGES):
            said = await self.call(method, **arguments, **cursor)
            yield list(said.get(rows) or ())
            following = (said.get("response_metadata") or {}).get("next_cursor")
            if not following:
                return
            cursor = {"cursor": following}

    async def me(self) -> Me:
        """Return who the bot is; asked once."""
        if self._me is None:
            said, headers = await self._call("auth.test", {})
            scopes = frozenset(s.strip() for s in headers.get("x-oauth-scopes", "").split(",") if s.strip())
            grid = bool(said.get("is_enterprise_install"))
            team, name = await self._workspace() if grid else (said.get("team_id", ""), said.get("team", ""))
            self._me = Me(
                team=team, user=said.get("user_id", ""), bot=said.get("bot_id", ""), name=name, scopes=scopes,
                grid=grid, enterprise=said.get("enterprise_id") or "",
            )  # fmt: skip
        return self._me

    async def _workspace(self) -> tuple[str, str]:
        """Return the workspace in which we act, and its name: the token of an organisation belongs to none."""
        pages = [page async for page in self.pages("auth.teams.list", "teams", limit=1000)]
        there = {str(team["id"]): str(team.get("name") or "") for page in pages for team in page}
        chosen = self.access.workspace or (next(iter(there)) if len(there) == 1 else "")
        if chosen in there:
            return chosen, there[chosen]
        names = ", ".join(f"{key} ({name})" for key, name in list(there.items())[:_NAMED])
        raise Trouble("which workspace", "auth.teams.list", needed=names or "none")

    @property
    def known(self) -> Me | None:
        """Who the bot is, as far as Slack has said."""
        return self._me

    async def team(self) -> dict[str, str]:
        """Return the argument by which an organisation's calls name their workspace."""
        me = await self.me()
        return {"team_id": me.team} if me.grid else {}

    async def open_socket(self) -> None:
        """Ask for a Socket Mode connection, which shows whether the app token is good; none is opened."""
        try:
            await self.client.apps_connections_open(app_token=self.access.app_token)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise named(error, "apps.connections.open") from error

    async def upload(self, content: bytes, name: str, title: str) -> str:
        """Upload a file that nobody sees until a message shows it; return its id."""
        method = "files.getUploadURLExternal"
        try:
            said = await self.client.files_getUploadURLExternal(filename=name, length=len(content))
            method = "the upload"
            url = str(said["upload_url"])
            async with self.session.post(url, data=content, proxy=proxy_for(url)) as taken:
                if not taken.ok:
                    raise Trouble(f"HTTP {taken.status}", method, unsure=True)
            method = "files.completeUploadExternal"
            await self.client.files_completeUploadExternal(files=[{"id": said["file_id"], "title": title}])
        except (SlackApiError, aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise named(error, method) from error
        return str(said["file_id"])

    async def respond(self, url: str, **said: Any) -> bool:
        """Answer an interaction at its own address, outside all tiers; once more if that fails. Whether it took it."""
        for _ in range(2):
            try:
                async with self.session.post(url, json=said, proxy=proxy_for(url)) as answer:
                    if answer.ok:
                        return True
                    status = str(answer.status)
                    if 400 <= answer.status < 500:
                        break
            except (aiohttp.ClientError, TimeoutError) as error:
                status = type(error).__name__
        _log.warning("private answer was not taken", status=status)
        return False

    async def close(self) -> None:
        """End the session."""
        if self._session is not None:
            await self._session.close()
