"""Somebody's own calendar as iCalendar (RFC 5545): a signed link, read by their calendar every few hours."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import Response
from icalendar import Calendar
from icalendar import Event as Entry
from itsdangerous import BadData, URLSafeSerializer

from bot.domain.feed import Event
from bot.domain.wording import feeds as words
from bot.operations import feed
from bot.operations.desk import Desk
from bot.web.app import error_page

PATH = "/calendar.ics"
_MAKER = "-//Disaster bot//Readiness//EN"
_HOUR = timedelta(hours=1)


class Feeds:
    """Makes the links and reads them: whose calendar, and which of their links."""

    def __init__(self, secret: str, public_url: str) -> None:
        self._url = public_url.rstrip("/")
        self._signs = URLSafeSerializer(secret, salt="calendar")

    @property
    def host(self) -> str:
        """What events' names end with, so that nobody else has them."""
        return urlsplit(self._url).hostname or "disaster-bot"

    def link_for(self, what: str) -> str:
        """Return the link for "S008:2": a person and the number of their link. In the query, which is never logged."""
        return f"{self._url}{PATH}?{urlencode({'key': self._signs.dumps(what)})}"

    def read(self, key: str) -> tuple[str, int] | None:
        """Return person and number; None when it is not ours."""
        try:
            person, _, serial = str(self._signs.loads(key)).rpartition(":")
            return person, int(serial)
        except (BadData, ValueError):
            return None


def router(desk: Desk, links: Feeds) -> APIRouter:
    """Return the calendar's address."""
    pages = APIRouter()

    @pages.get(PATH)
    async def _calendar(request: Request, key: str = "") -> Response:
        known = links.read(key)
        if known is None:
            return error_page(request, 404, words.WRONG, words.WRONG_TEXT, instead=words.INSTEAD)
        async with desk.read() as db:
            found = await feed.reader(desk, db, *known)
            events = await feed.events(desk, db, *found) if found else []
        if found is None:
            return error_page(request, 410, words.ENDED, words.ENDED_TEXT, instead=words.INSTEAD)
        name = f"{desk.policy.organisation}: readiness, {found[0].name}"
        drawn = as_ical(events, name, found[0].tz or desk.policy.tz, desk.clock.now(), links.host)
        named = {"content-disposition": 'inline; filename="readiness.ics"'}
        return Response(drawn, media_type="text/calendar", headers=named)

    return pages


def as_ical(events: Sequence[Event], name: str, tz: str, now: datetime, host: str) -> bytes:
    """Return events as one calendar: days as dates without a zone, moments in UTC."""
    made = Calendar()
    for key, value in (
        ("prodid", _MAKER), ("version", "2.0"), ("calscale", "GREGORIAN"), ("x-wr-calname", name),
        ("name", name), ("x-wr-timezone", tz), ("x-published-ttl", "PT6H"),
    ):  # fmt: skip
        made.add(key, value)
    made.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for event in events:
        made.add_component(_entry(event, now, host))
    return bytes(made.to_ical())


def _entry(event: Event, now: datetime, host: str) -> Entry:
    entry = Entry()
    for key, value in (
        ("uid", f"{event.key}@{host}"), ("dtstamp", now), ("summary", event.title), ("description", event.text),
        ("transp", "OPAQUE" if event.at else "TRANSPARENT"),
    ):  # fmt: skip
        entry.add(key, value)
    if event.at is not None:
        entry.add("dtstart", event.at)
        entry.add("dtend", event.at + _HOUR)
    elif event.day is not None:
        entry.add("dtstart", event.day)
        entry.add("dtend", event.day + timedelta(days=1))
    return entry
