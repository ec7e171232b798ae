"""Somebody's own calendar: days of theirs, names that stay, maintenance for a year ahead."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain.agenda import Entry
from bot.domain.drill_action import Action
from bot.domain.duty import Duty
from bot.domain.feed import Feed, Wall, of_categories, of_duties, of_findings, of_link
from bot.domain.readiness import Kind, Subject
from bot.domain.runbook import Category

TODAY = date(2026, 11, 2)


def wall(tz="Europe/London", today=TODAY):
    return Wall(tz=tz, home="Europe/London", ask_at=time(9), today=today)


def pair(kind=Kind.MAINTENANCE, due=date(2026, 12, 31), every="1 month", tz="Europe/London"):
    duty = Duty(id=7, kind=kind, key="restore", subject="s", role="LOG", state="waiting", anchor_on=due, due_on=due)
    about = Subject(id="s", name="Leeds", tz=tz)
    return duty, Entry(kind=kind, key="restore", subject=about, title="Restore", every=every, role="LOG")


def test_maintenance_is_there_for_a_year_on_the_last_day_of_each_month():
    days = [event.day for event in of_duties([pair()], wall())]
    assert days[:3] == [date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28)]
    assert days[-1] == date(2027, 10, 31) and len(days) == 11


def test_what_counts_from_when_it_was_done_has_one_day():
    (event,) = of_duties([pair(Kind.REVIEW)], wall())
    assert event.key == "duty-7-20261231" and "In chat: /disaster readiness mine" in event.text


@pytest.mark.parametrize(
    ("site", "reader", "day"),
    [
        ("Asia/Manila", "America/New_York", date(2026, 12, 30)),  # nine there is the evening before here
        ("America/New_York", "Pacific/Auckland", date(2027, 1, 1)),
        ("Europe/Lisbon", "Europe/London", date(2026, 12, 31)),
        ("", "Europe/London", date(2026, 12, 31)),
    ],
)
def test_a_day_is_the_one_on_which_the_owner_is_asked(site, reader, day):
    (event,) = of_duties([pair(Kind.REVIEW, tz=site)], wall(reader))
    assert event.day == day
    assert ("where it is" in event.text) == (site not in ("", reader))


def test_names_stay_as_time_goes_by_and_are_each_given_once():
    before = {event.key: event.day for event in of_duties([pair(every="2 weeks")], wall())}
    after = {event.key: event.day for event in of_duties([pair(every="2 weeks")], wall(today=date(2027, 3, 1)))}
    assert len(before) == 22
    assert all(before[key] == after[key] for key in before.keys() & after.keys())
    assert len(before.keys() & after.keys()) > 10


def test_what_is_late_says_so():
    late = pair(Kind.REVIEW, due=TODAY - timedelta(days=3))
    assert next(of_duties([late], wall())).title == "Overdue: Restore: Leeds"
    action = Action(
        id=3, drill_id=1, reference="EX-2026-0001", gauge="g", text="Mend it", owner="S008", due_on=TODAY, state="open"
    )
    (finding,) = of_findings([action], TODAY)
    assert (finding.key, finding.day, finding.title) == ("finding-3", TODAY, "Mend it")


def test_categories_and_the_link_itself():
    found = {e.key: e for e in of_categories({Category.DATA_LOSS: date(2025, 1, 31)}, 24, TODAY)}
    assert found["category-data_loss"].day == date(2027, 1, 31) and found["category-access_denied"].day == TODAY
    feed = Feed(person_id="S003", state="open", serial=2, made_at=datetime(2026, 11, 2, 23, 30, tzinfo=UTC))
    assert of_link(feed, 365, "Asia/Manila").day == date(2027, 11, 3)
    assert feed.good(2, feed.until(365), 365)
    assert not feed.good(1, feed.made_at, 365) and not feed.good(2, feed.until(365) + timedelta(seconds=1), 365)
    assert not feed.evolve(state="ended").good(2, feed.made_at, 365)
