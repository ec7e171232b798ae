"""Due times as runbooks write them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.due import Anchor, Due, due_at, duration, parse, review_by

NOTICED = datetime(2026, 3, 4, 13, 50, tzinfo=UTC)
DECLARED = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)


def when(text: str, *, ended: dict[str, datetime] | None = None, rto_min: int | None = 240) -> str:
    found = due_at(parse(text), DECLARED, NOTICED, ended or {}, rto_min)
    return f"{found:%d %H:%M}" if found else "not known"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("T+15m", "04 14:15"),
        ("T+2h", "04 16:00"),
        ("T+1d", "05 14:00"),
        ("T + 1h 30m", "04 15:30"),
        ("D+10m", "04 14:00"),
        ("50% of rto", "04 15:50"),
        ("100 % of rto", "04 17:50"),
        ("after: LS3 +20m", "not known"),
        ("", "not known"),
    ],
)
def test_a_due_time_counts_from_its_anchor(text: str, at: str) -> None:
    assert when(text) == at


def test_after_a_step_is_known_once_it_has_ended() -> None:
    ended = {"LS3": DECLARED + timedelta(minutes=7)}
    assert when("after: LS3 +20m", ended=ended) == "04 14:27"
    assert when("after LS3", ended=ended) == "04 14:07"


def test_without_an_rto_a_share_of_it_is_not_known() -> None:
    assert when("50% of rto", rto_min=None) == "not known"


@pytest.mark.parametrize("text", ["T15m", "soon", "T+", "T+15", "T+-5m", "after: +20m", "50% of mtpd", "D+10x", "1d"])
def test_nonsense_is_refused_with_what_would_be_right(text: str) -> None:
    with pytest.raises(ValueError, match=r"write (T\+15m|15m)"):
        parse(text)


@given(st.integers(0, 9999), st.integers(0, 9999), st.integers(0, 99999))
def test_a_duration_is_the_sum_of_its_parts(days: int, hours: int, minutes: int) -> None:
    assert duration(f"{days}d {hours}h {minutes}m") == timedelta(days=days, hours=hours, minutes=minutes)


@given(st.sampled_from("TD"), st.integers(0, 9999), st.sampled_from("mhd"))
def test_what_is_written_is_what_is_due(letter: str, n: int, unit: str) -> None:
    anchor = Anchor.DECLARED if letter == "T" else Anchor.DETECTED
    assert parse(f"{letter}+{n}{unit}") == Due(anchor=anchor, offset=duration(f"{n}{unit}"))


@given(st.text(max_size=30))
def test_any_text_is_a_due_time_or_a_plain_refusal(text: str) -> None:
    try:
        assert isinstance(parse(text), Due)
    except ValueError as error:
        assert "write" in str(error)


@pytest.mark.parametrize(
    ("every", "by"),
    [
        ("30 days", date(2026, 3, 2)), ("2 weeks", date(2026, 2, 14)), ("1 month", date(2026, 2, 28)),
        ("6 months", date(2026, 7, 31)), ("11 months", date(2026, 12, 31)), ("1 year", date(2027, 1, 31)),
    ],
)  # fmt: skip
def test_a_review_comes_round(every: str, by: date) -> None:
    assert review_by(date(2026, 1, 31), every) == by


@pytest.mark.parametrize("every", ["", "often", "months", "6", "-1 month", "6 fortnights"])
def test_an_interval_that_is_none_is_refused(every: str) -> None:
    with pytest.raises(ValueError, match="write 30 days, 2 weeks"):
        review_by(date(2026, 1, 31), every)
