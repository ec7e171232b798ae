"""Delivery: the engine beside a bare loop and beside procrastinate, long queues, the group first."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.cli.forecast import Terms, played
from bot.domain.forecast import minutes_until
from bot.storage.database import sqlite_url
from tests.bench import crowd, databases, engine
from tests.fakes.slack import client as slack
from tests.world import product_settings

Figures = Mapping[str, Any]
_CROWD, _A_SECOND = 1_000, 10.0


def all_measured(folder: Path, kinds: Sequence[str], people: int, err: Console) -> dict[str, Any]:
    """Return every figure; people: how many are addressed, the group first or each alone."""
    found: dict[str, Any] = {}
    with slack.running() as base:
        for kind in kinds:
            err.print(f"delivery: the engine on {kind} …", style="dim")
            found[kind] = _engine(folder, kind, base)
    err.print(f"delivery: {people:,} people, the group first …", style="dim")
    found["group"] = asyncio.run(_group_first(people))
    return found


def _engine(folder: Path, kind: str, base: str) -> Figures:
    if kind == "sqlite":
        return asyncio.run(_rates(sqlite_url(str(folder / "delivery.db")), base, ""))
    with databases.server() as server:
        asyncio.run(databases.make_safe(server))
        asyncio.run(server.run("CREATE DATABASE ours", "CREATE DATABASE theirs"))
        return asyncio.run(_rates(server.url("ours"), base, server.dsn.format(driver="postgresql", name="theirs")))


async def _rates(url: str, base: str, conninfo: str) -> Figures:
    space = crowd.peopled_workspace(base, _CROWD)
    store = await crowd.declared(url, space)
    try:
        return {**await engine.rates(store, space, conninfo), **await engine.growth(store, space)}
    finally:
        await store.close()


async def _group_first(people: int) -> dict[str, float]:
    """Minutes until everybody is addressed at Slack's pace, by the team's channel first and by direct messages alone."""
    policy = product_settings().policy
    found: dict[str, float] = {"people": people}
    for name, group in (("group_first", True), ("direct_only", False)):
        curve = await played(policy, Terms(people, "slack", _A_SECOND, group))
        found[f"{name}_100_min"] = minutes_until(curve.addressed, 100) or 0.0
        found[f"{name}_messages"] = curve.messages
    return found


def judged(found: Mapping[str, Figures]) -> list[tuple[str, str, bool]]:
    """Return each aim, what was measured, and whether it is met."""
    rows = []
    for kind in (k for k in ("sqlite", "postgresql") if k in found):
        at, ms = found[kind], list(found[kind]["ms"].values())
        share, grown = at["share"], max(ms) / ms[0]
        spread = f"{share:.0%} ({at['share_min']:.0%} … {at['share_max']:.0%})"
        rows.append((f"{kind}: engine ≥ 50 % of a bare loop", f"{at['engine']:.0f}/s, {spread}", share >= 0.5))
        rows.append((f"{kind}: a message costs ≤ 1.2 × in long queues", f"{grown:.2f} ×", grown <= 1.2))
        if "procrastinate" in at:
            ahead = at["engine"] / at["procrastinate"]
            rows.append((f"{kind}: ahead of procrastinate", f"{at['procrastinate']:.0f}/s, {ahead:.1f} ×", ahead > 1))
    group, direct = found["group"]["group_first_100_min"], found["group"]["direct_only_100_min"]
    rows.append(("the group first addresses everybody sooner", f"{group:.1f} min for {direct:.1f} min", group < direct))
    return rows


def shown(found: Mapping[str, Figures], out: Console) -> None:
    """Print the aims with what was measured."""
    table = Table(title="delivery", title_justify="left", title_style="bold")
    for column in ("", "measured", ""):
        table.add_column(column)
    for words, measured, met in judged(found):
        table.add_row(words, measured, "[green]met[/]" if met else "[red]not met[/]")
    out.print(table)
