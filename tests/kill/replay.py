"""Crash replay: many short runs of a roll-call, each killed at a random write or send; what arrived is counted.

On SQLite the one process is killed and started again; on PostgreSQL one of three is killed and the others go on.
"""

import asyncio
import os
import re
import shutil
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import unquote

import httpx
import psycopg

from bot import app
from bot.engine.dispatcher import LEASE
from bot.storage.database import connect, sqlite_url
from bot.storage.migration import migrate
from tests.databases import PostgresServer, postgres
from tests.fakes.slack import client as slack
from tests.fakes.teams import client as teams
from tests.kill.replica import SEND, Bomb, SharedClock, fork
from tests.slack_chat import accounts
from tests.slack_stories import GENEROUS
from tests.slack_stories import linked as linked_on_slack
from tests.teams_world import TeamsWorld, settings_of, users
from tests.teams_world import keys_of as keys_of_teams
from tests.teams_world import linked as linked_on_teams
from tests.world import World, call_the_roll, keys_of, library, on_slack, roster, those_of

BOUND = 90.0
_UNDER_WAY = "state IN ('sending', 'unknown') OR (state = 'queued' AND address IS NOT NULL)"
_FIRE = '/disaster declare facility_loss leeds sev1 "fire on floor 2"'
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Place:
    """A kind of database, and where its databases are made; server is None for SQLite files."""

    kind: str
    folder: Path
    server: PostgresServer | None = None

    def url(self, name: str) -> str:
        """Return the product's address of a database."""
        return self.server.url(name) if self.server else sqlite_url(str(self.folder / f"{name}.db"))

    def make(self, name: str, template: str = "") -> None:
        """Make a database, like a template if one is named."""
        if self.server:
            asyncio.run(self.server.run(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else "")))
        elif template:
            shutil.copyfile(self.folder / f"{template}.db", self.folder / f"{name}.db")

    def drop(self, name: str) -> None:
        """Remove a database."""
        if self.server:
            asyncio.run(self.server.drop(name))
        else:
            for file in self.folder.glob(f"{name}.db*"):
                file.unlink()

    @contextmanager
    def asking(self, name: str) -> Iterator[Callable[[str], list[Row]]]:
        """Open a database beside whoever else has it; yield what asks it."""
        if self.server:
            with psycopg.connect(self.server.dsn.format(driver="postgresql", name=name), autocommit=True) as db:
                yield lambda query: db.execute(query).fetchall()
        else:
            with closing(sqlite3.connect(self.folder / f"{name}.db", timeout=20)) as lite:
                yield lambda query: lite.execute(query).fetchall()


@dataclass(frozen=True)
class Stage:
    """A kind of database and a platform, with a story that has just asked sixty people whether they are safe."""

    place: Place
    platform: str
    chat: Any
    writes_and_sends: int = 0

    @property
    def template(self) -> str:
        """The name of the prepared database."""
        return f"asked_{self.platform}"

    @property
    def replicas(self) -> int:
        """How many processes work on it."""
        return 3 if self.place.server else 1

    def twin(self) -> Any:
        """Return the platform's side of it, for one run alone."""
        if self.platform == "slack":
            return slack.twin(self.chat)
        chat = teams.twin(self.chat)
        httpx.patch(f"{chat.base}/_admin/{chat.id}", json={"calls": []})  # what the story had asked of it
        return chat


@dataclass
class Run:
    """What one run showed."""

    at_send: bool = False
    in_flight: int = 0
    messages: int = 0
    lost: list[str] = field(default_factory=list)
    repeats: int = 0


def stage(place: Place, platform: str, base: str) -> Stage:
    """Prepare a story on a database and a platform."""
    chat = slack.workspace(base, accounts(roster()), **GENEROUS) if platform == "slack" else teams.tenant(base, users())
    made = Stage(place, platform, chat)
    place.make(made.template)
    asyncio.run(_told(made))
    return replace(made, writes_and_sends=_rehearsed(made))


async def _told(made: Stage) -> None:
    store = connect(made.place.url(made.template))
    await migrate(store)
    await (linked_on_slack if made.platform == "slack" else linked_on_teams)(store, made.chat)
    world = World(store, slack=made.chat) if made.platform == "slack" else TeamsWorld(store, teams=made.chat)
    await asked(world)


