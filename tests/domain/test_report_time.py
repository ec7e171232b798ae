"""New report times of people who are told late: enough time, in their shift, and none for who has enough."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.place import SiteKind
from bot.domain.relocation import Rules
from bot.domain.report_time import Due, lateness, moved

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)  # a Monday
RULES = Rules(payments_from_home=False, home_test_days=90, max_travel_min=90, wave_size=400)
DAY = "mon-fri 08:00-17:00"


@pytest.mark.parametrize(
    ("kind", "shift", "at", "late", "then"),
    [
        (SiteKind.HOME, DAY, "11:15", 60, "12:15"),
        (SiteKind.HOME, DAY, "11:15", 62, "12:20"),
        (SiteKind.HOME, DAY, "12:15", 60, None),
        (SiteKind.SITE, DAY, "11:40", 60, "12:40"),
        (SiteKind.SITE, DAY, "13:45", 60, None),
        (SiteKind.HOME, "mon-fri 13:00-21:00", "13:00", 120, None),
        (SiteKind.HOME, "mon-fri 04:00-12:30", "11:15", 60, "+16:00"),
        (SiteKind.HOME, "", "11:15", 60, "12:15"),
    ],
)
def test_who_is_told_late_gets_a_time_that_can_be_kept(kind, shift, at, late, then):
    due = Due(NOW.replace(hour=int(at[:2]), minute=int(at[3:])), kind, shift, "UTC")
    new = moved([due], timedelta(minutes=late), NOW, RULES).get(due)
    if then == "+16:00":
        assert new == NOW + timedelta(hours=16), "their next shift"
    else:
        assert new == (then and NOW.replace(hour=int(then[:2]), minute=int(then[3:])))


def test_what_rounding_takes_up_is_not_late():
    assert lateness(NOW, NOW + timedelta(minutes=4)) == lateness(NOW, NOW - timedelta(hours=1)) == timedelta()
    assert lateness(NOW, NOW + timedelta(minutes=5)) == timedelta(minutes=5)
