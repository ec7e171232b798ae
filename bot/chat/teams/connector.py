"""The Bot Connector's REST API: one session, one cached token, an answer that says what is known of a request."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp

from bot.chat.teams import assertion
from bot.clock import SystemClock

_EARLY = 300.0  # seconds before its end that a token is renewed
_TIMEOUT = aiohttp.ClientTimeout(total=20, sock_connect=5)
_LONGEST = 65_536


class Unsent(Exception):
    """The request never left: no connection, or no token."""

    @property
    def word(self) -> str:
        """Why, in a word or two of ours or of Microsoft's."""
        return str(self)[:80]


class Unsure(Exception):
    """Nobody can say whether the request was taken: a timeout or a reset."""

    @property
    def word(self) -> str:
        """What happened to the request."""
        return str(self)[:80]


@dataclass(frozen=True)
class Cloud:
    """Where a Microsoft cloud has what a bot needs; hosts: those that our token may be sent to; graph: directory.

    A host stands for itself alone, because anybody can have a name under trafficmanager.net; one that begins with a dot
    stands for all names under a domain that is Microsoft's own.
    """

    login: str
    scope: str
    issuer: str
    keys: str
    service: str
    hosts: tuple[str, ...]
    graph: str = "https://graph.microsoft.com"

    def allows(self, service_url: str) -> bool:
        """Whether an address is one of Microsoft's that we may call with our token."""
        try:
            parts, own = urlsplit(service_url), urlsplit(self.service)
        except ValueError:
            return False
        if (parts.scheme, parts.netloc) == (own.scheme, own.netloc):
            return True
        host = (parts.hostname or "").lower()
        ours = any(host == allowed or (allowed[0] == "." and host.endswith(allowed)) for allowed in self.hosts)
        return ours and parts.scheme == "https" and parts.netloc.lower() in (host, f"{host}:443")


_PUBLIC = Cloud(
    "https://login.microsoftonline.com",
    "https://api.botframework.com/.default",
    "https://api.botframework.com",
    "https://login.botframework.com/v1/.well-known/openidconfiguration",
    "https://smba.trafficmanager.net/teams/",
    ("smba.trafficmanager.net", "smba.onyx.prod.teams.trafficmanager.net", "smba.infra.gcc.teams.microsoft.com"),
)
_GCC_HIGH = Cloud(
    "https://login.microsoftonline.us",
    "https://api.botframework.us/.default",
    "https://api.botframework.us",
    "https://login.botframework.azure.us/v1/.well-known/openidconfiguration",
    "https://smba.infra.gov.teams.microsoft.us/teams/",
    ("smba.infra.gov.teams.microsoft.us",),
    "https://graph.microsoft.us",
)
_DOD = "smba.infra.dod.teams.microsoft.us"
# As the presets of Microsoft's own Teams SDK have them.
CLOUDS = {
    "public": _PUBLIC,
    "gcc": replace(_PUBLIC, service="https://smba.infra.gcc.teams.microsoft.com/teams/"),
    "gcc_high": _GCC_HIGH,
    "dod": replace(_GCC_HIGH, service=f"https://{_DOD}/teams/", hosts=(_DOD,), graph="https://dod-graph.microsoft.us"),
    "china": Cloud(
        "https://login.partner.microsoftonline.cn",
        "https://api.botframework.azure.cn/.default",
        "https://api.botframework.azure.cn",
        "https://login.botframework.azure.cn/v1/.well-known/openidconfiguration",
        "https://frontend.botapi.msg.infra.teams.microsoftonline.cn/",
        ("frontend.botapi.msg.infra.teams.microsoftonline.cn", ".botframework.azure.cn"),
        "https://microsoftgraph.chinacloudapi.cn",
    ),
}


@dataclass(frozen=True)
class Credentials:
    """Who the bot is; an empty app id is a bot that nobody authenticates, for a laptop alone.

    certificate: PEM of a certificate and its key, which goes before the password.
    """

    app_id: str = ""
    password: str = field(default="", repr=False)
    tenant: str = ""
    certificate: str = field(default="", repr=False)

    @property
    def bot(self) -> str:
        """The bot's id among users."""
        return f"28:{self.app_id}"


