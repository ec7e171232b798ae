"""Saying times the way people do: in the reader's own zone, with its name, and as how long from now.

Whoever words a message does not know who reads it, or where. So a time stands in text as a mark, which told() turns
into words for one reader, and which a chat may turn into its own notation for times. A mark is made of characters
that are taken out of everything people write, so nobody can forge one.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

_MARK = re.compile("\ue000([ads])(\\d{1,11})\ue001")


class Form(StrEnum):
    """How much of a time is said: the time, with the day, with the day unless that is today."""

    AT = "a"
    DAY = "d"
    SOON = "s"


def at(moment: datetime) -> str:
    """Return a mark that reads "14:05 BST"."""
    return _mark(Form.AT, moment)


def day_and_time(moment: datetime) -> str:
    """Return a mark that reads "Sat 21 Nov 14:05 GMT"."""
    return _mark(Form.DAY, moment)


def soon(moment: datetime) -> str:
    """Return a mark that reads "14:05 BST", with the day when that is not today where it is read."""
    return _mark(Form.SOON, moment)


def _mark(form: Form, moment: datetime) -> str:
    return f"\ue000{form}{int(moment.timestamp())}\ue001"


def told(text: str, tz: str, now: datetime) -> str:
    """Return text with its times in one reader's zone."""
    return marked(text, lambda form, moment: _said(form, moment, ZoneInfo(tz), now)) if "\ue000" in text else text


def marked(text: str, say: Callable[[Form, datetime], str]) -> str:
    """Return text with every mark replaced by what say makes of it."""
    return _MARK.sub(lambda m: say(Form(m[1]), datetime.fromtimestamp(int(m[2]), UTC)), text)


def _said(form: Form, moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    there = moment.astimezone(zone)
    short = form is Form.AT or (form is Form.SOON and there.date() == now.astimezone(zone).date())
    return there.strftime("%H:%M %Z" if short else "%a %-d %b %H:%M %Z")


def lasting(span: timedelta) -> str:
    """Return "40 s", "12 min", "3 h 5 min", "2 days 23 h"; what is left of an hour after two days is left out."""
    seconds = int(abs(span).total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} days {hours} h" if hours else f"{days} days"
