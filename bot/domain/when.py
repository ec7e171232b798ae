"""Saying times the way people do: in their own zone, with its name, and as how long from now."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def at(moment: datetime, tz: str) -> str:
    """Return "14:05 BST"."""
    return moment.astimezone(ZoneInfo(tz)).strftime("%H:%M %Z")


def day_and_time(moment: datetime, tz: str) -> str:
    """Return "Sat 21 Nov 14:05 GMT"."""
    return moment.astimezone(ZoneInfo(tz)).strftime("%a %-d %b %H:%M %Z")


def soon(moment: datetime, now: datetime, tz: str) -> str:
    """Return "14:05 BST", with the day when that is not today there."""
    zone = ZoneInfo(tz)
    today = moment.astimezone(zone).date() == now.astimezone(zone).date()
    return at(moment, tz) if today else day_and_time(moment, tz)


def lasting(span: timedelta) -> str:
    """Return "40 s", "12 min", "3 h 5 min", "2 days"."""
    seconds = int(abs(span).total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} days"
