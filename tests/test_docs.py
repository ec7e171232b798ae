"""What the documents say is there, and what is there is in the documents. Settings: tests/test_settings.py."""

import re
from pathlib import Path

import pytest

from bot import settings
from bot.chat.console import listeners
from bot.domain.command import VERBS, Vocabulary, parse
from bot.domain.facts import described
from bot.domain.permission import RULES, Rule
from bot.domain.runbook import StepKind
from bot.domain.runbook_faults import MEANINGS, WARNINGS
from bot.domain.tabletop_check import Beside
from bot.storage.runbooks import load_all
from bot.storage.tabletop_files import load_all as tabletops

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"])
WHO = {
    Rule.ANYONE: "anybody",
    Rule.STAFF: "staff",
    Rule.LEADING: "staff and team leads",
    Rule.DECLARER: "holders of a role in `policy.may_declare`",
    Rule.RESPONDER: "holders of a role in the incident",
    Rule.COMMAND: "commanders",
    Rule.VOICE: "communications (PIO) and commanders",
    Rule.STEP: "workforce planning (PLAN) and commanders",
}


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def rows(page: Path) -> list[list[str]]:
    """The cells of every line of every table."""
    lines = re.findall(r"^\| (.*) \|$", text(page), re.MULTILINE)
    return [[cell.strip() for cell in re.split(r"(?<!\\) \| ", line)] for line in lines]


