"""Puts the bot and the Playground on this machine, with the sample's people on both, and takes them down again."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from ruamel.yaml import YAML

from bot.app import ROOT
from tests.kill.demo import free_port, until

WEB = Path(__file__).parent / "web"
TEAM, CHANNEL = "19:northwind@thread.tacv2", "19:incidents@thread.tacv2"
MINE = "a:mine"
TENANT = "00000000-0000-0000-0000-0000000000aa"
ME = "S001"  # whoever sits before the Playground: an incident commander
OTHERS = ("S014", "E001")  # a safety officer, a leader; the rest are agents of Leeds
_AGENTS = 3  # the Playground has six people
_CLI = [sys.executable, "-c", "from bot.cli import main; main()"]


@dataclass(frozen=True)
class Stage:
    """Where both are; people: the sample's people who have an account, by id."""

    bot: str
    playground: str
    data: Path
    people: dict[str, dict[str, str]]


def account(person: str) -> str:
    """Return somebody's id in the directory of the Playground."""
    return f"00000000-0000-0000-0000-{person.encode().hex():0>12}"


@contextmanager
def stage(folder: Path, port: int = 0, playground: int = 0) -> Iterator[Stage]:
    """Start both in a folder of their own; stop them at the end."""
    port, playground = port or free_port(), playground or free_port()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    people = _people()
    (folder / ".m365agentsplayground.yml").write_text(json.dumps(_config(people)), encoding="utf-8")
    env = _bot_env(folder, port, playground)
    for command in (["migrate"], ["import", str(ROOT / "sample")]):
        subprocess.run([*_CLI, *command], env=env, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    at = Stage(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{playground}", folder, people)
    with _running([str(_installed()), *_flags(port, playground)], folder, dict(os.environ), folder / "playground.log"):
        until(lambda: _answers(f"{at.playground}/_connector/v3/conversations/{TEAM}/pagedmembers"), "the Playground")
        with _running([*_CLI, "serve"], ROOT, env, folder / "bot.log"):
            until(lambda: _answers(f"{at.bot}/readyz"), "the bot")
            yield at


def _installed() -> Path:
    if not shutil.which("npm"):
        sys.exit(
            "The Playground needs node and npm. Install them (Debian: apt-get install nodejs npm), then run it again."
        )
    program = WEB / "node_modules" / ".bin" / "agentsplayground"
    if not program.exists():
        subprocess.run(["npm", "ci", "--no-fund", "--no-audit", "--ignore-scripts"], cwd=WEB, check=True)
    return program


def _flags(port: int, playground: int) -> list[str]:
    there = f"http://127.0.0.1:{playground}/_connector"
    return [
        "-e", f"http://127.0.0.1:{port}/api/messages", "-c", "msteams", "-p", str(playground), "--su", there, "--dt",
    ]  # fmt: skip


def _bot_env(folder: Path, port: int, playground: int) -> dict[str, str]:
    yaml = YAML()
    chosen = yaml.load(ROOT / "app.yaml")
    chosen["server"] |= {"port": port, "public_url": f"http://127.0.0.1:{port}"}
    chosen["teams"] |= {
        "enabled": True, "team": TEAM, "channel": CHANNEL, "allow_unauthenticated": True, "dialogs": False,
        "service_url": f"http://127.0.0.1:{playground}/_connector",
    }  # fmt: skip
    yaml.dump(chosen, folder / "app.yaml")
    where = {"DISASTER_SETTINGS": str(folder / "app.yaml"), "DISASTER_DATA": str(folder)}
    return {key: value for key, value in os.environ.items() if not key.startswith("TEAMS_")} | where


def _people() -> dict[str, dict[str, str]]:
    """Whom the Playground has room for: who sits before it, and five others."""
    rows: list[dict[str, str]] = []
    for name in ("people.csv", "stakeholders.csv"):
        with (ROOT / "sample" / name).open(encoding="utf-8") as file:
            rows += csv.DictReader(file)
    agents = [row for row in rows if row.get("kind") == "agent" and row["site"] == "leeds"][:_AGENTS]
    return {row["id"]: row for row in [*(row for row in rows if row["id"] in (ME, *OTHERS)), *agents]}


def _config(people: dict[str, dict[str, str]]) -> dict[str, Any]:
    users = {key: _user(key, row) for key, row in people.items()}
    channels = [{"id": CHANNEL, "name": "Incidents"}]
    return {
        "version": "0.1.1",
        "tenantId": TENANT,
        "bot": {"id": "disaster", "name": "Disaster"},
        "currentUser": users[ME],
        "users": [user for key, user in users.items() if key != ME],
        "personalChat": {"id": MINE},
        "groupChat": {"id": "a:group", "name": "Floor"},
        "team": {"id": TEAM, "name": "Northwind", "aadGroupId": account("team"), "channels": channels},
    }


def _user(key: str, row: dict[str, str]) -> dict[str, str]:
    first, _, last = row["name"].partition(" ")
    return {
        "id": f"29:{key}", "name": row["name"], "userPrincipleName": row["email"], "aadObjectId": account(key),
        "givenName": first, "surname": last, "email": row["email"],
    }  # fmt: skip


@contextmanager
def _running(command: list[str], cwd: Path, env: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("wb") as said:
        process = subprocess.Popen(command, cwd=cwd, env=env, stdout=said, stderr=subprocess.STDOUT)
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).status_code < 500
    except httpx.TransportError:
        return False
