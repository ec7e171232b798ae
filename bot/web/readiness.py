"""The page of readiness: plain HTML, the same way in as the board's."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from bot.domain.readiness_view import Filter
from bot.domain.vendor import LISTED, listed
from bot.operations import readiness_page
from bot.operations.desk import Desk
from bot.storage import vendors
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

    @pages.get("/readiness/vendors.csv")
    async def _vendors(request: Request) -> Response:
        if (stop := let_in(access, request)) is not None:
            return stop
        async with desk.read() as db:
            found = (await vendors.every(db)).values()
        named = {"content-disposition": 'attachment; filename="vendors.csv"'}
        return Response(as_csv([listed(vendor) for vendor in found]), media_type="text/csv", headers=named)

    return pages


def as_csv(rows: Sequence[Sequence[str]]) -> str:
    """Return the list for an auditor; a cell that a spreadsheet would run as a formula is quoted as text."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(LISTED)
    writer.writerows([[f"'{cell}" if cell[:1] in "=+-@" and cell else cell for cell in row] for row in rows])
    return out.getvalue()


def _filter(asked: Mapping[str, Any]) -> Filter:
    """Return what is to be shown; an address that was typed wrongly shows everything."""
    try:
        return Filter.model_validate({k: str(v)[:60] for k, v in asked.items() if k in Filter.model_fields and v})
    except ValidationError:
        return Filter()
