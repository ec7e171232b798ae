"""Which days are business days: calendars of countries ("US") and their parts ("GB-ENG")."""

from datetime import date, timedelta
from functools import cache

import holidays

_DAY = timedelta(days=1)


@cache
def known() -> frozenset[str]:
    """Return every calendar there is."""
    places = holidays.list_supported_countries(include_aliases=False)
    return frozenset({*places, *(f"{country}-{part}" for country, parts in places.items() for part in parts)})


@cache
def countries() -> frozenset[str]:
    """Return every country there is, as two letters."""
    return frozenset(word for word in known() if "-" not in word)


@cache
def _holidays(calendar: str) -> holidays.HolidayBase:
    country, _, part = calendar.partition("-")
    return holidays.country_holidays(country, subdiv=part or None)


def is_business_day(day: date, calendar: str) -> bool:
    """Whether a day is no weekend day and no public holiday; without a calendar, only Saturdays and Sundays count.

    A country's weekend is its own: Fridays and Saturdays in Saudi Arabia; in China some weekend days are worked.
    """
    return _holidays(calendar).is_working_day(day) if calendar else day.weekday() < 5


def next_business_day(day: date, calendar: str) -> date:
    """Return the first business day after a day."""
    day += _DAY
    while not is_business_day(day, calendar):
        day += _DAY
    return day


def after_business_days(day: date, count: int, calendar: str) -> date:
    """Return the business day that comes so many after a day, which itself is not counted."""
    for _ in range(count):
        day = next_business_day(day, calendar)
    return day
