"""The real demo as a process of its own: started, killed with SIGKILL, started again on the same rows."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, TypeVar

import httpx

ROOT = Path(__file__).resolve().parents[2]
HTTP = httpx.Client(timeout=60, limits=httpx.Limits(max_keepalive_connections=0), trust_env=False)
_BOUND = 60.0
_T = TypeVar("_T")


class NotInTime(AssertionError):
    """Something that must happen did not, within its bound."""


def until(found: Callable[[], _T | None], what: str, bound: float = _BOUND, every: float = 0.02) -> _T:
    """Wait for what another process does; return what was found, once it is something."""
    end = time.monotonic() + bound
    while not (value := found()):
        if time.monotonic() > end:
            raise NotInTime(f"{what}: not within {bound:.0f} s")
        time.sleep(every)
    return value


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Demo:
    """One data folder, and the process that works on it, if it lives."""

    data: Path
    agents: int = 1200
    seed: int = 7
    port: int = field(default_factory=free_port)
    starts: int = 0
    _process: subprocess.Popen[bytes] | None = None

    @property
    def database(self) -> Path:
        """The file that holds every row."""
        return self.data / f"demo-{self.agents}-{self.seed}.db"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.launch()
        self.wait_ready()

    def launch(self) -> None:
        """Start it, and do not wait."""
        command = [sys.executable, "-c", "from bot.cli import main; main()", "demo", "--no-simulate"]
        options = ["--port", self.port, "--agents", self.agents, "--seed", self.seed, "--data", self.data]
        # No setting of the caller's installation may lead the test to another database.
        clean = {key: value for key, value in os.environ.items() if not key.startswith("DISASTER_")}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *map(str, options)], cwd=ROOT, env=clean, stdout=log, stderr=log
            )
        self.starts += 1

    def wait_ready(self) -> None:
        """Wait until it answers."""
        until(self._answers, "the demo answers")

    @property
    def _log(self) -> Path:
        self.data.mkdir(parents=True, exist_ok=True)
        return self.data / "process.log"

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise NotInTime(f"the demo ended by itself:\n{self._log.read_text(errors='replace')[-2000:]}")
        try:
            return HTTP.get(f"http://127.0.0.1:{self.port}/healthz").is_success
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """kill -9, as a power cut would; wait until it is dead."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
