"""The console's pages: plain HTML first, then a stream of fragments that keeps them live."""

import asyncio
import json
from collections.abc import AsyncIterator
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, StreamingResponse

from bot.domain.console import ConsoleView
from bot.domain.refusal import Refused
from bot.operations import console
from bot.operations.desk import Desk
from bot.web.render import page

_EVERY = 0.5
_BEAT_EVERY = 16  # looks without anything new, then a beat: eight seconds
_FRAGMENTS = {
    "people-list": "console_people.html",
    "places": "console_places.html",
    "pinned": "console_pinned.html",
    "messages": "console_messages.html",
    "simulation": "console_simulation.html",
}


def router(desk: Desk) -> APIRouter:
    """Return the pages."""
    pages = APIRouter()

    @pages.get("/console")
    async def _welcome(q: str = "") -> HTMLResponse:
        return await _page(desk, None, "dm", q)

    @pages.get("/console/stream/{person}/{place}")
    async def _stream(request: Request, person: str, place: str, q: str = "") -> StreamingResponse:
        events = _events(desk, request, person, place, q[:100])
        return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    @pages.get("/console/{person}")
    @pages.get("/console/{person}/{place}")
    async def _chat(person: str, place: str = "dm", q: str = "") -> HTMLResponse:
        return await _page(desk, person, place, q)

    return pages


async def _page(desk: Desk, person: str | None, place: str, query: str) -> HTMLResponse:
    try:
        async with desk.read() as db:
            view = await console.page(desk, db, person, place, query[:100])
    except Refused as no:
        return HTMLResponse(page("error.html", status=404, title=no.text, text=no.instead), 404)
    await console.looked(desk, view)
    stream = f"/console/stream/{quote(person)}/{quote(place)}?q={quote(query)}" if person else ""
    return HTMLResponse(page("console.html", view=view, stream=stream))


async def _events(desk: Desk, request: Request, person: str, place: str, query: str) -> AsyncIterator[str]:
    """Send whatever part of the page has changed; a beat when nothing has for a while."""
    sent: dict[str, str] = {}
    stamp: object = None
    quiet = 0
    while not await request.is_disconnected():
        try:
            async with desk.read() as db:
                now = await console.stamp(db, person, place)
                view = await console.page(desk, db, person, place, query) if now != stamp else None
        except Refused:
            return  # the page itself says that there is nobody, or no such room
        if view is not None:
            await console.looked(desk, view)
            for event in _changed(view, sent, first=stamp is None):
                yield event
            stamp, quiet = now, 0
        quiet += 1
        if quiet % _BEAT_EVERY == 0:
            yield "event: beat\ndata: 1\n\n"
        await asyncio.sleep(_EVERY)


def _changed(view: ConsoleView, sent: dict[str, str], *, first: bool) -> list[str]:
    events = []
    for target, template in _FRAGMENTS.items():
        html = page(template, view=view)
        if sent.get(target) != html:
            sent[target] = html
            events.append(f"event: fragment\ndata: {json.dumps({'target': f'#{target}', 'html': html})}\n\n")
    return events if events or not first else ["event: beat\ndata: 1\n\n"]
