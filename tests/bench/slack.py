"""Interactions on Slack in an answer storm, against an empty bolt handler in the same run: python -m tests.bench.slack."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
from fastapi import FastAPI
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.chat.slack.door import Door
from bot.clock import SystemClock
from bot.domain.intent import Say, encode
from bot.storage.database import connect
from tests.fakes.slack.client import running
from tests.fakes.slack.envelopes import encoded, signed
from tests.slack_chat import user_of
from tests.slack_stories import SlackStories
from tests.world import World

PRESSES, AT_ONCE = 600, 20


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


def told(name: str, took: list[float]) -> str:
    """Return a line of the table."""
    at = {p: took[int(len(took) * p / 100) - 1] for p in (50, 95, 99)}
    return (
        f"{name:<14} mean {statistics.mean(took):7.1f}  " + "  ".join(f"p{p} {ms:7.1f}" for p, ms in at.items()) + " ms"
    )


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


async def main() -> None:
    """Run both; print a table."""
    with running() as url, tempfile.TemporaryDirectory() as folder:
        stories = SlackStories(url, Path(folder))
        store = connect(stories.url(await stories.copy("called")))
        world = World(store, slack=stories.workspace("called"))
        agents = [user_of(a.id) for a in world.agents("leeds", 60)]
        secret, answers = world.slack.secret, ("safe", "help", "safe", "help")

        def said(n: int) -> tuple[str, str]:
            answer = answers[n // len(agents) % len(answers)]
            return press(agents[n % len(agents)], n, encode(Say(notice=1, answer=answer)), url)

        took = await storm(lambda n: post(world.http, secret, said(n), world.now.timestamp()))
        print(f"{PRESSES} presses, {AT_ONCE} at once, SQLite")
        print(told("answers", took))
        print(told("empty handler", await empty(secret, url)))
        await asyncio.sleep(1)
        await world.closes()
        await store.close()


if __name__ == "__main__":
    asyncio.run(main())
