"""readiness.yaml: every fault is named with file, line, key and what would be right; a bad file changes nothing."""

import pytest

from bot.domain.refusal import BadConfig
from bot.storage.readiness_file import load
from tests.world import product_settings

POLICY = product_settings().policy
GOOD = """bands: {green_from: 80, amber_from: 50}
questions:
  - id: T7
    question: Does it start by itself?
    why: Nobody is awake.
    evidence: A timed test
    owner: LOG
    every: 6 months
    of: system
    standby: [hot]
    gate: true
    categories: [technology]
maintenance:
  - {id: fire_alarm, title: Test the alarm, owner: SO, every: 1 year, of: site}
"""


def complaints(folder, text):
    (folder / "readiness.yaml").write_text(text, encoding="utf-8")
    try:
        _, problems = load(folder, POLICY)
    except BadConfig as bad:
        problems = bad.problems
    return [str(problem).replace(f"{folder}/", "") for problem in problems]


def test_a_right_file_is_taken(tmp_path):
    assert complaints(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("owner: LOG", "owner: LOGG", "readiness.yaml:7: error: questions[T7].owner is 'LOGG': no such role in app.yaml's policy.roles; did you mean LOG?"),
        ("every: 6 months", "every: half-yearly", "readiness.yaml:8: error: questions[T7].every is 'half-yearly': 'half-yearly' is no interval; write 30 days, 2 weeks, 6 months or 1 year"),
        ("every: 6 months", "every: 0 months", "readiness.yaml:8: error: questions[T7].every is '0 months': is no interval; write 30 days, 2 weeks, 6 months or 1 year"),
        ("[technology]", "[technologie]", "readiness.yaml:12: error: questions[T7].categories"),
        ("of: system", "of: sistem", "readiness.yaml:9: error: questions[T7].of is 'sistem': did you mean system?"),
        ("of: system", "of: site", "readiness.yaml:10: error: questions[T7].standby: only systems have a standby"),
        ("gate: true", "gaet: true", "readiness.yaml:11: error: questions[T7].gaet is 'True': no such key; did you mean gate?"),
        ("amber_from: 50", "amber_from: 90", "readiness.yaml:1: error: bands.amber_from is '90': should be below green_from, which is 80"),
        ("gate: true", "gate: false", "readiness.yaml:2: warning: questions: no question is a gate"),
        ("owner: SO", "owner: SOO", "readiness.yaml:14: error: maintenance[fire_alarm].owner is 'SOO': no such role"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_line_and_fix(tmp_path, old, new, says):
    found = complaints(tmp_path, GOOD.replace(old, new))
    assert len(found) == 1
    assert found[0].startswith(says)


def test_an_id_is_given_once(tmp_path):
    twice = GOOD + "  - {id: fire_alarm, title: Again, owner: SO, every: 1 year}\n"
    assert complaints(tmp_path, twice) == [
        "readiness.yaml:15: error: maintenance[fire_alarm].id is 'fire_alarm': another one has this id; give each its own"
    ]
