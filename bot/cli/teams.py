"""Commands about Microsoft Teams: the app package to upload, and what the doctor finds."""

import re
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import app as product
from bot.chat.teams.manifest import manifest, package
from bot.cli.slack import cli
from bot.cli.tools import APP_YAML, SettingsFile, fail, out, settings_of
from bot.settings import Settings, TeamsKeys, teams_keys

if TYPE_CHECKING:
    from bot.chat.teams.doctor import Finding


_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@cli.command()
def teams(
    file: Annotated[Path, typer.Option("--out", help="the zip to write")] = Path("disaster-teams.zip"),
    slash: Annotated[bool, typer.Option("--slash", help="with slash commands, which Teams has as a preview")] = False,
    settings: SettingsFile = APP_YAML,
) -> None:
    """Write the app package for Microsoft Teams: manifest and icons in a zip, ready to upload."""
    chosen, keys = settings_of(settings), TeamsKeys()
    if not keys.app_id:
        fail("TEAMS_APP_ID is not set. It is the app id of the Azure Bot: docs/teams.md says where it stands.")
    if not _GUID.fullmatch(keys.app_id):
        fail("TEAMS_APP_ID is no app id: Teams takes one such as 6b1f0c2e-93a4-4d0e-8f7b-2c5d9e1a7f30.")
    told = manifest(
        keys.app_id, chosen.policy.organisation, chosen.server.public_url, version("disaster-bot"), slash=slash
    )
    file.write_bytes(package(told))
    out.print(f"{file}: upload it in the Teams admin center, Teams apps, Manage apps.", markup=False, highlight=False)
    if not chosen.server.public_url.startswith("https://"):
        words = f"It names {chosen.server.public_url}, and Teams calls https alone: set server.public_url first."
        out.print(words, style="bold red", markup=False, highlight=False)


async def check_teams(settings: Settings, data: Path) -> bool:
    """Print how it is with Teams; whether all is well, or it is not used at all."""
    keys = teams_keys(settings)
    if keys is None:
        out.print("teams        not used: docs/teams.md says how to begin")
        return True
    from bot.chat.teams.doctor import examine  # noqa: PLC0415 - with the kit, and only where it is used

    well = True
    async with product.opened(settings, data) as store:
        built = product.build(settings, store, product.library(settings), "unused", teams_keys=keys)
        if built.on_teams is not None:
            try:
                async for finding in examine(built.desk, built.on_teams, settings.server.public_url):
                    well = well and finding.well
                    _print(finding)
            finally:
                await built.on_teams.messenger.close()
    return well


def _print(finding: "Finding") -> None:
    sign = "fine" if finding.well else "NOT WELL"
    line = f"teams {finding.what:<9}{sign}: {finding.words}"
    out.print(line, style=None if finding.well else "bold red", markup=False, highlight=False, soft_wrap=True)
