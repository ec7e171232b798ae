"""The planner alone: from rows of the roster to a place or a reason for everybody, with first fit beside it."""

import gc
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from resource import RUSAGE_SELF, getrusage
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.app import ROOT
from bot.domain.relocation import Agent, Plan, agent_of, plan, plan_greedily
from bot.domain.relocation_classes import Classes
from bot.storage.planning import parsed
from tests.bench.situations import made

VARIED = 10_000
_AIM_S = {1_200: 1.0, 10_000: 1.0, 100_000: 5.0}
_AIM_MIB = 500
_WARM = 3
_IMPORTS = "import time; begun = time.perf_counter(); import bot.operations.planner; print(time.perf_counter() - begun)"
Figures = Mapping[str, Any]


def measured(size: int, *, varied: bool) -> Figures:
    """Return the figures of one case, in this process."""
    gc.disable()  # as in the planner's own process
    asked = made(size, varied=varied)
    rows = [_row(agent) for agent in asked.agents]
    took, processor = [], []  # the first run is what a planner's process does, which makes one plan and ends
    for _ in range(1 + _WARM):
        begun, used = time.perf_counter(), time.process_time()
        found = plan(replace(asked, agents=[agent_of(parsed(row)) for row in rows]))
        took.append(time.perf_counter() - begun)
        processor.append(time.process_time() - used)
    begun = time.perf_counter()
    baseline = plan_greedily(asked)
    greedy = time.perf_counter() - begun
    return {
        "agents": size, "varied": varied, "classes": len(Classes(asked).all), "cold_seconds": took[0],
        "warm_seconds": sorted(took[1:])[_WARM // 2], "cold_processor_seconds": processor[0],
        "method": found.method, "placed": len(found.placements),
        "unplaced": len(found.unplaced), "memory_mib": getrusage(RUSAGE_SELF).ru_maxrss / 1024,
        "short": _short(found), "first_fit": {"seconds": greedy, "short": _short(baseline)},
    }  # fmt: skip


def _row(agent: Agent) -> dict[str, Any]:
    """Return an agent as the database has them."""
    home = {"kit": agent.kit, "mbps": agent.mbps, "tested": agent.tested, "pay_ok": agent.pay_ok}
    lists = {"languages": agent.languages, "skills": dict(agent.skills), "home": home, "travel": dict(agent.travel)}
    plain = {"id": agent.id, "site": "leeds", "team": agent.team, "queue": agent.queue, "shift": agent.shift}
    said = {"said": "silent" if agent.can_work else "unable", "move_state": None, "destination_id": None}
    more = {"tz": agent.tz, "mobility": agent.mobility, "area": agent.area, "move_queue": None}
    return {**plain, **said, **more, **{name: json.dumps(value) for name, value in lists.items()}}


def _short(found: Plan) -> dict[str, int]:
    """Return how many seats stay missing: to mbco in tier 1 and in the others, and to full."""
    below = {
        first: sum(max(0, q.mbco - q.after) for q in found.queues if (q.tier == 1) is first) for first in (True, False)
    }
    full = sum(max(0, q.full - q.after) for q in found.queues)
    return {"tier_1": below[True], "others": below[False], "full": full, "ready_weighed": found.levels[3].value}


def all_measured(sizes: Sequence[int], err: Console) -> list[Figures]:
    """Return the figures of every case, each in a process of its own: so it begins cold, and its memory is its own."""
    found, imports = [], float(_run("-c", _IMPORTS))
    for size, varied in [*((size, False) for size in sizes), (VARIED, True)]:
        err.print(f"{size:,} agents{', every one different' if varied else ''}: planning …", style="dim")
        figures = json.loads(_run("-m", "tests.bench.relocation", str(size), "varied" if varied else "alike"))
        found.append({**figures, "import_seconds": imports})
    return found


def _run(*command: str) -> str:
    return subprocess.run([sys.executable, *command], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def shown(found: Sequence[Figures], out: Console) -> None:
    """Print the table and the aims."""
    table = Table(title="relocation: 20 queues, 12 destinations", title_justify="left", title_style="bold")
    for column in ("", *(_title(case) for case in found)):
        table.add_column(column, justify="right" if column else "left")
    for title, show in _LINES:
        table.add_row(title, *(show(case) for case in found))
    out.print(table)
    for case in found:
        if not case["varied"] and case["agents"] in _AIM_S:
            _judge(case, out)
    out.print()


def _title(case: Figures) -> str:
    return f"{case['agents']:,}{', varied' if case['varied'] else ''}"


def _judge(case: Figures, out: Console) -> None:
    met = case["cold_seconds"] <= _AIM_S[case["agents"]] and case["memory_mib"] <= _AIM_MIB
    mark = "[green]met[/]" if met else "[red]not met[/]"
    words = f"{case['agents']:,} agents in ≤ {_AIM_S[case['agents']]:g} s, cold, and ≤ {_AIM_MIB} MiB"
    out.print(f"  {mark}  {words}: {case['cold_seconds']:.2f} s, {case['memory_mib']:.0f} MiB", highlight=False)


_LINES = (
    ("classes of agents", lambda c: f"{c['classes']:,}"),
    ("rows to a place or a reason for everybody, cold", lambda c: f"{c['cold_seconds']:.2f} s"),
    ("  of it on the processor", lambda c: f"{c['cold_processor_seconds']:.2f} s"),
    (f"  again in the same process, median of {_WARM}", lambda c: f"{c['warm_seconds']:.2f} s"),
    ("  before that the process imports", lambda c: f"{c['import_seconds']:.2f} s"),
    ("found", lambda c: c["method"]),
    ("placed, not placed", lambda c: f"{c['placed']:,}, {c['unplaced']:,}"),
    ("memory", lambda c: f"{c['memory_mib']:.0f} MiB"),
    ("tier-1 seats below mbco", lambda c: f"{c['short']['tier_1']:,}"),
    ("  with first fit", lambda c: f"{c['first_fit']['short']['tier_1']:,}"),
    ("other seats below mbco", lambda c: f"{c['short']['others']:,}"),
    ("  with first fit", lambda c: f"{c['first_fit']['short']['others']:,}"),
    ("seats below full", lambda c: f"{c['short']['full']:,}"),
    ("  with first fit", lambda c: f"{c['first_fit']['short']['full']:,}"),
    (
        "minutes to ready, weighed, of first fit's",
        lambda c: f"{c['short']['ready_weighed'] / max(1, c['first_fit']['short']['ready_weighed']):.0%}",
    ),
    ("first fit takes", lambda c: f"{c['first_fit']['seconds']:.2f} s"),
)

if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]), varied=sys.argv[2] == "varied")))
