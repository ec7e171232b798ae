"""Charts on Slack: uploaded once as files of the bot's own, and shown in every message by their id."""

import asyncio
from datetime import datetime, timedelta
from hashlib import sha256

import structlog

from bot.chat.slack.line import Line
from bot.chat.slack.troubles import Trouble
from bot.domain import chart_png
from bot.domain.card import Card
from bot.operations.desk import Desk
from bot.storage import pictures

_log = structlog.get_logger()
_PLATFORM = "slack"
_PATIENCE = timedelta(minutes=5)  # until an upload that failed is tried again
_READY = timedelta(seconds=20)  # Slack looks at a file for a moment before it shows it


class Pictures:
    """The workspace's pictures. Without one, a card's words stand in its place: no message ever waits for a chart."""

    def __init__(self, desk: Desk, line: Line) -> None:
        self._desk, self._line = desk, line
        self._lock = asyncio.Lock()
        self._failed_at: datetime | None = None

    async def known(self, card: Card) -> str:
        """Return the file of a card's picture; empty when it has none, or none was uploaded."""
        found = await self._found(card)
        return found[0] if found else ""

    async def uploaded(self, card: Card) -> str:
        """Return the file of a card's picture, uploading it when nobody has."""
        if card.image is None:
            return ""
        async with self._lock:
            found = await self._found(card)
            return found[0] if found else await self._upload(card)

    async def young(self, card: Card) -> bool:
        """Whether a picture was uploaded so lately that Slack may not show it yet."""
        found = await self._found(card)
        return found is not None and self._desk.clock.now() - found[1] < _READY

    async def _found(self, card: Card) -> tuple[str, datetime] | None:
        if card.image is None:
            return None
        async with self._desk.read() as db:
            return await pictures.find(db, _PLATFORM, _digest(chart_png.drawn(card.image)))

    async def _upload(self, card: Card) -> str:
        now = self._desk.clock.now()
        if card.image is None or (self._failed_at is not None and now - self._failed_at < _PATIENCE):
            return ""
        png = chart_png.drawn(card.image)
        try:
            file = await self._line.upload(png, "chart.png", card.image.title)
        except Trouble as trouble:
            self._failed_at = now
            _log.warning("chart was not uploaded", trouble=trouble.word, needed=trouble.needed)
            return ""
        async with self._desk.store.work(now) as work:
            await pictures.add(work, _PLATFORM, _digest(png), file)
        return file


def _digest(png: bytes) -> str:
    return sha256(png).hexdigest()
