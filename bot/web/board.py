"""The leaders' board: plain pages, and one loop that keeps every viewer's page true."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from bot.domain.board import BoardView
from bot.operations import board
from bot.operations.desk import Desk
from bot.web.access import Access
from bot.web.live import Live
from bot.web.render import page

_REFRESH_SECONDS = 15  # how often a page without scripting loads itself again
_STREAM_LASTS = timedelta(hours=1)  # then the page asks anew, and whoever's time is over is not let in


def router(desk: Desk, access: Access, live: Live | None = None) -> APIRouter:
    """Return the board's pages; live: the loop that feeds them, one of its own unless handed in."""
    pages, feed = APIRouter(), live or Live(desk)

    @pages.get("/board")
    async def _all(request: Request) -> Response:
        if (stop := let_in(access, request)) is not None:
            return stop
        async with desk.read() as db:
            view = await board.boards(desk, db)
        return _page("board.html", view, "/board/stream")

    @pages.get("/board/stream")
    async def _stream(request: Request, incident: str = "") -> Response:
        if access.visitor(request) is None:
            return HTMLResponse(page("401.html"), 401)
        end = desk.clock.now() + _STREAM_LASTS
        return StreamingResponse(_events(desk, feed, incident.upper(), end), media_type="text/event-stream")

    @pages.get("/board/{reference}")
    async def _one(request: Request, reference: str) -> Response:
        if (stop := let_in(access, request)) is not None:
            return stop
        async with desk.read() as db:
            view = await board.one(desk, db, reference)
        if view is None:
            raise HTTPException(404, "There is no such incident. The board lists those that are open.")
        shown = view.incidents[0]
        return _page("board_one.html", view, f"/board/stream?incident={shown.reference}", incident=shown)

    return pages


def let_in(access: Access, request: Request) -> Response | None:
    """Nothing for whoever may look; else the way in, or the page that says how to get one."""
    if "key" in request.query_params and (answer := access.exchange(request)) is not None:
        return answer
    return None if access.visitor(request) else HTMLResponse(page("401.html"), 401)


def _page(name: str, view: BoardView, stream: str, **more: object) -> Response:
    return HTMLResponse(page(name, view=view, stream=stream, refresh=_REFRESH_SECONDS, **more))


async def _events(desk: Desk, live: Live, topic: str, end: datetime) -> AsyncIterator[str]:
    with live.watching(topic) as viewer:
        while desk.clock.now() < end:
            for event in await viewer.next():
                yield event
