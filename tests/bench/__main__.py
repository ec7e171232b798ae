"""Measure the product: a table, and var/bench.json. python -m tests.bench --help."""

import asyncio
import json
import os
import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console

from bot import logs
from bot.app import ROOT
from bot.clock import SystemClock
from tests.bench import databases, delivery, relocation, report, slack, teams
from tests.bench.machine import described

SIZES = (1_200, 10_000, 100_000)
PARTS = ("incident", "relocation", "slack", "teams", "delivery")
_RUNS = 5
_RUNS_WHEN_LARGE = 2
_LARGE = 50_000
CHATS: dict[str, Any] = {"slack": slack, "teams": teams}
err = Console(stderr=True)


def arguments() -> Namespace:
    """Return what was asked for."""
    parser = ArgumentParser(prog="python -m tests.bench", description="Measure the product on this machine.")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="how many agents (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="only SQLite, and fewer runs")
    parser.add_argument("--only", choices=PARTS, help="only this part (default: all)")
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "bench.json", help="where the figures are written")
    return parser.parse_args()


def main() -> None:
    """Measure, print, write."""
    asked, begun = arguments(), time.monotonic()
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    kinds = ("sqlite",) if asked.quick else ("sqlite", "postgresql")
    logs.configure(Path(os.devnull))
    wanted = (asked.only,) if asked.only else PARTS
    plans = relocation.all_measured(asked.sizes, err) if "relocation" in wanted else []
    chats = {name: _chat(name) for name in ("slack", "teams") if name in wanted}
    with TemporaryDirectory(dir=asked.json.parent, prefix="bench-") as folder:
        machine = described(Path(folder))
        found = measured(Path(folder), kinds, asked.sizes, quick=asked.quick) if "incident" in wanted else {}
        people = 1_000 if asked.quick else 10_000
        sent = delivery.all_measured(Path(folder), kinds, people, err) if "delivery" in wanted else {}
    out = Console()
    out.print("[bold]Machine[/] " + ", ".join(f"{what} {value}" for what, value in machine.items()), highlight=False)
    out.print("Medians; the range below in grey. Each database keeps every commit through a power cut.\n")
    if plans:
        relocation.shown(plans, out)
    for kind, figures in found.items():
        report.shown(kind, figures, out)
    for name, figures in chats.items():
        CHATS[name].shown(figures, out)
    if sent:
        delivery.shown(sent, out)
    took = time.monotonic() - begun
    written = {"made_at": SystemClock().now().isoformat(timespec="seconds"), "seconds": round(took), "machine": machine}
    aims = {kind: report.judged(figures) for kind, figures in found.items()}
    if sent:
        aims["delivery"] = [{"aim": words, "measured": [at], "met": met} for words, at, met in delivery.judged(sent)]
    told = {"figures": found, "relocation": plans, "chats": chats, "delivery": sent, "aims": aims}
    asked.json.write_text(json.dumps({**written, **told}, indent=1), encoding="utf-8")
    out.print(f"{took:.0f} s; all figures in {asked.json.name}")


def _chat(name: str) -> dict[str, Any]:
    err.print(f"{name} …", style="dim")
    return asyncio.run(slack.measured()) if name == "slack" else teams.measured()


def measured(folder: Path, kinds: Sequence[str], sizes: Sequence[int], *, quick: bool) -> dict[str, Any]:
    """Return {database: {size: figures}}."""
    found: dict[str, Any] = {kind: {} for kind in kinds}
    with ExitStack() as stack:
        where = {"sqlite": str(folder)}
        if "postgresql" in kinds:
            server = stack.enter_context(databases.server())
            asyncio.run(databases.make_safe(server))
            where["postgresql"] = server.dsn
        for size in sizes:
            err.print(f"{size:,} agents: making the contact centre …", style="dim")
            loaded = databases.made(size)
            for kind in kinds:
                err.print(f"{size:,} agents: {kind} …", style="dim")
                asyncio.run(databases.prepare(kind, where[kind], size, loaded))
                found[kind][size] = worked(kind, where[kind], size, quick=quick)
    return found


def worked(kind: str, where: str, size: int, *, quick: bool) -> dict[str, Any]:
    """Run a worker; return its figures."""
    runs = 2 if quick else _RUNS_WHEN_LARGE if size >= _LARGE else _RUNS
    command = [sys.executable, "-m", "tests.bench.worker", kind, where, str(size), str(runs)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout))


if __name__ == "__main__":
    main()
