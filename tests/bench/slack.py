"""Interactions on Slack in an answer storm, against an empty bolt handler in the same run: python -m tests.bench.slack.

Half of those at all sites answer the roll-call as the demo's people do: so many are safe, so few call for help, while the
bot sends what follows from it. Of the others every second one calls for help, as in no disaster: what a call costs.
"""

import asyncio
import os
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import sqlalchemy as sa
from fastapi import FastAPI
from rich.console import Console
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot import app, logs
from bot.chat.slack.door import Door
from bot.domain import intent as i
from bot.domain import simulate
from bot.domain.notice import Answer
from bot.domain.runbook import Ask
from bot.engine import rooms
from bot.operations import roster
from bot.operations.perform import perform, typed
from bot.operations.scene import Place
from bot.storage import tables as t
from bot.storage.database import Store, connect, sqlite_url
from bot.storage.migration import migrate
from tests.bench import databases
from tests.bench.incident import COMMANDER
from tests.fakes.slack.client import Slack, running, workspace
from tests.fakes.slack.envelopes import encoded, signed
from tests.slack_chat import accounts, user_of
from tests.slack_stories import GENEROUS
from tests.world import keys_of, library, on_slack

AGENTS, AT_ONCE, MOST_MS = 1_200, 20, 300
LIFELIKE, HARSH, EMPTY = "answers", "half call for help", "empty handler"
_HERE = Place("slack")
Figures = Mapping[str, float]
Answers = Mapping[str, Answer]


def press(user: str, number: int, intent: str, url: str) -> tuple[str, str]:
    """Return a press as Slack posts it."""
    action = {"action_id": "press.0", "block_id": "x", "type": "button", "value": intent}
    place = {"container": {"type": "message", "channel_id": "C1"}, "channel": {"id": "C1"}, "team": {"id": "T1"}}
    said = {"type": "block_actions", "trigger_id": f"t{number}", "user": {"id": user}, "actions": [action], **place}
    return encoded("interactive", {**said, "response_url": url})


def figures(took: list[float]) -> Figures:
    """Return what is told of a storm, by how long each press took, sorted."""
    at = {f"p{p}": took[int(len(took) * p / 100) - 1] for p in (50, 95, 99)}
    return {name: round(ms, 1) for name, ms in {"mean": statistics.mean(took), **at}.items()}


@dataclass
class Storm:
    """An incident at every site, whose roll is called on Slack; people press as Slack posts it."""

    product: app.Product
    slack: Slack
    notice: int
    asked: Sequence[str]
    numbers: Iterator[int] = field(default_factory=partial(count, 1))

    @property
    def as_in_the_demo(self) -> Answers:
        """What each answers, in the order in which they do; some never answer."""
        said = {person: simulate.reply(databases.SEED, person, self.notice, Ask.SAFETY) for person in self.asked}
        there = {person: reply for person, reply in said.items() if reply is not None}
        return {p: there[p].answer for p in sorted(there, key=lambda p: there[p].after)}

    async def comes(self, web: FastAPI, answers: Answers) -> Figures:
        """Have each person press their answer, so many at once; return how long each took, in milliseconds."""
        urls = await self.slack.act("windows", users=[user_of(person) for person in answers])
        gate, took = asyncio.Semaphore(AT_ONCE), list[float]()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://bench") as http:

            async def one(person: str, url: str) -> None:
                async with gate:
                    began = time.perf_counter()
                    await self._post(http, person, answers[person], url)
                    took.append((time.perf_counter() - began) * 1000)

            await asyncio.gather(*map(one, answers, urls))
        return figures(sorted(took))

    async def _post(self, http: httpx.AsyncClient, person: str, answer: Answer, url: str) -> None:
        intent = i.encode(i.Say(notice=self.notice, answer=answer))
        body, kind = press(user_of(person), next(self.numbers), intent, url)
        proof = signed(self.slack.secret, body, self.product.desk.clock.now().timestamp())
        done = await http.post("/slack/events", content=body, headers={"content-type": kind, **proof})
        assert done.status_code == httpx.codes.OK, done.text

    def empty(self) -> FastAPI:
        """The same door, and behind it a bolt app whose handler does nothing."""

        async def authorize() -> AuthorizeResult:
            return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-x")

        bolt = AsyncApp(authorize=authorize, request_verification_enabled=False)

        @bolt.action("press.0")
        async def _nothing(ack) -> None:
            await ack()

        web = FastAPI()
        web.include_router(Door(self.slack.secret, self.product.desk.clock).router(bolt))
        return web


