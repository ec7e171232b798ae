"""Tabletops as files: every fault is named with file, line, key and what would be right; a bad one changes nothing."""

import shutil

import pytest

from bot.domain.refusal import BadConfig
from bot.domain.tabletop_check import Beside
from bot.storage.runbooks import load_all
from bot.storage.shelf import Shelf
from bot.storage.tabletop_files import load_all as tabletops
from tests.world import library, product_settings

POLICY = product_settings().policy
BESIDE = Beside(POLICY, library().runbooks, frozenset(r.id for r in library().regimes.regimes))
GOOD = """title: A fire
category: facility_loss
story: It burns.
minutes: 30
objectives: [Everybody is out]
clocks: {uk_gdpr_33: not_reportable}
injects:
  - id: alarm
    at: 0
    title: The alarm rings
    text: It rings at {{ sites }}.
    to: SO
    question: What now?
    options:
      - {value: leave, label: Leave, right: true}
      - {value: stay, label: Stay}
  - id: calls
    at: 12
    title: Calls wait
    text: A hundred of them.
    decision: Q1
    right: [tier_1_first]
  - id: press
    at: 20
    title: A reporter
    text: He wants a word.
    to: PIO
    question: What does he get?
    good: [What is known]
"""


def complaints(folder, text, name="a_fire"):
    (folder / "drills").mkdir()
    (folder / "drills" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return [str(problem).replace(f"{folder}/drills/", "") for problem in tabletops(folder, BESIDE)[1]]


def test_a_right_file_is_taken(tmp_path):
    assert complaints(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("to: SO", "to: SOO", "a_fire.yaml:12: error: injects[alarm].to is 'SOO': no such role in app.yaml's policy.roles; did you mean SO?"),
        ("at: 12", "at: 25", "a_fire.yaml:24: error: injects[press].at is '20': minute out of order: the one above is at 25; move it up, or later"),
        ("at: 20", "at: 40", "a_fire.yaml:24: error: injects[press].at is '40': behind the end, which is at minute 30; make minutes more"),
        ("facility_loss", "facility_los", "a_fire.yaml:2: error: category is 'facility_los': did you mean facility_loss?"),
        ("question: What now?", "qestion: What now?", "a_fire.yaml:13: error: injects[alarm].qestion is 'What now?': no such key; did you mean question?"),
        ("decision: Q1", "decision: Q11", "a_fire.yaml:21: error: injects[calls].decision is 'Q11': no such decision in the runbook; did you mean Q1?"),
        ("[tier_1_first]", "[tier_1_frist]", "a_fire.yaml:22: error: injects[calls].right[1] is 'tier_1_frist': no answer of Q1; did you mean tier_1_first?"),
        ("{{ sites }}", "{{ site }}", "a_fire.yaml:11: error: injects[alarm].text: site is no known fact; did you mean sites?"),
        ("{{ sites }}", "{{ team_lead }}", "a_fire.yaml:11: error: injects[alarm].text: team_lead is no known fact; it differs from reader to reader"),
        ("label: Leave, right: true", "label: Leave", "a_fire.yaml:14: error: injects[alarm].options: none is right; mark some with right: true"),
        ("    good: [What is known]\n", "", "a_fire.yaml:28: error: injects[press].question: say what is right: options, decision, or good (what a good answer contains)"),
        ("id: calls", "id: alarm", "a_fire.yaml:17: error: injects[alarm].id is 'alarm': another inject has this id; give each its own"),
        ("uk_gdpr_33", "uk_gdpr_3", "a_fire.yaml:6: error: clocks.uk_gdpr_3 is 'not_reportable': no such regime in regimes.yaml; did you mean uk_gdpr_33?"),
        ("objectives: [Everybody is out]\n", "", "a_fire.yaml:1: warning: objectives: say what it should show"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_line_and_fix(tmp_path, old, new, says):
    assert old in GOOD
    found = complaints(tmp_path, GOOD.replace(old, new))
    assert found[0].startswith(says), found
    assert len({line.split(":")[1] for line in found}) == 1, found


def test_a_name_that_means_something_else_is_refused(tmp_path):
    assert "rename it" in complaints(tmp_path, GOOD, "functional")[0]


def test_a_changed_tabletop_is_taken_up_and_a_bad_one_is_not(tmp_path):
    for part in ("facility_loss.yaml", "library.yaml", "regimes.yaml", "drills/fire_on_floor_two.yaml"):
        (tmp_path / part).parent.mkdir(exist_ok=True)
        shutil.copy(library().folder / part, tmp_path / part)
    shelf = Shelf(load_all(tmp_path, POLICY), POLICY)
    assert shelf.changed() is None
    mine = tmp_path / "drills" / "a_fire.yaml"
    mine.write_text(GOOD, encoding="utf-8")
    assert [shelf.changed() is not None for _ in range(3)] == [False, True, False], (
        "when it has rested for a look, once"
    )
    assert set(shelf.read().tabletops) == {"a_fire", "fire_on_floor_two"}
    mine.write_text(GOOD.replace("to: SO", "to: SOO"), encoding="utf-8")
    with pytest.raises(BadConfig, match="did you mean SO"):
        shelf.read()
    assert set(shelf.library.tabletops) == {"fire_on_floor_two"}
