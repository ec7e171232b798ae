"""The made-up contact centre's people: names, agents in teams, and those who run an incident."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle
from math import ceil
from random import Random

from faker import Faker

from bot.operations.sample_places import AGENT_SITES, LINES, PLACES, Line, Rows, landline, share_out

TEAM_SIZE = 12
_CITIES = ("114", "115", "116", "117", "118", "121", "131", "141", "151")
_LANDLINES = tuple(
    f"+44 {area}{number:03d}"
    for area in (*(f"{city} 496 0" for city in _CITIES), "191 498 0", "20 7946 0", "29 2018 0", "28 9649 6")
    for number in range(1000)
)
SHIFTS = ("mon-fri 07:00-15:00", "mon-fri 09:00-17:00", "mon-fri 12:00-20:00", "wed-sun 10:00-18:00")
_LOCALES = {"en_GB": 80, "en_IN": 8, "pl_PL": 5, "de_DE": 3, "fr_FR": 2, "pt_PT": 2}
_SECOND_LANGUAGES = ("de", "fr", "pl", "es", "pt", "ur", "pa")

# Minutes from where people live to each site they could work at, by their usual site.
_AREAS: Mapping[str, tuple[dict[str, int], ...]] = {
    "leeds": (
        {"leeds": 20, "bradford": 25, "york": 45, "manchester": 75},
        {"leeds": 35, "bradford": 35, "york": 50, "manchester": 70},
        {"leeds": 45, "bradford": 45, "york": 35, "manchester": 100},
        {"leeds": 40, "bradford": 30, "york": 75, "manchester": 50},
        {"leeds": 25, "bradford": 20, "york": 60, "manchester": 80},
        {"leeds": 50, "bradford": 70, "york": 25},
        {"leeds": 30, "bradford": 55},
        {"leeds": 55, "bradford": 80, "york": 85},
    ),
    "manchester": (
        {"manchester": 25, "leeds": 75, "bradford": 80},
        {"manchester": 40, "leeds": 55, "bradford": 60},
        {"manchester": 30},
        {"manchester": 50, "leeds": 90},
    ),
    "york": (
        {"york": 20, "leeds": 45, "bradford": 65},
        {"york": 35, "leeds": 35, "bradford": 50},
        {"york": 30},
        {"york": 45, "leeds": 60, "bradford": 85},
    ),
    "home": (
        {"leeds": 45, "bradford": 50, "york": 50},
        {"manchester": 60},
        {"york": 75},
        {},
    ),
}
_NEAR_MIN = 35
_VALLEYS = {place.id: place.area for place in PLACES}
_KIT_PERCENT = {"leeds": 50, "manchester": 45, "york": 55, "home": 100}
_STAFF = (
    ("IC", "manchester"), ("IC", "leeds"), ("DEP;CM", "york"), ("SCR", "manchester"), ("OPS", "manchester"),
    ("OPS", "leeds"), ("PLAN", "york"), ("LOG", "leeds"), ("LOG", "manchester"), ("FIN;BRD", "york"),
    ("PIO", "manchester"), ("PIO", "leeds"), ("SO", "leeds"), ("SO", "manchester"), ("LNO", "leeds"),
    ("REG", "manchester"), ("VM", "york"), ("KM;DIG", "manchester"), ("SCR", "leeds"),
)  # fmt: skip


class Names:
    """Names drawn from pools that Faker fills once: a Faker call for each of 100,000 people would take a minute."""

    def __init__(self, seed: int) -> None:
        """Fill the pools; the same seed draws the same names."""
        self._random = Random(seed)  # noqa: S311 (a sample, not a secret)
        self._pools = {locale: _pool(locale, seed) for locale in _LOCALES}
        self._locales, self._weights = list(_LOCALES), list(_LOCALES.values())
        self._used: set[str] = set()
        self._addresses: Counter[str] = Counter()

    def person(self) -> tuple[str, str]:
        """Return a name, new as long as there are new ones, and its e-mail address, always new."""
        name = self._draw()
        for _ in range(20):
            if name not in self._used:
                break
            name = self._draw()
        self._used.add(name)
        box = ".".join(_ascii(name).split())
        self._addresses[box] += 1
        number = self._addresses[box]
        return name, f"{box}{number if number > 1 else ''}@example.org"

    def _draw(self) -> str:
        first, last = self._pools[self._random.choices(self._locales, self._weights)[0]]
        return f"{self._random.choice(first)} {self._random.choice(last)}"


def _pool(locale: str, seed: int) -> tuple[list[str], list[str]]:
    fake = Faker(locale)
    fake.seed_instance(seed)
    first = sorted({fake.first_name() for _ in range(600)})
    return first, sorted({fake.last_name() for _ in range(1200)})


def _ascii(name: str) -> str:
    plain = name.casefold().replace("ł", "l").replace("ß", "ss").replace("ø", "o")
    kept = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return "".join(c for c in kept if c.isalpha() or c == " ")


@dataclass
class People:
    """What is being made up: rows of people.csv and teams.csv, and how many agents stand where."""

    random: Random
    names: Names
    on: date
    people: Rows
    teams: Rows
    agents: Counter[tuple[str, str]]
    numbers: Iterator[int]
    mobiles: set[int] = field(default_factory=set)
    landlines: Iterator[str] = field(default_factory=lambda: cycle(_LANDLINES))


def staff(made: People) -> None:
    """Make up those who run an incident, S001 and on; S001 and S002 may command."""
    for n, (role, site) in enumerate(_STAFF, start=1):
        made.people.append(_responder(made, f"S{n:03d}", site, role, landline(site, 100 + n)))


def _responder(made: People, id_: str, site: str, role: str, phone: str) -> dict[str, str]:
    return {**_blank(id_, made.names.person(), "staff", site, phone), "roles": role, "languages": "en"}


def _blank(id_: str, who: tuple[str, str], kind: str, site: str, phone: str) -> dict[str, str]:
    """Return a row of people.csv with every column, in order; who is name and e-mail address."""
    return {
        "id": id_, "name": who[0], "kind": kind, "team": "", "site": site, "queue": "", "roles": "",
        "email": who[1], "phone": phone, "tz": "", "languages": "", "language": "", "skills": "", "shift": SHIFTS[1],
        "home_kit": "yes", "home_mbps": "80", "home_tested": "", "home_pay_ok": "no", "travel": "", "mobility": "yes",
        "area": "", "aad_id": "",
    }  # fmt: skip


def agents(made: People, total: int) -> None:
    """Make up teams of about twelve with their leads, site by site, each team on one queue."""
    for site, count in share_out(total, AGENT_SITES).items():
        teams = ceil(count / TEAM_SIZE)
        queues = share_out(teams, {line.id: line.teams[site] for line in LINES})
        lines = [line for line in LINES for _ in range(queues[line.id])]
        for n, line in enumerate(lines, start=1):
            size = count // teams + (n <= count % teams)
            _team(made, f"{site}-{n:02d}", site, line, size)


def _team(made: People, id_: str, site: str, line: Line, size: int) -> None:
    lead = f"L{len(made.teams) + 1:03d}"
    made.people.append({**_responder(made, lead, site, "TL", _mobile(made)), "team": id_})
    members = [_agent(made, id_, site, line) for _ in range(size)]
    made.people += members
    made.agents[site, line.id] += size
    made.teams.append(
        {
            "id": id_,
            "name": f"{site.title()} {line.name} {id_.rpartition('-')[2]}",
            "site": site,
            "lead": lead,
            "deputy": members[0]["id"],
            "channel": f"team-{id_}",
        }
    )


def _mobile(made: People) -> str:
    """A number of Ofcom's ranges for fiction, each once while there are any: mobile ones, then landlines."""
    number = made.random.randrange(900)
    if number in made.mobiles:
        return next(made.landlines)
    made.mobiles.add(number)
    return f"+44 7700 900{number:03d}"


