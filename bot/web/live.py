"""Keeping pages true: one loop a process looks for change, draws each fragment once and hands it to every viewer.

A viewer's mailbox holds at most the newest of each fragment, so one who reads slowly skips what is outdated, and
no number of viewers makes the loop dearer. Without viewers there is no loop.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.domain.board import BoardView
from bot.operations import board
from bot.operations.desk import Desk
from bot.web.render import page

_log = structlog.get_logger()
EVERYTHING = ""  # the topic of the board of all incidents; any other is an incident's reference
CLOCKS_EVERY = timedelta(seconds=15)
BEAT_EVERY = timedelta(seconds=5)
BEAT = "event: beat\ndata: 1\n\n"
_PARTS = ("head", "queues", "people", "due", "clocks", "steps", "told", "supply", "answers", "coverage")
_PAUSE = 1.0


@dataclass(eq=False)
class Viewer:
    """One open page: what it has not been sent yet."""

    topic: str
    _waiting: dict[str, str] = field(default_factory=dict)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, key: str, event: str) -> None:
        """Hand over an event; one that waits under the same key is outdated and goes."""
        self._waiting[key] = event
        self._woken.set()

    async def next(self) -> list[str]:
        """Return what there is to send, waiting until there is something."""
        await self._woken.wait()
        self._woken.clear()
        events, self._waiting = list(self._waiting.values()), {}
        return events


async def _sleep() -> None:
    await asyncio.sleep(_PAUSE)


@dataclass
class Live:
    """The loop and its viewers; pause: what lies between two looks."""

    desk: Desk
    pause: Callable[[], Awaitable[None]] = _sleep
    _viewers: set[Viewer] = field(default_factory=set)
    _drawn: dict[str, dict[str, str]] = field(default_factory=dict)
    _seen: object = None
    _drawn_at: datetime | None = None
    _beat_at: datetime | None = None
    _task: asyncio.Task[None] | None = None

    @contextmanager
    def watching(self, topic: str) -> Iterator[Viewer]:
        """Keep one page true for as long as it is open; the first starts the loop, the last stops it."""
        viewer = Viewer(topic)
        viewer.put("beat", BEAT)
        for target, event in self._drawn.get(topic, {}).items():
            viewer.put(target, event)
        self._viewers.add(viewer)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        try:
            yield viewer
        finally:
            self._leave(viewer)

    def _leave(self, viewer: Viewer) -> None:
        self._viewers.discard(viewer)
        for topic in set(self._drawn) - {v.topic for v in self._viewers}:
            del self._drawn[topic]
        if not self._viewers and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - pages say that they are stale; the loop tries again
                _log.warning("the board could not be drawn", error=type(error).__name__)
            await self.pause()

    async def look(self) -> None:
        """Draw what has changed, or is due for its clocks' sake, and hand it out; else a beat, now and then."""
        now = self.desk.clock.now()
        topics = {v.topic for v in self._viewers}
        seen = await self._stamp()
        stale = self._drawn_at is None or now - self._drawn_at >= CLOCKS_EVERY
        if stale or seen != self._seen:
            await self._draw(topics)
            self._seen, self._drawn_at = seen, now
        elif missing := topics - set(self._drawn):
            await self._draw(missing)
        if self._beat_at is None or now - self._beat_at >= BEAT_EVERY:
            self._beat_at = now
            self._tell_all("beat", BEAT, topics)

    async def _stamp(self) -> object:
        async with self.desk.read() as db:
            return await board.stamp(db)

    async def _draw(self, topics: set[str]) -> None:
        for topic in topics:
            async with self.desk.read() as db:
                whole = topic == EVERYTHING
                view = await (board.boards(self.desk, db) if whole else board.one(self.desk, db, topic))
            self._hand_out(topic, fragments(view, whole=whole) if view else {})

    def _hand_out(self, topic: str, drawn: Mapping[str, str]) -> None:
        before = self._drawn.get(topic, {})
        self._drawn[topic] = dict(drawn)
        for target, event in drawn.items():
            if before.get(target) != event:
                self._tell_all(target, event, {topic})

    def _tell_all(self, key: str, event: str, topics: set[str]) -> None:
        for viewer in self._viewers:
            if viewer.topic in topics:
                viewer.put(key, event)


def fragments(view: BoardView, *, whole: bool) -> dict[str, str]:
    """Return the parts of a page as events, by the id that each replaces."""
    if whole:
        return {"board-list": _event("board-list", page("board_list.html", view=view))}
    shown = view.incidents[0]
    return {part: _event(part, page(f"board_{part}.html", view=view, incident=shown)) for part in _PARTS}


def _event(target: str, html: str) -> str:
    return f"event: fragment\ndata: {json.dumps({'target': f'#{target}', 'html': html})}\n\n"
