"""The commands that run and feed the product."""

import contextlib
import logging
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer

from bot import app as product
from bot.cli import delivery, evidence, forecast, outreach, reach, runbook, slack, teams, whatif
from bot.cli.tools import APP_YAML, Data, SettingsFile, err, fail, log_to, out, run, settings_of
from bot.clock import SystemClock
from bot.domain.console import Speed
from bot.domain.policy import Policy
from bot.domain.refusal import BadConfig, Problem
from bot.domain.text import listed
from bot.engine.timekeeping import clock_of
from bot.operations import roster, sample, sample_drills, sample_readiness
from bot.operations.console import begin_speed
from bot.operations.report import write as report_files
from bot.settings import Console as ConsoleSettings
from bot.settings import Server, Settings, readable_policy, slack_keys, teams_keys
from bot.settings import load as load_settings
from bot.storage import people
from bot.storage.database import Store
from bot.storage.migration import migrate as run_migrations
from bot.storage.runbooks import load_all

cli = typer.Typer(
    name="disaster",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Takes a contact centre through a disaster: [bold]demo[/] tries it on this machine, "
    "[bold]check[/] examines an installation, "
    "[bold]serve[/] runs it.",
)
cli.add_typer(runbook.cli, name="runbook")
cli.add_typer(slack.cli, name="manifest")
cli.command(name="what-if")(whatif.what_if)
cli.command()(forecast.forecast)
cli.command()(reach.reach)
cli.command()(evidence.evidence)
cli.command()(whatif.seats)


