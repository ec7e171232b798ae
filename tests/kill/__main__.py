"""Kill the product and count: python -m tests.kill (the demo, twenty times), or --runs 200 (the crash replay)."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bot import logs
from tests.bench.machine import described
from tests.kill.demo import ROOT
from tests.kill.replay import HEAD, Counts, replay
from tests.kill.story import play

_BLOCK = ("<!-- replay: written by python -m tests.kill --runs 200 --readme -->", "<!-- end of replay -->")


def asked() -> Namespace:
    """Return what was asked for."""
    parser = ArgumentParser(prog="python -m tests.kill")
    parser.add_argument("--runs", type=int, default=0, help="play so many runs of the crash replay instead")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--on", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--readme", action="store_true", help="write the counts into README.md")
    return parser.parse_args()


def main() -> int:
    """Kill again and again; say what came of it."""
    wanted = asked()
    logs.configure(Path(os.devnull))
    with TemporaryDirectory() as folder:
        if wanted.runs:
            return replayed(Path(folder), wanted)
        report = play(Path(folder))
    print("\n".join(report.lines()))
    return 1 if report.faults else 0


def replayed(folder: Path, wanted: Namespace) -> int:
    """Play the crash replay; print the table, and write it into the README if asked."""
    counts = replay(
        folder, wanted.runs, wanted.seed, wanted.on, ("slack", "teams"), lambda line: print(line, flush=True)
    )
    lines = table(counts, folder)
    print("\n".join(lines))
    faults = [words for count in counts for words in (*count.lost, *count.beyond)]
    print(*faults, sep="\n")
    if wanted.readme:
        write(lines)
    return 1 if faults else 0


def table(counts: Sequence[Counts], folder: Path) -> list[str]:
    """Return the counts as a table in Markdown."""
    machine = described(folder)
    rows = [HEAD, ["---"] * 2 + ["---:"] * (len(HEAD) - 2), *(count.cells() for count in counts)]
    on = f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, Python {machine['python']}"
    return [*(f"| {' | '.join(row)} |" for row in rows), "", f"On {on}."]


def write(lines: Sequence[str]) -> None:
    """Put the table between its marks in the README."""
    readme = ROOT / "README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(_BLOCK[0])
    _, _, after = rest.partition(_BLOCK[1])
    readme.write_text("\n".join([before + _BLOCK[0], *lines, _BLOCK[1]]) + after, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