def fenced(page: Path, language: str) -> list[str]:
    """The blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text(page), re.MULTILINE | re.DOTALL)


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", text(page), flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The names under which a page's headings are linked to."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_says_what_one_gets_and_who_may(verb: str) -> None:
    found = [row for row in rows(DOCS / "commands.md") if re.match(rf"`/disaster {verb}( …)?`$", row[0])]
    assert len(found) == 1, f"docs/commands.md: one row for /disaster {verb}, please"
    _, gets, who = found[0]
    assert gets
    assert who == WHO[RULES[type(parse(verb, Vocabulary({})))]], "who may is not what bot/domain/permission.py says"


def test_no_command_is_documented_that_is_not_there() -> None:
    known = {row[0].strip("`").split()[1] for row in rows(DOCS / "commands.md") if row[0].startswith("`/disaster")}
    assert known == set(VERBS)


def test_every_fact_is_documented_with_its_meaning_and_no_other() -> None:
    page = rows(DOCS / "runbooks.md")
    start = page.index(["fact", "type", "meaning"])
    assert page[start + 1 :] == [[f"`{name}`", kind, meaning] for name, kind, meaning in described()]


def test_every_fault_of_the_checker_is_documented() -> None:
    page = rows(DOCS / "runbooks.md")
    start = page.index(["name", "it is", "meaning"])
    wanted = [[f"`{name}`", "warning" if name in WARNINGS else "error", meaning] for name, meaning in MEANINGS.items()]
    assert page[start + 1 : start + 1 + len(wanted)] == wanted


def test_every_kind_of_step_is_explained() -> None:
    assert re.findall(r"^- `(\w+)`:", text(DOCS / "runbooks.md"), re.MULTILINE) == [kind.value for kind in StepKind]


def test_every_readiness_question_and_task_is_mapped_to_its_place() -> None:
    form = load_all(ROOT / "runbooks", settings.load(ROOT / "app.yaml").policy).readiness
    mapped = {row[1]: row[0] for row in rows(DOCS / "readiness.md") if len(row) == 3}
    assert {q.id: q.question for q in form.questions}.items() <= mapped.items()
    named = {key for cell in mapped for key in re.findall(r"`(\w+)`", cell)}
    assert {one.id for one in (*form.maintenance, *form.roadmap)} <= named


def test_the_example_of_a_runbook_passes_the_checker(tmp_path: Path) -> None:
    (example,) = fenced(DOCS / "runbooks.md", "yaml")
    (tmp_path / "example.yaml").write_text(example, encoding="utf-8")
    library = load_all(tmp_path, settings.load(ROOT / "app.yaml").policy)
    assert len(library) == 1
    assert not library.warnings


def test_every_address_of_the_consoles_api_is_documented_and_no_other() -> None:
    api = listeners.router(None)
    here = {f"{method} {route.path}" for route in api.routes for method in route.methods}
    documented = set(re.findall(r"^### `((?:GET|POST) [^`]+)`$", text(DOCS / "console.md"), re.MULTILINE))
    assert documented == here


def test_the_consoles_example_is_python() -> None:
    (example,) = fenced(DOCS / "console.md", "python")
    compile(example, "docs/console.md", "exec")


def test_every_make_target_is_in_make_help() -> None:
    makefile = text(ROOT / "Makefile")
    phony = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split()
    explained = set(re.findall(r"^([a-z]+):.*## \S", makefile, re.MULTILINE))
    assert explained == set(phony)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    known = re.findall(r"^\.PHONY: (.*)$", text(ROOT / "Makefile"), re.MULTILINE)[0].split()
    shell = "".join(fenced(page, "sh"))
    named = re.findall(r"`make ([a-z]+)", prose(page)) + re.findall(r"^make ([a-z]+)", shell, re.MULTILINE)
    assert set(named) <= set(known)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)) if not re.match(r"[a-z]+:", link)]
    lost = []
    for link in links:
        name, _, anchor = link.partition("#")
        to = (page.parent / name).resolve() if name else page
        if not to.exists() or (anchor and to.suffix == ".md" and anchor not in anchors(to)):
            lost.append(link)
    assert not lost


def test_every_decision_has_its_three_parts_and_is_short() -> None:
    for page in sorted((DOCS / "decisions").glob("*.md")):
        assert re.fullmatch(r"\d{4}-[a-z0-9-]+", page.stem), page.name
        assert text(page).startswith(f"# {int(page.stem[:4])}. "), page.name
        parts = re.findall(r"^\*\*(\w+)\.\*\*", text(page), re.MULTILINE)
        assert parts == ["Context", "Decision", "Consequence"], page.name
        assert text(page).count("\n") <= 25, page.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_documents_name_no_machine(page: Path) -> None:
    assert not re.search(r"(?<![\w.])/(home|root|work|Users)/|pypi|artifactory", text(page), re.IGNORECASE)


def _marks(test: str) -> str:
    """The decorators of a test that the feature table names; fails when there is no such test."""
    file, _, name = test.strip("`").partition("::")
    found = re.search(rf"((?:^@.*\n)*)^async def {name}\(", text(ROOT / "tests" / file), re.MULTILINE)
    assert found, f"docs/features.md: there is no {test}"
    return found[1]


def _chats(test: str) -> set[str]:
    """The chats on which a test of the feature table runs."""
    marks = _marks(test)
    if test.startswith("chat/test_"):
        return {test.removeprefix("chat/test_").split(".")[0].split("_")[0]}
    told = {"slack", "teams"} - set(re.findall(r'"(\w+)"', marks)) if "every_chat" in marks else set()
    return {"console", *told}


@pytest.mark.parametrize("row", rows(DOCS / "features.md")[1:], ids=lambda row: row[0])
def test_every_feature_is_told_on_every_chat_that_has_it(row: list[str]) -> None:
    _, *said, named = row
    tests = re.findall(r"`([^`]+)`", named)
    yes = {chat for chat, word in zip(("console", "slack", "teams"), said, strict=True) if word == "yes"}
    held = set[str]().union(*map(_chats, tests))
    assert yes <= held, f"nothing holds {yes - held} to it"
    assert "teams" in held, "what there is on Teams instead is held to by a test of Teams"
    assert set[str]().union(*(_chats(test) for test in tests if test.startswith("scenarios/"))) <= yes


def test_the_example_of_a_tabletop_passes_the_checker(tmp_path: Path) -> None:
    (example,) = fenced(DOCS / "drills.md", "yaml")
    policy = settings.load(ROOT / "app.yaml").policy
    books = load_all(ROOT / "runbooks", policy)
    (tmp_path / "drills").mkdir()
    (tmp_path / "drills" / "water.yaml").write_text(example, encoding="utf-8")
    found, problems = tabletops(tmp_path, Beside(policy, books.runbooks))
    assert list(found) == ["water"]
    assert not problems
    named = set(re.findall(r"`(\w+)`", text(DOCS / "drills.md")))
    assert set(books.tabletops) <= named, "docs/drills.md names what ships"
