"""The page behind a link that was sent to one person: their own message and its buttons, on any phone, no account.

Looking changes nothing: mail scanners open every link. A press carries what it does, signed, for this message alone.
"""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from bot.clock import Clock
from bot.domain.card import Card
from bot.operations import one_tap
from bot.operations.desk import Desk
from bot.operations.one_tap import View
from bot.web.access import signer
from bot.web.render import page

PATH = "/a"  # a text message has little room


class Links:
    """Makes links to one message for one person, and the presses on its page; reads both."""

    def __init__(self, secret: str, clock: Clock, public_url: str, hours: int) -> None:
        self._url, self._seconds = public_url.rstrip("/"), hours * 3600
        signs = signer(clock.now)
        # Two salts: a link is no press, and neither opens the board.
        self._links: TimestampSigner = signs(secret, salt="one-tap-link")
        self._presses = URLSafeTimedSerializer(secret, salt="one-tap-press", signer=signs)

    def link_for(self, delivery: int) -> str:
        """Return the link of a message."""
        return f"{self._url}{PATH}?t={self._links.sign(str(delivery)).decode()}"

    def delivery(self, token: str) -> int | None:
        """Return the message that a link is for; None when it is too old, or not ours."""
        try:
            return int(self._links.unsign(token, max_age=self._seconds))
        except (BadData, ValueError):
            return None

    def press_for(self, delivery: int, intent: str) -> str:
        """Return what a button of a message's page sends."""
        said = self._presses.dumps([delivery, intent])
        return said if isinstance(said, str) else said.decode()

    def intent(self, delivery: int, press: str) -> str | None:
        """Return what a press means; None when it is too old, not ours, or of another message's page."""
        try:
            of, intent = self._presses.loads(press, max_age=self._seconds)
        except (BadData, ValueError, TypeError):
            return None
        return intent if of == delivery and isinstance(intent, str) else None


def router(desk: Desk, links: Links) -> APIRouter:
    """Return the page and its presses."""
    pages = APIRouter()

    @pages.get(PATH)
    async def _look(t: str = "") -> HTMLResponse:
        delivery = links.delivery(t)
        found = await one_tap.view(desk, delivery) if delivery is not None else None
        return _page(desk, links, t, delivery, found)

    @pages.get(f"{PATH}/press")
    async def _again(t: str = "") -> RedirectResponse:
        """Lead whoever loads the answer again back to their message."""
        return RedirectResponse(f"{PATH}?{urlencode({'t': t})}", 303)

    @pages.post(f"{PATH}/press")
    async def _press(button: Annotated[str, Form(max_length=4000)], t: str = "") -> HTMLResponse:
        delivery = links.delivery(t)
        intent = links.intent(delivery, button) if delivery is not None else None
        if delivery is None or intent is None:
            return _page(desk, links, t, delivery, None)
        return _page(desk, links, t, delivery, await one_tap.press(desk, delivery, intent), pressed=True)

    return pages


def _page(
    desk: Desk, links: Links, token: str, delivery: int | None, view: View | None, *, pressed: bool = False
) -> HTMLResponse:
    policy = desk.policy
    shown = {"organisation": policy.organisation, "hotline": policy.hotline, "pressed": pressed}
    if view is None or delivery is None or not view.cards:
        return HTMLResponse(page("one_tap.html", cards=(), name="", post="", **shown), 404)
    cards = [_signed(links, delivery, card) for card in view.cards]
    first = view.person.name.split(maxsplit=1)[0]
    return HTMLResponse(page("one_tap.html", cards=cards, name=first, post=f"{PATH}/press?t={token}", **shown))


def _signed(links: Links, delivery: int, card: Card) -> Card:
    return card.evolve(
        buttons=tuple(b.model_copy(update={"intent": links.press_for(delivery, b.intent)}) for b in card.buttons)
    )
