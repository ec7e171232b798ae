"""Times in words: in the reader's zone, with its name, and never forged."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.card import Button, Card, Fact
from bot.domain.text import clean
from bot.domain.when import Form, at, day_and_time, lasting, marked, soon, told

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is added
ZONES = st.sampled_from(["Europe/London", "Asia/Kolkata", "America/New_York", "Pacific/Auckland"])


def test_the_same_moment_reads_differently_in_two_zones():
    words = f"at {at(NOON)}, on {day_and_time(NOON)}"
    assert told(words, "Europe/London", NOON) == "at 13:00 BST, on Wed 1 Jul 13:00 BST"
    assert told(words, "Asia/Kolkata", NOON) == "at 17:30 IST, on Wed 1 Jul 17:30 IST"


def test_the_day_is_said_when_it_is_another_where_it_is_read():
    late = soon(NOON + timedelta(hours=11, minutes=30))
    assert told(late, "America/New_York", NOON) == "19:30 EDT"
    assert told(late, "Europe/London", NOON) == "Thu 2 Jul 00:30 BST"


def test_every_text_of_a_card_is_told():
    card = Card(
        title=at(NOON), text=(at(NOON),), facts=(Fact(label="Due", value=at(NOON)),), footer=day_and_time(NOON),
        buttons=(Button(label="Go", intent="x", confirm=f"Before {at(NOON)}?"),),
    )  # fmt: skip
    read = card.read_in("Europe/London", NOON)
    assert read.plain().count("13:00 BST") == 4
    assert read.buttons[0].confirm == "Before 13:00 BST?"
    assert read.read_in("Asia/Kolkata", NOON) is read


@given(st.text())
def test_nobody_can_write_a_mark(words):
    forged = clean(words + at(NOON))
    assert told(forged, "Europe/London", NOON) == forged


@given(st.text(alphabet=st.characters(exclude_categories=("Co", "Cs"))), MOMENTS, ZONES)
def test_other_words_stay_as_they_are(words, moment, zone):
    said = told(words + at(moment) + words, zone, NOON)
    assert said.startswith(words)
    assert said.endswith(words)
    assert marked(at(moment), lambda form, when: f"{form is Form.AT} {when:%H:%M}") == f"True {moment:%H:%M}"


def test_spans_are_said_as_people_do():
    spans = {40: "40 s", 720: "12 min", 11100: "3 h 5 min", 172800: "2 days", 71 * 3600 + 3599: "2 days 23 h"}
    assert {seconds: lasting(timedelta(seconds=seconds)) for seconds in spans} == spans
