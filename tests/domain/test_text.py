"""People's words: cleaned once at the edge, then always shown as they are."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from bot.domain.card import Card, Fact, Meter, Table
from bot.domain.text import Line, Paragraph, clean, clip, listed, one_line, plural

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}


@given(st.text())
def test_cleaned_text_has_nothing_hidden_and_cleaning_again_changes_nothing(text):
    found = clean(text)
    assert not [c for c in found if unicodedata.category(c) in HIDDEN and c not in "\n\t\u200c\u200d"]
    assert clean(found) == found
    assert one_line(one_line(text)) == one_line(text)
    assert "\n" not in one_line(text)


@pytest.mark.parametrize(
    "kept", ["نامه\u200cای", "👩\u200d🚒 fire", "naïve", "Igor Brózda", "<b>&{{ x }}", "50 % off *now*"]
)
def test_what_people_write_stays(kept):
    assert clean(kept) == unicodedata.normalize("NFC", kept)


@given(st.text(), st.integers(1, 50))
def test_clipped_text_fits_and_says_that_it_was_cut(text, limit):
    found = clip(text, limit)
    assert len(found) <= limit
    assert found == text or found.endswith("…")


def test_counts_and_lists_in_words():
    assert [plural(n, "person", "people") for n in (0, 1, 1200)] == ["0 people", "1 person", "1,200 people"]
    assert plural(2, "step") == "2 steps"
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or"), listed([])] == [
        "a",
        "a and b",
        "a, b or c",
        "",
    ]


@pytest.mark.parametrize(("kind", "most"), [(Line, 200), (Paragraph, 2000)])
def test_fields_take_so_much_and_not_nothing(kind, most):
    field = TypeAdapter(kind)
    assert field.validate_python("  x\u202e  ") == "x"
    assert len(field.validate_python("x" * most)) == most
    for wrong in ("", "   ", "\u200b", "x" * (most + 1)):
        with pytest.raises(ValidationError):
            field.validate_python(wrong)


def test_a_card_in_plain_text_says_everything_and_its_banner_first_and_last():
    card = Card(
        title="t", banner="EXERCISE", text=("one", "two"), facts=(Fact(label="Where", value="Home"),), footer="end",
        meters=(Meter(label="Safe", value=3, total=10),), tables=(Table(columns=("A", "B"), rows=(("1", "2"),), caption="c"),),
    )  # fmt: skip
    lines = card.plain().split("\n")
    assert lines == [
        "EXERCISE",
        "t",
        "one",
        "two",
        "Where: Home",
        "Safe: ▰▰▰▱▱▱▱▱▱▱ 3 of 10",
        "c",
        "A | B",
        "1 | 2",
        "end",
        "EXERCISE",
    ]


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_meter_is_full_only_when_all_is_done(value, total):
    meter = Meter(label="x", value=min(value, total), total=total)
    assert len(meter.bar) == 10
    assert (meter.percent == 100) == (total > 0 and value >= total)