@dataclass(frozen=True)
class Answer:
    """What the platform answered; code: its own word for what is wrong."""

    status: int
    body: dict[str, Any]
    retry_after: float | None = None

    @property
    def ok(self) -> bool:
        """Whether it was taken."""
        return self.status < 300

    @property
    def code(self) -> str:
        """The platform's own word for what is wrong."""
        error = self.body.get("error")
        return str(error.get("code") or "")[:80] if isinstance(error, dict) else ""


class Connector:
    """Calls the platform for the bot."""

    def __init__(self, cloud: Cloud, who: Credentials) -> None:
        self.cloud, self.who = cloud, who
        self._session: aiohttp.ClientSession | None = None
        self._token, self._until, self._lock = "", 0.0, asyncio.Lock()

    async def call(self, method: str, service_url: str, path: str, body: Any = None) -> Answer:
        """Make one request; raises Unsent or Unsure. A token that is refused is renewed once."""
        service = service_url or self.cloud.service
        if not self.cloud.allows(service):
            raise Unsent("an address that our token may not be sent to")
        answer = await self._call(method, service, path, body, await self.token())
        if answer.status == 401 and self.who.app_id:
            self._until = 0.0
            answer = await self._call(method, service, path, body, await self.token())
        return answer

    async def _call(self, method: str, service: str, path: str, body: Any, token: str) -> Answer:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return await self.ask(method, f"{service.rstrip('/')}/{path}", json=body, headers=headers)

    async def ask(self, method: str, url: str, **more: Any) -> Answer:
        """Make one request of anything of Microsoft's; raises Unsent or Unsure."""
        if self._session is None or self._session.closed:
            connections = aiohttp.TCPConnector(limit=60)
            self._session = aiohttp.ClientSession(timeout=_TIMEOUT, connector=connections)
        try:
            async with self._session.request(method, url, allow_redirects=False, **more) as response:
                return await _answer(response)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            raise Unsent(type(error).__name__) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unsure(type(error).__name__) from error

    async def token(self) -> str:
        """Return the token that all requests share; raises Unsent when there is none to be had."""
        if not self.who.app_id:
            return ""
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if now >= self._until:
                self._token, lasts = await self.fresh(self.cloud.scope)
                self._until = now + max(lasts - _EARLY, lasts / 2)
        return self._token

    async def fresh(self, scope: str) -> tuple[str, float]:
        """Return a new token for something of Microsoft's, and how many seconds it lasts; raises Unsent."""
        url = f"{self.cloud.login}/{quote(self.who.tenant or 'botframework.com', safe='')}/oauth2/v2.0/token"
        form = {"grant_type": "client_credentials", "client_id": self.who.app_id, "scope": scope}
        form |= self._proof(url)
        try:
            answer = await self.ask("POST", url, data=form)
        except Unsure as error:
            raise Unsent(f"no token: {error}") from error
        token, lasts = answer.body.get("access_token"), answer.body.get("expires_in", 3600)
        if not answer.ok or not isinstance(token, str):
            raise Unsent(f"no token: {answer.body.get('error') or answer.status}")
        return token, float(lasts)

    def _proof(self, url: str) -> dict[str, str]:
        """What shows that we are who we say."""
        if not self.who.certificate:
            return {"client_secret": self.who.password}
        try:
            said = assertion.signed(self.who.certificate, self.who.app_id, url, SystemClock().now())
        except ValueError as error:
            raise Unsent("no token: TEAMS_APP_CERTIFICATE is no PEM of a certificate and its bare key") from error
        return {"client_assertion_type": assertion.ASSERTION, "client_assertion": said}

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()


async def _answer(response: aiohttp.ClientResponse) -> Answer:
    body: Any = {}
    if (response.content_length or 0) <= _LONGEST * 64 and "json" in response.headers.get("content-type", ""):
        try:
            body = await response.json()
        except ValueError:
            body = {}
    return Answer(response.status, body if isinstance(body, dict) else {"list": body}, _seconds(response))


def _seconds(response: aiohttp.ClientResponse) -> float | None:
    word = response.headers.get("retry-after", "")
    return float(word) if word.replace(".", "", 1).isdigit() else None


def segment(part: str) -> str:
    """Return an id as one part of a path."""
    return quote(part, safe="")
