"""Quiet hours: what can wait does, until the reader's morning. Life safety and a site that is hit never wait."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.incident import Incident
from bot.domain.policy import Quiet
from bot.domain.runbook import Ask, Category


def may_wait(quiet: Quiet, incident: Incident, ask: Ask) -> bool:
    """Whether a message of an incident is of the kind that can wait at all."""
    if incident.severity not in quiet.severities:
        return False
    return ask is not Ask.SAFETY and incident.category != Category.LIFE_SAFETY_EVENT


def quiet_until(quiet: Quiet, tz: str, now: datetime) -> datetime | None:
    """Return when the quiet hours end that it is now in a zone; None when it is none."""
    here = now.astimezone(ZoneInfo(tz))
    if not _within(quiet, here.time()):
        return None
    end = here.replace(hour=quiet.until.hour, minute=quiet.until.minute, second=0, microsecond=0)
    return (end if end > here else end + timedelta(days=1)).astimezone(now.tzinfo)


def _within(quiet: Quiet, at: time) -> bool:
    if quiet.from_ <= quiet.until:
        return quiet.from_ <= at < quiet.until
    return at >= quiet.from_ or at < quiet.until
