"""A planner's whole input as JSON: what a plan is made from, without any installation; every fault is named."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field, ValidationError

from bot.domain.complaints import fix_for
from bot.domain.nearest import did_you_mean
from bot.domain.place import SiteKind
from bot.domain.refusal import BadConfig, Problem
from bot.domain.relocation_classes import Classes
from bot.domain.relocation_shift import known
from bot.domain.relocation_terms import Agent, Demand, Destination, Pool, Rules, Situation
from bot.domain.relocation_wishes import NO_WISHES, Wishes
from bot.domain.runbook import Written
from bot.domain.text import Key, Line
from bot.domain.zones import zones

Count = Annotated[int, Field(ge=0, le=1_000_000)]
Minutes = Annotated[int, Field(ge=0, le=20_160)]
Level = Annotated[int, Field(ge=1, le=5)]
_RULES = Rules(payments_from_home=False, home_test_days=90, max_travel_min=90, wave_size=400)
Place = tuple[str | int, ...]


class ScenarioRules(Written):
    """What the organisation decided; docs/settings.md explains each under policy."""

    payments_from_home: bool = False
    home_test_days: Annotated[int, Field(ge=1, le=36_500)] = 90
    max_travel_min: Minutes = 90
    wave_size: Annotated[int, Field(ge=1)] = 400
    notice_min: Minutes = _RULES.notice_min
    wave_every_min: Minutes = _RULES.wave_every_min
    tier_weights: Annotated[tuple[Annotated[int, Field(ge=1, le=100)], ...], Field(min_length=1, max_length=9)] = (
        _RULES.tier_weights
    )
    off_skill_min: Minutes = _RULES.off_skill_min
    cost_min: Minutes = _RULES.cost_min
    call_in: bool = False
    shift_left_min: Minutes = _RULES.shift_left_min
    limit_s: Annotated[float, Field(gt=0, le=600)] = _RULES.limit_s


class ScenarioQueue(Written):
    """A queue: mbco and full are live seats; live are those at work now, without the agents of the scenario."""

    id: Key
    name: Line = ""
    tier: Annotated[int, Field(ge=1, le=9)]
    mbco: Count
    full: Count
    live: Count = 0
    skill: str = ""
    languages: tuple[str, ...] = ()
    payment_cards: bool = False
    residency: str = ""
    level: Level = 1
    rto_min: Minutes = 0


class ScenarioDestination(Written):
    """A destination: seats are those that it has, held those that others sit on and that can't be given.

    skills: those that an outsourcer attested, none for any.
    """

    id: Key
    name: Line = ""
    kind: SiteKind
    seats: Annotated[int, Field(ge=1, le=1_000_000)]
    held: Count = 0
    card_safe_seats: Count = 0
    card_safe_held: Count = 0
    ready_min: Minutes = 0
    residency: str = ""
    hit: bool = False
    area: str = ""
    cost: Count = 0
    ratio_max: Count = 0
    leads: Count = 0
    led: Count = 0
    skills: tuple[str, ...] = ()


class ScenarioAgent(Written):
    """An agent who lost their place; sent_to, sent_for and sent_state are the move that they were told of."""

    id: Key
    queue: str = ""
    skills: dict[str, Level] = Field(default_factory=dict)
    languages: tuple[str, ...] = ()
    kit: bool = False
    tested: Annotated[str, Field(pattern=r"^(\d{4}-\d{2}-\d{2})?$")] = ""
    pay_ok: bool = False
    travel: dict[str, Minutes] = Field(default_factory=dict)
    mobility: bool = True
    can_work: bool = True
    team: str = ""
    shift: str = ""
    tz: str = "UTC"
    area: str = ""
    sent_to: str = ""
    sent_for: str = ""
    sent_state: Annotated[str, Field(pattern="^(told|moving|arrived|logged_in|taking_contacts)?$")] = ""


class ScenarioPool(Written):
    """Something that only so many can use at once; no destinations or queues named: all of them."""

    id: Key
    name: Line = ""
    left: Count
    destinations: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()


class Scenario(Written):
    """All that a plan depends on; leads are team leads who can go along with the agents."""

    now: Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))]
    rules: ScenarioRules = ScenarioRules()
    queues: Annotated[tuple[ScenarioQueue, ...], Field(min_length=1)]
    destinations: Annotated[tuple[ScenarioDestination, ...], Field(min_length=1)]
    agents: Annotated[tuple[ScenarioAgent, ...], Field(min_length=1)]
    pools: tuple[ScenarioPool, ...] = ()
    wishes: Wishes = NO_WISHES
    leads: Count = 0
    hazard_areas: tuple[str, ...] = ()


def read(text: str, file: str) -> Situation:
    """Return the situation that a scenario describes; raises BadConfig with file, line, JSON path and what is right."""
    try:
        scenario = Scenario.model_validate(json.loads(text))
    except json.JSONDecodeError as wrong:
        raise BadConfig(
            [Problem(file, wrong.lineno, "JSON", "", f"no JSON: {wrong.msg} (column {wrong.colno})")]
        ) from None
    except ValidationError as wrong:
        raise BadConfig([*_complaints(text, file, wrong)]) from None
    asked = situation(scenario)
    faults = [*_faults(scenario)] or [*_unserved(asked)]
    if faults:
        raise BadConfig([_problem(text, file, *fault) for fault in faults])
    return asked


def _complaints(text: str, file: str, wrong: ValidationError) -> Iterator[Problem]:
    """Yield what the types refuse; a list whose parts are all refused is not called empty as well."""
    model, errors = schema(), wrong.errors()
    for error in errors:
        where, inner = error["loc"], [e for e in errors if e["loc"][: len(error["loc"])] == error["loc"]]
        if error["type"] != "too_short" or len(inner) == 1:
            yield _problem(text, file, where, fix_for(error, where, model), error["input"])


def situation(scenario: Scenario) -> Situation:
    """Return what the planner takes."""
    return Situation(
        agents=[_agent(agent) for agent in scenario.agents],
        queues=[Demand(**{**dict(queue), "name": queue.name or queue.id}) for queue in scenario.queues],
        destinations=[_destination(place) for place in scenario.destinations],
        rules=Rules(**dict(scenario.rules)),
        now=scenario.now,
        wishes=scenario.wishes,
        pools=[Pool(**{**dict(pool), "name": pool.name or pool.id}) for pool in scenario.pools],
        leads=scenario.leads,
        hazard_areas=frozenset(scenario.hazard_areas),
    )


def _agent(agent: ScenarioAgent) -> Agent:
    pairs = {"skills": tuple(sorted(agent.skills.items())), "travel": tuple(sorted(agent.travel.items()))}
    return Agent(**{**dict(agent), **pairs})


def _destination(place: ScenarioDestination) -> Destination:
    seats = max(0, place.seats - place.held)
    safe = min(seats, max(0, place.card_safe_seats - place.card_safe_held))
    own = {key: value for key, value in dict(place).items() if key not in {"held", "card_safe_held"}}
    return Destination(**{**own, "name": place.name or place.id, "seats": seats, "card_safe_seats": safe})


Fault = tuple[Place, str, Any]


def _faults(scenario: Scenario) -> Iterator[Fault]:
    """Yield what no single value shows: ids used twice, ids that lead nowhere, sums that can't be."""
    parts = {name: getattr(scenario, name) for name in ("queues", "destinations", "agents", "pools")}
    for name, many in parts.items():
        yield from _twice(name, [one.id for one in many])
    queues, places = ({one.id for one in parts[name]} for name in ("queues", "destinations"))
    there = frozenset(zones())
    for n, queue in enumerate(scenario.queues):
        if queue.mbco > queue.full:
            yield ("queues", n, "mbco"), f"at most full, which is {queue.full}", queue.mbco
    for n, pool in enumerate(scenario.pools):
        yield from _lost(("pools", n, "destinations"), pool.destinations, places)
        yield from _lost(("pools", n, "queues"), pool.queues, queues)
    for n, agent in enumerate(scenario.agents):
        yield from _lost(("agents", n, "queue"), [agent.queue] if agent.queue else [], queues)
        yield from _lost(("agents", n, "sent_to"), [agent.sent_to] if agent.sent_to else [], places)
        yield from _lost(("agents", n, "sent_for"), [agent.sent_for] if agent.sent_for else [], queues)
        yield from _lost(("agents", n, "travel"), agent.travel, places)
        yield from _of_time(n, agent, scenario.now, there)
    yield from _wishes(scenario.wishes, queues, places)
    yield from _named(scenario)