async def asked(world: World) -> None:
    """Declare and call the roll: nothing is sent after the press, the sixty messages wait."""
    await world.opens()
    await world.person("S001").types(_FIRE)
    await call_the_roll(those_of(world))
    await world.closes()
    if world.product.slack is not None:
        await world.product.slack.close()
    await world.store.close()


def _builder(made: Stage, chat: Any) -> Callable[[Any, Any], app.Product]:
    if made.platform == "slack":
        chosen, keys = on_slack(), keys_of(chat)
        return lambda store, clock: app.build(chosen, store, library(), "x", clock=clock, slack_keys=keys)
    chosen, who = settings_of(chat), keys_of_teams(chat)
    return lambda store, clock: app.build(chosen, store, library(), "x", clock=clock, teams_keys=who)


def _rehearsed(made: Stage) -> int:
    """Return how many writes and sends a replica does when nobody kills it."""
    bomb = Bomb()
    _play(made, "rehearsal", bomb)
    return bomb.count


def played(made: Stage, name: str, random: Random) -> Run:
    """Play one run, killed at a random write or send; too late a moment is drawn again."""
    most = max(2, made.writes_and_sends)
    while True:
        delay = random.choice((0.0, random.random() * 0.01))
        bomb = Bomb(random.randint(1, most), delay)
        run = _play(made, name, bomb)
        if run is not None:
            return run
        most = max(2, bomb.at - 1)


def _play(made: Stage, name: str, bomb: Bomb) -> Run | None:
    """Return what the run showed; None when it was over before the kill, or nobody was to be killed."""
    chat, run, clock = made.twin(), Run(), SharedClock()
    build, url = _builder(made, chat), made.place.url(name)
    made.place.make(name, made.template)
    alive: list[int] = []
    try:
        with made.place.asking(name) as ask:
            asked = {n for (n,) in ask(f"SELECT id FROM deliveries WHERE edits IS NULL AND ({_UNDER_WAY})")}
            first = fork(url, build, clock, "first", bomb)
            alive = [fork(url, build, clock, f"other {n}", Bomb()) for n in range(1, made.replicas)]
            died = _awaited(first, ask)
            if not died:
                alive.append(first)
                return None
            run.at_send = bomb.kind == SEND
            run.in_flight = ask("SELECT count(*) FROM deliveries WHERE state = 'sending' AND claimed_by = 'first'")[0][
                0
            ]
            if not alive:
                alive.append(fork(url, build, clock, "again", Bomb()))
            if made.place.server:  # one that is alone takes over at its start; others wait for the lease to end
                _until(lambda: _skipped(alive, ask, clock), "the others have sent all they can")
            _until(lambda: _idle(ask), "the outbox is empty")
            _judge(made, chat, ask, asked, run)
            return run
    finally:
        for pid in alive:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        made.place.drop(name)
        httpx.delete(f"{chat.url if made.platform == 'slack' else chat.base}/_admin/{_key(chat)}")


def _key(chat: Any) -> str:
    return str(getattr(chat, "team", "") if hasattr(chat, "app_token") else chat.id)


def _idle(ask: Callable[[str], list[Row]], whose: str = "1 = 1") -> bool:
    return not ask(f"SELECT 1 FROM deliveries WHERE ({_UNDER_WAY}) AND {whose} LIMIT 1")


def _skipped(others: Sequence[int], ask: Callable[[str], list[Row]], clock: SharedClock) -> bool:
    """Let a lease's time go by at once, while the others stand still and send nothing; False: they were sending."""
    for pid in others:
        os.kill(pid, signal.SIGSTOP)
    still = _idle(ask, "coalesce(claimed_by, '') <> 'first'")
    if still:
        clock.skip(LEASE.total_seconds() + 1)
    for pid in others:
        os.kill(pid, signal.SIGCONT)
    return still


def _awaited(pid: int, ask: Callable[[str], list[Row]]) -> bool:
    """Wait until a process has been killed, or everything is sent; return whether it was killed."""
    end = time.monotonic() + BOUND
    while time.monotonic() < end:
        gone, status = os.waitpid(pid, os.WNOHANG)
        if gone:
            assert os.WIFSIGNALED(status), "a replica ended by itself"
            return True
        if _idle(ask):
            return False
        time.sleep(0.02)
    raise AssertionError("neither killed nor done")


