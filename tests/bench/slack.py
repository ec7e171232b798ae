"""Interactions on Slack in an answer storm, against an empty bolt handler in the same run: python -m tests.bench.slack."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import httpx
from fastapi import FastAPI
from rich.console import Console
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.chat.slack.door import Door
from bot.clock import SystemClock
from bot.domain.intent import Say, encode
from bot.storage.database import connect
from tests.databases import SqliteFiles
from tests.fakes.slack.client import running
from tests.fakes.slack.envelopes import encoded, signed
from tests.slack_chat import user_of
from tests.slack_stories import SlackStories
from tests.world import World

PRESSES, AT_ONCE, MOST_MS = 600, 20, 300


def press(user: str, number: int, intent: str, base: str) -> tuple[str, str]:
    """Return a press as Slack posts it."""
    action = {"action_id": "press.0", "block_id": "x", "type": "button", "value": intent}
    place = {"container": {"type": "message", "channel_id": "C1"}, "channel": {"id": "C1"}, "team": {"id": "T1"}}
    said = {"type": "block_actions", "trigger_id": f"t{number}", "user": {"id": user}, "actions": [action], **place}
    return encoded("interactive", {**said, "response_url": f"{base}/healthz"})


async def storm(send: Callable[[int], Awaitable[int]]) -> list[float]:
    """Send every press, so many at once; return how long each took, in milliseconds, sorted."""
    gate, took = asyncio.Semaphore(AT_ONCE), []

    async def one(number: int) -> None:
        async with gate:
            began = time.perf_counter()
            assert await send(number) == 200
            took.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*(one(n) for n in range(PRESSES)))
    return sorted(took)


def figures(took: list[float]) -> dict[str, float]:
    """Return what is told of a run, sorted as it is."""
    at = {f"p{p}": took[int(len(took) * p / 100) - 1] for p in (50, 95, 99)}
    return {name: round(ms, 1) for name, ms in {"mean": statistics.mean(took), **at}.items()}


async def empty(secret: str, base: str) -> list[float]:
    """The same requests to a bolt app whose handler does nothing."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-x")

    bolt = AsyncApp(authorize=authorize, request_verification_enabled=False)

    @bolt.action("press.0")
    async def _nothing(ack) -> None:
        await ack()

    clock = SystemClock()
    web = FastAPI()
    web.include_router(Door(secret, clock).router(bolt))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://bench") as http:
        return await storm(lambda n: post(http, secret, press("U1", n, "{}", base), clock.now().timestamp()))


async def post(http: httpx.AsyncClient, secret: str, said: tuple[str, str], now: float) -> int:
    """Post one press, signed; return the status."""
    headers = {"content-type": said[1], **signed(secret, said[0], now)}
    return (await http.post("/slack/events", content=said[0], headers=headers)).status_code


async def measured() -> dict[str, dict[str, float]]:
    """Run both; return milliseconds: {"answers": {"mean", "p50", "p95", "p99"}, "empty handler": …}."""
    with running() as url, tempfile.TemporaryDirectory() as folder:
        stories = SlackStories(url, partial(SqliteFiles, Path(folder)))
        store = connect(stories.url(await stories.copy("called")))
        world = World(store, slack=stories.workspace("called"))
        agents = [user_of(a.id) for a in world.agents("leeds", 60)]
        secret, answers = world.slack.secret, ("safe", "help", "safe", "help")

        def said(n: int) -> tuple[str, str]:
            answer = answers[n // len(agents) % len(answers)]
            return press(agents[n % len(agents)], n, encode(Say(notice=1, answer=answer)), url)

        took = await storm(lambda n: post(world.http, secret, said(n), world.now.timestamp()))
        found = {"answers": figures(took), "empty handler": figures(await empty(secret, url))}
        await asyncio.sleep(1)
        await world.closes()
        await store.close()
    return found


def shown(found: dict[str, dict[str, float]], out: Console) -> None:
    """Print a table and whether the aim was met."""
    out.print(f"[bold]Slack[/] {PRESSES} presses, {AT_ONCE} at once, SQLite; milliseconds", highlight=False)
    for name, values in found.items():
        out.print(f"  {name:<14}" + "".join(f"{what:>6} {ms:7.1f}" for what, ms in values.items()), highlight=False)
    met = found["answers"]["p99"] < MOST_MS
    out.print(f"  {'[green]met[/]' if met else '[red]not met[/]'}  p99 under {MOST_MS} ms in an answer storm\n")


if __name__ == "__main__":
    shown(asyncio.run(measured()), Console())
