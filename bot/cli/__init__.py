"""The command line: disaster --help."""

from bot.cli.commands import cli, main

__all__ = ["cli", "main"]
