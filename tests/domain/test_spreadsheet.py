"""CSV for spreadsheets: nothing that people write is ever a formula there, and it all comes back."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.spreadsheet import as_csv, harmless

CELLS = st.text(st.characters(exclude_characters="\x00\r", exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    "cell", ["=1+1", "+44 113", "-2", "@SUM(A1)", "\t=1", "  =1", "\u00a0=1", "=1", "@x", "\n=1", "\r=1"]
)
def test_what_begins_like_a_formula_is_text(cell):
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "a=1", "1-2", "https://x", "Leeds", "'quoted", "«x»"])
def test_what_does_not_is_left_alone(cell):
    assert harmless(cell) == cell


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=5))
def test_every_cell_comes_back_and_none_begins_with_a_formula(rows):
    text = as_csv(("a", "b"), rows).removeprefix("\ufeff")
    found = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert [[cell.removeprefix("'") for cell in row] for row in found] == [
        [harmless(cell).removeprefix("'") for cell in row] for row in rows
    ]
    assert not any(cell.strip()[:1] in "=+-@" for row in found for cell in row if cell.strip())
