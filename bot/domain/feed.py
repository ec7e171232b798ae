"""Somebody's own calendar: what falls to them between disasters, as events with names that stay, on days of theirs."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.agenda import Entry
from bot.domain.card import Frozen
from bot.domain.drill import Drill
from bot.domain.drill_action import Action
from bot.domain.due import review_by
from bot.domain.duty import Duty, moment, scheduled
from bot.domain.readiness import Kind
from bot.domain.runbook import Category
from bot.domain.text import clip
from bot.domain.vendor import Vendor
from bot.domain.wording.drills import KIND_WORDS
from bot.domain.wording.readiness import day, titled
from bot.domain.wording.shown import often, words

AHEAD = timedelta(days=366)
_TITLE = 200


class FeedState(StrEnum):
    """Whether a calendar can be read."""

    OPEN = "open"
    ENDED = "ended"


class Feed(Frozen):
    """Somebody's calendar; serial: which of their links works, because a new one ends those before it."""

    person_id: str
    state: FeedState
    serial: int
    made_at: datetime

    def until(self, days: int) -> datetime:
        """Return until when its link works."""
        return self.made_at + timedelta(days=days)

    def good(self, serial: int, now: datetime, days: int) -> bool:
        """Whether a link of this number still opens it."""
        return self.state is FeedState.OPEN and serial == self.serial and now <= self.until(days)


class Event(Frozen):
    """One event: on a day, or at a moment; key: what tells it from every other, and never changes."""

    key: str
    day: date | None = None
    at: datetime | None = None
    title: str
    text: str = ""


class Wall(Frozen):
    """Whose clock and days: tz of the reader, home of the organisation; ask_at: when things are asked for there."""

    tz: str
    home: str
    ask_at: time
    today: date

    def day(self, due: date, tz: str) -> date:
        """Return the reader's day on which something is asked for that is due on a day elsewhere."""
        return moment(due, tz or self.home, self.ask_at).astimezone(ZoneInfo(self.tz)).date()


def of_duties(pairs: Iterable[tuple[Duty, Entry]], wall: Wall) -> Iterator[Event]:
    """Yield each duty on the day that it is due, and maintenance on every day of the coming year."""
    for duty, entry in pairs:
        late = duty.overdue(wall.today)
        yield _due(duty, entry, duty.due_on, wall, "Overdue: " if late else "")
        if duty.kind is Kind.MAINTENANCE:
            yield from (_due(duty, entry, on, wall) for on in _days(duty, entry, wall.today))


def _days(duty: Duty, entry: Entry, today: date) -> Iterator[date]:
    """The days of a schedule after the one that is due."""
    on = max(duty.due_on, today)
    while (on := scheduled(duty.anchor_on, entry.every, on)) <= today + AHEAD:
        yield on


def _due(duty: Duty, entry: Entry, on: date, wall: Wall, mark: str = "") -> Event:
    elsewhere = f"Due on {day(on)} where it is ({entry.subject.tz})." if _far(entry, wall) else ""
    evidence = f"Evidence: {entry.evidence}." if entry.evidence else ""
    said = (entry.why, evidence, f"{often(entry.every).capitalize()}.", elsewhere, "In chat: /disaster readiness mine")
    return Event(
        key=f"duty-{duty.id}-{on:%Y%m%d}", day=wall.day(on, entry.subject.tz),
        title=clip(mark + titled(entry), _TITLE), text="\n".join(part for part in said if part),
    )  # fmt: skip


def _far(entry: Entry, wall: Wall) -> bool:
    return bool(entry.subject.tz) and entry.subject.tz != wall.tz


def of_findings(actions: Iterable[Action], today: date) -> Iterator[Event]:
    """Yield what drills found wanting, on the day by which it is to be closed."""
    for one in actions:
        mark = "Overdue: " if one.due_on < today else ""
        text = f"Found by drill {one.reference}. In chat: /disaster drills"
        yield Event(key=f"finding-{one.id}", day=one.due_on, title=clip(mark + one.text, _TITLE), text=text)


def of_drills(drills: Iterable[Drill]) -> Iterator[Event]:
    """Yield the drills that are planned, at their moment."""
    for one in drills:
        title = f"EXERCISE: {KIND_WORDS[one.kind]}, {one.category.replace('_', ' ')} ({one.reference})"
        known = "announced" if one.announced else "unannounced: only those who may declare see this"
        yield Event(key=f"drill-{one.reference}", at=one.planned_at, title=title, text=f"A drill, {known}.")


def of_categories(exercised: Mapping[Category, date], months: int, today: date) -> Iterator[Event]:
    """Yield by when each category is to be drilled again; what never was is due today."""
    for category in Category:
        last = exercised.get(category)
        on = review_by(last, f"{months} months") if last else today
        said = f"Last drilled on {day(last)}." if last else "It was never drilled."
        title = f"Drill {words(category).lower()} by today"
        yield Event(
            key=f"category-{category}", day=max(on, today), title=title, text=f"{said} /disaster drill plans one."
        )


def of_vendors(vendors: Iterable[Vendor]) -> Iterator[Event]:
    """Yield the days on which vendors' evidence expires."""
    for one in vendors:
        if one.expires_on is not None:
            key, title = f"vendor-{one.id}-{one.expires_on:%Y%m%d}", f"Evidence of {one.name} holds until today"
            yield Event(
                key=key, day=one.expires_on, title=clip(title, _TITLE), text="In chat: /disaster readiness vendors"
            )


def of_link(feed: Feed, days: int, tz: str) -> Event:
    """Return the day on which the calendar's own link ends: the one place where its reader is sure to look."""
    on = feed.until(days).astimezone(ZoneInfo(tz)).date()
    text = "From tomorrow on it stays as it is. In chat: /disaster calendar gives a new link."
    return Event(key=f"link-{feed.serial}", day=on, title="The link to this calendar ends today", text=text)
