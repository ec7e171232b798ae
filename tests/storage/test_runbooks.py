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
    facts = facts.model_copy(update={"values": book.values, "minutes_since_declared": 600})  # time goes by
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


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


def ids(steps: list[StepPlan] | tuple[StepPlan, ...]) -> list[str]:
    return [step.id for step in steps]


def test_the_library_loads_without_a_warning(library: Library) -> None:
    assert library.categories == list(Category)
    assert library.warnings == ()


@pytest.mark.parametrize("example", [EXAMPLE, EXAMPLE_DRILL], ids=["real", "drill"])
def test_every_runbook_can_be_walked_to_its_end(library: Library, example: Facts) -> None:
    for book in library:
        assert [s.key for s in walked(book, example) if s.state not in ENDED] == []


# The order in which the field works each category.
FIELD = {
    "facility_loss": "LS1 LS2 LS3 DA2 DA3 SM1 NT3 NT1 NT2 NT5 RL1 RL2 NT4 SU1 SU3 RR1 RR2 RR3",
    "access_denied": "DA1 LS3 DA2 DA3 NT1 NT2 RL1 RL2 SM1 SM2 NT6 RL3 SU1 SU3 RR2",
    "utility_loss": "LS1 DA1 DA2 NT6 SM1 NT1 NT2 RL1 RL2 NT3 RL3 SU1 SU2 RR1",
    "regional_disaster": "LS1 LS3 DA2 DA3 NT1 NT2 RL1 SM1 NT5 NT3 SM2 SM4 RL3 SU1 SU3 RR3",
    "life_safety_event": "LS1 LS2 LS3 DA2 NT2 NT6 kin NT4 SM1 RL1 NT1 SU1 SU3 RR1",
    "workforce_loss": "DA1 DA2 NT2 NT7 NT1 RL1 SM3 SM2 NT3 NT5 RL2 RL5 SU1 SU3",
    "demand_surge": "DA1 DA2 NT2 NT3 SM2 SM3 SM4 RL1 NT5 RL2 RL3 SU1 SU3",
    "component_failure": "DA1 DA2 NT5 standby_verify standby_start SM1 NT2 NT1 SM2 SU1 SU2 RR1 RR2",
    "application_failure": "DA1 DA2 NT5 SM1 log_in_again degraded_mode NT1 NT2 NT3 SM2 NT4 SU1 SU4 re_keying RR2 RR3",
    "network_failure": "DA1 DA2 DA3 NT5 SM1 RL1 NT1 NT2 NT3 SM4 NT4 RL3 SU1 RR2",
    "data_loss": "DA1 stop_writes DA2 NT2 NT5 NT4 SM3 SM2 NT1 NT3 restore reconcile RR2",
    "security_breach": "DA3 DA1 DA2 isolate revoke NT4 counsel NT2 NT1 RL1 SM1 NT3 SM3 NT5 NT7 SU1 RR1",
    "vendor_failure": "DA1 DA2 bridge their_people SM1 RL1 RL2 NT2 NT3 NT4 NT7 SU1 evidence RR2",
}


@pytest.mark.parametrize("category", Category)
def test_a_runbook_keeps_the_fields_order_and_comes_to_an_end(library: Library, category: Category) -> None:
    book = library.runbooks[category]
    wanted = [*FIELD[category].split(), "RR4", "SD1", "SD2", "SD3", "SD4"]
    assert [key for key in ids(book.steps) if key in wanted] == wanted


# What may not be passed on: who was hurt, what a family was told, a ransom, what counsel said.
RESTRICTED = {
    "life_safety_event": {"kin", "Q6", "Q6_counsel", "names"},
    "workforce_loss": {"Q6_relations"},
    "data_loss": {"Q6_leaders"},
    "security_breach": {"counsel", "demand", "ransom"},
}


@pytest.mark.parametrize("category", Category)
def test_what_only_few_may_know_is_restricted_and_the_rooms_of_two_are_quiet(
    library: Library, category: Category
) -> None:
    book = library.runbooks[category]
    assert {s.id for s in book.steps if s.restricted} == RESTRICTED.get(category, set())
    assert book.quiet is (category in {Category.LIFE_SAFETY_EVENT, Category.SECURITY_BREACH})


def test_nothing_but_people_comes_first_when_a_building_is_lost(library: Library) -> None:
    book = library.runbooks[Category.FACILITY_LOSS]
    assert all(s.after for s in book.steps if s.messages)
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
        ("a.yaml", line_of(good, "owner: SO"), "owner"),
        ("b.yaml", line_of(good, "category:"), "category"),
        ("c.yaml", 1, "category"),
        ("c.yaml", 1, "steps"),
    } <= said


def test_a_fault_in_a_step_is_named_by_the_steps_id_and_line(tmp_path: Path, policy: Policy) -> None:
    good = facility_loss(tmp_path)
    line = line_of(good, "    due: T+60m")
    (tmp_path / "a.yaml").write_text(good.replace("due: T+60m", "due: T60m"), encoding="utf-8")
    with pytest.raises(BadConfig) as caught:
        load_all(tmp_path, policy)
    assert [(p.line, p.key) for p in caught.value.problems if not p.warning] == [(line, "steps[Q7].due")]


def test_an_empty_folder_is_no_library(tmp_path: Path, policy: Policy) -> None:
    with pytest.raises(BadConfig, match="no runbook is here"):
        load_all(tmp_path, policy)
