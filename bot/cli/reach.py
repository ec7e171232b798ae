"""`disaster reach`: who has fewer than two proven ways, as a table or as a file for whoever keeps the roster."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from bot import app as product
from bot.cli.tools import APP_YAML, Data, SettingsFile, out, run, settings_of
from bot.clock import SystemClock
from bot.domain.outreach import wanted
from bot.domain.reach import ENOUGH, Reached, grouped, short_of
from bot.domain.spreadsheet import harmless
from bot.domain.text import plural
from bot.domain.wording.reach import PROOF_WORDS, meaning, ways_of
from bot.operations.reach import TEXTS_DAYS, reached
from bot.settings import Settings, slack_keys, teams_keys
from bot.storage import people as stored
from bot.storage import reach as rows

_SHOWN = 50


def reach(
    by: Annotated[str, typer.Option(help="count by site or by team")] = "site",
    file: Annotated[Path | None, typer.Option("--csv", help="write everybody with fewer than two into a file")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="into the file: everybody")] = False,
    settings: SettingsFile = APP_YAML,
    data: Data = Path("var"),
) -> None:
    """Show who has fewer than two proven ways to be reached, by site or team; works beside a running server."""
    if by not in ("site", "team"):
        raise typer.BadParameter("site or team", param_hint="--by")
    chosen = settings_of(settings)
    platforms, people, texts = run(_found(chosen, data))
    if not people:
        out.print("Nobody is in the roster yet: disaster import loads the people.")
        return
    short = short_of(people)
    if file is not None:
        _write(file, platforms, people if everybody else short)
        out.print(f"{file}: {plural(len(people if everybody else short), 'person', 'people')}", highlight=False)
    _print(people, short, by, chosen.policy.proof_days, texts)


async def _found(settings: Settings, data: Path) -> tuple[Sequence[str], list[Reached], int]:
    here = ["slack"] if slack_keys() else []
    here += ["teams"] if teams_keys(settings) else []
    here += list(settings.outreach.routes)
    async with (
        product.opened(settings, data, product.used_last(data)) as store,
        store.read(SystemClock().now()) as db,
    ):
        platforms = here or await rows.platforms(db)
        contacts, country = await stored.contacts(db), settings.policy.phone_country
        also = [
            (person, route.value) for route in settings.outreach.routes for person in wanted(route, contacts, country)
        ]
        people = await reached(db, platforms, settings.policy.proof_days, also=also)
        return platforms, people, await rows.from_nobody(db, TEXTS_DAYS)


def _print(people: Sequence[Reached], short: Sequence[Reached], by: str, days: int, texts: int) -> None:
    table = Table(by, "people", "none", "one", f"{ENOUGH} or more", title="Proven ways")
    for group in grouped(people, by):
        table.add_row(
            group.name or f"no {by}", *(f"{n:,}" for n in (group.people, group.none, group.one, group.enough))
        )
    out.print(table)
    for one in short[:_SHOWN]:
        line = f"{one.name} ({one.team or one.site or one.kind}): {ways_of(one)}"
        out.print(line, markup=False, highlight=False, soft_wrap=True)
    if len(short) > _SHOWN:
        out.print(f"… and {len(short) - _SHOWN:,} more: --csv writes them all.")
    verdict = f"{len(short):,} of {plural(len(people), 'person', 'people')} have fewer than {ENOUGH} proven ways."
    out.print(verdict if short else f"Everybody has {ENOUGH} proven ways or more.", highlight=False)
    out.print(meaning(days), highlight=False)
    if texts:
        out.print(f"{plural(texts, 'text')} came from numbers that nobody in the roster has, in {TEXTS_DAYS} days.")


def _write(file: Path, platforms: Sequence[str], people: Sequence[Reached]) -> None:
    with file.open("w", encoding="utf-8", newline="") as handle:
        sheet = csv.writer(handle)
        sheet.writerow(["id", "name", "kind", "site", "team", "proven", *platforms])
        for one in people:
            ways = [PROOF_WORDS[one.ways[p]] if p in one.ways else "no address" for p in platforms]
            about = [one.person, one.name, one.kind, one.site, one.team]
            sheet.writerow([*map(harmless, about), one.proven, *ways])
