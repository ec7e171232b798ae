"""disaster runbook: what somebody who keeps a runbook reads in the terminal."""

import json
import re
import shutil
from pathlib import Path

import fastjsonschema
import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from bot.cli import cli
from bot.domain.runbook_page import mermaid
from bot.domain.runbook_schema import FILES, files
from tests.world import library

ROOT = Path(__file__).parents[2]
RUNBOOKS = ROOT / "runbooks"
SOME = ["facility_loss.yaml", "library.yaml"]


def said(*words: str, code: int = 0) -> str:
    """What a command prints."""
    result = CliRunner(env={"COLUMNS": "100", "NO_COLOR": "1"}).invoke(cli, ["runbook", *words])
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in SOME:
        shutil.copy(RUNBOOKS / name, tmp_path)
    return tmp_path


@pytest.fixture
def few(folder: Path) -> list[str]:
    """The option that names a folder with one runbook only: quick to check."""
    return ["--runbooks", str(folder)]


def test_a_runbook_is_a_page_to_read(few):
    page = said("show", "facility_loss", *few)
    for words in (
        "Loss of a building",
        "LS1 · Evacuate",
        "1 min after detection",
        "safety officer (SO)",
        "To agents, asked: whether they are safe",
    ):
        assert words in page


def test_a_runbook_is_one_html_file(few):
    page = said("show", "facility_loss", "--html", *few)
    assert page.startswith("<!doctype html>")
    assert page.count("<section>") > 40
    assert "<script" not in page
    assert not re.search(r"<[^>]* (src|href)=", page)


@pytest.mark.parametrize("book", [pytest.param(book, id=book.category) for book in library()])
def test_the_flow_has_every_step_and_every_arrow(book):
    lines = mermaid(book).splitlines()
    assert lines[0] == "flowchart TD"
    assert [line.count('"') % 2 for line in lines] == [0] * len(lines)
    nodes = {found[1] for line in lines if (found := re.match(r"    n_(\w+)[\[({/]", line))}
    arrows = {
        tuple(re.fullmatch(r"  n_(\w+) -->(?:\|.*\|)? n_(\w+)", line).groups()) for line in lines if " -->" in line
    }
    assert nodes == {step.id for step in book.steps}
    assert arrows == {(key, step.id) for step in book.steps for key in step.after}


def test_a_rehearsal_says_what_becomes_ready_and_every_message(few):
    words = ("--facts", "unaccounted=0", "--answer", "Q2=stay", "--drill", "--severity", "2")
    told = said("rehearse", "facility_loss", *words, *few)
    for line in (
        "ready      LS1", "not needed Q3", "decided    Q2", "(stay)", "EXERCISE", "LS3 says to agents:", "[I'm safe]   [Need help]",
        "kept inside: in a drill nobody outside gets it", "── the return begins ──", "── stood down ──", "Nothing was sent.",
    ):  # fmt: skip
        assert line in told
    assert "RL1 says to agents" not in told


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["show", "facility_los"], "did you mean facility_loss?"), (["rehearse", "facility_loss", "--facts", "severety=2"], "did you mean severity?"),
        (["rehearse", "facility_loss", "--facts", "unaccounted"], "gives no value"), (["rehearse", "facility_loss", "--facts", "unaccounted=few"], "unaccounted is 'few'"),
        (["rehearse", "facility_loss", "--facts", "values.kitt=x"], "did you mean kit?"), (["rehearse", "facility_loss", "--answer", "Q22=stay"], "did you mean Q2?"),
        (["rehearse", "facility_loss", "--answer", "Q2=stey"], "did you mean stay?"),
    ],
)  # fmt: skip
def test_a_word_that_is_wrong_gets_the_nearest_right_one(words, says, few):
    assert says in said(*words, *few, code=2)


def test_a_difference_is_shown_in_words(folder, few, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    for name in SOME:
        text = (
            (folder / name)
            .read_text(encoding="utf-8")
            .replace("due: D+3m", "due: D+4m")
            .replace("Keep your receipts", "Keep receipts")
        )
        (other / name).write_text(text, encoding="utf-8")
    assert "nothing differs" in said("diff", "facility_loss", "--with", str(folder), *few)
    told = said("diff", "facility_loss", "--with", str(other), *few, code=1)
    assert "changed LS2" in told
    assert "due: D+4m → D+3m" in told
    assert "values.pay: " in told


def test_a_bad_folder_is_refused_with_its_faults(folder, few):
    (folder / "facility_loss.yaml").write_text("category: fire", encoding="utf-8")
    assert "facility_loss.yaml:1: error: category is 'fire'" in said("show", "facility_loss", *few, code=2)


def test_the_schemas_are_those_of_the_models():
    assert {name: (RUNBOOKS / name).read_text(encoding="utf-8") for name in FILES} == files(), (
        "run: disaster runbook schema"
    )


def test_the_schemas_are_written_and_checked(folder, few):
    assert "Not up to date: schema.json, library.schema.json" in said("schema", "--check", *few, code=1)
    assert "Written: schema.json, library.schema.json" in said("schema", *few)
    assert "up to date" in said("schema", "--check", *few)


def test_every_file_names_its_schema_and_keeps_to_it():
    for file in sorted(RUNBOOKS.rglob("*.yaml")):
        if file.name == "regimes.yaml":
            continue
        named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", file.read_text(encoding="utf-8"))
        assert named, f"{file.name} lacks the first line by which editors find its schema"
        own = f"{file.stem}.schema.json" if file.name in ("library.yaml", "readiness.yaml") else "schema.json"
        assert named[1] == ("../tabletop.schema.json" if file.parent.name == "drills" else own)
        yaml = YAML(typ="safe", pure=True)
        data = json.loads(json.dumps(yaml.load(file), default=str))
        fastjsonschema.compile(json.loads((file.parent / named[1]).read_text(encoding="utf-8")))(data)


@pytest.mark.parametrize(
    "wrong",
    [
        {"use": "LS1", "onwer": "SO"},
        {"id": "A1", "title": "t", "phase": "serve"},
        {"id": "A 1", "title": "t", "phase": "serve", "owner": "SO"},
        {"use": "LS1", "phase": "srve"},
    ],
)
def test_the_schema_marks_what_is_wrong(wrong):
    valid = fastjsonschema.compile(json.loads(files()["schema.json"]))
    head = {"category": "facility_loss", "title": "t", "version": "1", "owner": "SO", "reviewed_on": "2026-01-12"}
    valid({**head, "steps": [{"use": "LS1", "due": "T+5m"}]})
    with pytest.raises(fastjsonschema.JsonSchemaException):
        valid({**head, "steps": [wrong]})
