"""The product as it is installed: disaster serve, a process of its own, on a fake Teams that is another."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from ruamel.yaml import YAML

from bot.app import ROOT
from bot.operations.roster import import_roster
from bot.storage.database import connect, sqlite_url
from bot.storage.migration import migrate
from tests.fakes.teams import client, seen
from tests.fakes.teams.client import Teams
from tests.kill.demo import free_port, until
from tests.teams_world import TeamsStories, account, users
from tests.world import START, roster

DANA = account("S001")


@pytest.fixture
def teams(on_teams: Callable[[], TeamsStories]) -> Teams:
    """A tenant whose people are the roster's."""
    return client.tenant(on_teams().base, users())


@pytest.fixture
def served(teams: Teams, tmp_path: Path) -> Iterator[int]:
    """The bot, installed and started; its port."""
    port, yaml = free_port(), YAML()
    chosen = yaml.load(ROOT / "app.yaml")
    chosen["server"]["port"] = port
    fake = {"service_url": teams.url, "login_url": f"{teams.base}/login", "keys_url": f"{teams.base}/keys/openid"}
    chosen["teams"] |= {"enabled": True, "team": teams.team, "channel": teams.channel, **fake}
    yaml.dump(chosen, tmp_path / "app.yaml")
    (tmp_path / "var").mkdir()
    asyncio.run(_fill(tmp_path / "var"))
    where = {"DISASTER_SETTINGS": str(tmp_path / "app.yaml"), "DISASTER_DATA": str(tmp_path / "var")}
    keys = {"TEAMS_APP_ID": teams.app_id, "TEAMS_APP_PASSWORD": teams.password, "TEAMS_TENANT_ID": teams.id}
    env = {**os.environ, **where, **keys}
    disaster = [sys.executable, "-c", "from bot.cli import main; main()"]
    check = subprocess.run([*disaster, "check"], env=env, cwd=ROOT, check=False, capture_output=True, text=True)
    assert "teams token    fine" in check.stdout
    assert " people linked" in check.stdout
    process = subprocess.Popen([*disaster, "serve"], env=env, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        until(lambda: _well(port), "the bot is ready")
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


async def _fill(folder: Path) -> None:

    store = connect(sqlite_url(str(folder / "disaster.db")))
    await migrate(store)
    await import_roster(store, START, roster())
    await store.close()


def _well(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


async def test_a_disaster_is_declared_on_an_installed_bot(teams: Teams, served: int) -> None:
    await teams.change(bot_url=f"http://127.0.0.1:{served}/api/messages")
    said = 'declare facility_loss leeds sev1 drill "fire on floor 2"'
    assert (await teams.act("say", user=DANA, place="dm", text=said))["status"] == 200
    (answer,) = [m for m in await teams.see("messages", user=DANA, place="dm") if m["by"] == "bot"][:1]
    assert "INC-" in seen.words(answer["card"], "Europe/London")

    for _ in range(600):
        *_, where = await teams.see("places", user=DANA)
        first = (await teams.see("messages", user=DANA, place=where))[0]
        if where != "dm" and "Loss of a building" in seen.words(first["card"], "Europe/London"):
            break
        await asyncio.sleep(0.05)
    assert "Loss of a building" in seen.words(first["card"], "Europe/London")
    async with httpx.AsyncClient(trust_env=False) as stranger:
        assert (await stranger.post(f"http://127.0.0.1:{served}/api/messages", json={})).status_code == 401