def _of_time(n: int, agent: ScenarioAgent, now: datetime, there: frozenset[str]) -> Iterator[Fault]:
    """Yield what of somebody's hours and dates can't be: a shift, a time zone, the day of a log-in test."""
    if not known(agent.shift):
        yield ("agents", n, "shift"), "a shift such as mon-fri 08:00-16:00", agent.shift
    if agent.tz not in there:
        yield ("agents", n, "tz"), f"no such time zone; {did_you_mean(agent.tz, there)}", agent.tz
        return
    today = now.astimezone(ZoneInfo(agent.tz)).date()
    if agent.tested and not _has_been(agent.tested, today):
        yield ("agents", n, "tested"), f"a day of the calendar, {today} at the latest", agent.tested


def _has_been(day: str, today: date) -> bool:
    try:
        return date.fromisoformat(day) <= today
    except ValueError:
        return False


def _wishes(wishes: Wishes, queues: set[str], places: set[str]) -> Iterator[Fault]:
    for n, lock in enumerate(wishes.locked):
        yield from _lost(("wishes", "locked", n, "to"), [lock.to] if lock.to else [], places)
        yield from _lost(("wishes", "locked", n, "works"), [lock.works] if lock.works else [], queues)
    for key, named, there in (("closed", wishes.closed, places), ("held_back", wishes.held_back, places)):
        yield from _lost(("wishes", key), named, there)
    for key, named in (("queues_out", wishes.queues_out), ("tiers", wishes.tiers)):
        yield from _lost(("wishes", key), named, queues)


