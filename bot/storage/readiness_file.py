"""The readiness questionnaire: runbooks/readiness.yaml, checked as runbooks are."""

from pathlib import Path

from bot.domain.policy import Policy
from bot.domain.readiness import Questionnaire
from bot.domain.readiness_check import check
from bot.domain.refusal import Problem
from bot.storage.examined import examined
from bot.storage.files import read

FILE = "readiness.yaml"


def load(folder: Path, policy: Policy) -> tuple[Questionnaire, list[Problem]]:
    """Return the questionnaire of a folder with what the checker only warns of; raises BadConfig with every fault."""
    if not (folder / FILE).exists():
        return Questionnaire(), []
    return examined(read(folder / FILE), Questionnaire, lambda form: check(form, policy))
