"""The table of regulatory regimes: runbooks/regimes.yaml, checked as runbooks are."""

from datetime import date
from pathlib import Path

from bot.domain.policy import Policy
from bot.domain.refusal import Problem
from bot.domain.regime import Regimes
from bot.domain.regime_check import check
from bot.storage.examined import examined
from bot.storage.files import read

FILE = "regimes.yaml"


def load(folder: Path, policy: Policy, today: date | None = None) -> tuple[Regimes, list[Problem]]:
    """Return the regimes of a folder with what the checker only warns of; raises BadConfig with every fault.

    today: also warn of rows that nobody has compared with their source for a year.
    """
    if not (folder / FILE).exists():
        return Regimes(), []
    return examined(read(folder / FILE), Regimes, lambda regimes: check(regimes, policy, today))
