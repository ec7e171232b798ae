"""disaster check: whatever can be named is named in one go, of the settings and of the runbooks."""

import shutil
from pathlib import Path

from typer.testing import CliRunner

from bot.cli import cli

ROOT = Path(__file__).parents[2]


def test_bad_settings_hide_no_fault_of_a_runbook(tmp_path: Path) -> None:
    (tmp_path / "books").mkdir()
    for name in ("utility_loss.yaml", "library.yaml"):
        shutil.copy(ROOT / "runbooks" / name, tmp_path / "books")
    book, bad = tmp_path / "books" / "utility_loss.yaml", tmp_path / "app.yaml"
    book.write_text(
        book.read_text()
        .replace("owner: ", "onwer: ", 1)
        .replace("  - use: SM1\n", "  - use: SM1\n    owner: OPSS\n", 1)
    )
    bad.write_text((ROOT / "app.yaml").read_text().replace("hotline:", "hotlin:"))
    words = ["check", "--settings", str(bad), "--runbooks", str(tmp_path / "books"), "--data", str(tmp_path / "none")]
    done = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(cli, words)
    assert done.exit_code == 2
    for said in ("did you mean hotline?", "did you mean owner?", "steps[SM1].owner is 'OPSS'", "5 to put right"):
        assert said in done.output, done.output
