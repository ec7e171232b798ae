"""The engine alone: messages a second beside a bare loop and beside procrastinate; what a message costs in long queues."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import aiohttp
import procrastinate
import psutil
from slack_sdk.web.async_client import AsyncWebClient

from bot import app
from bot.domain.card import Card
from bot.domain.delivery import Outgoing
from bot.engine.dispatcher import Dispatcher
from bot.storage.database import Store
from tests.bench import crowd
from tests.fakes.slack.client import Slack

MESSAGES, ROUNDS, AT_ONCE = 3_000, 5, 20
SIZES = (1_000, 10_000, 100_000)
_SAMPLE, _SAMPLES = 500, 5


Call = Callable[[str], Awaitable[None]]


async def rates(store: Store, slack: Slack) -> dict[str, float]:
    """Return messages a second of a bare loop and of the engine, which take turns.

    The share is the median of the rounds, each beside the bare loops right before and after it.
    """
    built = crowd.product(store, slack, crowd.UNLIMITED)
    app.set_aside()
    engine: list[tuple[float, float]] = []
    async with _calls(built) as call:
        await _bare(call)
        bare = [await _timed(lambda: _bare(call))]
        for _ in range(ROUNDS):
            await crowd.queue(store, built.desk.clock.now(), crowd.users(MESSAGES))
            engine.append(await _timed(lambda: _sent(built.engine, store)))
            bare.append(await _timed(lambda: _bare(call)))
    shares = sorted(one[0] * 2 / (a[0] + b[0]) for one, (a, b) in zip(engine, pairwise(bare), strict=True))
    share = {"share": statistics.median(shares), "share_min": shares[0], "share_max": shares[-1]}
    return {**share, **_medians("bare", bare), **_medians("engine", engine)}


async def jobs(store: Store, slack: Slack, conninfo: str) -> dict[str, float]:
    """Return jobs a second of procrastinate, each the same call; its database tidies up for some time afterwards."""
    async with _calls(crowd.product(store, slack, crowd.UNLIMITED)) as call:
        return _medians("procrastinate", [await _jobs(conninfo, call) for _ in range(ROUNDS)])


def _medians(name: str, rounds: Sequence[tuple[float, float]]) -> dict[str, float]:
    rate, cpu = (statistics.median(one) for one in zip(*rounds, strict=True))
    return {name: rate, f"{name}_cpu_ms": cpu}


@asynccontextmanager
async def _calls(built: app.Product) -> AsyncIterator[Call]:
    """Yield the call that posts what the engine does, by Slack's own client on one shared session."""
    assert built.slack is not None
    one = Outgoing(delivery_id=1, address="UC000000", card=Card(title="Leeds is closed", text=("Work from Bradford.",)))
    content = await built.slack.messenger._content(one, 1, "")
    access = built.slack.access
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=30)) as session:
        client = AsyncWebClient(token=access.bot_token, base_url=access.api_url, session=session, retry_handlers=[])

        async def call(user: str) -> None:
            await client.api_call("chat.postMessage", json={"channel": user, **content})

        yield call
    await built.slack.close()


async def _timed(work: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """Return messages a second, and milliseconds of this process's processor time a message."""
    begun, busy = time.perf_counter(), time.process_time()
    await work()
    return MESSAGES / (time.perf_counter() - begun), (time.process_time() - busy) * 1000 / MESSAGES


async def _bare(call: Call) -> None:
    waiting = iter(crowd.users(MESSAGES))

    async def worker() -> None:
        for user in waiting:
            await call(user)

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))


async def _sent(engine: Any, store: Store) -> None:
    loop = asyncio.create_task(engine.send_forever())
    await crowd.until_sent(store)
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)


async def _jobs(conninfo: str, call: Call) -> tuple[float, float]:
    """The same calls as jobs of procrastinate: one job a call, as many at once."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=conninfo))

    @app.task(name="post")
    async def post(user: str) -> None:
        await call(user)

    async with app.open_async():
        if not await app.check_connection_async():
            await app.schema_manager.apply_schema_async()
        await post.batch_defer_async(*({"user": user} for user in crowd.users(MESSAGES)))
        return await _timed(
            lambda: app.run_worker_async(wait=False, concurrency=AT_ONCE, install_signal_handlers=False)
        )


async def growth(store: Store, slack: Slack) -> dict[str, Any]:
    """Return milliseconds a message with so many in the queue, the least of some samples, and this process's memory."""
    built = crowd.product(store, slack, crowd.UNLIMITED)
    sender = Dispatcher(built.desk, {"slack": crowd.Sink()})
    cost: dict[int, float] = {}
    memory: dict[int, float] = {}
    await crowd.queue(store, built.desk.clock.now(), crowd.users(_SAMPLE))
    await sender.drain()
    for size in SIZES:
        samples = []
        for _ in range(_SAMPLES):
            await crowd.queue(store, built.desk.clock.now(), crowd.users(size - await crowd.left(store)))
            begun, sent = time.perf_counter(), 0
            while sent < _SAMPLE:
                sent += await sender.run_once()
            samples.append((time.perf_counter() - begun) / sent * 1000)
        cost[size], memory[size] = min(samples), psutil.Process().memory_info().rss / 2**20
    return {"ms": cost, "memory_mib": memory}
