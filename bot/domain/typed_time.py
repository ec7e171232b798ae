"""A time as people type it, in their own zone: "14:05", "2 pm", "10 min ago", "yesterday 14:05", "20 Nov 14:05"."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EXAMPLES = "14:05, 10 min ago, yesterday 14:05, 20 Nov 14:05 or 2026-11-20 14:05"
AHEAD = "now, 14:05, tomorrow 06:00, 3 Dec 06:00 or 2026-12-03 06:00"
_OLDEST = _FURTHEST = timedelta(days=366)
_TIME = re.compile(r"(?P<day>.*?)[\s,T]*(?<!\d)(?P<hour>\d{1,2})[:.](?P<minute>\d{2})\s*(?P<zone>[A-Za-z]{1,5})?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SAID = re.compile(r"(?:[a-z]{3,9},? )?(\d{1,2})\.? ([a-z]{3,9})\.?(?: (\d{4}))?", re.IGNORECASE)
_HALVES = re.compile(r"(?<![\d:.])(\d{1,2})(?:[:.](\d{2}))? ?([ap])\.?m\b\.?", re.IGNORECASE)
_AGO = re.compile(r"(?:about )?(\d{1,4}) ?(m|min|mins|minutes?|h|hrs?|hours?) ago", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def parse(text: str, tz: str, now: datetime) -> datetime:
    """Return the moment that was typed, in UTC; raises ValueError with what is wrong.

    What the wall shows twice in a night when clocks go back is the first of the two, unless the zone is said.
    """
    if text.strip().lower() == "now":
        return now
    if ago := _AGO.fullmatch(" ".join(text.split())):
        return now - int(ago[1]) * timedelta(**{"hours" if ago[2][0] in "hH" else "minutes": 1})
    found = _TIME.fullmatch(_on_24(text))
    if not found or int(found["hour"]) > 23 or int(found["minute"]) > 59:
        raise ValueError(f"I can't read that as a time. Write {EXAMPLES}.")
    zone, clock = ZoneInfo(tz), time(int(found["hour"]), int(found["minute"]))
    day = _day(found["day"].strip(), now.astimezone(zone).date())
    moment = _placed(day, clock, zone, (found["zone"] or "").upper())
    if moment > now:
        raise ValueError("That is in the future. Write the day too, such as yesterday or 20 Nov.")
    if moment < now - _OLDEST:
        raise ValueError("That is more than a year ago. Look at the date again.")
    return moment


def ahead(text: str, tz: str, now: datetime) -> datetime:
    """Return the coming moment that was typed, in UTC; "now" is now; raises ValueError with what is wrong."""
    if not text.strip() or text.strip().lower() == "now":
        return now
    found = _TIME.fullmatch(_on_24(text))
    if not found or int(found["hour"]) > 23 or int(found["minute"]) > 59:
        raise ValueError(f"I can't read that as a time to come. Write {AHEAD}.")
    zone, clock = ZoneInfo(tz), time(int(found["hour"]), int(found["minute"]))
    day = _coming(found["day"].strip(), now.astimezone(zone).date())
    moment = _placed(day, clock, zone, (found["zone"] or "").upper())
    if moment < now:
        raise ValueError(f"That is in the past. Write {AHEAD}.")
    if moment > now + _FURTHEST:
        raise ValueError("That is more than a year ahead. Look at the date again.")
    return moment


def _on_24(text: str) -> str:
    """Return text with "2 pm" as "14:00", and four digits alone as a time: "1405"."""
    line = _HALVES.sub(_afternoon, " ".join(text.split()))
    return f"{line[:2]}:{line[2:]}" if re.fullmatch(r"\d{4}", line) else line


def _afternoon(said: re.Match[str]) -> str:
    hour = int(said[1])
    if not 1 <= hour <= 12:
        return said[0]
    return f"{hour % 12 + 12 * (said[3] in 'pP'):02d}:{said[2] or '00'}"


def _coming(said: str, today: date) -> date:
    """Return the day that is meant; without a year the next such day."""
    if said.lower().rstrip(",") == "tomorrow":
        return today + timedelta(days=1)
    day = _day(said, today)
    if said.lower().startswith("yesterday"):
        raise ValueError(f"That is in the past. Write {AHEAD}.")
    if day >= today or re.search(r"\d{4}", said):
        return day
    this_year = (day.month, day.day) >= (today.month, today.day)
    return _day(f"{today.year + (not this_year)}-{day.month}-{day.day}", today)


def shown(moment: datetime, tz: str) -> str:
    """Return a moment as parse reads it, with the day, and the zone where it has a name: an hour may come twice."""
    here = moment.astimezone(ZoneInfo(tz))
    zone = here.strftime("%Z")
    return here.strftime("%-d %b %Y %H:%M") + (f" {zone}" if zone.isalpha() else "")


def _day(said: str, today: date) -> date:
    low = said.lower().rstrip(",")
    if low in ("", "today", "yesterday"):
        return today - timedelta(days=low == "yesterday")
    try:
        if iso := _ISO.fullmatch(low):
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if (words := _SAID.fullmatch(low)) and words[2][:3] in _MONTHS:
            return _of_year(int(words[1]), _MONTHS.index(words[2][:3]) + 1, words[3], today)
    except ValueError:
        raise ValueError("There is no such day. Look at the date again.") from None
    raise ValueError(f"I can't read that as a day. Write {EXAMPLES}.")


def _of_year(day: int, month: int, year: str | None, today: date) -> date:
    """Without a year the newest such day that has come is meant."""
    if year:
        return date(int(year), month, day)
    return date(today.year - ((month, day) > (today.month, today.day)), month, day)


def _placed(day: date, clock: time, zone: ZoneInfo, said: str) -> datetime:
    if said in ("Z", "UTC"):
        return datetime.combine(day, clock, tzinfo=UTC)
    both = [datetime.combine(day, clock.replace(fold=fold), tzinfo=zone) for fold in (0, 1)]
    if said:
        both = [moment for moment in both if moment.strftime("%Z").upper() == said]
    if not both:
        raise ValueError(f"{said} is not your zone's time then. Leave it out, or write UTC.")
    moment = both[0].astimezone(UTC)
    if moment.astimezone(zone).time() != clock:
        raise ValueError("There was no such time: clocks went forward over it. Look at it again.")
    return moment
