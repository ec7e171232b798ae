"""YAML files that people write: every fault with its line and what would be right."""

from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import Field

from bot.domain.refusal import BadConfig
from bot.domain.runbook import Written
from bot.storage.files import load, read


class Colour(StrEnum):
    """A word to choose."""

    RED = "red"
    GREEN = "green"


class Part(Written):
    """Something inside."""

    id: str
    colour: Colour = Colour.RED
    count: int = 0


class Whole(Written):
    """A made-up file."""

    title: str
    parts: tuple[Part, ...] = ()
    paces: dict[Colour, float] = Field(default={})
    values: dict[str, int | float | str] = Field(default={})


def written(folder: Path, text: str) -> Path:
    path = folder / "whole.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def complaints(folder: Path, text: str) -> list[str]:
    """Return what is said of a file, without its folder."""
    with pytest.raises(BadConfig) as caught:
        load(written(folder, text), Whole)
    return [str(p).replace(f"{folder}/", "") for p in caught.value.problems]


def test_a_file_becomes_a_model(tmp_path: Path) -> None:
    text = "title: |\n  Two\n  lines\nparts:\n- {id: a, colour: green, count: 3}\n"
    text += "paces: {red: 1.5}\nvalues: {x: 2, y: 2.5, z: two}\n"
    whole = load(written(tmp_path, text), Whole)
    assert whole.title == "Two\nlines\n"
    assert whole.parts == (Part(id="a", colour=Colour.GREEN, count=3),)
    assert whole.values == {"x": 2, "y": 2.5, "z": "two"}


def test_all_faults_are_named_together_with_their_lines(tmp_path: Path) -> None:
    text = (
        "title: 1.0\nparts:\n- id: a\n  colour: grene\n  cuont: 3\n- count: many\npaces:\n  rad: 2\nvalues:\n  x: [1]\n"
    )
    assert complaints(tmp_path, text) == [
        "whole.yaml:1: error: title is '1.0': should be text; put it in quotes",
        "whole.yaml:4: error: parts[a].colour is 'grene': did you mean green?",
        "whole.yaml:5: error: parts[a].cuont is '3': no such key; did you mean count?",
        "whole.yaml:6: error: parts[2].id: it is missing; add it",
        (
            "whole.yaml:6: error: parts[2].count is 'many': should be a valid integer, "
            "unable to parse string as an integer"
        ),
        "whole.yaml:8: error: paces.rad is '2': did you mean red?",
        "whole.yaml:10: error: values.x: should be a valid integer",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title: [a,\nb: 2", "whole.yaml:2: error: YAML: expected ',' or ']'"),
        ("title: a\ntitle: b", "whole.yaml:2: error: YAML: title is written twice; keep one"),
        ("title: &a x\nparts: *a", "whole.yaml:1: error: YAML: anchors and aliases"),
        ("title: *a", "whole.yaml:1: error: YAML: found undefined alias"),
        ("title: !!python/object:os.system x", "whole.yaml:1: error: YAML: the tag"),
        ("title: !!binary eA==", "whole.yaml:1: error: YAML: the tag"),
        ("title: " + "[" * 40 + "]" * 40, "whole.yaml:1: error: YAML: nested too deeply"),
        ("title: " + "[" * 1000, "whole.yaml:1: error: YAML: "),
        ("? [a]\n: b", "whole.yaml:1: error: YAML: a key must be a plain word"),
        ("a: 1\n--- \nb: 2", "whole.yaml:2: error: YAML: "),
        ("title: \x07", "whole.yaml:1: error: YAML: "),
        ("- a", "whole.yaml:1: error: "),
        ("just words", "whole.yaml:1: error: "),
        ("", "whole.yaml:1: error: title: it is missing; add it"),
        ("title: " + "x" * (1 << 20), "whole.yaml:1: error: YAML: the file is larger than 1,024 KiB"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    assert complaints(tmp_path, text)[0].startswith(says)


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"title: caf\xe9")
    for name, says in {"none.yaml": "no such file", "latin.yaml": "not UTF-8", ".": "can't be read"}.items():
        with pytest.raises(BadConfig, match=says):
            read(tmp_path / name)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.sampled_from("ab:-?&*!|>{}[]#'\",% \n0"), max_size=40))
def test_any_text_is_read_or_refused_never_more(tmp_path: Path, text: str) -> None:
    try:
        load(written(tmp_path, text), Whole)
    except BadConfig as bad:
        assert all(p.line >= 1 and p.fix for p in bad.problems)
