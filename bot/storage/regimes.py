"""The table of regulatory regimes: runbooks/regimes.yaml, checked as runbooks are."""

from datetime import date
from pathlib import Path

from bot.domain.policy import Policy
from bot.domain.refusal import BadConfig, Problem
from bot.domain.regime import Regimes
from bot.domain.regime_check import check
from bot.storage.files import read

FILE = "regimes.yaml"


def load(folder: Path, policy: Policy, today: date | None = None) -> tuple[Regimes, list[Problem]]:
    """Return the regimes of a folder with what the checker only warns of; raises BadConfig with every fault.

    today: also warn of rows that nobody has compared with their source for a year.
    """
    if not (folder / FILE).exists():
        return Regimes(), []
    source = read(folder / FILE)
    regimes = source.into(Regimes)
    problems = [source.problem(f.path, f.fix, f.value, warning=f.warning) for f in check(regimes, policy, today)]
    if any(not problem.warning for problem in problems):
        raise BadConfig(problems)
    return regimes, problems
