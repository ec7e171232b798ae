"""The names of time zones; listing them reads the disk, so once."""

from functools import cache
from zoneinfo import available_timezones


@cache
def zones() -> tuple[str, ...]:
    """Return every name, in order."""
    return tuple(sorted(available_timezones()))
