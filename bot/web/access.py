"""Who may see the board and the page of readiness: a signed link from chat, exchanged once for a session cookie.

Keys and cookies are never logged. The demo's board is open, but only to this machine itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit

from fastapi import Request
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer
from starlette.responses import RedirectResponse, Response

from bot.clock import Clock

COOKIE = "board"
LOOPBACK_NAMES = frozenset({"localhost", "testserver"})


def from_here(host: str) -> bool:
    """Whether a host, with or without its port, names this machine alone."""
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return name in LOOPBACK_NAMES or ip_address(name).is_loopback
    except ValueError:
        return False


def signer(now: Callable[[], datetime]) -> type[TimestampSigner]:
    """Return a signer that goes by our clock, so that links expire in tests too."""

    class Signer(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(now().timestamp())

    return Signer


@dataclass(frozen=True)
class Visitor:
    """Somebody who may look; person is empty where the board is open to whoever sits at this machine."""

    person: str = ""


class Access:
    """Makes links and cookies, and reads them; open_here lets this machine in without either."""

    def __init__(self, secret: str, clock: Clock, public_url: str, hours: int, *, open_here: bool = False) -> None:
        if not secret:
            raise ValueError("signing needs a secret")
        self._url, self._seconds, self._open_here = public_url.rstrip("/"), hours * 3600, open_here
        signs = signer(clock.now)
        # Two salts: a cookie that leaks is no link, and a link is no cookie.
        self._links = URLSafeTimedSerializer(secret, salt="board-link", signer=signs)
        self._cookies = URLSafeTimedSerializer(secret, salt="board-cookie", signer=signs)

    def link_for(self, person: str, page: str = "board", /) -> str:
        """Return a person's own link to a page, the board unless said; it works for the hours that are set."""
        return f"{self._url}/{page}?{urlencode({'key': self._links.dumps(person)})}"

    def visitor(self, request: Request) -> Visitor | None:
        """Return who looks, None for somebody who may not."""
        if self._open_here and at_this_machine(request):
            return Visitor()
        person = self._read(self._cookies, request.cookies.get(COOKIE))
        return Visitor(person) if person else None

    def exchange(self, request: Request) -> Response | None:
        """Return the way to the same page without the key, with a cookie; None when the key opens nothing."""
        person = self._read(self._links, request.query_params.get("key"))
        if person is None:
            return None
        answer = RedirectResponse(request.url.path, 303)
        secure = self._url.startswith("https:")
        value = self._cookies.dumps(person)
        answer.set_cookie(COOKIE, value, self._seconds, path="/", secure=secure, httponly=True, samesite="lax")
        return answer

    def _read(self, kind: URLSafeTimedSerializer, token: str | None) -> str | None:
        try:
            person = kind.loads(token or "", max_age=self._seconds)
        except BadData:
            return None
        return person if isinstance(person, str) else None


def at_this_machine(request: Request) -> bool:
    """The caller's address and the name they used: another site's page can fake one by DNS, never both."""
    caller = request.client.host if request.client else ""
    return from_here(request.headers.get("host", "")) and from_here(f"[{caller}]" if ":" in caller else caller)
