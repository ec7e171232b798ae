"""disaster what-if and disaster seats: what they print, and how they say no."""

import json

import pytest
from typer.testing import CliRunner

from bot.cli.commands import cli
from bot.domain.relocation import plan
from bot.operations import whatif
from bot.storage import roster
from tests.world import START, product_settings


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A data folder with the sample of 120 agents."""
    folder = tmp_path_factory.mktemp("whatif")
    ran("sample", "--out", folder / "csv", "--agents", "120")
    ran("migrate", "--data", folder / "data")
    ran("import", folder / "csv", "--data", folder / "data")
    return folder / "data"


def ran(*words, code=0):
    """What a command prints."""
    done = CliRunner().invoke(cli, [str(word) for word in words], env={"COLUMNS": "200"})
    assert done.exit_code == code, done.output
    return done.output


def test_a_lost_site_in_words(data):
    said = ran("what-if", "--site", "leeds", "--at", "Mon 09:00", "--data", data)
    assert "agents lose their place" in said
    assert "Proven: no plan does better." in " ".join(said.split())
    for title in ("Queues that fall below mbco", "Destinations", "Who has no place, and why", "What would help most"):
        assert title in said


def test_the_whole_plan_as_json(data):
    found = json.loads(ran("what-if", "--site", "leeds", "--at", "2026-11-02T09:00", "--json", "--data", data))
    assert found["method"] == "optimum"
    assert found["placed"] == len(found["placements"])
    assert {"agent", "queue", "destination", "wave", "report_at"} <= found["placements"][0].keys()
    assert all(one["reason"] for one in found["unplaced_agents"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "What is lost? Name a site or a queue"),
        (("--site", "leds"), "There is no site leds; did you mean leeds?"),
        (("--site", "bradford"), "Nobody works there"),
        (("--site", "leeds", "--at", "noonish"), "write a weekday and a time"),
        (("--site", "leeds", "--at", "mon 25:00"), "write a weekday and a time"),
        (("--site", "leeds", "--category", "fire"), "no such category"),
        (("--scenario", "/nowhere.json"), "nothing was planned"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(data, words, said):
    assert said in ran("what-if", *words, "--data", data, code=2)


def test_a_scenario_is_planned_without_an_installation_and_a_wrong_one_is_not(tmp_path):
    file = tmp_path / "s.json"
    file.write_text(
        json.dumps({
            "now": "2026-11-02T09:00:00Z",
            "queues": [{"id": "q", "tier": 1, "mbco": 1, "full": 2}],
            "destinations": [{"id": "home", "kind": "home", "seats": 1}],
            "agents": [{"id": f"A{n}", "queue": "q", "kit": True, "tested": "2026-10-01"} for n in (1, 2)],
        })
    )  # fmt: skip
    found = json.loads(ran("what-if", "--scenario", file, "--json"))
    assert [one["agent"] for one in found["placements"]] == ["A1"]
    file.write_text(file.read_text().replace('"seats": 1', '"seats": 0'))
    assert "destinations[0].seats is '0'" in ran("what-if", "--scenario", file, code=2)
    file.write_text(
        file.read_text()
        .replace('"seats": 0', '"seats": 1')
        .replace('"agents"', '"wishes": {"locked": [{"queue": "q"}]}, "agents"')
    )
    assert "queue q locked can't all be" in ran("what-if", "--scenario", file, code=2)


def test_the_schema_is_printed(tmp_path):
    assert json.loads(ran("what-if", "--schema"))["required"] == ["now", "queues", "destinations", "agents"]


def test_seats_from_volume():
    said = ran("seats", "--contacts", "200", "--handling", "180", "--absent", "30")
    assert "20 people for 14 seats: 10.0 erlangs, 88.8% answered in 20 s, 17.4% wait, 7.8 s on average." in " ".join(
        said.split()
    )


async def test_what_helps_is_tried_and_does_help(peopled):
    async with peopled.read(START) as db:
        people = await roster.read(db)
    asked = whatif.situation(
        people, product_settings().policy, [], sites=["leeds"], queues=[], category="facility_loss", at=START
    )
    found = whatif.helps(asked, plan(asked))
    assert found
    assert [one.gains for one in found] == sorted((one.gains for one in found), reverse=True)
    assert all(one.gains > (0,) * 6 for one in found)
    assert all(sum(one.people.values()) > 0 for one in found if any(one.gains[:3])), "nearer to full is more people"


async def test_a_regional_disaster_leaves_out_who_lives_there_and_what_stands_there(peopled):
    async with peopled.read(START) as db:
        people = await roster.read(db)
    asked = whatif.situation(
        people, product_settings().policy, [], sites=["leeds"], queues=[], category="regional_disaster", at=START
    )
    found = plan(asked)
    assert "bradford" not in {line.id for line in found.destinations}
    assert "lives where it hit: safety and family first" in dict(found.reasons())
