"""The made-up contact centre: always the same, always sound, and worth losing a site of."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.domain.person import Audience
from bot.domain.policy import Policy
from bot.domain.roster import Roster
from bot.domain.roster_reading import parse
from bot.domain.roster_rows import LAYOUTS, Sheet
from bot.operations.sample import make, text, write
from bot.storage.csvfiles import read_folder

TOP = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def policy() -> Policy:
    """The policy of app.yaml."""
    return Policy.model_validate(YAML(typ="safe").load(TOP / "app.yaml")["policy"])


@pytest.fixture(scope="module")
def roster(policy: Policy) -> Roster:
    """The sample that is committed."""
    found, problems = read_folder(TOP / "sample", policy)
    assert not problems
    return found


def files(folder: Path) -> dict[str, bytes]:
    """The bytes of a folder's files."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_seed_makes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path / name, 120, seed=11)
    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert make(120, seed=12) != make(120, seed=11)


def test_the_committed_sample_is_the_one_of_seed_7() -> None:
    made = {file: text(rows).encode() for file, rows in make(1200, seed=7).items()}
    assert made == {file: body for file, body in files(TOP / "sample").items() if file in made}


def test_no_two_people_have_the_same_number(roster: Roster) -> None:
    numbers = Counter(person.phone for person in roster.people if person.kind != "outside")
    assert numbers.most_common(1)[0][1] == 1


@pytest.mark.parametrize("total", [1, 10, 60, 1200])
def test_any_size_is_sound(total: int, policy: Policy) -> None:
    made = make(total, seed=1)
    found, problems = parse({file: Sheet.of(file, rows) for file, rows in made.items()}, policy)
    assert not problems
    assert sum(person.kind == "agent" for person in found.people) == total
    assert all(list(made[file][0]) == [column.name for column in layout] for file, layout in LAYOUTS.items())


def test_the_days_in_it_follow_the_day_it_is_made_for() -> None:
    def last(on: date) -> str:
        return max(row["home_tested"] for row in make(200, seed=1, on=on)["people.csv"])

    assert date(2027, 5, 1) > date.fromisoformat(last(date(2027, 5, 1))) > date(2027, 4, 1)


def test_every_role_has_somebody_and_command_has_two(roster: Roster, policy: Policy) -> None:
    held = Counter(role for person in roster.people for role in person.roles)
    assert set(policy.roles) == set(held)
    assert held["IC"] == 2


def test_every_audience_has_somebody(roster: Roster) -> None:
    told = {person.audience for person in roster.people}
    assert told == set(Audience) - {Audience.UNPLACED, Audience.EVERYONE}


def test_names_and_addresses_are_each_somebodys_own(roster: Roster) -> None:
    agents = [person for person in roster.people if person.kind == "agent"]
    assert len({person.name for person in agents}) == len(agents) == 1200
    assert len({person.email for person in roster.people}) == len(roster.people)


def test_nobody_real_can_be_reached(roster: Roster) -> None:
    assert all(person.email.endswith(("@example.org", "@example.com")) for person in roster.people)
    cities = ("113", "114", "115", "116", "117", "118", "121", "131", "141", "151", "161")
    more = ("191 498 0", "20 7946 0", "29 2018 0", "28 9649 6", "1632 960", "7700 900")
    fiction = (*(f"+44 {city} 496 0" for city in cities), *(f"+44 {area}" for area in more), "+351 21 000 0")
    assert all(person.phone.startswith(fiction) for person in roster.people)


def test_every_team_has_about_twelve_with_a_lead_and_a_deputy_from_it(roster: Roster) -> None:
    people = {person.id: person for person in roster.people}
    sizes = Counter(person.team for person in roster.people if person.kind == "agent")
    for team in roster.teams:
        assert 8 <= sizes[team.id] <= 12
        assert people[team.lead].team == people[team.deputy].team == team.id
        assert "TL" in people[team.lead].roles


def test_losing_leeds_takes_tier_1_below_mbco(roster: Roster) -> None:
    live = Counter(person.queue for person in roster.people if person.kind == "agent" and person.site != "leeds")
    below = {queue.id for queue in roster.queues if live[queue.id] < queue.mbco}
    assert below == {"emergency", "payments", "priority", "faults"}
