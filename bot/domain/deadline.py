"""When a stage is due: exact over daylight saving, month ends, weekends and holidays.

Minutes and hours are elapsed time. Days and months are counted on the calendar that hangs on the authority's wall: the
day of the anchor is not counted, the last day counts whole. A month ends on the same day of the next, or on its last
day where there is none (Regulation (EEC, Euratom) 1182/71, Article 3(2)(c), says it for the Union).
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.calendars import after_business_days, is_business_day, next_business_day
from bot.domain.card import Frozen
from bot.domain.regime import Limit, Regime, Span, Stage, Unit, Weekend, span

_NOON = time(12)


class Deadline(Frozen):
    """From when a clock runs, and when it is due; UTC."""

    start: datetime
    due: datetime


class Wall(Frozen):
    """The authority's clock and calendar: a zone, a calendar of holidays, and until when a day counts."""

    tz: str
    calendar: str = ""
    day_ends: str = "23:59"

    def ends(self, day: date) -> datetime:
        """Return the end of a day there."""
        return self.at(day, time.fromisoformat(self.day_ends))

    def at(self, day: date, clock: time) -> datetime:
        """Return a time of a day there, in UTC."""
        return datetime.combine(day, clock, tzinfo=ZoneInfo(self.tz)).astimezone(UTC)

    def day(self, moment: datetime) -> date:
        """Return the day that a moment is on there."""
        return moment.astimezone(ZoneInfo(self.tz)).date()


def wall(regime: Regime) -> Wall:
    """Return the clock and calendar that a regime is counted by."""
    return Wall(tz=regime.tz or "UTC", calendar=regime.calendar, day_ends=regime.day_ends)


def add(moment: datetime, length: Span, on: Wall) -> datetime:
    """Return the moment that lies a span after another, in UTC."""
    moment = moment.astimezone(UTC)
    day = on.day(moment)
    match length.unit:
        case Unit.AT_ONCE:
            return moment
        case Unit.MINUTES:
            return moment + timedelta(minutes=length.amount)
        case Unit.HOURS:
            return moment + timedelta(hours=length.amount)
        case Unit.CALENDAR_DAYS:
            return on.ends(day + timedelta(days=length.amount))
        case Unit.BUSINESS_DAYS:
            return on.ends(after_business_days(day, length.amount, on.calendar))
        case Unit.MONTHS:
            return on.ends(add_months(day, length.amount))


def add_months(day: date, count: int) -> date:
    """Return the same day so many months later, or that month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + count, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def deadline(stage: Stage, anchors: Mapping[str, datetime], on: Wall) -> Deadline | None:
    """Return when a stage is due; None while its clock has not started, which is never guessed."""
    first = _limit(Limit(within=stage.within, after=stage.after), anchors, on)
    cap = _limit(stage.at_latest, anchors, on) if stage.at_latest else None
    found = _earlier(first, cap)
    if found is None or stage.weekend is Weekend.STANDS:
        return found
    return found.model_copy(update={"due": rolled(found.due, on)})


def _limit(limit: Limit, anchors: Mapping[str, datetime], on: Wall) -> Deadline | None:
    start = anchors.get(limit.after)
    return None if start is None else Deadline(start=start, due=add(start, span(limit.within), on))


def _earlier(first: Deadline | None, cap: Deadline | None) -> Deadline | None:
    if first is None or cap is None:
        return first or cap
    if first.start > cap.due:  # it began when the second limit was over: only the first can be kept
        return first
    return min(first, cap, key=lambda found: found.due)


def rolled(due: datetime, on: Wall) -> datetime:
    """Return a deadline on a weekend day or holiday put off to noon of the next business day."""
    day = on.day(due)
    return due if is_business_day(day, on.calendar) else on.at(next_business_day(day, on.calendar), _NOON)
