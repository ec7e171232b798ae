"""The fake mail server and SMS gateway as tests hold them: a process."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Services:
    """Where the services are, and what they were handed."""

    http: int
    smtp: int

    @property
    def urls(self) -> dict[str, str]:
        """What Apprise is told, by route."""
        mail = f"mailto://127.0.0.1:{self.smtp}?from=bot@example.org&name=Northwind&to={{to}}"
        return {"email": mail, **{r: f"json://127.0.0.1:{self.http}/{r}?:to={{to}}" for r in ("sms", "voice")}}

    def _ask(self, method: str, path: str, json: Any = None) -> httpx.Response:
        return httpx.request(method, f"http://127.0.0.1:{self.http}{path}", json=json, verify=False).raise_for_status()

    def seen(self, route: str = "") -> list[dict[str, str]]:
        """What arrived, the oldest first."""
        return [one for one in self._ask("GET", "/_seen").json() if route in ("", one["route"])]

    def fails(self, **faults: str) -> None:
        """Have routes or addresses fail from now on, these alone."""
        self._ask("PUT", "/_faults", faults)

    def forget(self) -> None:
        """Begin anew."""
        self._ask("DELETE", "/_seen")


@contextmanager
def running() -> Iterator[Services]:
    """Run the fake until the block ends."""
    command = [sys.executable, "-m", "tests.fakes.outreach"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        http, smtp = process.stdout.readline().split()
        yield Services(int(http), int(smtp))
    finally:
        process.communicate()
