"""How much of a platform's limit is used, on virtual time: the real dispatcher and senders against the fakes.

python -m tests.bench.limits 10000
"""

import asyncio
import os
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from rich.console import Console

from bot import app, logs
from bot.domain.delivery import Outcome, Outgoing, Sent
from bot.domain.pace import DEAF
from bot.engine.dispatcher import Dispatcher
from bot.engine.forecast import VirtualClock
from bot.storage.database import sqlite_url
from tests.bench import crowd, teams
from tests.databases import again
from tests.fakes.slack import client as slack
from tests.fakes.teams import client as teams_client
from tests.world import START, product_settings

A_MINUTE_ON_SLACK, A_SECOND_ON_TEAMS = 600, 50
_TWICE = 100
_STEP, _LEAST = timedelta(milliseconds=100), timedelta(milliseconds=1)
_FREE = {"2": 600_000, "3": 600_000, "4": 600_000, "special": A_MINUTE_ON_SLACK}
Figures = Mapping[str, float]


def on_slack(folder: Path, messages: int) -> Figures:
    """Return what share of Slack's limit was used, and how often it was too much."""
    with slack.running() as base:
        return asyncio.run(_on_slack(base, folder, messages))


def on_teams(folder: Path, messages: int) -> Figures:
    """Return what share of Teams' limit was used, and how often it was too much."""
    with teams_client.running() as base:
        return asyncio.run(_on_teams(base, folder, messages))


async def _on_slack(base: str, folder: Path, messages: int) -> Figures:
    """At 600 a minute and one a second in a conversation: the first hundred get two, one right after the other."""
    twice, once = crowd.users(messages - _TWICE)[:_TWICE], crowd.users(messages - _TWICE)[_TWICE:]
    space = crowd.peopled_workspace(base, messages - _TWICE)
    store = again(sqlite_url(str(folder / "slack.db")))
    await crowd.declared(store, space)
    await space.change(rates=_FREE, per_channel=1.0, burst=1)
    clock = VirtualClock(START + timedelta(hours=1))
    people = [*(user for user in twice for _ in range(2)), *once]
    await crowd.queue(store, clock.now(), people)
    built = crowd.product(store, space, product_settings().policy.pace("slack"), clock=clock)
    found = await _used(built, clock, f"{space.url}/_admin/{space.team}", len(people))
    assert built.slack is not None
    await built.slack.close()
    await store.close()
    return found | {"share": found["a_second"] * 60 / A_MINUTE_ON_SLACK}


async def _on_teams(base: str, folder: Path, messages: int) -> Figures:
    """At 50 requests a second, all in all."""
    store = again(sqlite_url(str(folder / "teams.db")))
    tenant = await teams.queued(store, base, messages)
    clock = VirtualClock(START + timedelta(hours=1))
    built = teams.product(store, tenant, clock)
    found = await _used(built, clock, f"{tenant.base}/_admin/{tenant.id}", messages)
    assert built.on_teams is not None
    await built.on_teams.messenger.close()
    await store.close()
    return found | {"share": found["a_second"] / A_SECOND_ON_TEAMS}


async def _used(built: app.Product, clock: VirtualClock, fake: str, messages: int) -> dict[str, float]:
    """Move the clock of the product and of the fake from one moment at which something can be sent to the next."""
    ((platform, messenger),) = built.engine.messengers.items()
    noted = _Noted(messenger, clock)
    sender, begun, start = Dispatcher(built.desk, {platform: noted}), clock.moment, time.monotonic() + 3600
    async with httpx.AsyncClient(verify=False) as http:
        while len(noted.sent) < messages:
            await http.patch(fake, json={"clock": start + (clock.moment - begun).total_seconds()})
            await sender.run_once()
            clock.moment = max(sender.next_at or clock.moment + _STEP, clock.moment + _LEAST)
    seconds = (max(noted.sent) - begun).total_seconds()
    learnt = min(noted.refused, default=begun) + DEAF  # from its first cut on; what follows at once is about the same
    late = sum(at > learnt for at in noted.refused)
    took = {"messages": messages, "seconds": seconds, "a_second": messages / seconds}
    return took | {"refused": len(noted.refused), "refused_later": late}


class _Noted:
    """A messenger, and when it was told what."""

    def __init__(self, messenger: Any, clock: VirtualClock) -> None:
        self._messenger, self._clock = messenger, clock
        self.sent: list[datetime] = []
        self.refused: list[datetime] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._messenger, name)

    async def send(self, batch: Sequence[Outgoing]) -> list[Sent]:
        """Send, and note it."""
        said: list[Sent] = await self._messenger.send(batch)
        self.sent += [self._clock.moment for one in said if one.outcome is Outcome.SENT]
        self.refused += [self._clock.moment for one in said if one.outcome is Outcome.HELD]
        return said


def judged(found: Mapping[str, Figures]) -> list[tuple[str, str, bool]]:
    """Return each aim, what was measured, and whether it is met."""
    limits = {"slack": f"{A_MINUTE_ON_SLACK} a minute", "teams": f"{A_SECOND_ON_TEAMS} a second"}
    rows = []
    for platform, at in found.items():
        words = f"{at['messages']:,.0f} in {at['seconds']:.0f} s, {at['share']:.1%}"
        rows.append((f"{platform}: ≥ 98 % of {limits[platform]}", words, at["share"] >= 0.98))
        words = f"{at['refused_later']:.0f}, {at['refused']:.0f} in all"
        rows.append((f"{platform}: at most 3 answers of 429 after the first cut", words, at["refused_later"] <= 3))
    return rows


if __name__ == "__main__":
    logs.configure(Path(os.devnull))
    with TemporaryDirectory() as where:
        told = {"slack": on_slack(Path(where), int(sys.argv[1])), "teams": on_teams(Path(where), int(sys.argv[1]))}
        for row in judged(told):
            Console().print(*row)
