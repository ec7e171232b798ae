"""All that can be named is named in one go: a fault in a file's form hides no other, there or elsewhere, and invents none."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.policy import Policy
from bot.domain.refusal import BadConfig
from bot.domain.runbook import Runbook
from bot.domain.runbook_check import check
from bot.settings import load as load_settings
from bot.storage.files import Source, Spot
from bot.storage.runbooks import load_all
from bot.storage.salvage import salvage
from tests.domain.any_runbook import POLICY, mended, written

ROOT = Path(__file__).parents[2]
HEAD = 'category: facility_loss\ntitle: t\nversion: "1"\nowner: SO\nreviewed_on: 2026-01-01\nvalues: {few: 20}\n'
LIBRARY = """steps:
  - {id: LS1, title: Evacuate, phase: life_safety, owner: SO}
  - {id: DA2, title: Declare, fase: activate, owner: IC}
  - {id: SU3, title: Look after people, phase: sustain, owner: FINN}
"""
STEPS = """steps:
  - use: LS1
  - use: DA2
    onwer: IC
  - use: DA9
  - id: Q1
    title: Which way?
    kind: desicion
    phase: serve
    owner: OPPS
    due: soon
    options: [{value: left, label: Left}, {value: right, label: Right}]
  - {id: A1, title: Go left, phase: serve, owner: OPS, after: [Q1], when: answers.Q1 == "left"}
  - {id: A2, title: Go on, phase: serve, owner: OPS, after: [LS1, A1], due: "after: A3 +5m"}
  - {id: A3, title: Look, phase: serve, owner: OPSS, after: [LS9], titel: Look, guidance: "{{ values.many }}"}
  - {id: B1, title: Ring, phase: serve, owner: OPS, when: severity > 3}
  - use: SU3
"""


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_settings(ROOT / "app.yaml").policy


def named(folder: Path, policy: Policy, **files: str) -> list[str]:
    """What is wrong with the files of a folder: file, line and key of each."""
    for name, text in files.items():
        (folder / name.replace("__", "/")).parent.mkdir(exist_ok=True)
        (folder / f"{name.replace('__', '/')}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadConfig) as caught:
        load_all(folder, policy)
    found = [p for p in caught.value.problems if not p.warning]
    return [f"{Path(p.file).stem}:{p.line} {p.key}{f' {p.name}' if p.name else ''}" for p in found]


def test_faults_of_form_hide_no_other_and_invent_none(tmp_path: Path, policy: Policy) -> None:
    assert named(tmp_path, policy, facility_loss=HEAD + STEPS, library=LIBRARY) == [
        "facility_loss:10 steps[DA2].onwer",
        "facility_loss:11 steps[3].use",
        "facility_loss:14 steps[Q1].kind",
        "facility_loss:16 steps[Q1].owner unknown-role",
        "facility_loss:17 steps[Q1].due bad-time",
        "facility_loss:21 steps[A3].titel",
        "facility_loss:21 steps[A3].owner unknown-role",
        "facility_loss:21 steps[A3].after[1] unknown-step",
        "facility_loss:21 steps[A3].guidance unknown-part",
        "facility_loss:22 steps[B1].when never-applies",
        "library:3 steps[DA2].phase",
        "library:3 steps[DA2].fase",
        "library:4 steps[SU3].owner unknown-role",
    ]


def test_a_bad_head_leaves_its_steps_to_be_examined(tmp_path: Path, policy: Policy) -> None:
    book = HEAD.replace("title: t\n", "titel: t\n").replace("owner: SO", "owner: SOO") + "steps:\n  - use: LS7\n"
    more = "  - {id: C1, title: x, phase: serve, owner: OPPS}\n"
    assert named(tmp_path, policy, facility_loss=book + more) == [
        "facility_loss:1 title",
        "facility_loss:2 titel",
        "facility_loss:4 owner unknown-role",
        "facility_loss:8 steps[1].use",
        "facility_loss:9 steps[C1].owner unknown-role",
    ]


def test_lists_of_other_files_are_examined_item_by_item(tmp_path: Path, policy: Policy) -> None:
    table = (ROOT / "runbooks" / "regimes.yaml").read_text(encoding="utf-8")
    bad = table.replace("    certainty: B\n", "    certainty: D\n", 1).replace(
        "    calendar: US\n", "    calendar: USA\n", 1
    )
    told = "title: t\ncategory: facility_loss\nstory: It burns.\nminutes: 30\ninjects:\n"
    told += "".join(f"  - {{id: I{n}, at: {n}, title: t, text: Smoke}}\n" for n in range(1, 6))
    told += "  - {id: I6, at: 40, title: t, txt: Fire}\n  - {id: I7, at: 40, title: t, text: Flames, to: OPSS}\n"
    found = named(
        tmp_path, policy, regimes=bad, drills__fire=told, facility_loss=HEAD + "steps:\n  - use: LS1\n    a: 1\n"
    )
    assert [line.split(" ", 1)[1] for line in found if line.startswith("regimes")] == [
        "regimes[gdpr_33].certainty",
        "regimes[hipaa_breach].calendar",
    ]
    assert [line.split(" ", 1)[1] for line in found if line.startswith("fire")] == [
        "injects[I6].text", "injects[I6].txt", "injects[I7].at", "injects[I7].to", "injects[I7].question"
    ]  # fmt: skip


@settings(max_examples=25)
@given(written().map(mended), st.data())
def test_what_is_misspelt_in_a_sound_runbook_is_all_that_is_named(book: Runbook, data: st.DataObject) -> None:
    """Break the form of one key of a runbook that passes: nothing else of it is called wrong."""
    text = book.model_dump(mode="json")
    step = data.draw(st.sampled_from(text["steps"]))
    key = data.draw(
        st.sampled_from(
            sorted(step.keys() & {"id", "kind", "after", "due", "when", "once", "options", "messages", "owner"})
        )
    )
    if data.draw(st.booleans()):
        step[f"{key}x"] = step.pop(key)
    else:
        step[key] = {"no": "such thing"}
    got = salvage(Source("x.yaml", text, {(): Spot("x.yaml", 1)}))
    assert got.problems
    assert [fault for fault in got.sure(check(got.book, POLICY)) if not fault.warning] == []
