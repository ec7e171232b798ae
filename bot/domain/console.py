"""What the demo's console shows: people to be, their places, and one conversation."""

from datetime import date, datetime, tzinfo
from enum import StrEnum
from itertools import groupby

from bot.domain.card import Card, Frozen

HUES = 6


class Speed(StrEnum):
    """How fast the simulated people live; the value is what the switch posts."""

    OFF = "off"
    REAL = "1"
    FAST = "10"
    FASTEST = "60"

    @property
    def label(self) -> str:
        """What the switch says."""
        return "Off" if self is Speed.OFF else f"{self.value}×"


class Simulation(Frozen):
    """The simulated people: how many there are, and how fast they answer."""

    speed: Speed = Speed.OFF
    people: int = 0


class PersonRow(Frozen):
    """One person that can be played; about is their role in words."""

    id: str
    name: str
    about: str = ""
    unread: int = 0

    @property
    def initials(self) -> str:
        """One or two letters that stand for the person."""
        words = self.name.split() or ["?"]
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()

    @property
    def hue(self) -> int:
        """A number below HUES, always the same for the same person."""
        return sum(map(ord, self.id)) % HUES


class PeopleGroup(Frozen):
    """Some people under a heading, such as "People to try first"."""

    title: str
    people: tuple[PersonRow, ...]


class Place(Frozen):
    """Where a person talks: key is "dm" or "room-5"."""

    key: str
    name: str
    topic: str = ""
    members: int = 0
    unread: int = 0

    @property
    def is_room(self) -> bool:
        """Whether other people are here too."""
        return self.key != "dm"


class Message(Frozen):
    """One message as its reader sees it: words, a card, or both; repeats counts how often it came again."""

    id: int
    at: datetime
    author: PersonRow | None = None
    mine: bool = False
    private: bool = False
    text: str = ""
    card: Card | None = None
    edited_at: datetime | None = None
    repeats: int = 0

    @property
    def by_bot(self) -> bool:
        """Whether the bot said it."""
        return self.author is None


class Suggestion(Frozen):
    """A line that one press sends; label is what the press promises."""

    text: str
    label: str = ""


class Conversation(Frozen):
    """One person in one place: what they see and what they could say; earlier counts messages left out."""

    person: PersonRow
    zone: str
    places: tuple[Place, ...]
    place: Place
    messages: tuple[Message, ...] = ()
    pinned: Message | None = None
    earlier: int = 0
    suggestions: tuple[Suggestion, ...] = ()


class Start(Frozen):
    """Whom a newcomer plays first, in three steps."""

    commander: PersonRow
    lead: PersonRow
    agent: PersonRow


class ConsoleView(Frozen):
    """The whole page; without a conversation it is the welcome. found counts what the query matches."""

    organisation: str
    now: datetime
    simulation: Simulation
    groups: tuple[PeopleGroup, ...]
    query: str = ""
    found: int = 0
    conversation: Conversation | None = None
    start: Start | None = None


class Day(Frozen):
    """The messages of one day in the reader's zone."""

    on: date
    label: str
    messages: tuple[Message, ...]


def days(messages: tuple[Message, ...], zone: tzinfo, now: datetime) -> tuple[Day, ...]:
    """Return the messages by day, each day named: "Today", "Yesterday" or "Sunday 1 March"."""
    today = now.astimezone(zone).date()
    grouped = groupby(messages, key=lambda m: m.at.astimezone(zone).date())
    return tuple(Day(on=on, label=_day_name(on, today), messages=tuple(some)) for on, some in grouped)


def _day_name(on: date, today: date) -> str:
    back = (today - on).days
    if back in (0, 1):
        return ("Today", "Yesterday")[back]
    return f"{on:%A} {on.day} {on:%B}" + (f" {on.year}" if on.year != today.year else "")
