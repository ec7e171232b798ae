"""What if, on the command line: the planner on today's roster or on a scenario, and seats from volume."""

import json
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape
from rich.table import Table

from bot import app as product
from bot.cli.tools import APP_YAML, Data, SettingsFile, err, fail, out, run, settings_of
from bot.clock import SystemClock
from bot.domain import erlang, scenario
from bot.domain.nearest import did_you_mean
from bot.domain.refusal import BadConfig, Refused
from bot.domain.relocation import Plan, QueueLine, Situation, plan
from bot.domain.relocation_plan import Method, plain
from bot.domain.relocation_shift import DAYS
from bot.domain.runbook import Category
from bot.operations import whatif as ask
from bot.settings import Settings
from bot.storage import roster, vendors

_GAINS = (
    "nearer to mbco in tier 1",
    "nearer to mbco",
    "nearer to full",
    "sooner ready",
    "less travel, cost or new queues",
    "fewer told anew",
)


def what_if(
    site: Annotated[list[str] | None, typer.Option(help="a site that is lost; may be given again")] = None,
    queue: Annotated[list[str] | None, typer.Option(help="a queue whose people lose their place")] = None,
    at: Annotated[str, typer.Option(help='when: "Mon 09:00" or 2026-11-02T09:00; else now')] = "",
    category: Annotated[
        str, typer.Option(help="the kind of disaster; regional_disaster leaves out whole areas")
    ] = "facility_loss",
    scenario_file: Annotated[
        Path | None, typer.Option("--scenario", help="a JSON file with the planner's whole input")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the whole plan as JSON")] = False,
    helps: Annotated[bool, typer.Option("--helps/--no-helps", help="try what would help most")] = True,
    schema: Annotated[bool, typer.Option("--schema", help="print the JSON schema of a scenario, and end")] = False,
    settings: SettingsFile = APP_YAML,
    data: Data = Path("var"),
) -> None:
    """Plan the moves for a disaster that has not happened: what falls short, who has no place, what would help."""
    if schema:
        sys.stdout.write(json.dumps(scenario.schema(), indent=2) + "\n")
        return
    if scenario_file is not None:
        asked = _scenario(scenario_file)
    else:
        asked = _today(settings_of(settings), data, site or [], queue or [], category, at)
    try:
        with err.status("Planning…"):
            made = plan(asked)
            useful = ask.helps(asked, made) if helps and not as_json else []
    except Refused as no:
        fail(no.text, no.instead, "Nothing was planned.")
    if as_json:
        sys.stdout.write(json.dumps(whole(made), indent=1) + "\n")
    else:
        _show(asked, made, useful)


def _scenario(file: Path) -> Situation:
    try:
        return scenario.read(file.read_text(encoding="utf-8"), str(file))
    except BadConfig as bad:
        fail(*(str(problem) for problem in bad.problems), f"{len(bad.problems)} to put right; nothing was planned.")
    except UnicodeDecodeError:
        fail(f"{file}: no UTF-8 text; nothing was planned.")
    except OSError as trouble:
        fail(f"{file}: {trouble.strerror}; nothing was planned.")


def _today(chosen: Settings, data: Path, sites: list[str], queues: list[str], category: str, at: str) -> Situation:
    if not sites and not queues:
        fail("What is lost? Name a site or a queue: disaster what-if --site leeds, or a scenario: --scenario FILE")
    if category not in set(Category):
        fail(f"--category {category}: no such category; {did_you_mean(category, [c.value for c in Category])}")
    moment = _moment(at, ZoneInfo(chosen.policy.tz))

    async def work() -> Situation:
        async with product.opened(chosen, data, product.used_last(data)) as store, store.read(moment) as db:
            people, outside = await roster.read(db), [*(await vendors.every(db)).values()]
        return ask.situation(people, chosen.policy, outside, sites=sites, queues=queues, category=category, at=moment)

    found: Situation = run(work())
    return found


def _moment(said: str, zone: ZoneInfo) -> datetime:
    """Return the moment that is meant: a weekday and time is the next such, a date and time is in the zone."""
    now = SystemClock().now()
    if not said:
        return now
    day, _, clock = said.casefold().partition(" ")
    try:
        if day[:3] not in DAYS:
            given = datetime.fromisoformat(said)
            return given if given.tzinfo else given.replace(tzinfo=zone)
        hour, minute = map(int, clock.split(":"))
        first = now.astimezone(zone).replace(hour=hour, minute=minute, second=0, microsecond=0)
    except ValueError:
        fail(f'--at {said}: write a weekday and a time, such as "Mon 09:00", or 2026-11-02T09:00')
    days = (DAYS.index(day[:3]) - first.weekday()) % 7
    moment = first + timedelta(days=days)
    return moment if moment >= now else moment + timedelta(days=7)


def whole(made: Plan) -> dict[str, Any]:
    """Return the whole plan as JSON: the summary, everybody's place, and who has none and why."""
    people = {"placements": [plain(p) for p in made.placements], "unplaced_agents": [plain(u) for u in made.unplaced]}
    return {**made.summary(), **people}


def _show(asked: Situation, made: Plan, useful: Sequence[ask.Help]) -> None:
    out.print(
        f"[bold]{len(asked.agents):,} agents lose their place[/]; {len(made.placements):,} get another, "
        f"{len(made.unplaced):,} do not. {escape(_found(made))}",
        highlight=False,
    )
    below = [line for line in made.queues if line.before < line.mbco]
    columns = ("Queue", "Tier", "Now", "After", "MBCO", "Full", "RTO", "Below mbco for")
    out.print(_table("Queues that fall below mbco", columns, [_queue(line, asked.now) for line in below]))
    rows = [
        (d.name, f"{d.used:,}", f"{d.left:,}", f"{d.ready_min} min", f"{d.leads}", f"{d.cost:,}")
        for d in made.destinations
    ]
    out.print(_table("Destinations", ("Destination", "Used", "Left", "Ready in", "Leads to go", "Cost a day"), rows))
    for place in (d for d in made.destinations if d.attested):
        out.print(f"[{'default' if place.sure else 'yellow'}]{escape(place.name)}: {escape(place.attested)}.[/]")
    out.print(_table("Who has no place, and why", ("Why", "Agents"), [(why, f"{n:,}") for why, n in made.reasons()]))
    out.print(_table("What would help most", ("With", "Brings"), [(h.what, _gain(h)) for h in useful]))


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table | str:
    if not rows:
        return f"\n[bold]{title}[/]: none"
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for n, column in enumerate(columns):
        table.add_column(column, justify="right" if n and len(columns) > 2 else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    return table


def _queue(line: QueueLine, now: datetime) -> tuple[str, ...]:
    figures = (str(line.tier), *(f"{n:,}" for n in (line.before, line.after, line.mbco, line.full)))
    rto = _length(line.rto_min) if line.rto_min else "–"
    if line.mbco_at is None:
        return (line.name, *figures, rto, f"as long as it lasts: {line.mbco - line.after:,} short")
    minutes = round((line.mbco_at - now).total_seconds() / 60)
    late = ", past its RTO" if 0 < line.rto_min < minutes else ""
    return (line.name, *figures, rto, _length(minutes) + late)


def _length(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return " ".join(filter(None, [f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else ""]))


def _found(made: Plan) -> str:
    return "Proven: no plan does better." if made.method is Method.OPTIMUM else f"Plan: {made.method}. {made.note}"


def _gain(help_: ask.Help) -> str:
    """Say what a help brings: first what it is good for, then whose queues gain or give people."""
    people = ", ".join(f"{name} {n:+,}" for name, n in sorted(help_.people.items(), key=lambda one: -one[1]))
    levels = [what for what, n in zip(_GAINS, help_.gains, strict=True) if n]
    return f"{levels[0]}: {people}" if people else levels[0]


def seats(
    contacts: Annotated[float, typer.Option(min=0, help="how many contacts come")],
    handling: Annotated[float, typer.Option(min=1, help="seconds that one takes, with the work after it")],
    minutes: Annotated[float, typer.Option(min=1, help="in how many minutes they come")] = 60,
    within: Annotated[float, typer.Option(min=0, help="seconds in which they should be answered")] = 20,
    level: Annotated[float, typer.Option(min=1, max=99.9, help="percent of them that should be")] = 80,
    absent: Annotated[float, typer.Option(min=0, max=95, help="percent of people on breaks, in training, ill")] = 0,
) -> None:
    """Say how many seats a volume of contacts needs (Erlang C): what full_seats in queues.csv should be."""
    erlangs = erlang.load(contacts, minutes, handling)
    needed = erlang.seats(erlangs, handling, within, level / 100)
    reached = erlang.service_level(erlangs, needed, handling, within)
    out.print(
        f"[bold]{erlang.with_absence(needed, absent / 100):,} people[/] for {needed:,} seats: {erlangs:,.1f} erlangs, "
        f"{reached:.1%} answered in {within:g} s, {erlang.waits(erlangs, needed):.1%} wait, "
        f"{erlang.answer_s(erlangs, needed, handling):.1f} s on average.",
        highlight=False,
    )
