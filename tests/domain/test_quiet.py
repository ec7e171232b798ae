"""Quiet hours: on the reader's own clock, over midnight, and never for what can't wait."""

from datetime import UTC, datetime, time

import pytest

from bot.domain.incident import Incident
from bot.domain.policy import Quiet
from bot.domain.quiet import may_wait, quiet_until
from bot.domain.runbook import Ask

QUIET = Quiet.model_validate({"from": "22:00", "until": "07:00", "severities": [3]})


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 2, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tz", "now", "until"),
    [
        ("UTC", at(23), datetime(2026, 11, 3, 7, tzinfo=UTC)), ("UTC", at(6, 59), at(7)), ("UTC", at(7), None),
        ("UTC", at(21, 59), None), ("Asia/Manila", at(15), at(23)), ("America/New_York", at(3), at(12)),
    ],
)  # fmt: skip
def test_it_is_quiet_by_the_readers_clock(tz, now, until):
    assert quiet_until(QUIET, tz, now) == until


def test_hours_within_a_day_end_on_it():
    noon = QUIET.model_copy(update={"from_": time(12), "until": time(13)})
    assert quiet_until(noon, "UTC", at(12, 30)) == at(13)
    assert quiet_until(noon, "UTC", at(13)) is None


@pytest.mark.parametrize(
    ("severity", "category", "ask", "waits"),
    [
        (3, "vendor_failure", Ask.ACK, True), (3, "vendor_failure", Ask.SAFETY, False),
        (1, "vendor_failure", Ask.ACK, False), (3, "life_safety_event", Ask.NOTHING, False),
    ],
)  # fmt: skip
def test_life_safety_and_grave_incidents_never_wait(severity, category, ask, waits):
    incident = Incident.model_construct(severity=severity, category=category)
    assert may_wait(QUIET, incident, ask) is waits
