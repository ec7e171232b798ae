"""The readiness questionnaire: runbooks/readiness.yaml, checked as runbooks are."""

from pathlib import Path

from bot.domain.policy import Policy
from bot.domain.readiness import Questionnaire
from bot.domain.readiness_check import check
from bot.domain.refusal import BadConfig, Problem
from bot.storage.files import read

FILE = "readiness.yaml"


def load(folder: Path, policy: Policy) -> tuple[Questionnaire, list[Problem]]:
    """Return the questionnaire of a folder with what the checker only warns of; raises BadConfig with every fault."""
    if not (folder / FILE).exists():
        return Questionnaire(), []
    source = read(folder / FILE)
    form = source.into(Questionnaire)
    problems = [source.problem(f.path, f.fix, f.value, warning=f.warning) for f in check(form, policy)]
    if any(not problem.warning for problem in problems):
        raise BadConfig(problems)
    return form, problems
