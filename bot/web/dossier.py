"""The evidence for an auditor, taken away from the page of readiness: each table as CSV, all of it as PDF."""

import asyncio

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from bot.domain.dossier import SHEETS, Dossier
from bot.domain.spreadsheet import as_csv
from bot.domain.text import listed
from bot.operations import dossier
from bot.operations.desk import Desk
from bot.web.access import Access
from bot.web.app import error_page
from bot.web.board import let_in


def router(desk: Desk, access: Access) -> APIRouter:
    """Return where it is taken."""
    pages = APIRouter()

    @pages.get("/readiness/evidence.pdf")
    async def _pdf(request: Request) -> Response:
        return let_in(access, request) or await _taken(request, "evidence.pdf")

    @pages.get("/readiness/{name}.csv")
    async def _csv(request: Request, name: str) -> Response:
        if name not in SHEETS:
            raise HTTPException(404, "There is no such list. The page of readiness has those that there are.")
        return let_in(access, request) or await _taken(request, f"{name}.csv")

    async def _taken(request: Request, file: str) -> Response:
        visitor = access.visitor(request)
        found = await dossier.taken(desk, visitor.person if visitor else "", file)
        if found is None:
            who = listed([f"the {desk.policy.role_name(role)}" for role in desk.policy.readiness.auditors], "or")
            return error_page(request, 403, "This is not for you", f"It is for {who}.", link="/readiness")
        named = {"content-disposition": f'attachment; filename="{file}"'}
        sheet = found.sheet(file.removesuffix(".csv"))
        if sheet is not None:
            return Response(as_csv(sheet.columns, sheet.rows), media_type="text/csv", headers=named)
        return Response(await asyncio.to_thread(_drawn, found), media_type="application/pdf", headers=named)

    return pages


def _drawn(found: Dossier) -> bytes:
    from bot.web import pdf  # noqa: PLC0415 - half a second that only those pay who take it

    return pdf.drawn(found)