def _free(host: str, port: int) -> None:
    """Refuse early, in words, when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with contextlib.closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            fail(f"Port {port} is taken. Give another: make demo PORT={port + 1}, or --port {port + 1}.")


@cli.command()
def demo(
    port: Annotated[int, typer.Option(help="where to listen, on this machine only")] = 8080,
    agents: Annotated[
        int, typer.Option(min=60, max=200_000, help="how many agents the sample contact centre has")
    ] = 1200,
    seed: Annotated[int, typer.Option(help="another seed, another contact centre")] = 7,
    simulate: Annotated[bool, typer.Option(help="let the agents answer by themselves, at human speed")] = True,
    settings: SettingsFile = APP_YAML,
    data: Data = Path("var"),
) -> None:
    """Try everything on this machine: a sample contact centre and a small chat in the browser."""
    log_to(data / "demo.log")
    base = settings_of(settings)
    address = f"http://127.0.0.1:{port}"
    server = Server(host="127.0.0.1", port=port, public_url=address)
    chosen = base.model_copy(update={"server": server, "console": ConsoleSettings(enabled=True)})
    _free("127.0.0.1", port)
    run(_demo(chosen, data, agents, seed, simulate=simulate))


async def _demo(settings: Settings, data: Path, agents: int, seed: int, *, simulate: bool) -> None:
    name = f"demo-{agents}-{seed}"
    held = product.only_one(data, name)
    store = product.open_store(settings, data, name)
    try:
        books = product.library(settings)
        await run_migrations(store)
        await _load_sample(store, settings, data / f"sample-{agents}-{seed}", agents, seed)
        built = product.build(settings, store, books, product.secret_of(settings, data), open_board=True, seed=seed)
        await product.prepare(built)
        await sample_readiness.seed(built.desk)
        await sample_drills.seed(built.desk)
        await sample_readiness.last_week(built.desk)
        await begin_speed(built.desk, Speed.REAL if simulate else Speed.OFF)
        _greet(settings, agents, simulate=simulate)
        await product.run(built)
    finally:
        await store.close()
        held.close()
    out.print("Stopped. Start it again and it goes on where it was.", highlight=False)


def _say_that_it_serves(built: product.Product, parts: Sequence[product.Part]) -> None:
    """What somebody sees who starts it by hand; the log goes where machines read it."""
    chats = [name.capitalize() for name in built.desk.chats]
    heard = (
        f"People write to it on {listed(chats)}."
        if chats
        else "[bold]No chat is connected[/]: docs/slack.md, docs/teams.md."
    )
    err.print(
        f"Serving {built.settings.server.public_url} ({listed([p.value for p in parts])}). {heard} Ctrl-C stops it.",
        highlight=False,
    )


async def _load_sample(store: Store, settings: Settings, folder: Path, agents: int, seed: int) -> None:
    now = SystemClock().now()
    async with store.read(now) as db:
        if await people.count(db):
            return
    with err.status(f"Making a contact centre with {agents:,} agents…"):
        sample.write(folder, agents, seed, now.date())
        loaded, _ = roster.load(folder, settings.policy)
        await roster.import_roster(store, now, loaded)


def _greet(settings: Settings, agents: int, *, simulate: bool) -> None:
    address = settings.server.public_url
    alive = (
        "They answer by themselves, made up, at human speed; a switch on the page changes that."
        if simulate
        else "Nobody answers but you."
    )
    out.print(f"\n[bold]{address}/console[/]   a contact centre with {agents:,} agents. {alive}\n")
    out.print("1. Be the commander (first in the list) and type  [bold]/disaster declare[/]", highlight=False)
    out.print(
        "2. In the room that opens, work the steps: [bold]Start · Done · Preview and send[/]",
        highlight=False,
    )
    out.print(
        f"3. Watch [bold]{address}/board[/] in another window. Ctrl-C stops it; start again, it goes on.\n",
        highlight=False,
    )


@cli.command()
def serve(
    settings: SettingsFile = APP_YAML,
    data: Data = Path("var"),
    only: Annotated[
        list[product.Part] | None, typer.Option(help="what this process is for; may be given twice; else for all")
    ] = None,
) -> None:
    """Run the product with the settings of this installation; any number of processes on one PostgreSQL."""
    log_to(None)
    chosen = settings_of(settings)
    _free(chosen.server.host, chosen.server.port)
    run(_serve(chosen, data, only or list(product.Part)))


async def _serve(settings: Settings, data: Path, parts: Sequence[product.Part]) -> None:
    held = product.only_one(data) if not settings.database.url else None
    books = product.library(settings)
    async with product.opened(settings, data) as store:
        secret = product.secret_of(settings, data)
        on_slack, on_teams = slack_keys(), teams_keys(settings)
        clock = await clock_of(store)
        built = product.build(
            settings, store, books, secret, clock=clock, slack_keys=on_slack, teams_keys=on_teams, parts=parts
        )
        await product.prepare(built)
        _say_that_it_serves(built, parts)
        await product.run(built)
    if held is not None:
        held.close()


@cli.command()
def migrate(settings: SettingsFile = APP_YAML, data: Data = Path("var")) -> None:
    """Bring the database to the shape that this version needs."""
    chosen = settings_of(settings)

    async def work() -> None:
        store = product.open_store(chosen, data)
        try:
            await run_migrations(store)
        finally:
            await store.close()

    run(work())
    out.print("The database is up to date.")


@cli.command()
def check(
    settings: SettingsFile = APP_YAML,
    data: Data = Path("var"),
    runbooks: Annotated[Path, typer.Option(help="the folder with the runbooks")] = product.ROOT / "runbooks",
) -> None:
    """Examine settings, runbooks and database; every fault is named with file, line and what would be right."""
    chosen, problems = _good_settings(settings)
    problems += _books(chosen.policy if chosen else readable_policy(settings), runbooks)
    for problem in problems:
        err.print(str(problem), markup=False, highlight=False, soft_wrap=True)
    there = chosen is not None and run(_check_database(chosen, data))
    if wrong := sum(not problem.warning for problem in problems):
        fail(f"{wrong} to put right; then the ways to people are examined too.")
    ways = (slack.check_slack, teams.check_teams, outreach.check_outreach, delivery.check_delivery)
    well = [run(examined(chosen, data)) for examined in ways] if chosen and there else []  # each says how it is
    if not all(well):
        raise typer.Exit(1)


def _good_settings(path: Path) -> tuple[Settings | None, list[Problem]]:
    """Return the settings, None where they have faults, and these."""
    try:
        chosen = load_settings(path)
    except BadConfig as bad:
        return None, bad.problems
    out.print(f"settings     fine ({path.name})")
    return chosen, []


def _books(policy: Policy | None, folder: Path) -> list[Problem]:
    """Say which files of the runbooks' folder are fine; return their faults and warnings."""
    if policy is None:
        out.print("runbooks     not examined: they depend on policy.roles, ladder and paces of the settings")
        return []
    try:
        books = load_all(folder, policy, SystemClock().now().date())
    except BadConfig as bad:
        return bad.problems
    out.print(
        f"runbooks     {len(books)} fine: {', '.join(c.value for c in books.categories)}\n"
        f"regimes      {len(books.regimes.regimes)} fine, {sum(r.enabled for r in books.regimes.regimes)} on\n"
        f"readiness    {len(books.readiness.questions)} questions fine\n"
        f"tabletops    {len(books.tabletops)} fine: {', '.join(books.tabletops)}"
    )
    return list(books.warnings)


