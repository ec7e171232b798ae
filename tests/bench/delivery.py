"""Delivery: the limits used, the engine beside a bare loop and procrastinate, long queues, the group first, answers."""

import asyncio
import dataclasses
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from bot import logs
from bot.cli.forecast import Terms, played, sampled
from bot.domain.forecast import minutes_until
from bot.domain.roster import Roster
from bot.storage.database import connect, sqlite_url
from tests.bench import answers, crowd, databases, engine, limits
from tests.databases import PostgresServer
from tests.fakes.slack import client as slack
from tests.world import product_settings

Figures = Mapping[str, Any]
Row = tuple[str, str, bool]
_CROWD, _A_SECOND, _CHANNELS = engine.MESSAGES, 10.0, 80
_MORE = 128  # MiB; SQLite keeps up to 64 of a file at hand for each connection
_ALL_ASKED = 1.04  # of so many agents more than wanted are at work and asked


def all_measured(folder: Path, kinds: Sequence[str], people: int, err: Console) -> dict[str, Any]:
    """Return every figure; people: how many are addressed, and answer."""
    err.print(f"delivery: {people:,} messages and people on virtual time …", style="dim")
    found = _on_virtual_time(people)
    loaded = databases.made(int(people * _ALL_ASKED))
    with slack.running() as base:
        for kind in kinds:
            err.print(f"delivery: the engine and {people:,} answers on {kind} …", style="dim")
            with _server(kind) as server:
                found[kind] = asyncio.run(_rates(folder, server, base))
                found[kind]["answers"] = asyncio.run(_answers(folder, server, loaded))
    return found


def _on_virtual_time(people: int) -> dict[str, Any]:
    """Return what no load of the machine can change: processes of their own work on it at the same time."""
    with ProcessPoolExecutor(3, mp_context=get_context("spawn"), initializer=_quiet) as pool:
        jobs = {
            name: pool.submit(work, people) for name, work in (("slack", _slack), ("teams", _teams), ("group", _group))
        }
        found = {name: job.result() for name, job in jobs.items()}
    return {"group": found.pop("group"), "limits": found}


def _quiet() -> None:
    logs.configure(Path(os.devnull))


def _slack(messages: int) -> Figures:
    with TemporaryDirectory() as folder:
        return limits.on_slack(Path(folder), messages)


def _teams(messages: int) -> Figures:
    with TemporaryDirectory() as folder:
        return limits.on_teams(Path(folder), messages)


def _group(people: int) -> Figures:
    return asyncio.run(_group_first(people))


async def _group_first(people: int) -> dict[str, float]:
    """Return when everybody has been addressed at Slack's pace by their team's channel first."""
    policy, terms = product_settings().policy, Terms(people, "slack", _A_SECOND, group=True)
    with TemporaryDirectory() as folder:
        loaded = _in_few_teams(sampled(Path(folder), policy, terms))
    curve = await played(policy, terms, loaded, to_the_answers=False)
    share = minutes_until(curve.addressed, 100)
    assert share is not None, "not everybody was addressed"
    return {"people": curve.people, "channels": _CHANNELS, "minutes": share, "messages": curve.messages}


def _in_few_teams(loaded: Roster) -> Roster:
    """Return the roster with so many teams and channels as are told of, each the larger."""
    kept = loaded.teams[:_CHANNELS]
    joined = dict(zip((team.id for team in loaded.teams), cycle(team.id for team in kept), strict=False))
    people = tuple(p.evolve(team=joined[p.team]) if p.team else p for p in loaded.people)
    return dataclasses.replace(loaded, teams=kept, people=people)


@contextmanager
def _server(kind: str) -> Iterator[PostgresServer | None]:
    if kind == "sqlite":
        yield None
        return
    with databases.server() as server:
        asyncio.run(databases.make_safe(server))
        asyncio.run(server.run("CREATE DATABASE ours", "CREATE DATABASE theirs"))
        yield server


async def _rates(folder: Path, server: PostgresServer | None, base: str) -> dict[str, Any]:
    space = crowd.peopled_workspace(base, _CROWD)
    store = connect(server.url("ours") if server else sqlite_url(str(folder / "delivery.db")))
    await crowd.declared(store, space)
    try:
        found = {**await engine.rates(store, space), **await engine.growth(store, space)}
        if server:
            found |= await engine.jobs(store, space, server.dsn.format(driver="postgresql", name="theirs"))
        return found
    finally:
        await store.close()


async def _answers(folder: Path, server: PostgresServer | None, loaded: Roster) -> Figures:
    kind, where, size = ("postgresql", server.dsn, 0) if server else ("sqlite", str(folder), 0)
    await databases.prepare(kind, where, size, loaded)
    store = connect(databases.known(kind, where, size).url(databases.template(size)))
    try:
        return await answers.measured(store)
    finally:
        await store.close()


def judged(found: Mapping[str, Figures]) -> list[Row]:
    """Return each aim, what was measured, and whether it is met."""
    rows = limits.judged(found["limits"])
    for kind in (k for k in ("sqlite", "postgresql") if k in found):
        rows += [*_of_the_engine(kind, found[kind]), *answers.judged(kind, found[kind]["answers"])]
    at, direct = found["group"], found["limits"]["slack"]
    alone = direct["seconds"] / direct["messages"] * at["people"] / 60
    words = f"{at['minutes']:.1f} min; one by one {alone:.1f} min"
    title = f"{at['people']:,} people in {at['channels']} channels: the group first is sooner"
    return [*rows, (title, words, at["minutes"] < alone)]


def _of_the_engine(kind: str, at: Figures) -> list[Row]:
    ms, memory = list(at["ms"].values()), list(at["memory_mib"].values())
    spread = f"{at['share']:.0%} ({at['share_min']:.0%} … {at['share_max']:.0%})"
    grown, more = max(ms) / ms[0], max(memory) - memory[0]
    rows = [
        (f"{kind}: engine ≥ 50 % of a bare loop", f"{at['engine']:.0f}/s, {spread}", at["share"] >= 0.5),
        (f"{kind}: a message costs ≤ 1.2 × in long queues", f"{grown:.2f} ×", grown <= 1.2),
        (f"{kind}: ≤ {_MORE} MiB more in long queues", f"{memory[0]:.0f} … {max(memory):.0f} MiB", more <= _MORE),
    ]
    if "procrastinate" in at:
        ahead = at["engine"] / at["procrastinate"]
        rows.append((f"{kind}: ahead of procrastinate", f"{at['procrastinate']:.0f}/s, {ahead:.1f} ×", ahead > 1))
    return rows


def shown(found: Mapping[str, Figures], out: Console) -> None:
    """Print the aims with what was measured."""
    table = Table(title="delivery", title_justify="left", title_style="bold")
    for column in ("", "measured", ""):
        table.add_column(column)
    for words, measured, met in judged(found):
        table.add_row(words, measured, "[green]met[/]" if met else "[red]not met[/]")
    out.print(table)
