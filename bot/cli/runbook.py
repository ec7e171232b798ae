"""Runbooks on the command line: read, rehearsed, compared."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table

from bot import app as product
from bot.cli.tools import APP_YAML, RUNBOOKS, Data, Runbooks, SettingsFile, fail, out, run, settings_of
from bot.clock import SystemClock
from bot.domain import given_facts
from bot.domain.nearest import did_you_mean
from bot.domain.refusal import BadConfig, Refused
from bot.domain.rehearsal import Script, What, answers_of, rehearse
from bot.domain.report import Section, page
from bot.domain.runbook import Runbook
from bot.domain.runbook_diff import Change, Diff, compare
from bot.domain.runbook_page import mermaid, sections
from bot.domain.runbook_schema import files
from bot.domain.wording import rehearsals
from bot.operations.adopting import declared_with
from bot.settings import Settings
from bot.storage.runbooks import load_all

cli = typer.Typer(no_args_is_help=True, help="Read, rehearse and compare runbooks.", rich_markup_mode="rich")
Id = Annotated[str, typer.Argument(help="the runbook: its category, such as facility_loss")]
_STYLES = {
    What.READY: "bold", What.SENT: "cyan", What.DECIDED: "magenta", What.RETURN: "green", What.OVER: "green",
    What.NOT_NEEDED: "dim", What.COMES_TRUE: "yellow",
}  # fmt: skip


def _book(name: str, settings: Settings, folder: Path) -> Runbook:
    """Return one runbook of a checked folder; end with the nearest right name, or with what is wrong."""
    try:
        books = {book.category.value: book for book in load_all(folder, settings.policy)}
    except BadConfig as bad:
        fail(*(str(problem) for problem in bad.problems))
    wanted = name.strip().lower().removesuffix(".yaml")
    if wanted not in books:
        fail(f"There is no runbook {name}; {did_you_mean(wanted, books)}")
    return books[wanted]


def _plain(text: str) -> None:
    """Print to be piped on: exactly the text, whatever the width."""
    out.print(text, markup=False, highlight=False, soft_wrap=True, end="")


@cli.command()
def show(
    runbook: Id,
    html: Annotated[bool, typer.Option("--html", help="as one HTML file")] = False,
    flow: Annotated[bool, typer.Option("--mermaid", help="as a picture of the flow, for mermaid")] = False,
    settings: SettingsFile = APP_YAML,
    folder: Runbooks = RUNBOOKS,
) -> None:
    """Show a runbook as a page to read: here, or with --html or --mermaid to be piped into a file."""
    chosen = settings_of(settings)
    book = _book(runbook, chosen, folder)
    if flow:
        _plain(mermaid(book))
    elif html:
        _plain(page(f"Runbook: {book.title}", sections(book, chosen.policy)))
    else:
        out.rule(f"[bold]{escape(book.title)}[/]")
        for section in sections(book, chosen.policy):
            _section(section)


def _section(section: Section) -> None:
    """Print one section: heading, text, facts beside their labels, messages in boxes."""
    out.print(f"\n[bold]{escape(section.title)}[/]", highlight=False)
    for text in section.text:
        out.print(Padding(escape(text), (0, 0, 0, 2)), highlight=False)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column()
    for fact in section.facts:
        grid.add_row(escape(fact.label), escape(fact.value))
    out.print(Padding(grid, (0, 0, 0, 2)), highlight=False)
    for quote in section.quotes:
        box = Panel(escape(quote.text), title=escape(quote.heading), title_align="left", border_style="dim")
        out.print(Padding(box, (0, 0, 0, 2)), highlight=False)


@cli.command(name="rehearse")
def rehearse_(
    runbook: Id,
    facts: Annotated[
        list[str] | None, typer.Option("--facts", help="how things stand: unaccounted=0; repeatable")
    ] = None,
    answer: Annotated[list[str] | None, typer.Option("--answer", help="a decision: Q1=relocate; repeatable")] = None,
    drill: Annotated[bool, typer.Option("--drill", help="as an exercise")] = False,
    severity: Annotated[int, typer.Option(min=1, max=3, help="1 is the worst")] = 1,
    rto: Annotated[int, typer.Option(min=1, help="RTO of the most urgent hit queue, in minutes")] = 240,
    settings: SettingsFile = APP_YAML,
    folder: Runbooks = RUNBOOKS,
) -> None:
    """Walk through a runbook on a virtual clock: what becomes ready when, every message. Nothing is sent.

    Decisions take their first option unless --answer says otherwise. Each step is done when it is due.
    """
    chosen = settings_of(settings)
    book = _book(runbook, chosen, folder)
    try:
        stand = given_facts.facts([*(facts or []), f"drill={drill}", f"severity={severity}"], book)
        choices = answers_of(given_facts.answers(answer or [], book))
    except Refused as no:
        fail(no.text, no.instead)
    start = rehearsals.start_of_day(SystemClock().now())
    done = rehearse(Script(book, chosen.policy, stand, start, rto, answer=choices))
    for what, line in rehearsals.lines(done):
        out.print(line, style=_STYLES.get(what), markup=False, highlight=False, soft_wrap=True)
    out.print(f"\n{rehearsals.summary(done)}", markup=False, highlight=False)
    if done.stuck:
        raise typer.Exit(1)


@cli.command()
def schema(
    check: Annotated[bool, typer.Option("--check", help="only say whether the files are up to date")] = False,
    folder: Runbooks = RUNBOOKS,
) -> None:
    """Write the schema files, by which editors complete keys and mark what is wrong."""
    made = files()
    old = [name for name, text in made.items() if not (folder / name).exists() or (folder / name).read_text() != text]
    if check and old:
        fail(f"Not up to date: {', '.join(old)}. Run: disaster runbook schema", code=1)
    for name in old:
        (folder / name).write_text(made[name], encoding="utf-8")
    out.print(f"Written: {', '.join(old)}" if old else "The schema files are up to date.", highlight=False)


@cli.command()
def diff(
    runbook: Id,
    incident: Annotated[
        str, typer.Option("--incident", help="the incident whose version is meant; else the newest")
    ] = "",
    other: Annotated[Path | None, typer.Option("--with", help="a folder with another version, in place of it")] = None,
    settings: SettingsFile = APP_YAML,
    data: Data = Path("var"),
    folder: Runbooks = RUNBOOKS,
) -> None:
    """Show what changed since an incident was declared, or between two folders; ends with 1 when anything did."""
    chosen = settings_of(settings)
    new = _book(runbook, chosen, folder)
    old = _book(runbook, chosen, other) if other else run(_declared_with(chosen, data, new, incident))
    found = compare(old, new)
    out.print(f"{new.title}: version {old.version} → {new.version}", style="bold", markup=False, highlight=False)
    _differences(found)
    if found:
        raise typer.Exit(1)


async def _declared_with(settings: Settings, data: Path, book: Runbook, incident: str) -> Runbook:
    async with product.opened(settings, data, product.used_last(data)) as store, store.read(SystemClock().now()) as db:
        return await declared_with(db, book.category, incident)


def _differences(found: Diff) -> None:
    for line in found.head:
        out.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
    for change in found.steps:
        _changed(change)
    out.print(f"{found.summary()}.", markup=False, highlight=False)


def _changed(change: Change) -> None:
    style = {"new": "green", "gone": "red"}.get(change.kind.value, "yellow")
    out.print(f"{change.kind.value:<8}{change.step.id} {change.step.title}", style=style, markup=False, highlight=False)
    for line in (*change.what, *change.lines):
        colour = {"+": "green", "-": "red"}.get(line[:1]) if line in change.lines else None
        out.print(f"          {line}", style=colour, markup=False, highlight=False, soft_wrap=True)