async def _check_database(settings: Settings, data: Path) -> bool:
    if not settings.database.url and not (data / "disaster.db").exists():
        out.print("database     none yet: disaster migrate makes it, disaster import fills it")
        return False
    async with product.opened(settings, data) as store, store.read(SystemClock().now()) as db:
        out.print(f"database     fine ({store.dialect}), {await people.count(db):,} people")
    return True


@cli.command(name="import")
def import_(
    folder: Annotated[Path, typer.Argument(help="the folder with people.csv, teams.csv, sites.csv …")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only show what would change")] = False,
    settings: SettingsFile = APP_YAML,
    data: Data = Path("var"),
) -> None:
    """Load the organisation from CSV files: all of it or nothing; what is there already is brought up to date."""
    chosen = settings_of(settings)

    async def work() -> Any:
        loaded, warnings = roster.load(folder, chosen.policy)
        for warning in warnings:
            err.print(str(warning), markup=False, highlight=False, soft_wrap=True)
        now = SystemClock().now()
        async with product.opened(chosen, data) as store:
            if not dry_run:
                return await roster.import_roster(store, now, loaded)
            async with store.read(now) as db:
                return await roster.plan_import(db, loaded)

    for line in run(work()).words():
        out.print(line, markup=False, highlight=False)
    out.print("Nothing was written (--dry-run)." if dry_run else "Done.")


@cli.command()
def report(
    reference: Annotated[str, typer.Argument(help="the incident, such as INC-2026-0007")],
    folder: Annotated[Path | None, typer.Option("--out", help="where to write it; else reports/ under --data")] = None,
    settings: SettingsFile = APP_YAML,
    data: Data = Path("var"),
) -> None:
    """Write the after-action timeline of an incident, as Markdown and as HTML; works beside a running server."""
    chosen = settings_of(settings)

    async def work() -> list[Path]:
        if not chosen.database.url and not [*data.glob("*.db")]:
            fail(f"There is no database under {data}. Name the folder: --data, what make demo was given as DATA=.")
        async with product.opened(chosen, data, product.used_last(data)) as store:
            built = product.build(chosen, store, product.library(chosen), product.secret_of(chosen, data))
            return await report_files(built.desk, reference, folder or data / "reports")

    for file in run(work()):
        out.print(str(file), markup=False, highlight=False)


@cli.command(name="sample")
def sample_(
    folder: Annotated[Path, typer.Option("--out", help="where to write the CSV files")],
    agents: Annotated[int, typer.Option(min=60, max=200_000)] = 1200,
    seed: int = 7,
) -> None:
    """Write a made-up contact centre as CSV files."""
    rows = sample.write(folder, agents, seed)
    out.print(f"{folder}: " + ", ".join(f"{n:,} {noun}" for noun, n in rows.items()))


def main() -> None:
    """Run the command line; a refusal is a sentence, never a traceback.

    When it has ended, everything is written and closed; Python's own tidying only takes seconds, so it is left out.
    """
    structlog.configure(processors=[structlog.processors.JSONRenderer()])
    try:
        cli()
    except SystemExit as end:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code if isinstance(end.code, int) else int(end.code is not None))
