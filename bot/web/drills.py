"""The pages of drills: plain HTML, the same way in as the board's."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from bot.operations import drill_page
from bot.operations.desk import Desk
from bot.web.access import Access
from bot.web.board import let_in
from bot.web.render import page

_NO_REPORT = "There is no report of such a drill. It is there when the drill has ended and is scored: see /drills."


def router(desk: Desk, access: Access) -> APIRouter:
    """Return the page."""
    pages = APIRouter()

    @pages.get("/drills")
    async def _page(request: Request) -> Response:
        if (stop := let_in(access, request)) is not None:
            return stop
        visitor = access.visitor(request)
        async with desk.read() as db:
            view = await drill_page.view(desk, db, visitor.person if visitor else "")
        return HTMLResponse(page("drills.html", view=view))

    @pages.get("/drills/{reference}")
    async def _one(request: Request, reference: str) -> Response:
        if (stop := let_in(access, request)) is not None:
            return stop
        async with desk.read() as db:
            view = await drill_page.one(desk, db, reference)
        if view is None:
            raise HTTPException(404, _NO_REPORT)
        return HTMLResponse(page("drill.html", view=view))

    return pages
