"""Settings: every key is documented, every fault is named where it is."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.domain.refusal import BadConfig
from bot.settings import Settings, load, loopback

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "app.yaml").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SERVER_HOST", "SERVER_PORT", "SERVER_PUBLIC_URL", "DATABASE_URL", "CONSOLE_ENABLED", "SECRET"):
        monkeypatch.delenv(f"DISASTER_{name}", raising=False)


def keys(schema: dict[str, Any], node: dict[str, Any], path: str = "") -> Iterator[str]:
    """Every key of the model: `*` for a name that one chooses, `[]` for an item of a list."""
    node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]] if "$ref" in node else node
    if "properties" in node:
        for name, inner in node["properties"].items():
            yield from keys(schema, inner, f"{path}.{name}" if path else name)
    elif isinstance(node.get("additionalProperties"), dict):
        yield from keys(schema, node["additionalProperties"], f"{path}.*")
    elif "items" in node:
        yield from keys(schema, node["items"], f"{path}[]")
    else:
        yield path


def complaints(folder: Path, text: str) -> list[str]:
    path = folder / "app.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadConfig) as caught:
        load(path)
    return [str(p).replace(f"{folder}/", "") for p in caught.value.problems]


def line_of(text: str, what: str) -> int:
    return text[: text.index(what)].count("\n") + 1


def test_every_key_is_documented_and_no_other() -> None:
    schema = Settings.model_json_schema()
    documented = set(
        re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert documented == set(keys(schema, schema))


def test_the_file_that_ships_is_right() -> None:
    settings = load(ROOT / "app.yaml")
    assert settings.server.port == 8080
    assert settings.policy.cadence[1].first_min == 15
    assert not settings.console.enabled


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISASTER_DATABASE_URL", "postgresql+asyncpg://db/disaster")
    monkeypatch.setenv("DISASTER_SERVER_PUBLIC_URL", "https://disaster.example.org/bot")
    monkeypatch.setenv("DISASTER_SECRET", "not for everybody")
    settings = load(ROOT / "app.yaml")
    assert settings.database.url == "postgresql+asyncpg://db/disaster"
    assert settings.server.public_url == "https://disaster.example.org/bot"
    assert settings.server.port == 8080
    assert settings.secret.get_secret_value() == "not for everybody"
    assert "not for everybody" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SERVER_PORT", "many", "should be a valid integer"),
        ("SERVER_PROT", "1", "did you mean port?"),
        ("DATABASE_URL", "mysql://user:password@db", "postgresql+asyncpg://"),
        ("POLICY_PACES", "fast", "written as JSON"),
        ("OUTREACH_SMS", "twilio://a:token@c/+447700900123", "write {to} where the person's address goes"),
    ],
)
def test_a_fault_in_the_environment_names_the_variable_and_keeps_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(f"DISASTER_{name}", value)
    with pytest.raises(BadConfig) as caught:
        load(ROOT / "app.yaml")
    said = str(caught.value)
    assert said.startswith(f"environment:0: error: DISASTER_{name}: ")
    assert says in said
    assert value not in said.split(": ", 3)[3] or value == "1"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("port: 8080", "port: 99999", "server.port is '99999': should be 65535 or less"),
        ("port: 8080", "prot: 8080", "server.prot is '8080': no such key; did you mean port?"),
        ("public_url: http://", "public_url: ftp://", "should be a web address"),
        ("may_declare: [IC,", "may_declare: [IQ,", "policy.may_declare[1] is 'IQ': no such role"),
        ("commander: [IC, DEP]", "commander: []", "policy.commander: name at least one role"),
        ("room_roles: [IC,", "room_roles: [OPPS,", "did you mean OPS?"),
        ("tz: Europe/London", "tz: Europe/Londn", "did you mean Europe/London?"),
        ("    3: {first", "    4: {first", "policy.cadence.4: severity 4 is no severity"),
        ("    3: {first", "    4: {first", "policy.cadence.3: severity 3 is missing; add it"),
        (
            "after_min: 10, by: lead",
            "after_min: 40, by: lead",
            "policy.ladder.agents[7]: comes before the rung above it",
        ),
        ("by: safety_officer", "by: safety", "policy.ladder.agents[7].by is 'safety': did you mean safety_officer?"),
        ("    vendors:", "    vendor:", "policy.ladder.vendor: did you mean vendors?"),
        ("step_reminders_min: [0, 10]", "step_reminders_min: [10, 0]", "sort the minutes"),
        ("  link_hours: 72", "  sms: 'twilio://a:b@c/{to}'", "set DISASTER_OUTREACH_SMS"),
        ("routes: [voice]", "routes: [voce]", "did you mean voice?"),
        ("server:\n", "secret: x\nserver:\n", "secrets come from the environment: set DISASTER_SECRET"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in TEXT
    said = complaints(tmp_path, TEXT.replace(old, new, 1))
    assert any(says in one for one in said), said
    assert all(re.match(r"app\.yaml:\d+: error: ", one) for one in said)


def test_the_line_is_the_keys_own(tmp_path: Path) -> None:
    text = TEXT.replace("link_hours: 12", "link_hours: 0")
    assert complaints(tmp_path, text)[0].startswith(f"app.yaml:{line_of(text, 'link_hours')}: ")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "disaster.example.org", ""])
def test_the_console_is_refused_where_others_can_reach_it(tmp_path: Path, host: str) -> None:
    text = TEXT.replace("enabled: false", "enabled: true").replace("host: 127.0.0.1", f'host: "{host}"')
    said = complaints(tmp_path, text)
    assert [one for one in said if "server.host" in one and "only ever on 127.0.0.1" in one]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost"])
def test_loopback_addresses_are_this_machine_alone(host: str) -> None:
    assert loopback(host)


def test_a_file_that_is_a_list_is_refused(tmp_path: Path) -> None:
    assert "write keys with values" in complaints(tmp_path, "- a")[0]


@pytest.mark.parametrize("key", ["secret", "metrics_token"])
def test_a_secret_in_the_file_is_never_printed(tmp_path: Path, key: str) -> None:
    said = complaints(tmp_path, TEXT.replace("server:\n", f"{key}: 7766554433221100\nserver:\n", 1))
    assert f"DISASTER_{key.upper()}" in said[0]
    assert not [one for one in said if "7766554433221100" in one]


def test_a_fault_of_form_hides_no_fault_between_settings(tmp_path: Path) -> None:
    text = TEXT.replace("port: 8080", "prot: 8080").replace("commander: [IC, DEP]", "commander: []")
    said = complaints(tmp_path, text.replace("hotline:", "hotlin:").replace("server:\n", "secret: x\nserver:\n", 1))
    for words in (
        "DISASTER_SECRET",
        "did you mean port?",
        "did you mean hotline?",
        "policy.commander: name at least one role",
    ):
        assert any(words in one for one in said), said
    assert len(said) == 5, "and that hotline is missing"
