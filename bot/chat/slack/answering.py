"""Giving somebody an answer: privately in a conversation, in a modal, or on the home page."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bot.chat.slack import forms
from bot.chat.slack.blocks import Block, Reader
from bot.chat.slack.line import Line
from bot.chat.slack.pictures import Pictures
from bot.chat.slack.render import Shown, message
from bot.chat.slack.troubles import Trouble
from bot.domain.card import Card
from bot.domain.wording.parts import NOT_KEPT
from bot.operations import compose
from bot.operations.desk import Desk
from bot.storage import heard, identities

_log = structlog.get_logger()
PLATFORM = "slack"
PATIENCE = 2.0  # of the three seconds that Slack waits
WORKING = "I'm working on it. The answer comes here."


@dataclass(frozen=True)
class Asker:
    """Who acts: their account, the person behind it ("" for nobody we know), and how they read times."""

    user: str
    person: str
    reader: Reader


class Answering:
    """Shows cards to people; what is too long for a button is kept first."""

    def __init__(self, desk: Desk, line: Line) -> None:
        self.desk, self.line = desk, line
        self._pictures = Pictures(desk, line)

    async def asker(self, user: str, key: str) -> Asker | None:
        """Return who acts; None when this very act was taken before."""
        async with self.desk.store.work(self.desk.clock.now()) as work:
            if key and not await heard.take(work, PLATFORM, key):
                return None
            person, tz = await identities.reader_at(work, PLATFORM, user) or ("", self.desk.policy.tz)
            return Asker(user, person, Reader(tz, work.now))

    async def let_go(self, key: str) -> None:
        """Forget that an act was taken, because it came to nothing; a database that is away is no second fault."""
        try:
            async with self.desk.store.work(self.desk.clock.now()) as work:
                await heard.release(work, PLATFORM, key)
        except Exception as error:  # noqa: BLE001 - then it is taken again when it comes again after a while
            _log.warning("what failed could not be given back", error=type(error).__name__)

    async def done(self, key: str) -> bool:
        """Whether an act was done."""
        async with self.desk.read() as db:
            return await heard.done(db, PLATFORM, key)

    async def shown(self, card: Card, asker: Asker, mark: int | None = None) -> Shown:
        """Return a card as a message."""
        shown = message(card, asker.reader, mark, await self._pictures.known(card))
        await self._keep(shown.kept)
        return shown

    async def modal(self, card: Card, asker: Asker, room: str | None) -> Block:
        """Return a card as a modal."""
        kept: dict[str, str] = {}
        view = forms.modal(card, asker.reader, room, kept)
        await self._keep(kept)
        return view

    async def _keep(self, kept: Mapping[str, str]) -> None:
        if kept:
            async with self.desk.store.work(self.desk.clock.now()) as work:
                await heard.keep(work, kept)

    async def privately(self, url: str, card: Card, asker: Asker) -> None:
        """Answer in the conversation, for the asker's eyes."""
        shown = await self.shown(card, asker)
        await self.line.respond(
            url, response_type="ephemeral", replace_original=False, text=shown.text, blocks=shown.blocks
        )

    async def opened(self, trigger: str, card: Card, asker: Asker, room: str | None) -> bool:
        """Open a modal; False when Slack would not, because the press was too long ago, say."""
        try:
            await self.line.call("views.open", trigger_id=trigger, view=await self.modal(card, asker, room))
        except Trouble as trouble:
            _log.warning("modal was not opened", trouble=trouble.word)
            return False
        return True

    async def put_into(self, view_id: str, card: Card, asker: Asker, room: str | None) -> None:
        """Show a card in the modal that is open."""
        try:
            await self.line.call("views.update", view_id=view_id, view=await self.modal(card, asker, room))
        except Trouble as trouble:
            _log.warning("modal was not redrawn", trouble=trouble.word)

    async def redraw(self, url: str, delivery: int, asker: Asker) -> None:
        """Show a notice again as it stands, in its own place: answered, or out of date."""
        async with self.desk.read() as db:
            card = await compose.notice_again(db, delivery, asker.person)
        if card is not None:
            shown = await self.shown(card, asker, mark=delivery)
            await self.line.respond(url, replace_original=True, text=shown.text, blocks=shown.blocks)


async def in_time(work: Awaitable[Card], meanwhile: Callable[[], Awaitable[Any]]) -> tuple[Card, bool]:
    """Wait for an answer; when Slack will not wait that long, say so meanwhile. Return it, and whether it was late.

    What fails in time Slack itself says to the person; what fails late is said in the answer.
    """
    task = asyncio.ensure_future(work)
    done, _ = await asyncio.wait({task}, timeout=PATIENCE)
    if not done:
        await meanwhile()
    try:
        return await task, not done
    except Exception as error:
        if done:
            raise
        _log.error("what somebody asked for failed late", error=type(error).__name__, exc_info=True)
        return Card(title=NOT_KEPT), True
