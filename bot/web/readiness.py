"""The page of readiness: plain HTML, the same way in as the board's."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from bot.domain.readiness_view import Filter
from bot.operations import readiness_page
from bot.operations.desk import Desk
from bot.web.access import Access
from bot.web.board import let_in
from bot.web.render import page


def router(desk: Desk, access: Access) -> APIRouter:
    """Return the page."""
    pages = APIRouter()

    @pages.get("/readiness")
    async def _page(request: Request) -> Response:
        if (stop := let_in(access, request)) is not None:
            return stop
        visitor = access.visitor(request)
        async with desk.read() as db:
            view = await readiness_page.view(
                desk, db, _filter(request.query_params), visitor.person if visitor else ""
            )  # fmt: skip
        return HTMLResponse(page("readiness.html", view=view))

    return pages


def _filter(asked: Mapping[str, Any]) -> Filter:
    """Return what is to be shown; an address that was typed wrongly shows everything."""
    try:
        return Filter.model_validate({k: str(v)[:60] for k, v in asked.items() if k in Filter.model_fields and v})
    except ValidationError:
        return Filter()
