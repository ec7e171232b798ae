"""The page on which a vendor's contact attests its own plan: a signed link, no account. Looking changes nothing."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse
from itsdangerous import BadData, URLSafeTimedSerializer

from bot.clock import Clock
from bot.domain import intent as i
from bot.domain.card import Card
from bot.operations import vendors
from bot.operations.desk import Desk
from bot.operations.perform import perform, submitted
from bot.operations.scene import Place
from bot.web.access import signer
from bot.web.render import page

PATH = "/attest"
_WEB = Place("web")


class Attestations:
    """Makes the links and reads them: which duty, and for which contact."""

    def __init__(self, secret: str, clock: Clock, public_url: str, days: int) -> None:
        self._clock = clock
        self._url, self._seconds = public_url.rstrip("/"), days * 86_400
        self._signs = URLSafeTimedSerializer(secret, salt="attestation", signer=signer(clock.now))

    def link_for(self, what: str) -> str:
        """Return the link for "12:out-kestrel": a duty and a contact."""
        return f"{self._url}{PATH}?{urlencode({'key': self._signs.dumps(what)})}"

    def read(self, key: str) -> tuple[int, str, bool] | None:
        """Return duty, contact and whether the link is still good; None when it is not ours."""
        try:
            said, signed_at = self._signs.loads(key, return_timestamp=True)
            duty, _, person = str(said).partition(":")
            good = (self._clock.now() - signed_at).total_seconds() <= self._seconds
            return int(duty), person, good
        except (BadData, ValueError):
            return None


def router(desk: Desk, links: Attestations) -> APIRouter:
    """Return the page, its form, and the way to a new link."""
    pages = APIRouter()

    @pages.get(PATH)
    async def _look(key: str = "") -> HTMLResponse:
        return await _shown(desk, links, key, None)

    @pages.post(f"{PATH}/submit")
    async def _submit(request: Request) -> HTMLResponse:
        sent = await request.form(max_files=0, max_fields=100)
        key = str(sent.get("key", ""))
        values = {
            n.removeprefix("field."): [str(value)[:4000] for value in sent.getlist(n)[:50]]
            for n in sent
            if n.startswith("field.")
        }
        return await _shown(desk, links, key, values)

    @pages.post(f"{PATH}/again")
    async def _again(key: Annotated[str, Form(max_length=2000)] = "") -> HTMLResponse:
        found = links.read(key)
        if found is not None:
            await vendors.ask_again(desk, found[0])
        return _page(desk, "asked" if found else "wrong")

    return pages


async def _shown(desk: Desk, links: Attestations, key: str, values: dict[str, list[str]] | None) -> HTMLResponse:
    found = links.read(key)
    if found is None:
        return _page(desk, "wrong", status=404)
    duty, person, good = found
    if not good:
        return _page(desk, "expired", key=key, status=410)
    async with desk.read() as db:
        if await vendors.spoken_for(db, duty, person) is None:
            return _page(desk, "over", status=404)
    card = await perform(desk, person, i.Attest(duty=duty), _WEB)
    if values is not None and card.form is not None:
        card = await submitted(desk, person, card.form, values, _WEB)
    return _page(desk, "form", card=card, post=f"{PATH}", key=key)


def _page(
    desk: Desk, state: str, *, card: Card | None = None, post: str = "", key: str = "", status: int = 200
) -> HTMLResponse:
    shown = page("attest.html", state=state, card=card, post=post, key=key, organisation=desk.policy.organisation)
    return HTMLResponse(shown, status)
