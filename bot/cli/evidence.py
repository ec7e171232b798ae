"""`disaster evidence`: what an auditor wants to see, as CSV files and one PDF."""

from pathlib import Path
from typing import Annotated

import typer

from bot import app as product
from bot.cli.tools import APP_YAML, Data, SettingsFile, fail, out, run, settings_of
from bot.domain.dossier import Dossier
from bot.domain.spreadsheet import as_csv
from bot.domain.text import plural
from bot.operations import dossier
from bot.settings import Settings


def evidence(
    folder: Annotated[Path | None, typer.Option("--out", help="where to write; else evidence/ under --data")] = None,
    settings: SettingsFile = APP_YAML,
    data: Data = Path("var"),
) -> None:
    """Write the evidence for an auditor: vendors, attestations, answers with their history, drills; CSV and PDF."""
    from bot.web import pdf  # noqa: PLC0415 - half a second that only those pay who use it

    chosen, to = settings_of(settings), folder or data / "evidence"
    if not chosen.database.url and not [*data.glob("*.db")]:
        fail(f"There is no database under {data}. Name the folder: --data, what make demo was given as DATA=.")
    found: Dossier = run(_gathered(chosen, data))
    to.mkdir(parents=True, exist_ok=True)
    for sheet in found.sheets:
        file = to / f"{sheet.name}.csv"
        file.write_text(as_csv(sheet.columns, sheet.rows), encoding="utf-8", newline="")
        out.print(f"{file}: {plural(len(sheet.rows), 'line')}", markup=False, highlight=False)
    (to / "evidence.pdf").write_bytes(pdf.drawn(found))
    out.print(f"{to / 'evidence.pdf'}: all of it", markup=False, highlight=False)


async def _gathered(settings: Settings, data: Path) -> Dossier:
    async with product.opened(settings, data, product.used_last(data)) as store:
        desk = product.build(settings, store, product.library(settings), product.secret_of(settings, data)).desk
        found = await dossier.taken(desk, "", "disaster evidence")
    if found is None:
        raise product.CannotStart("The evidence could not be read.")
    return found