def _agent(made: People, team: str, site: str, line: Line) -> dict[str, str]:
    random = made.random
    row = _blank(f"A{next(made.numbers):05d}", made.names.person(), "agent", site, _mobile(made))
    languages = _languages(random, line)
    row.update(team=team, queue=line.id, languages=";".join(languages), skills=_skills(random, line, languages))
    row["language"] = line.language if line.language != "en" and int(row["id"][1:]) % 2 else ""
    shift = random.choice(SHIFTS)
    area, travel = _travel(random, site)
    row.update(shift=shift, travel=travel, mobility=_yes(random, 85), area=area)
    return {**row, **_home(random, site, made.on)}


def _yes(random: Random, percent: int) -> str:
    return "yes" if random.randrange(100) < percent else "no"


def _languages(random: Random, line: Line) -> list[str]:
    spoken = ["en"] if line.language == "en" else ["en", line.language]
    if random.randrange(100) < 5:
        spoken += [language for language in (random.choice(_SECOND_LANGUAGES),) if language not in spoken]
    return spoken


def _skills(random: Random, line: Line, languages: list[str]) -> str:
    levels = {line.skill: random.choices((2, 3, 4, 5), (15, 40, 30, 15))[0]}
    for skill in random.sample(line.related, random.choices((0, 1, 2), (45, 40, 15))[0]):
        levels[skill] = random.choices((1, 2, 3), (30, 45, 25))[0]
    if len(languages) > 1:
        levels.setdefault("service", random.choice((1, 2)))
    return ";".join(f"{skill}:{level}" for skill, level in levels.items())


def _travel(random: Random, site: str) -> tuple[str, str]:
    """Return the area where the agent lives and the minutes from there: most live near the site."""
    more = random.choice((0, 0, 5, 10))
    where = random.choice(_AREAS[site])
    near = site == min(where, key=where.__getitem__, default="") and where[site] <= _NEAR_MIN
    area = _VALLEYS.get(site, "") if near else ""
    return area, ";".join(f"{to}:{minutes + more}" for to, minutes in where.items())


def _home(random: Random, site: str, on: date) -> dict[str, str]:
    """Return what the agent can do from home: most who have the kit tested it lately, some long ago, a few never."""
    if random.randrange(100) >= _KIT_PERCENT[site]:
        return {"home_kit": "no", "home_mbps": "0", "home_tested": "", "home_pay_ok": "no"}
    how = random.choices(("lately", "long ago", "never"), (80, 14, 6))[0]
    days = random.randint(1, 60) if how == "lately" else random.randint(120, 400)
    return {
        "home_kit": "yes",
        "home_mbps": str(random.choice((18, 36, 67, 80, 150, 500))),
        "home_tested": "" if how == "never" else (on - timedelta(days=days)).isoformat(),
        "home_pay_ok": _yes(random, 10),
    }