def _until(found: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + BOUND
    while not found():
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {BOUND:.0f} s")
        time.sleep(0.05)


def _judge(made: Stage, chat: Any, ask: Callable[[str], list[Row]], asked: set[int], run: Run) -> None:
    """Hold what the rows say against what the platform has."""
    rows = ask("SELECT id, address, state, error, sent_at FROM deliveries WHERE edits IS NULL AND address IS NOT NULL")
    late = max(asked, default=0)
    rows = [r for r in rows if (r[0] in asked or r[0] > late) and not str(r[3]).startswith("withdrawn")]
    run.messages = len(rows)
    run.lost += [f"delivery {n} is {state}: {why}" for n, _, state, why, _ in rows if state != "sent"]
    if made.platform == "slack":
        there = _on_slack(chat)
        run.lost += [f"delivery {n} never arrived" for n, *_ in rows if not there[n]]
        run.repeats = sum(n - 1 for n in there.values() if n > 1)
        return
    chats = dict(ask("SELECT address, conversation FROM teams_chats"))
    there_ = _on_teams(chat)
    for address, n in Counter(r[1] for r in rows if r[1] in chats).items():
        came = there_[chats[address]]
        run.lost += [f"{address} got {came} of {n}"] if came < n else []
        run.repeats += max(0, came - n)


def _on_slack(chat: Any) -> Counter[int]:
    calls = httpx.get(f"{chat.url}/_admin/{chat.team}/see/calls").json()
    posts = [c["args"] for c in calls if c["method"] == "chat.postMessage"]
    return Counter(p["metadata"]["event_payload"]["delivery"] for p in posts)


def _on_teams(chat: Any) -> Counter[str]:
    calls = httpx.get(f"{chat.base}/_admin/{chat.id}/see/all").json()["calls"]
    posts = [re.fullmatch(r"v3/conversations/([^/]+)/activities", path) for _, path, status in calls if status == 200]
    return Counter(unquote(post[1]) for post in posts if post)


@dataclass
class Counts:
    """What all runs on one stage showed together."""

    kind: str
    platform: str
    runs: list[Run] = field(default_factory=list)

    @property
    def lost(self) -> list[str]:
        """What was lost, in words."""
        return [words for run in self.runs for words in run.lost]

    @property
    def beyond(self) -> list[str]:
        """Runs in which more came twice than had been in flight; on a platform that can be asked, any at all."""
        most = [0 if self.platform == "slack" else run.in_flight for run in self.runs]
        return [f"{r.repeats} repeats, {m} allowed" for r, m in zip(self.runs, most, strict=True) if r.repeats > m]

    def cells(self) -> list[str]:
        """Return the row of the table."""
        where = {"sqlite": "SQLite, one process", "postgresql": "PostgreSQL, one of three"}[self.kind]
        what = {"slack": "Slack, which can be asked", "teams": "Teams, which can't"}[self.platform]
        sends = sum(run.at_send for run in self.runs)
        figures = (
            len(self.runs), len(self.runs) - sends, sends, sum(r.messages for r in self.runs),
            sum(r.in_flight for r in self.runs), len(self.lost), sum(r.repeats for r in self.runs),
        )  # fmt: skip
        return [where, what, *(f"{n:,}" for n in figures)]


HEAD = (
    "database",
    "platform",
    "runs",
    "killed at a write",
    "at a send",
    "messages",
    "in flight then",
    "lost",
    "repeats",
)


@contextmanager
def stages(folder: Path, kinds: Sequence[str], platforms: Sequence[str]) -> Iterator[list[Stage]]:
    """Prepare every kind of database with every platform; the fakes run in processes of their own."""
    with ExitStack() as stack:
        bases = {p: stack.enter_context((slack if p == "slack" else teams).running()) for p in platforms}
        places = [Place(k, folder, stack.enter_context(postgres({})) if k == "postgresql" else None) for k in kinds]
        yield [stage(place, platform, base) for place in places for platform, base in bases.items()]


def replay(
    folder: Path, runs: int, seed: int, kinds: Sequence[str], platforms: Sequence[str], said: Callable[[str], None]
) -> list[Counts]:
    """Play so many runs in all, in turn on each stage; return what they showed."""
    random = Random(seed)
    with stages(folder, kinds, platforms) as all_:
        counts = [Counts(s.place.kind, s.platform) for s in all_]
        for n in range(runs):
            made, count = all_[n % len(all_)], counts[n % len(all_)]
            count.runs.append(played(made, f"run{n}", random))
            said(f"{n + 1} of {runs}: {made.place.kind}, {made.platform}, {count.runs[-1]}")
    return counts
