"""Whether this process can do its work: the database, its migrations, the loops of the lanes, each sweep."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.engine.ticker import Engine
from bot.operations.desk import Desk
from bot.storage import deliveries, lanes
from bot.storage.database import explain
from bot.storage.migration import missing

_log = structlog.get_logger()
STALE_AFTER = timedelta(seconds=30)
_BEATS = 3  # so many beats of its own may a slow sweep miss
_LANE_AFTER = timedelta(seconds=60)  # a loop comes round every few seconds; a platform that stalls is given up sooner


async def unready(desk: Desk, engine: Engine | None) -> dict[str, str]:
    """Return what keeps this process from doing its work, by part; nothing when it can."""
    fault = await _database_fault(desk)
    faults = {"database": fault} if fault else {}
    return faults | (dict(_engine_faults(engine, desk.clock.now())) if engine else {})


async def _database_fault(desk: Desk) -> str:
    try:
        lacks = await missing(desk.store)
    except Exception as error:  # noqa: BLE001 - whatever it is, the answer is "not ready", in words
        _log.warning("database does not answer", error=type(error).__name__)
        return explain(error) or "The database does not answer."
    return f"The database lacks migration {lacks}. Run: disaster migrate" if lacks else ""


def _engine_faults(engine: Engine, now: datetime) -> Iterator[tuple[str, str]]:
    if engine.last_tick is None:
        yield "engine", "No sweep has run yet."
        return
    if now - engine.last_tick > STALE_AFTER:
        yield "engine", f"No sweep has run for {_s(now - engine.last_tick)}."
        return
    for name, (seconds, _) in engine.sweeps().items():
        silent = now - engine.ticks.get(name, engine.begun_at or engine.last_tick)
        if silent > max(STALE_AFTER, _BEATS * timedelta(seconds=seconds)):
            yield f"sweep {name}", f"It has not ended well for {_s(silent)}."
    for loop in engine.loops:
        if loop.turned_at is not None and now - loop.turned_at > _LANE_AFTER:
            yield f"lane {loop.messenger.platform}", f"Nothing was claimed for it for {_s(now - loop.turned_at)}."


def _s(span: timedelta) -> str:
    return f"{span.total_seconds():.0f} s"


async def lanes_of(desk: Desk) -> list[dict[str, Any]]:
    """Return each lane's pace, what waits on it, and until when and why it is held."""
    async with desk.read() as db:
        waiting, rows = await deliveries.waiting(db), await lanes.of(db)
        return [
            {
                "platform": lane.platform, "tenant": lane.tenant, "per_second": round(lane.rate, 3),
                "waiting": waiting.get(lane.platform, 0), "answers_of_429": lane.limited,
                "held_until": lane.held_until.isoformat() if lane.held_until and lane.held(db.now) else None,
                "why": lane.why if lane.held(db.now) else "",
                "down_since": lane.down_since.isoformat() if lane.down_since else None,
            }
            for lane in rows
        ]  # fmt: skip
