"""Sending to Slack: posts and rewrites; what became of each is said truly, and can be asked again."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary

import structlog

from bot.chat.slack.blocks import Reader
from bot.chat.slack.line import SECONDS, Line
from bot.chat.slack.pictures import Pictures
from bot.chat.slack.render import message
from bot.chat.slack.rooms import Rooms
from bot.chat.slack.troubles import Trouble, outcome
from bot.domain.delivery import Found, Outcome, Outgoing, Sent, Sought, Unseen
from bot.domain.wording.slack import TOO_FAR
from bot.operations.desk import Desk
from bot.storage import heard, identities

_log = structlog.get_logger()
PLATFORM = "slack"
EVENT = "disaster_message"
_AT_A_TIME = 20
_BUSY_SECONDS = 1.5
_TAKES = timedelta(seconds=2 * SECONDS)  # what a look and a post can take
_LOOK_BACK = timedelta(minutes=5)  # clocks differ
_PAGES, _PAGE = 10, 200
_AWAY = frozenset({"unreachable", "no answer"})  # troubles of the way there, not of what was asked
_SOON = 2.0  # seconds until a picture that was just uploaded is tried again
_EVER = datetime(2020, 1, 1, tzinfo=UTC)


class _NotReady(Exception):
    """Slack does not show yet what was uploaded a moment ago."""


class SlackMessenger:
    """Slack as a platform; it can be asked what arrived: each message's metadata has its delivery's number.

    A message's external id is "channel:time stamp:number", so a rewrite keeps the number of what it rewrites.
    """

    platform = PLATFORM
    tenant = ""  # one installation, one workspace
    at_once = 1
    remembers, once = True, False

    def __init__(self, desk: Desk, line: Line, rooms: Rooms) -> None:
        self._desk, self._line, self._rooms = desk, line, rooms
        self._pictures = Pictures(desk, line)
        self._gate = asyncio.Semaphore(_AT_A_TIME)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._last: dict[str, float] = {}

    async def send(self, batch: Sequence[Outgoing]) -> list[Sent]:
        """Post or rewrite each; those to one conversation arrive in their order."""
        return [await self._in_turn(one) for one in batch]

    async def _in_turn(self, one: Outgoing) -> Sent:
        turn = self._turns.setdefault(one.address, asyncio.Lock())
        async with turn, self._gate:
            if one.until is not None and self._desk.clock.now() > one.until - _TAKES:
                return Sent(delivery_id=one.delivery_id, outcome=Outcome.HELD, error="its turn came too late")
            busy = self._was_busy(one.address)
            try:
                external = await self._sent(one)
            except _NotReady:
                held = {"outcome": Outcome.HELD, "error": "its picture is not ready", "retry_after": _SOON}
                return Sent(delivery_id=one.delivery_id, **held)
            except Trouble as trouble:
                said = outcome(one.delivery_id, trouble, busy_here=busy)
                if said.outcome is Outcome.GONE:
                    _log.warning("a message was refused", delivery=one.delivery_id, trouble=trouble.word)
                return said
            return Sent(delivery_id=one.delivery_id, outcome=Outcome.SENT, external_id=external)

    async def _sent(self, one: Outgoing) -> str:
        """Send with its picture; where Slack does not take that, a moment later, or with the words in its place."""
        try:
            return await self._once(one, await self._pictures.uploaded(one.card))
        except Trouble as trouble:
            if one.card.image is None or trouble.word != "invalid_blocks":
                raise
        if await self._pictures.young(one.card):
            raise _NotReady
        return await self._once(one, "")

    async def _once(self, one: Outgoing, picture: str) -> str:
        return await (self._rewrite(one, one.edits, picture) if one.edits else self._post(one, picture))

    def _was_busy(self, address: str) -> bool:
        """Whether this conversation was written to just now: then a 429 is about it, not about the workspace."""
        now = asyncio.get_running_loop().time()
        while self._last and now - next(iter(self._last.values())) >= _BUSY_SECONDS:
            del self._last[next(iter(self._last))]
        busy = self._last.pop(address, None) is not None  # what is written again stands last: oldest first
        self._last[address] = now
        return busy

    async def _post(self, one: Outgoing, picture: str) -> str:
        there = await self._seen(one) if one.repeat else None
        if there:
            return there
        content = await self._content(one, one.delivery_id, picture)
        plain = {"unfurl_links": False, "unfurl_media": False}
        thread = {"thread_ts": _stamp(one.under)} if one.under else {}
        said = await self._line.call("chat.postMessage", channel=one.address, **plain, **thread, **content)
        if one.pinned:
            await self._rooms.put_on_top(said["channel"], said["ts"], (await self._reader("")).told(one.card.title))
        return f"{said['channel']}:{said['ts']}:{one.delivery_id}"

    async def _seen(self, one: Outgoing) -> str | None:
        """Look once more for what may have arrived late; it was looked for before, so a failure is no answer."""
        try:
            return await self._arrived(one.delivery_id, one.address, one.since or _EVER, one.under)
        except (Trouble, LookupError):
            return None

    async def _rewrite(self, one: Outgoing, original: str, picture: str) -> str:
        channel, ts, number = original.split(":")
        content = await self._content(one, int(number), picture)
        await self._line.call("chat.update", channel=channel, ts=ts, **content)
        return original

    async def _content(self, one: Outgoing, number: int, picture: str) -> dict[str, Any]:
        shown = message(one.card, await self._reader(one.address, one.tz), number, picture)
        if shown.kept:
            async with self._desk.work() as work:
                await heard.keep(work, shown.kept)
        metadata = {"event_type": EVENT, "event_payload": {"delivery": number}}
        return {"text": shown.text, "blocks": shown.blocks, "metadata": metadata}

    async def _reader(self, address: str, known: str | None = None) -> Reader:
        """In whose zone times are said where Slack can't say them in each reader's."""
        now, tz = self._desk.clock.now(), known
        if tz is None and _is_person(address):
            async with self._desk.read() as db:
                tz = await identities.zone_at(db, PLATFORM, address)
        return Reader(tz or self._desk.policy.tz, now)

    async def found(self, sought: Sequence[Sought]) -> dict[int, Found]:
        """Look into the conversations; what Slack can't say now is left out, what it won't show is told apart."""
        said: dict[int, Found] = {}
        for one in sought:
            try:
                said[one.delivery_id] = await self._arrived(one.delivery_id, one.address, one.since, one.under)
            except Trouble as trouble:
                if trouble.word in _AWAY and not said:
                    raise  # Slack can't be asked at all
                if trouble.retry_after is not None:
                    return said  # so many questions and no more; the others come with the next look
                if trouble.closed:
                    said[one.delivery_id] = Unseen(trouble.word)
            except LookupError:
                said[one.delivery_id] = Unseen(TOO_FAR)
        return said

    async def _arrived(self, number: int, address: str, since: datetime, under: str | None) -> str | None:
        """Return a message's external id, None when it never arrived; raises LookupError after too many pages."""
        channel = await self._conversation(address)
        oldest = (since - _LOOK_BACK).timestamp()
        looked = 0
        ask = {"channel": channel, "limit": _PAGE, "include_all_metadata": True}
        thread = {"ts": _stamp(under)} if under else {}
        method = "conversations.replies" if under else "conversations.history"
        async for page in self._line.pages(method, "messages", **ask, **thread):
            for one in page:
                held = one.get("metadata") or {}
                if held.get("event_type") == EVENT and held["event_payload"].get("delivery") == number:
                    return f"{channel}:{one['ts']}:{number}"
            looked += 1
            if page and not under and float(page[-1]["ts"]) < oldest:  # a thread is told the other way round
                return None
            if looked == _PAGES:
                raise LookupError("too long ago")
        return None

    async def _conversation(self, address: str) -> str:
        if not _is_person(address):
            return address
        said = await self._line.call("conversations.open", users=address)
        return str(said["channel"]["id"])

    async def open_room(self, name: str, people: Sequence[str]) -> str:
        """Open a channel, or find it open."""
        address = await self._rooms.open(name)
        if people:
            await self._rooms.invite(address, people)
        return address

    async def invite(self, address: str, people: Sequence[str]) -> None:
        """Bring people into a channel."""
        await self._rooms.invite(address, people)


def _stamp(external: str) -> str:
    """Return a message's time stamp, which is its name on Slack."""
    return external.split(":")[1]


def _is_person(address: str) -> bool:
    """Whether this is somebody's account; the rest are conversations."""
    return address.startswith(("U", "W"))