async def begun(store: Store, url: str) -> Storm:
    """Declare at every site and call the roll on a Slack of our own; all of it is sent."""
    people = databases.made(AGENTS)
    slack = workspace(url, accounts(people), **GENEROUS)
    product = app.build(on_slack(), store, library(), "bench", slack_keys=keys_of(slack))
    await migrate(store)
    await roster.import_roster(store, product.desk.clock.now(), people)
    assert product.slack is not None
    await product.slack.look_after()
    sites = [site.id for site in people.sites if site.kind == "site"]
    await typed(product.desk, COMMANDER, f'/disaster declare facility_loss {" ".join(sites)} sev1 "flood"', _HERE)
    await _settles(product)
    async with product.desk.read() as db:
        steps = {row["key"]: row["id"] for row in await db.rows(sa.select(t.steps.c.key, t.steps.c.id))}
    await perform(product.desk, COMMANDER, i.FinishStep(step=steps["LS1"], evidence="all out"), _HERE)
    await perform(product.desk, COMMANDER, i.SendStep(step=steps["LS3"]), _HERE)
    await _settles(product)
    async with product.desk.read() as db:
        notice = int(await db.value(sa.select(t.notices.c.id).where(t.notices.c.ask == Ask.SAFETY)))
        asked = await db.column(sa.select(t.recipients.c.person_id).where(t.recipients.c.notice_id == notice))
    return Storm(product, slack, notice, asked)


async def _settles(product: app.Product) -> None:
    for _ in range(3):
        await rooms.sweep(product.desk, product.engine.messengers)
        await product.engine.dispatcher.drain()


async def measured() -> dict[str, Figures]:
    """Return milliseconds of each storm: {storm: {"mean", "p50", "p95", "p99"}}."""
    with running() as url, TemporaryDirectory() as folder:
        store = connect(sqlite_url(str(Path(folder) / "bench.db")))
        storm = await begun(store, url)
        web, people = storm.product.web, list(storm.as_in_the_demo.items())
        first, lifelike, others = dict(people[:AT_ONCE]), dict(people[AT_ONCE::2]), dict(people[AT_ONCE + 1 :: 2])
        harsh = {person: (Answer.SAFE, Answer.HELP)[n % 2] for n, person in enumerate(others)}
        app.set_aside()
        found = {EMPTY: await storm.comes(storm.empty(), lifelike)}
        sending = asyncio.create_task(storm.product.engine.send_forever())
        await storm.comes(web, first)  # as a server that runs for a while: connections are open, statements compiled
        found |= {LIFELIKE: await storm.comes(web, lifelike), HARSH: await storm.comes(web, harsh)}
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await storm.product.slack.close()
        await store.close()
    return found


def shown(found: dict[str, Figures], out: Console) -> None:
    """Print a table and whether the aim was met."""
    out.print(f"[bold]Slack[/] {AGENTS:,} agents, {AT_ONCE} presses at once, SQLite; milliseconds", highlight=False)
    for name, values in found.items():
        out.print(f"  {name:<19}" + "".join(f"{what:>6} {ms:7.1f}" for what, ms in values.items()), highlight=False)
    met = found[LIFELIKE]["p99"] < MOST_MS
    out.print(f"  {'[green]met[/]' if met else '[red]not met[/]'}  p99 under {MOST_MS} ms in an answer storm\n")


if __name__ == "__main__":
    logs.configure(Path(os.devnull))
    shown(asyncio.run(measured()), Console())
