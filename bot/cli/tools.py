"""What every command uses: where it prints, how it reads the settings, how troubles become sentences."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from bot import app as product
from bot import logs
from bot.domain.refusal import BadConfig, Refused
from bot.settings import Settings, load
from bot.storage.database import explain

out, err = Console(), Console(stderr=True)

SettingsFile = Annotated[Path, typer.Option("--settings", help="the settings file", envvar="DISASTER_SETTINGS")]
Data = Annotated[Path, typer.Option("--data", help="the folder for everything that is written", envvar="DISASTER_DATA")]
Runbooks = Annotated[Path, typer.Option("--runbooks", help="the folder with the runbooks")]
APP_YAML = product.ROOT / "app.yaml"
RUNBOOKS = product.ROOT / "runbooks"


def fail(*lines: str, code: int = 2) -> NoReturn:
    """Say what is wrong, and end."""
    for line in lines:
        err.print(line, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(code)


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run it; turn every expected trouble into sentences."""
    try:
        return asyncio.run(work)
    except BadConfig as bad:
        fail(*(str(problem) for problem in bad.problems), f"{len(bad.problems)} to put right; nothing was changed.")
    except product.CannotStart as no:
        fail(str(no))
    except Refused as no:
        fail(no.text, no.instead)
    except OSError as trouble:
        _disk(trouble)
    except SQLAlchemyError as trouble:
        sentence = explain(trouble)
        if sentence is None:
            raise
        fail(sentence, code=3)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def log_to(file: Path | None) -> None:
    """Send the log there; end with what is wrong with the folder."""
    try:
        logs.configure(file)
    except OSError as trouble:
        _disk(trouble)


def _disk(trouble: OSError) -> NoReturn:
    where = trouble.filename or "The disk"
    fail(explain(trouble) or f"{where}: {trouble.strerror}. Choose another folder: DATA=… or --data", code=3)


def settings_of(path: Path) -> Settings:
    """Return the settings; end with what is wrong with them."""
    try:
        return load(path)
    except BadConfig as bad:
        fail(*(str(problem) for problem in bad.problems))
    except OSError as error:
        fail(f"{path}: {error.strerror}. Name the settings file with --settings.")
