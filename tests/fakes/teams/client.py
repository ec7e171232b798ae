"""The fake Teams as tests hold it: a process, and tenants in it."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[3]


class Refused(AssertionError):
    """Teams' own window said no."""


@contextmanager
def running() -> Iterator[str]:
    """Run the fake until the block ends; yield its address."""
    command = [sys.executable, "-m", "tests.fakes.teams"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.communicate()


@dataclass(frozen=True)
class Teams:
    """One tenant of the fake, with the bot's credentials."""

    base: str
    id: str
    url: str
    app_id: str
    password: str
    team: str
    channel: str

    async def change(self, **changes: Any) -> None:
        """Change something about it: limits, faults, users …"""
        async with httpx.AsyncClient(verify=False) as http:
            (await http.patch(f"{self.base}/_admin/{self.id}", json=changes)).raise_for_status()

    async def act(self, verb: str, **said: Any) -> Any:
        """Do something as a person; return what the bot made of it."""
        async with httpx.AsyncClient(timeout=60, verify=False) as http:
            answer = await http.post(f"{self.base}/_admin/{self.id}/act/{verb}", json=said)
        if answer.status_code == 409:
            raise Refused(answer.json()["error"])
        return answer.raise_for_status().json()

    async def see(self, what: str, **which: str) -> Any:
        """Look as a person, or behind the scenes."""
        async with httpx.AsyncClient(timeout=60, verify=False) as http:
            answer = await http.get(f"{self.base}/_admin/{self.id}/see/{what}", params=which)
        if answer.status_code == 409:
            raise Refused(answer.json()["error"])
        return answer.raise_for_status().json()

    async def ends(self) -> None:
        """Remove the tenant."""
        async with httpx.AsyncClient(verify=False) as http:
            await http.delete(f"{self.base}/_admin/{self.id}")


def tenant(base: str, users: Sequence[dict[str, Any]] = ()) -> Teams:
    """Make a tenant."""
    made = httpx.post(f"{base}/_admin/tenants", json={"users": list(users)}, verify=False)
    return Teams(base, **made.raise_for_status().json())


def twin(teams: Teams) -> Teams:
    """Make a tenant that holds the same as another."""
    made = httpx.post(f"{teams.base}/_admin/tenants", json={"like": teams.id}, verify=False)
    return Teams(teams.base, **made.raise_for_status().json())
