"""The web application: pages, headers, errors that help, and whether it is well."""

import asyncio
from collections.abc import Awaitable, Sequence
from importlib.metadata import version
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.engine.ticker import Engine
from bot.operations.desk import Desk
from bot.storage.database import explain
from bot.web.access import from_here
from bot.web.ready import lanes_of, unready
from bot.web.render import STATIC, page

_log = structlog.get_logger()
_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # none at all would have a form without scripting send no origin
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def create(desk: Desk, engine: Engine | None, routers: Sequence[APIRouter] = (), *, console: bool = False) -> FastAPI:
    """Return the application; routers: all that is served beside health; console: the demo's chat is among them."""
    app = FastAPI(title="Disaster bot", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(_own(desk, engine, "/console" if console else "/board"))
    for router in routers:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.state.closing = asyncio.Event()  # set at a stop, so that pages that are kept open end at once
    app.add_middleware(Guard, only_from_here=console, closing=app.state.closing)
    return app


def _own(desk: Desk, engine: Engine | None, home: str) -> APIRouter:
    own = APIRouter()

    @own.get("/")
    async def _home() -> Response:
        return RedirectResponse(home, 303)

    @own.get("/healthz")
    async def _health() -> dict[str, Any]:
        return {"ok": True, "version": version("disaster-bot")}

    @own.get("/readyz")
    async def _ready() -> JSONResponse:
        faults = await unready(desk, engine)
        known = {} if "database" in faults else {"lanes": await lanes_of(desk)}
        ticks = {name: at.isoformat() for name, at in (engine.ticks if engine else {}).items()}
        return JSONResponse({"ok": not faults, "faults": faults, "sweeps": ticks, **known}, 503 if faults else 200)

    return own


class Guard:
    """Around every request: who may call, security headers, and no error without a page that says what to do."""

    def __init__(self, app: ASGIApp, *, only_from_here: bool, closing: asyncio.Event) -> None:
        self._app, self._only_from_here, self._closing = app, only_from_here, closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                _add_headers(scope, MutableHeaders(scope=message))
            await send(message)

        request = Request(scope, receive)
        try:
            inner = self._stranger(request) or self._app
            if "/stream" not in scope["path"]:
                await inner(scope, receive, guarded)
            elif await self._closed(inner(scope, receive, guarded)) and begun:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except Exception as error:
            if begun:
                raise
            await _broken(request, error)(scope, receive, guarded)

    async def _closed(self, serving: Awaitable[None]) -> bool:
        """Serve a page that is kept open until it ends, or this process does; return whether the process did."""
        page_, stop = asyncio.ensure_future(serving), asyncio.ensure_future(self._closing.wait())
        try:
            done, _ = await asyncio.wait({page_, stop}, return_when=asyncio.FIRST_COMPLETED)
            if page_ in done:
                page_.result()
            return page_ not in done
        finally:
            for task in (page_, stop):
                task.cancel()
            await asyncio.gather(page_, stop, return_exceptions=True)

    def _stranger(self, request: Request) -> Response | None:
        """Refuse a page of another site that has somebody's browser call us, by DNS or by a form."""
        headers = Headers(scope=request.scope)
        site = headers.get("sec-fetch-site", "none")
        if request.method not in _SAFE_METHODS and site not in ("none", "same-origin"):
            return error_page(request, 403, "This came from another site", "Nothing was changed.")
        if self._only_from_here and not from_here(headers.get("host", "")):
            instead = "The console plays people. Open it as http://127.0.0.1."
            return error_page(request, 403, "This answers only this machine", instead)
        return None


def _add_headers(scope: Scope, headers: MutableHeaders) -> None:
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    if scope["path"].startswith("/static/"):
        # An address with a version never changes what it names.
        lasting = b"v=" in scope["query_string"]
        headers["cache-control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
    else:
        headers.setdefault("cache-control", "no-store")


def wants_json(request: Request) -> bool:
    """Whether a script asks, not a person's browser."""
    return "/api/" in request.url.path or "application/json" in request.headers.get("accept", "")


def error_page(request: Request, status: int, title: str, text: str, *, instead: str = "", link: str = "") -> Response:
    """Say what went wrong and what to do, as a page or as JSON."""
    if wants_json(request):
        return JSONResponse({"error": " ".join(part for part in (text, instead) if part)}, status)
    return HTMLResponse(page("error.html", status=status, title=title, text=text, instead=instead, link=link), status)


_WORDS = {
    401: ("You need a link", "This page opens with a link from chat."),
    403: ("This is not for you", "It is not open to you."),
    404: ("There is no such page", "The address may be misspelt or out of date."),
    405: ("That can't be done here", "The page does not take this kind of request."),
    413: ("That is too long", "It was not taken."),
}


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    title, text = _WORDS.get(status, ("That did not work", "Nothing was changed."))
    said = getattr(error, "detail", "")
    own = said if isinstance(said, str) and said not in ("", "Not Found", "Method Not Allowed") else text
    return error_page(request, status, title, own, link="/")


async def _not_understood(request: Request, error: Exception) -> Response:  # noqa: ARG001 - our parameters' names help nobody
    text = "Something in the address or the form is missing or wrong."
    return error_page(request, 422, "That was not understood", text, link="/")


def _broken(request: Request, error: Exception) -> Response:
    """The page for what nobody foresaw; the log has the rest. The query may hold a key, so it is never logged."""
    where, kind, trouble = request.url.path, type(error).__name__, explain(error)
    if trouble:
        _log.error("database trouble", path=where, error=kind, trouble=trouble)
        again = "Nothing was half-written. Then load this page again."
        return error_page(request, 503, "The database can't be used just now", trouble, instead=again)
    _log.error("request failed", path=where, error=kind, exc_info=error)
    text = "It is our fault, not yours, and it is in the log."
    return error_page(request, 500, "Something went wrong here", text, instead="Load the page again.")
