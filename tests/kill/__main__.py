"""Print the counts of the kill test: python -m tests.kill."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.kill.story import play


def main() -> int:
    """Kill the demo again and again; say what came of it."""
    with TemporaryDirectory() as folder:
        report = play(Path(folder))
    print("\n".join(report.lines()))
    return 1 if report.faults else 0


sys.exit(main())
