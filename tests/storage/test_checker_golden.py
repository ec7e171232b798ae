"""Each fault that the checker finds, shown once: a small runbook, and on its top the very lines that people read."""

import re
from datetime import date
from pathlib import Path

import pytest

from bot.domain.policy import Policy
from bot.domain.refusal import BadConfig, Problem
from bot.domain.runbook_faults import WARNINGS, Name
from bot.settings import load as load_settings
from bot.storage.runbooks import load_all

ROOT = Path(__file__).parents[2]
GOLDEN = sorted((ROOT / "tests" / "golden" / "checker").iterdir())
TODAY = date(2026, 2, 1)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_settings(ROOT / "app.yaml").policy


def checked(folder: Path, policy: Policy) -> list[Problem]:
    try:
        return list(load_all(folder, policy, TODAY).warnings)
    except BadConfig as bad:
        return bad.problems


def files(case: Path) -> list[Path]:
    return sorted(case.iterdir()) if case.is_dir() else [case]


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case.stem)
def test_a_fault_is_named_with_file_line_key_and_what_would_be_right(
    case: Path, policy: Policy, tmp_path: Path
) -> None:
    for file in files(case):
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    wanted = [line[3:] for file in files(case) for line in file.read_text().splitlines() if line.startswith("#! ")]
    found = checked(tmp_path, policy)
    assert [str(problem).replace(f"{tmp_path}/", "") for problem in found] == wanted
    named = {problem.name for problem in found} - {"bad-time", "unknown-role"}
    assert named <= {case.stem, ""}, "one file, one kind of fault"


def test_every_kind_of_fault_is_shown() -> None:
    assert {case.stem for case in GOLDEN} == {*Name, "form"}


def test_a_warning_is_called_one_and_an_error_too() -> None:
    for case in GOLDEN:
        said = [line for file in files(case) for line in file.read_text().splitlines() if line.startswith("#! ")]
        for name in [found[1] for line in said if (found := re.search(r"\[([\w-]+)\]$", line))]:
            assert any(f"{'warning' if name in WARNINGS else 'error'}: " in line for line in said if name in line)
