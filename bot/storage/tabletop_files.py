"""The tabletops: runbooks/drills/*.yaml, checked as runbooks are."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from bot.domain.refusal import BadConfig, Problem
from bot.domain.tabletop import Tabletop
from bot.domain.tabletop_check import Beside, check
from bot.storage.examined import examined
from bot.storage.files import read

FOLDER = "drills"


def load_all(folder: Path, beside: Beside) -> tuple[Mapping[str, Tabletop], list[Problem]]:
    """Return the tabletops of a folder by name, and every fault of every file; a bad one is not among them."""
    found: dict[str, Tabletop] = {}
    problems: list[Problem] = []
    for path in sorted((folder / FOLDER).glob("*.yaml")):
        try:
            told, warned = examined(read(path), Tabletop, partial(check, name=path.stem, beside=beside))
        except BadConfig as bad:
            problems += bad.problems
            continue
        problems += warned
        found[path.stem] = told
    return found, problems
