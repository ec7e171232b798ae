"""The evidence for an auditor: as CSV and PDF, for those who may, whatever people wrote."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from bot.cli.commands import cli
from bot.domain import intent as i
from bot.domain.dossier import SHEETS, Dossier, Sheet
from bot.operations.perform import perform
from bot.operations.scene import Place
from bot.storage import duties
from bot.web import pdf
from bot.web.pdf import drawn

HOSTILE = '=HYPERLINK("http://evil.example","x") <script>alert(1)</script> **b**'
GREEK, HEBREW, JAPANESE, HINDI = "Ελληνικά", "שלום", "株式会社", "देवनागरी"


def words(paper):
    return [page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages]


def lines(answer):
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.fixture
async def answered(world):
    """T7 of contact routing was answered twice, with what a spreadsheet would run; Kestrel's attestation has expired."""
    world.product.engine.woken.set()
    await world.settles()
    async with world.store.read(world.now) as db:
        standing = await duties.standing(db)
    asked = next(d for d in standing if (d.key, d.subject) == ("T7", "acd"))
    plan = next(d for d in standing if d.key == "outsourcer_plan")
    said = (
        i.AnswerDuty(duty=asked.id, score=1, text="as they say"),
        i.AnswerDuty(duty=asked.id, score=3, text=HOSTILE, link="https://wiki.example.org/x"),
        i.Attest(duty=plan.id, name="Rui Prata", tested="2026-10-01", rto_min=240, until="2026-11-30", report_link="https://k.example/r"),
    )  # fmt: skip
    for intent in said:
        card = await perform(world.product.desk, "S003", intent, Place("console"))
        assert card.tone == "good", card
        world.clock.moment += timedelta(minutes=1)
    world.clock.moment += timedelta(days=60)


@pytest.mark.one_database
async def test_those_who_may_take_it_away_as_csv_and_pdf(world, answered):
    desk = world.product.desk
    async with world.browser() as browser:
        assert (await browser.get("/readiness/evidence.pdf")).status_code == 401
        page = (await browser.get(desk.link("S017", "readiness"))).text
        assert 'href="/readiness/evidence.pdf"' in page and 'href="/readiness/history.csv"' in page
        sheets = {name: lines(await browser.get(f"/readiness/{name}.csv")) for name in SHEETS}
        paper = await browser.get("/readiness/evidence.pdf")
        assert (await browser.get("/readiness/nothing.csv")).status_code == 404
    (mine,) = [row for row in sheets["answers"] if (row["id"], row["of"]) == ("T7", "Contact routing")]
    assert (mine["answer"], mine["given by"], mine["link"]) == (
        "3 evidence in date",
        world.person("S003").name,
        "https://wiki.example.org/x",
    )
    assert mine["evidence"] == f"'{HOSTILE}"
    assert [row["answer"] for row in sheets["history"] if row["id"] == "T7"] == ["3 evidence in date", "1 stated"]
    (kestrel,) = [row for row in sheets["vendors"] if row["vendor"] == "Kestrel Atendimento"]
    assert (kestrel["state"], kestrel["evidence until"], kestrel["test report"]) == (
        "expired",
        "2026-11-30",
        "https://k.example/r",
    )
    assert [row["state"] for row in sheets["attestations"]] == ["expired"]
    assert len(sheets["scores"]) == 14 and sheets["tasks"] and not sheets["drills"]
    assert paper.headers["content-type"] == "application/pdf"
    said = " ".join(" ".join(words(paper.content)).split())
    assert "Evidence of readiness" in said and "Kestrel Atendimento" in said and "alert(1)</script> **b**" in said
    assert any("took the evidence for an auditor: evidence.pdf" in line for line in await world.journal())


@pytest.mark.one_database
async def test_who_may_not_is_told_whom_it_is_for(world):
    async with world.browser() as browser:
        page = await browser.get(world.product.desk.link("S011", "readiness"))
        assert "evidence.pdf" not in page.text
        for file in ("evidence.pdf", "vendors.csv"):
            no = await browser.get(f"/readiness/{file}")
            assert no.status_code == 403 and "the vendor manager" in no.text
    assert not any("took the evidence" in line for line in await world.journal())


def dossier(*cells):
    rows = tuple((f"T{n}", cell) for n, cell in enumerate(cells))
    table = Sheet(name="answers", title="Answers", about="a", columns=("id", "evidence"), rows=rows)
    return Dossier(
        organisation="Ünïcødé <i>Ltd</i>", made_at=datetime(2026, 11, 22, 6, tzinfo=UTC), tz="Asia/Manila", by="Ana",
        score="63 of 100, amber", sample=True, sheets=(table, table.evolve(name="vendors", apart=True), table.evolve(rows=())),
    )  # fmt: skip


def test_letters_of_many_scripts_are_drawn_and_those_that_lack_are_counted():
    text = " ".join(words(drawn(dossier(GREEK, HEBREW, JAPANESE, HINDI, HOSTILE))))
    close = "".join(text.replace("\0", "").split())  # what reads it here parts such letters
    for word in (GREEK, JAPANESE, HOSTILE[:30], "Ünïcødé <i>Ltd</i>", "22 Nov 2026 14:00 PST", "There is nothing yet."):
        assert word.replace(" ", "") in close, word
    assert "\u25a1 stands for 16 letters" in text


def test_a_long_history_says_that_it_is_cut_and_a_long_text_too(monkeypatch):
    monkeypatch.setattr(pdf, "MOST_ROWS", 50)
    pages = words(drawn(dossier("x" * 5000, *["word"] * 60)))
    assert "The newest 50 of 61; the CSV has all." in " ".join(pages)
    assert "…" in pages[0] and f"1 of {len(pages)}" in pages[0]


def test_the_command_line_writes_all_of_it(tmp_path):
    ran = CliRunner().invoke(cli, ["evidence", "--data", str(tmp_path)])
    assert ran.exit_code == 2 and "There is no database" in ran.output
