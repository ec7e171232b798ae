"""`disaster serve` as a user starts it: from nothing to a declared drill, over HTTP, against the fake Slack."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from ruamel.yaml import YAML

from bot import app
from bot.chat.slack.manifest import SCOPES, manifest
from bot.cli.slack import check_slack
from bot.domain.refusal import BadConfig
from bot.operations.roster import import_roster
from bot.settings import slack_keys
from bot.storage.migration import migrate
from tests.fakes.slack.api import METHODS
from tests.fakes.slack.client import Slack, workspace
from tests.slack_chat import accounts, user_of
from tests.slack_stories import GENEROUS
from tests.world import START, product_settings, roster

DISASTER = str(Path(sys.executable).parent / "disaster")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(slack: Slack, port: int) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "DISASTER_"))}
    address = f"http://127.0.0.1:{port}"
    return kept | {
        "SLACK_BOT_TOKEN": slack.token, "SLACK_SIGNING_SECRET": slack.secret, "SLACK_API_URL": slack.api,
        "DISASTER_SERVER_PORT": str(port), "DISASTER_SERVER_PUBLIC_URL": address,
    }  # fmt: skip


@contextmanager
def serving(data: Path, env: dict[str, str]) -> Iterator[None]:
    log = (data / "log").open("w")
    process = subprocess.Popen([DISASTER, "serve", "--data", str(data)], env=env, stdout=log, stderr=log)
    try:
        yield
        assert process.poll() is None, (data / "log").read_text()
    finally:
        process.terminate()
        process.wait(20)
        log.close()


async def until(what: Callable, seconds: float = 25):
    """Wait for something that another process brings about."""
    async with asyncio.timeout(seconds):
        while not (found := await what()):
            await asyncio.sleep(0.1)
    return found


@pytest.fixture
async def installed(tmp_path: Path, slack_url: str) -> tuple[Slack, Path, dict[str, str]]:
    """An installation: the roster imported, the workspace's keys in the environment."""
    port = free_port()
    slack = workspace(slack_url, accounts(roster()), events_url=f"http://127.0.0.1:{port}/slack/events", **GENEROUS)
    store = app.open_store(product_settings(), tmp_path)
    await migrate(store)
    await import_roster(store, START, roster())
    await store.close()
    return slack, tmp_path, environment(slack, port)


async def test_from_nothing_to_a_declared_drill(installed, monkeypatch, capsys):
    slack, data, env = installed
    ines = user_of("S001")

    async def healthy() -> bool:
        try:
            async with httpx.AsyncClient(verify=False) as http:
                return (await http.get(f"{env['DISASTER_SERVER_PUBLIC_URL']}/healthz")).is_success
        except httpx.HTTPError:
            return False

    async def linked() -> bool:
        done = await slack.act("command", user=ines, channel="dm", text="status")
        return "No incident is open" in json.dumps(done["body"])

    async def room():
        return [p for p in await slack.see("places", user=ines) if p["name"].startswith("inc-")]

    with serving(data, env):
        await until(healthy)
        await until(linked)
        opened = await slack.act("command", user=ines, channel="dm", text="declare facility_loss leeds drill")
        assert opened["status"] == 200
        modal = (await slack.see("window", user=ines))["modals"][-1]
        values = {"severity": ["2"], "known": ["practice"], "drill": ["true"]}
        done = await slack.act("submit", user=ines, view_id=modal["id"], values=values)
        assert done["ms"] < 3000
        (channel,) = await until(room)

        async def pinned():
            seen = await slack.see("channel", user=ines, channel=channel["name"])
            return [m for m in seen["messages"] if m["pinned"]]

        (card,) = await until(pinned)
        assert "EXERCISE" in json.dumps(card["blocks"][0])
    for name, value in env.items():
        if name.startswith("SLACK_"):
            monkeypatch.setenv(name, value)
    assert await check_slack(product_settings(), data)
    said = " ".join(capsys.readouterr().out.split())
    assert "slack people fine: 189 linked" in said
    assert slack.token not in said + (data / "log").read_text()
    assert slack.secret not in (data / "log").read_text()


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"BOT_TOKEN": ""}, "SLACK_BOT_TOKEN: is empty"),
        ({"BOT_TOKEN": "xoxb-1", "SIGNING_SECRET": " "}, "SLACK_SIGNING_SECRET: is empty"),
        ({"BOT_TOKEN": "xoxp-1", "SIGNING_SECRET": "s"}, "SLACK_BOT_TOKEN: should begin with xoxb-"),
        ({"BOT_TOKEN": "xoxb-1"}, "alone hears nothing"),
        ({"APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN: is missing"),
        ({"BOT_TOKEN": "xoxb-1", "APP_TOKEN": "xapp-1", "API_URL": "slack"}, "SLACK_API_URL: should be a web address"),
    ],
)
def test_keys_that_can_not_work_are_refused_at_the_start(monkeypatch, keys, says):
    for name in ("BOT_TOKEN", "SIGNING_SECRET", "APP_TOKEN", "API_URL"):
        monkeypatch.delenv(f"SLACK_{name}", raising=False)
    assert slack_keys() is None
    for name, value in keys.items():
        monkeypatch.setenv(f"SLACK_{name}", value)
    with pytest.raises(BadConfig) as caught:
        slack_keys()
    assert says in str(caught.value)
    assert "xoxp-1" not in str(caught.value)


def test_the_manifest_asks_for_all_that_the_code_needs():
    said = YAML(typ="safe").load(manifest())
    assert said["settings"]["socket_mode_enabled"] is True
    assert "url" not in said["features"]["slash_commands"][0]
    assert {one["callback_id"] for one in said["features"]["shortcuts"]} == {"declare", "timeline"}
    needed = {scope for _, _, scope in METHODS.values() if scope}
    assert all(set(scope.split("|")) <= set(SCOPES) for scope in needed)
    there = YAML(typ="safe").load(manifest("https://bot.example.org/"))
    assert there["settings"]["interactivity"]["request_url"] == "https://bot.example.org/slack/events"
    assert there["settings"]["socket_mode_enabled"] is False
