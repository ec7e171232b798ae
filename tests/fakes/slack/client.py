"""The fake Slack as tests hold it: a process, and workspaces in it."""

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
    """Slack's own window said no."""


@contextmanager
def running() -> Iterator[str]:
    """Run the fake until the block ends; yield its address."""
    command = [sys.executable, "-m", "tests.fakes.slack"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.communicate()


@dataclass(frozen=True)
class Slack:
    """One workspace of the fake, with the app's credentials."""

    url: str
    team: str
    token: str
    app_token: str
    secret: str
    bot: str

    @property
    def api(self) -> str:
        """The address of its Web API."""
        return f"{self.url}/api/"

    async def change(self, **changes: Any) -> None:
        """Change something about it: scopes, rates, faults, users …"""
        async with httpx.AsyncClient(verify=False) as http:
            (await http.patch(f"{self.url}/_admin/{self.team}", json=changes)).raise_for_status()

    async def act(self, verb: str, **said: Any) -> Any:
        """Do something as a person; return what the app made of it."""
        async with httpx.AsyncClient(timeout=30, verify=False) as http:
            answer = await http.post(f"{self.url}/_admin/{self.team}/act/{verb}", json=said)
        if answer.status_code == 409:
            raise Refused(answer.json()["error"])
        return answer.raise_for_status().json()

    async def see(self, what: str, **which: str) -> Any:
        """Look as a person."""
        async with httpx.AsyncClient(verify=False) as http:
            answer = await http.get(f"{self.url}/_admin/{self.team}/see/{what}", params=which)
        if answer.status_code == 409:
            raise Refused(answer.json()["error"])
        return answer.raise_for_status().json()

    async def ends(self) -> None:
        """Remove the workspace."""
        async with httpx.AsyncClient(verify=False) as http:
            await http.delete(f"{self.url}/_admin/{self.team}")


def workspace(url: str, users: Sequence[dict[str, Any]] = (), **more: Any) -> Slack:
    """Make a workspace."""
    return Slack(
        url, **httpx.post(f"{url}/_admin/workspaces", json={"users": list(users), **more}, verify=False).json()
    )


def twin(slack: Slack) -> Slack:
    """Make a workspace that holds the same as another."""
    return Slack(
        slack.url, **httpx.post(f"{slack.url}/_admin/workspaces", json={"like": slack.team}, verify=False).json()
    )
