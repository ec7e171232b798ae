"""The runbook library as it ships, and how a bad one is refused."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain import due, progress
from bot.domain.facts import EXAMPLE, EXAMPLE_DRILL, EXAMPLE_PERSON, Facts
from bot.domain.person import Audience
from bot.domain.policy import Policy
from bot.domain.refusal import BadConfig
from bot.domain.runbook import Category, Runbook, StepKind, StepPlan
from bot.domain.step import ENDED, Step, StepState
from bot.domain.template import render
from bot.settings import load as load_settings
from bot.storage.runbooks import Library, load_all

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_settings(ROOT / "app.yaml").policy


@pytest.fixture(scope="module")
def library(policy: Policy) -> Library:
    return load_all(ROOT / "runbooks", policy)


def walked(book: Runbook, facts: Facts) -> list[Step]:
    """Walk a runbook to its end: every decision takes its first option, the return begins when nothing else is left."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    steps = [
        Step(
            id=n, incident_id=1, key=plan.id, position=n, plan=plan, state=StepState.WAITING, assignee=None, due_at=None
        )
        for n, plan in enumerate(book.steps)
    ]
    facts = facts.model_copy(update={"values": book.values})
    for _ in range(2 * len(steps)):
        new = dict(progress.advance(steps, facts))
        steps = [s.model_copy(update={"state": new.get(s.id, s.state)}) for s in steps]
        live = [s for s in steps if s.state is StepState.READY]
        answers = facts.answers | {s.key: s.plan.options[0].value for s in live if s.plan.kind is StepKind.DECISION}
        facts = facts.model_copy(update={"answers": answers, "state": facts.state if live else "recovering"})
        steps = [s.model_copy(update={"state": StepState.DONE, "ended_at": now}) if s in live else s for s in steps]
    return steps


def facility_loss(folder: Path) -> str:
    """Return that runbook's text; what it uses of the library lies in the folder."""
    shutil.copy(ROOT / "runbooks" / "library.yaml", folder)
    return (ROOT / "runbooks" / "facility_loss.yaml").read_text(encoding="utf-8")


def ids(steps: list[StepPlan] | tuple[StepPlan, ...]) -> list[str]:
    return [step.id for step in steps]


def test_the_library_loads_without_a_warning(library: Library) -> None:
    assert {Category.FACILITY_LOSS, Category.APPLICATION_FAILURE} <= set(library.categories)
    assert library.warnings == ()


@pytest.mark.parametrize("example", [EXAMPLE, EXAMPLE_DRILL], ids=["real", "drill"])
def test_every_runbook_can_be_walked_to_its_end(library: Library, example: Facts) -> None:
    for book in library:
        assert [s.key for s in walked(book, example) if s.state not in ENDED] == []


def test_facility_loss_keeps_the_fields_order(library: Library) -> None:
    book = library.runbooks[Category.FACILITY_LOSS]
    field = [
        "LS1",
        "LS2",
        "LS3",
        "DA2",
        "DA3",
        "SM1",
        "NT3",
        "NT1",
        "NT2",
        "NT5",
        "RL1",
        "NT4",
        "SU1",
        "SU3",
        "RR1",
        "RR2",
        "RR3",
        "RR4",
    ]
    wanted = [*field, "SD1", "SD2", "SD3", "SD4"]
    assert [key for key in ids(book.steps) if key in wanted] == wanted


def test_application_failure_keeps_the_fields_order(library: Library) -> None:
    book = library.runbooks[Category.APPLICATION_FAILURE]
    field = [
        "DA1",
        "DA2",
        "NT5",
        "SM1",
        "log_in_again",
        "degraded_mode",
        "NT1",
        "NT2",
        "NT3",
        "SM2",
        "NT4",
        "SU1",
        "SU4",
    ]
    wanted = [*field, "re_keying", "RR2", "RR3", "RR4", "SD1", "SD2", "SD3", "SD4"]
    assert [key for key in ids(book.steps) if key in wanted] == wanted


def test_nothing_but_people_comes_first_when_a_building_is_lost(library: Library) -> None:
    book = library.runbooks[Category.FACILITY_LOSS]
    speaking = [s for s in book.steps if s.messages]
    assert all(s.after for s in speaking)
    assert "LS3" in next(s.after for s in book.steps if s.id == "NT1")
    assert {"LS3", "Q3"} <= set(next(s.after for s in book.steps if s.kind is StepKind.RELOCATE))


def test_every_step_has_guidance_and_every_message_says_what_it_must(library: Library) -> None:
    for book in library:
        assert [s.id for s in book.steps if not s.guidance] == []
        for step in book.steps:
            due.parse(step.due)
            for message in step.messages:
                text = render(message.text, EXAMPLE.model_copy(update={"values": book.values}), EXAMPLE_PERSON)
                lines = text.splitlines()
                assert any("know" in line for line in lines), step.id
                assert any("don't know yet" in line or "not known yet" in line for line in lines), step.id
                assert any(line.startswith(("What to do", "What we ask")) for line in lines), step.id
                assert any(line.startswith("Next") or "no further updates" in line for line in lines), step.id


def test_customers_and_regulators_never_read_what_people_typed(library: Library) -> None:
    typed = {"known": "SECRET", "latest": "SECRET"}
    for book in library:
        facts = EXAMPLE.model_copy(update={"values": book.values, **typed})
        said = [
            m.text for s in book.steps for m in s.messages if m.audience in {Audience.CUSTOMERS, Audience.REGULATOR}
        ]
        assert said
        assert not any("SECRET" in render(text, facts) for text in said)


def test_all_faults_of_all_files_are_named_together(tmp_path: Path, policy: Policy) -> None:
    good = facility_loss(tmp_path)
    (tmp_path / "a.yaml").write_text(good.replace("owner: SO\nreviewed", "owner: S0\nreviewed"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(good, encoding="utf-8")
    (tmp_path / "c.yaml").write_text("category: fire", encoding="utf-8")
    (tmp_path / "regimes.yaml").write_text("not: a runbook", encoding="utf-8")
    with pytest.raises(BadConfig) as caught:
        load_all(tmp_path, policy)
    said = {(Path(p.file).name, p.line, p.key) for p in caught.value.problems}
    assert {
        ("a.yaml", 8, "owner"),
        ("b.yaml", 5, "category"),
        ("c.yaml", 1, "category"),
        ("c.yaml", 1, "steps"),
    } <= said


def test_a_fault_in_a_step_is_named_by_the_steps_id_and_line(tmp_path: Path, policy: Policy) -> None:
    good = facility_loss(tmp_path)
    line = good[: good.index("    due: D+3m")].count("\n") + 1
    (tmp_path / "a.yaml").write_text(good.replace("due: D+3m", "due: D3m"), encoding="utf-8")
    with pytest.raises(BadConfig) as caught:
        load_all(tmp_path, policy)
    assert [(p.line, p.key) for p in caught.value.problems if not p.warning] == [(line, "steps[LS2].due")]


def test_an_empty_folder_is_no_library(tmp_path: Path, policy: Policy) -> None:
    with pytest.raises(BadConfig, match="no runbook is here"):
        load_all(tmp_path, policy)
