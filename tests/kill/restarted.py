"""A PostgreSQL server that is stopped and started in mid-send: an engine with a wrong clock, and `disaster serve`."""

import asyncio
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from mmap import mmap
from pathlib import Path
from struct import pack, unpack
from typing import Any

import httpx

from bot import app
from bot.clock import LedClock, SystemClock
from bot.domain.pace import Pace
from bot.engine import timekeeping
from bot.settings import Settings
from bot.storage.database import connect
from bot.storage.migration import migrate
from tests.fakes.slack.client import Slack, workspace
from tests.kill.demo import HTTP, free_port
from tests.kill.replay import Place, Row, asked
from tests.slack_chat import accounts
from tests.slack_stories import GENEROUS, linked
from tests.world import ManualClock, World, keys_of, library, on_slack, roster

_PACE = Pace(floor=6, start=6, cap=6)  # slow enough for both stops to come in mid-send on a slow machine
_DISASTER = str(Path(sys.executable).parent / "disaster")
_NEW = "edits IS NULL AND address IS NOT NULL"


class Server:
    """A database server of its own, which can be stopped as a power cut would stop it, and started again."""

    def __init__(self, place: Place) -> None:
        assert place.server is not None
        asyncio.run(place.server.run("ALTER SYSTEM SET synchronous_commit = on", "SELECT pg_reload_conf()"))
        with place.asking("postgres") as ask:
            self._data = Path(ask("SHOW data_directory")[0][0])
        program, *self._options = shlex.split((self._data / "postmaster.opts").read_text())
        self._bin, owner = Path(program).parent, self._data.stat().st_uid
        self._as: dict[str, Any] = {"user": owner, "group": owner} if owner != os.geteuid() else {}

    def stop(self, how: str) -> None:
        """Stop it: "immediate" leaves all as a crash would, "fast" ends every session first."""
        self._ctl("stop", "-m", how)

    def start(self) -> None:
        """Start it as it was started before."""
        self._ctl("start", "-l", str(self._data / "again.log"), "-o", shlex.join(self._options))

    def _ctl(self, *what: str) -> None:
        command = [self._bin / "pg_ctl", "-w", "-D", self._data, *what]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self._as)


class Wrong(SystemClock):
    """The clock of a replica's machine; whoever plays can set it, across processes."""

    def __init__(self, ahead: float) -> None:
        self._ahead = mmap(-1, 8)
        self.sets(ahead)

    def sets(self, ahead: float) -> None:
        """Set it so many seconds ahead of the right time."""
        self._ahead[:8] = pack("d", ahead)

    def now(self) -> datetime:
        """Return the moment as that machine has it."""
        return super().now() + timedelta(seconds=unpack("d", self._ahead[:8])[0])


@dataclass
class Story:
    """Sixty messages that wait on one database and one workspace, and who works on them."""

    place: Place
    name: str
    slack: Slack
    clock: Wrong
    port: int

    def rows(self, query: str) -> list[Row]:
        """Ask the database, over a connection of its own."""
        with self.place.asking(self.name) as ask:
            return ask(query)

    def sent(self) -> int:
        """How many messages are recorded as sent."""
        return int(self.rows(f"SELECT count(*) FROM deliveries WHERE {_NEW} AND state = 'sent'")[0][0])

    def left(self) -> int:
        """How many messages are still to be sent, or have no known end."""
        where = f"{_NEW} AND state IN ('queued', 'sending', 'unknown')"
        return int(self.rows(f"SELECT count(*) FROM deliveries WHERE {where}")[0][0])

    def wrong(self) -> list[str]:
        """What is not as it should be, when nothing is left: each message is sent, arrived once, and is no repeat."""
        calls = HTTP.get(f"{self.slack.url}/_admin/{self.slack.team}/see/calls").json()
        posts = [c["args"] for c in calls if c["method"] == "chat.postMessage"]
        there = Counter(p["metadata"]["event_payload"]["delivery"] for p in posts)
        rows = self.rows(f"SELECT id, state, repeats, error FROM deliveries WHERE {_NEW}")
        return [
            f"{row}: arrived {there[row[0]]} times" for row in rows if row[1:3] != ("sent", 0) or there[row[0]] != 1
        ]

    def ready(self) -> tuple[int, dict[str, str]]:
        """Return the status of /readyz and the faults that it names; 0 while nobody answers."""
        try:
            said = HTTP.get(f"http://127.0.0.1:{self.port}/readyz")
        except httpx.TransportError:
            return 0, {}
        return said.status_code, dict(said.json()["faults"]) if "faults" in said.json() else {}

    def listeners(self) -> int:
        """How many processes are told when something is queued."""
        query = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
        return int(self.rows(query)[0][0])


def told(place: Place, base: str) -> Story:
    """Prepare it."""
    space = workspace(base, accounts(roster()), **GENEROUS)
    place.make("restarted")
    asyncio.run(_asked(place.url("restarted"), space))
    return Story(place, "restarted", space, Wrong(61), free_port())


async def _asked(url: str, space: Slack) -> None:
    store = connect(url)
    await migrate(store)
    await linked(store, space)
    await asked(World(store, ManualClock(SystemClock().now()), slack=space))


def _paced() -> Settings:
    chosen = on_slack()
    paces = {**chosen.policy.paces, "slack": _PACE}
    return chosen.model_copy(update={"policy": chosen.policy.model_copy(update={"paces": paces})})


@contextmanager
def replica(story: Story) -> Iterator[None]:
    """Run an engine on a machine whose clock is wrong."""
    sys.stdout.flush()
    pid = os.fork()
    if not pid:
        try:
            asyncio.run(_work(story.place.url(story.name), story.slack, story.clock))
        finally:
            os._exit(1)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


async def _work(url: str, space: Slack, own: Wrong) -> None:
    store = connect(url)
    clock = await timekeeping.clock_of(store, own)
    assert isinstance(clock, LedClock)
    built = app.build(_paced(), store, library(), "x", clock=clock, slack_keys=keys_of(space))
    await asyncio.gather(built.engine.run(), timekeeping.follow(clock, store))


@contextmanager
def serving(story: Story, data: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `disaster serve` as an installation does."""
    paces = {name: pace.model_dump() for name, pace in _paced().policy.paces.items()}
    env = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "DISASTER_"))} | {
        "SLACK_BOT_TOKEN": story.slack.token, "SLACK_SIGNING_SECRET": story.slack.secret,
        "SLACK_API_URL": story.slack.api, "DISASTER_SERVER_PORT": str(story.port),
        "DISASTER_SERVER_PUBLIC_URL": f"http://127.0.0.1:{story.port}",
        "DISASTER_DATABASE_URL": story.place.url(story.name), "DISASTER_POLICY_PACES": json.dumps(paces),
    }  # fmt: skip
    with (data / "log").open("w") as log:
        process = subprocess.Popen(
            [_DISASTER, "serve", "--only", "web", "--only", "engine", "--data", str(data)],
            env=env,
            stdout=log,
            stderr=log,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def stopped(process: "subprocess.Popen[bytes]") -> tuple[int, float]:
    """Tell a process to stop; return its code, and how many seconds that took."""
    begun = time.monotonic()
    process.terminate()
    return process.wait(30), time.monotonic() - begun
