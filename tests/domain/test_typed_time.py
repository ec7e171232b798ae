"""Times as people type them, in their own zone; nonsense and the future are refused with what to write instead."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.typed_time import ahead, parse, shown

NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
ZONES = st.sampled_from(["UTC", "Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Sydney"])


@pytest.mark.parametrize(
    ("text", "tz", "wanted"),
    [
        ("14:05", "UTC", "2026-11-21T14:05"),
        ("now", "Asia/Kolkata", "2026-11-21T15:00"),
        ("10 min ago", "UTC", "2026-11-21T14:50"),
        ("about 2 hours ago", "Europe/London", "2026-11-21T13:00"),
        ("2 pm", "UTC", "2026-11-21T14:00"),
        ("yesterday 2.05pm", "UTC", "2026-11-20T14:05"),
        ("12:10 a.m.", "UTC", "2026-11-21T00:10"),
        ("1405", "UTC", "2026-11-21T14:05"),
        ("9.30", "Europe/Berlin", "2026-11-21T08:30"),
        ("today 14:05", "UTC", "2026-11-21T14:05"),
        ("Yesterday 23:10", "Europe/London", "2026-11-20T23:10"),
        ("20 Nov 14:05", "America/New_York", "2026-11-20T19:05"),
        ("Fri 20 November 2026, 14:05", "UTC", "2026-11-20T14:05"),
        ("2026-11-20 14:05", "Asia/Kolkata", "2026-11-20T08:35"),
        ("2026-11-20T14:05Z", "Asia/Kolkata", "2026-11-20T14:05"),
        ("14:05 UTC", "Asia/Kolkata", "2026-11-21T14:05"),
        ("31 Dec 23:00", "UTC", "2025-12-31T23:00"),
        ("25 Oct 01:30", "Europe/London", "2026-10-25T00:30"),  # twice that night: the first, unless the zone is said
        ("25 Oct 01:30 BST", "Europe/London", "2026-10-25T00:30"),
        ("25 Oct 01:30 GMT", "Europe/London", "2026-10-25T01:30"),
    ],
)
def test_what_is_read(text, tz, wanted):
    assert parse(text, tz, NOW) == datetime.fromisoformat(wanted).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "tz", "said"),
    [
        ("soon", "UTC", "can't read that as a time"),
        ("25:00", "UTC", "can't read that as a time"),
        ("14:60", "UTC", "can't read that as a time"),
        ("", "UTC", "can't read that as a time"),
        ("15:01", "UTC", "in the future"),
        ("2027-01-01 10:00", "UTC", "in the future"),
        ("2024-11-20 14:05", "UTC", "more than a year ago"),
        ("31 Feb 10:00", "UTC", "no such day"),
        ("12/11 10:00", "UTC", "can't read that as a day"),
        ("blue 10:00", "UTC", "can't read that as a day"),
        ("29 Mar 01:30", "Europe/London", "clocks went forward"),
        ("14:05 EST", "Europe/London", "EST is not your zone's time"),
    ],
)
def test_what_is_refused(text, tz, said):
    with pytest.raises(ValueError, match=said):
        parse(text, tz, NOW)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 20), timezones=st.just(UTC)), ZONES)  # noqa: DTZ001
def test_what_is_shown_is_read_back(moment, tz):
    minute = moment.replace(second=0, microsecond=0)
    back = parse(shown(minute, tz), tz, NOW)
    assert shown(back, tz) == shown(minute, tz)
    assert back == minute if shown(minute, tz)[-1].isalpha() else back <= minute


@given(st.text(max_size=40), ZONES)
def test_any_text_is_read_or_refused(text, tz):
    try:
        assert parse(text, tz, NOW) <= NOW
    except ValueError as no:
        assert str(no).endswith(".")


MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("now", "2026-11-02 09:00"),
        ("14:05", "2026-11-02 14:05"),
        ("tomorrow 06:00", "2026-11-03 06:00"),
        ("7 Nov 10:00", "2026-11-07 10:00"),
        ("3 Jan 10:00", "2027-01-03 10:00"),
        ("2027-06-01 10:00", "2027-06-01 09:00"),
        ("28 Mar 03:30", "2027-03-28 02:30"),
    ],
)
def test_a_time_to_come_is_the_next_such_one(typed, meant):
    assert ahead(typed, "Europe/London", MONDAY).strftime("%Y-%m-%d %H:%M") == meant


@pytest.mark.parametrize(
    "typed", ["08:00", "yesterday 10:00", "soon", "31 Feb 10:00", "2028-06-01 10:00", "28 Mar 01:30"]
)
def test_a_time_that_cannot_come_is_refused(typed):
    with pytest.raises(ValueError, match=r"[.]$"):
        ahead(typed, "Europe/London", MONDAY)
