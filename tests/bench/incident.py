"""One incident on one fresh database, measured from the declaration to the board."""

import asyncio
import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psutil
import sqlalchemy as sa
from sqlalchemy import event

from bot.domain import intent as i
from bot.domain.board import BoardView
from bot.operations import board
from bot.operations.perform import perform, typed
from bot.operations.scene import Place
from bot.storage import tables as t
from bot.storage.database import Store
from bot.web.live import fragments
from tests.bench.databases import PLATFORM
from tests.bench.scene import Scene
from tests.bench.storm import IN_FLIGHT, Storm

COMMANDER = "S001"
MOST_SENT = 5000  # of a very large notice so many messages are enough to know the pace
_LINE = '/disaster declare facility_loss leeds manchester york sev1 "fire on floor 2"'
_HERE = Place(PLATFORM)
Figures = dict[str, float]


async def declared(scene: Scene) -> Figures:
    """Declare with the dispatcher running; return seconds to the commit and to the first accepted message."""
    scene.run()
    begun = time.perf_counter()
    card = await typed(scene.desk, COMMANDER, _LINE, _HERE)
    committed = time.perf_counter()
    assert "is declared" in card.title, card.plain()
    while scene.console.first_at is None:
        await asyncio.sleep(0.001)
    await scene.rest()
    await scene.settle()
    return {"declare_commit": committed - begun, "declare_first_message": scene.console.first_at - begun}


async def sent(scene: Scene) -> Figures:
    """Send the roll-call to everybody who is hit; return seconds to the commit and messages a second."""
    steps = await steps_of(scene)
    await perform(scene.desk, COMMANDER, i.FinishStep(step=steps["LS1"], evidence="all out"), _HERE)
    await scene.settle()
    begun = time.perf_counter()
    card = await perform(scene.desk, COMMANDER, i.SendStep(step=steps["LS3"]), _HERE)
    committed = time.perf_counter()
    assert card.title.startswith("Sending to"), card.plain()
    before, started = scene.console.accepted, time.perf_counter()
    while scene.console.accepted - before < MOST_SENT and await scene.engine.dispatcher.run_once():
        pass
    messages = scene.console.accepted - before
    return {
        "send_commit": committed - begun,
        "messages": messages / (time.perf_counter() - started),
        "hit": await _hit(scene),
    }


async def steps_of(scene: Scene) -> dict[str, int]:
    """Return the ids of an incident's steps by their names."""
    async with scene.desk.read() as db:
        return {row["key"]: row["id"] for row in await db.rows(sa.select(t.steps.c.key, t.steps.c.id))}


async def _hit(scene: Scene) -> int:
    async with scene.desk.read() as db:
        return int(await db.value(sa.select(sa.func.max(t.notices.c.size))))


async def stormed(scene: Scene, rounds: int, n: int) -> list[Figures]:
    """Let people answer, so many in each round."""
    async with scene.desk.read() as db:
        notice = await db.value(sa.select(t.notices.c.id).where(t.notices.c.ask == "safety"))
        people = await db.column(sa.select(t.recipients.c.person_id).where(t.recipients.c.notice_id == notice))
    storm = Storm(scene, notice, people)
    await storm.prepare()
    most = min(n, (len(people) - IN_FLIGHT) // (2 * rounds + 8))
    found = [await storm.round(most) for _ in range(rounds)]
    return [*found, await storm.while_planning(most)]


async def refreshed(scene: Scene, runs: int = 30) -> dict[str, list[float]]:
    """Refresh the board so often; return seconds for the rows alone and with the page's parts drawn, and statements."""
    found: dict[str, list[float]] = {"board_rows": [], "board": [], "board_statements": []}
    for _ in range(runs):
        with counted(scene.desk.store) as statements:
            begun = time.perf_counter()
            view = await _board(scene)
            read = time.perf_counter()
            fragments(view, whole=True)
            drawn = time.perf_counter()
        found["board_rows"].append(read - begun)
        found["board"].append(drawn - begun)
        found["board_statements"].append(statements["n"])
    return found


async def _board(scene: Scene) -> BoardView:
    async with scene.desk.read() as db:
        await board.stamp(db)
        return await board.boards(scene.desk, db)


@contextmanager
def counted(store: Store) -> Iterator[Mapping[str, int]]:
    """Count the statements that reach the database."""
    seen = {"n": 0}

    def note(*_: Any) -> None:
        seen["n"] += 1

    event.listen(store.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(store.engine.sync_engine, "before_cursor_execute", note)


def memory() -> float:
    """Return what this process holds now, in MiB."""
    return float(psutil.Process().memory_info().rss) / 2**20


def spread(values: list[float]) -> dict[str, float]:
    """Return median, least and most of some figures."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values), "runs": len(values)}
