"""The app package is one that Teams takes: the manifest's limits, the icons' sizes."""

import io
import json
import struct
import zipfile
from pathlib import Path

import fastjsonschema
import pytest
from typer.testing import CliRunner

from bot.chat.teams.answering import _MY
from bot.chat.teams.manifest import VERSION, manifest, package
from bot.cli.teams import cli
from bot.domain.command import Vocabulary, parse

APP = "00000000-0000-0000-0000-00000000000f"
SCHEMA = Path(__file__).parents[1] / "fakes" / "teams" / f"manifest-{VERSION}.json"


@pytest.mark.parametrize("slash", [False, True])
def test_the_manifest_is_one_that_microsofts_schema_takes(slash):
    check = fastjsonschema.compile(json.loads(SCHEMA.read_text(encoding="utf-8")))
    told = manifest(APP, "Northwind Care", "https://bot.example.org/", "0.1.0", slash=slash)
    assert check(told)["supportsChannelFeatures"] == "tier1"
    assert told["bots"][0].get("supportsTargetedMessages", False) is slash, "commands after a slash come as such"
    with pytest.raises(fastjsonschema.JsonSchemaException):
        check(told | {"bots": [{**told["bots"][0], "commandLists": told["bots"][0]["commandLists"] * 2}]})


def test_the_command_writes_a_package_and_says_what_teams_would_refuse(tmp_path, monkeypatch):
    file = tmp_path / "disaster-teams.zip"
    for app_id, written, says in (("", False, "not set"), ("abc", False, "no app id"), (APP, True, "https alone")):
        monkeypatch.setenv("TEAMS_APP_ID", app_id)
        ended = CliRunner().invoke(cli, ["teams", "--out", str(file)])
        assert (ended.exit_code == 0, file.exists()) == (written, written)
        assert says in " ".join(ended.output.split())


def test_the_manifest_keeps_teams_limits():
    told = manifest("0f-app", "Northwind Care", "https://bot.example.org/", "0.1.0")
    (bot,) = told["bots"]
    assert bot["scopes"] == ["personal", "team", "groupChat"]
    assert [scope for one in bot["commandLists"] for scope in one["scopes"]] == bot["scopes"]
    for commands in bot["commandLists"]:
        assert len(commands["commands"]) <= 12
        for command in commands["commands"]:
            assert len(command["title"]) <= 32
            assert len(command["description"]) <= 128
            if command["title"] == "my":
                assert (commands["scopes"], "my" in _MY) == (["personal"], True)
            else:
                parse(command["title"], Vocabulary({}))
    assert len(told["name"]["short"]) <= 30
    assert len(told["description"]["short"]) <= 80
    assert told["validDomains"] == ["bot.example.org"]
    assert "triggers" not in bot["commandLists"][0]
    slash = manifest("0f-app", "Northwind Care", "https://bot.example.org/", "0.1.0", slash=True)
    assert "slash" in slash["bots"][0]["commandLists"][0]["triggers"]
    assert slash["id"] == told["id"]


def test_the_package_has_the_manifest_and_both_icons_and_is_always_the_same():
    told = manifest("0f-app", "Northwind Care", "https://bot.example.org/", "0.1.0")
    packed = package(told)
    assert packed == package(told)
    with zipfile.ZipFile(io.BytesIO(packed)) as file:
        assert json.loads(file.read("manifest.json")) == told
        sizes = {name: struct.unpack(">II", file.read(name)[16:24]) for name in ("color.png", "outline.png")}
    assert sizes == {"color.png": (192, 192), "outline.png": (32, 32)}
