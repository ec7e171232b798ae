"""A made-up contact centre to try things on: the same seed and day make the same bytes."""

import csv
import io
from collections import Counter
from datetime import date
from itertools import count
from pathlib import Path
from random import Random

from bot.domain.roster_rows import LAYOUTS
from bot.operations.sample_people import Names, People, agents, staff
from bot.operations.sample_places import LEADERS, Rows, queues, sites, stakeholders, systems

ORGANISATION = "Northwind Care"
MADE_ON = date(2026, 11, 1)


def make(total: int, seed: int, on: date = MADE_ON) -> dict[str, Rows]:
    """Return the rows of six files for a contact centre of this many agents; log-in tests and reviews end at on."""
    random = Random(seed)  # noqa: S311 (a sample, not a secret)
    made = People(random, Names(seed), on, people=[], teams=[], agents=Counter(), numbers=count(1))
    staff(made)
    agents(made, total)
    by_queue: Counter[str] = Counter()
    for (_, queue), n in made.agents.items():
        by_queue[queue] += n
    files = {
        "sites.csv": sites(made.agents),
        "queues.csv": _led(queues(by_queue, on, random), made),
        "teams.csv": made.teams,
        "people.csv": made.people,
        "systems.csv": systems(total),
        "stakeholders.csv": stakeholders(ORGANISATION, [made.names.person() for _ in range(LEADERS)]),
    }
    return {file: files[file] for file in LAYOUTS}


def _led(rows: Rows, made: People) -> Rows:
    """Give every queue somebody whom people new to it ask: the lead of the last team that works it."""
    leads = {team["id"]: team["lead"] for team in made.teams}
    of_queue = {person["queue"]: leads[person["team"]] for person in made.people if person["kind"] == "agent"}
    return [{**row, "lead": of_queue.get(row["id"], "")} for row in rows]


def text(rows: Rows) -> str:
    """Return rows as the text of a CSV file."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write(folder: Path, total: int, seed: int, on: date = MADE_ON) -> dict[str, int]:
    """Write the six files into a folder, which is made if need be; return how many rows each has."""
    folder.mkdir(parents=True, exist_ok=True)
    files = make(total, seed, on)
    for file, rows in files.items():
        (folder / file).write_text(text(rows), encoding="utf-8", newline="")
    return {file: len(rows) for file, rows in files.items()}
