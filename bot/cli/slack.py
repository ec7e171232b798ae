"""Commands about Slack: the manifest to paste, and what the doctor finds."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import app as product
from bot.chat.slack.manifest import manifest as slack_manifest
from bot.cli.tools import out
from bot.settings import Settings, slack_keys

if TYPE_CHECKING:
    from bot.chat.slack.doctor import Finding

cli = typer.Typer(no_args_is_help=True, help="Print what a chat platform is told of the app.")


@cli.callback()
def manifests() -> None:
    """Print what a chat platform is told of the app."""


@cli.command()
def slack(
    http: Annotated[str, typer.Option("--http", help="the address at which Slack reaches the bot: https://…")] = "",
) -> None:
    """Print Slack's app manifest, ready to paste at api.slack.com/apps; without --http it is for Socket Mode."""
    typer.echo(slack_manifest(http), nl=False)


async def check_slack(settings: Settings, data: Path) -> bool:
    """Print how it is with Slack; whether all is well, or it is not used at all."""
    keys = slack_keys()
    if keys is None:
        out.print("slack        not used: docs/slack.md says how to begin")
        return True
    from bot.chat.slack.doctor import examine  # noqa: PLC0415 - with the kit, and only where it is used

    well = True
    async with product.opened(settings, data) as store:
        built = product.build(settings, store, product.library(settings), "unused", slack_keys=keys)
        if built.slack is not None:
            try:
                async for finding in examine(built.desk, built.slack.line):
                    well = well and finding.well
                    _print(finding)
            finally:
                await built.slack.close()
    return well


def _print(finding: "Finding") -> None:
    sign = "fine" if finding.well else "NOT WELL"
    line = f"slack {finding.what:<9}{sign}: {finding.words}"
    out.print(line, style=None if finding.well else "bold red", markup=False, highlight=False, soft_wrap=True)