def _named(scenario: Scenario) -> Iterator[Fault]:
    """Yield people and teams whom wishes name and who are not there."""
    people, teams = {a.id for a in scenario.agents}, {a.team for a in scenario.agents if a.team}
    queues = {queue.id for queue in scenario.queues}
    for n, lock in enumerate(scenario.wishes.locked):
        for key, there in (("person", people), ("team", teams), ("queue", queues)):
            named = getattr(lock, key)
            yield from _lost(("wishes", "locked", n, key), [named] if named else [], there)
        if not (lock.person or lock.team or lock.queue):
            yield ("wishes", "locked", n), "whom it is about: person, team or queue", ""
    yield from _lost(("wishes", "people_out"), scenario.wishes.people_out, people)
    yield from _lost(("wishes", "teams_out"), scenario.wishes.teams_out, teams)


def _twice(name: str, ids: Iterable[str]) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for n, id_ in enumerate(ids):
        if seen.setdefault(id_, n) != n:
            yield (name, n, "id"), f"an id that nothing else has; {name}[{seen[id_]}] has it already", id_


def _lost(where: Place, named: Iterable[str], there: set[str]) -> Iterator[Fault]:
    return ((where, f"no such id; {did_you_mean(one, there)}", one) for one in named if one not in there)


def _unserved(asked: Situation) -> Iterator[Fault]:
    """Yield queues below mbco that no agent of the scenario can work, wherever."""
    able = {queue for each in Classes(asked).able for queue, _ in each}
    for n, queue in enumerate(asked.queues):
        if queue.live < queue.mbco and n not in able:
            wants = " and ".join(filter(None, [queue.skill, " or ".join(queue.languages)])) or "this queue"
            fix = f"nobody in agents can serve it: give somebody {wants}, or this queue as their own, or leave it out"
            yield ("queues", n, "id"), fix, queue.id


def _problem(text: str, file: str, where: Place, fix: str, value: Any = "") -> Problem:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where).lstrip(".") or "JSON"
    shown = "" if isinstance(value, dict | list | tuple) else str(value)
    return Problem(file, line_of(text, where), path, shown, fix)


def line_of(text: str, where: Place) -> int:
    """Return the line where a path of a JSON text stands; of its nearest parent when it is not there."""
    decoder, at = json.JSONDecoder(), _skip(text, 0)
    for part in where:
        found = next((begin for key, begin in _children(text, at, decoder) if key == part), None)
        if found is None:
            break
        at = found
    return text.count("\n", 0, at) + 1


def _children(text: str, at: int, decoder: json.JSONDecoder) -> Iterator[tuple[str | int, int]]:
    """Yield the keys or numbers of what a JSON object or array at a place holds, and where each value begins."""
    if text[at : at + 1] not in {"{", "["}:
        return
    is_object, n, at = text[at] == "{", 0, _skip(text, at + 1)
    while at < len(text) and text[at] not in "}]":
        key: str | int = n
        if is_object:
            key, at = decoder.raw_decode(text, at)
            at = _skip(text, at)
        yield key, at
        _, at = decoder.raw_decode(text, at)
        at, n = _skip(text, at), n + 1


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,:":
        at += 1
    return at


def schema() -> dict[str, Any]:
    """Return the scenario's JSON schema."""
    return Scenario.model_json_schema()
