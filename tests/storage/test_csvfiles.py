"""Reading the folder of CSV files: what can't be read is named, with its line."""

from pathlib import Path

import pytest

from bot.domain.policy import Policy
from bot.domain.roster import Roster
from bot.operations.sample import write
from bot.storage.csvfiles import read_folder

ROLES = "IC DEP SCR OPS PLAN LOG FIN PIO SO LNO REG VM TL KM CM DIG BRD"
POLICY = Policy.model_construct(roles=dict.fromkeys(ROLES.split(), ""), tz="Europe/London")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sample of 24 agents."""
    write(tmp_path, 24, seed=3)
    return tmp_path


def said(folder: Path) -> list[str]:
    """What is said of a folder."""
    roster, problems = read_folder(folder, POLICY)
    assert roster == Roster() or not problems
    return [str(problem) for problem in problems]


def test_a_good_folder_reads_whole(folder: Path) -> None:
    roster, problems = read_folder(folder, POLICY)
    assert not problems
    assert sum(person.kind == "agent" for person in roster.people) == 24


def test_a_byte_order_mark_is_no_fault(folder: Path) -> None:
    file = folder / "sites.csv"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert not said(folder)


def test_a_missing_file_is_named_with_its_header(folder: Path) -> None:
    (folder / "teams.csv").unlink()
    assert said(folder) == [
        "teams.csv:1: error: file: missing; make it, with the header id,name,site,lead,deputy,channel"
    ]


def test_a_folder_that_is_not_there_names_every_file(tmp_path: Path) -> None:
    assert len(said(tmp_path / "nowhere")) == 6


def test_another_encoding_is_named_with_its_line(folder: Path) -> None:
    (folder / "teams.csv").write_bytes(
        "id,name,site,lead\nt1,Team 1,leeds,L001\nt2,Équipe 2,leeds,L001\n".encode("cp1252")
    )
    (only,) = said(folder)
    assert only.startswith("teams.csv:3: error: encoding is ")
    assert "Équipe 2" in only
    assert only.endswith("UTF-8; this looks like Windows-1252: save it as CSV UTF-8")


def test_utf_16_is_named(folder: Path) -> None:
    (folder / "teams.csv").write_text("id,name\n", encoding="utf-16")
    assert said(folder) == ["teams.csv:1: error: encoding is 'UTF-16': UTF-8; save it as CSV UTF-8"]


def test_an_empty_file_is_named(folder: Path) -> None:
    (folder / "teams.csv").write_bytes(b"")
    assert said(folder) == ["teams.csv:1: error: file: a header and rows: this file is empty"]


def test_semicolons_between_columns_are_named(folder: Path) -> None:
    (folder / "teams.csv").write_text("id;name;site;lead\nt1;Team 1;leeds;L001\n")
    fix = "columns separated by commas; save it as CSV with commas"
    assert said(folder) == [f"teams.csv:1: error: row is 'id;name;site;lead': {fix}"]


def test_an_open_quotation_mark_is_named_where_its_row_starts(folder: Path) -> None:
    (folder / "teams.csv").write_text(
        'id,name,site,lead\nt1,Team 1,leeds,L001\nt2,"Team 2,leeds,L001\nt3,Team 3,leeds,L001\n'
    )
    assert said(folder) == [
        "teams.csv:3: error: row: rows of CSV; unexpected end of data: is a quotation mark open?"
    ]  # fmt: skip


def test_lines_are_counted_through_blank_rows_and_cells_of_several_lines(folder: Path) -> None:
    file = folder / "systems.csv"
    file.write_text('id,name,kind,standby\ncrm,CRM,crm,"hot:\nsecond region"\n\nwfm,,wfm,\nvpn,VPN,vpn,\n')
    assert said(folder) == [
        "systems.csv:2: error: standby is 'hot:\\nsecond region': one line of text; take the line break out",
        "systems.csv:5: error: name: empty; write a name",
    ]


def test_a_cell_beyond_all_bounds_is_named(folder: Path) -> None:
    (folder / "teams.csv").write_text(f"id,name,site,lead\nt1,{'x' * 1_000_001},leeds,L001\n")
    assert said(folder)[0].startswith("teams.csv:2: error: row: rows of CSV; field larger than field limit")


def test_a_folder_in_the_place_of_a_file_is_named(folder: Path) -> None:
    (folder / "teams.csv").unlink()
    (folder / "teams.csv").mkdir()
    assert said(folder) == ["teams.csv:1: error: file: a file that can be read; Is a directory"]
