"""The machine in words: what figures depend on, and nothing that names whose machine it is."""

import os
import platform
import sqlite3
import statistics
import time
from pathlib import Path

import psutil


def described(folder: Path) -> dict[str, str]:
    """Return what the figures of this run depend on."""
    memory = psutil.virtual_memory().total / 2**30
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory:.1f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "sqlite": sqlite3.sqlite_version,
        "fsync of 4 KiB": f"{_fsync(folder) * 1000:.2f} ms",
    }


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def _fsync(folder: Path) -> float:
    """Return the median time in which the disk makes a small write last: no commit can be faster."""
    file, took = folder / "fsync", []
    with file.open("wb") as handle:
        for _ in range(50):
            begun = time.perf_counter()
            handle.write(b"x" * 4096)
            handle.flush()
            os.fsync(handle.fileno())
            took.append(time.perf_counter() - begun)
    file.unlink()
    return statistics.median(took)
