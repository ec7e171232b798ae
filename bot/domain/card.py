"""What the bot shows, free of any platform: a card, its buttons and its form.

All text is plain: no markup is ever interpreted, each renderer escapes for its platform.
"""

from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict

from bot.domain import when


class Frozen(BaseModel):
    """A value: never changed, never with a field that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def read_in(self, tz: str, now: datetime) -> Self:
        """Return the same with every time in its words put into one reader's zone."""
        written = self.model_dump_json()
        read = when.told(written, tz, now)
        return self if read is written else type(self).model_validate_json(read)

    def evolve(self, **changes: object) -> Self:
        """Return a copy with the named parts changed."""
        return self.model_copy(update=changes)


class Tone(StrEnum):
    """How urgent a card looks; the words say it too."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


class Fact(Frozen):
    """A short label with its value."""

    label: str
    value: str
    tone: Tone = Tone.PLAIN


class Style(StrEnum):
    """What a button promises."""

    NORMAL = "normal"
    PRIMARY = "primary"
    DANGER = "danger"


class Button(Frozen):
    """A button: intent is the encoded intent that a press performs; confirm asks first."""

    label: str
    intent: str
    style: Style = Style.NORMAL
    confirm: str = ""


class Choice(Frozen):
    """One option of a field; words: what else people who look for it may type."""

    value: str
    label: str
    hint: str = ""
    words: str = ""


class FieldKind(StrEnum):
    """How a field is filled in; search: one of more than a list could hold, found by typing, or named outright."""

    LINE = "line"
    PARAGRAPH = "paragraph"
    ONE = "one"
    MANY = "many"
    SEARCH = "search"


class Field(Frozen):
    """One field of a form; value holds what was chosen (several for MANY), error what is wrong with it.

    dataset: among what is searched; options are then those whom one would think of first.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.LINE
    required: bool = True
    hint: str = ""
    value: tuple[str, ...] = ()
    options: tuple[Choice, ...] = ()
    max_length: int = 200
    error: str = ""
    dataset: str = ""


class Form(Frozen):
    """A form: intent is the encoded intent that its fields complete; title: what it was headed when first shown."""

    title: str = ""
    intent: str
    fields: tuple[Field, ...]
    submit: str = "Send"


class Table(Frozen):
    """A small table; numeric columns are named by index."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    numeric: tuple[int, ...] = ()


class Meter(Frozen):
    """How far something is: value of total, drawn and in words."""

    label: str
    value: int
    total: int
    tone: Tone = Tone.PLAIN

    @property
    def percent(self) -> int:
        """Whole percent, rounded down so that 100 means all; an empty total is 0."""
        return self.value * 100 // self.total if self.total else 0

    @property
    def bar(self) -> str:
        """The meter drawn with characters, ten wide."""
        full = self.percent // 10
        return "▰" * full + "▱" * (10 - full)


class Point(Frozen):
    """A share of people, in percent, so many minutes after the start."""

    minute: float
    percent: float


class Series(Frozen):
    """One line of a chart; points in order of time."""

    label: str
    points: tuple[Point, ...]


class Bar(Frozen):
    """One bar: 0 to 100, None when there is nothing to score; the sign says the tone without colour; was: before."""

    label: str
    value: int | None
    tone: Tone
    was: int | None = None


class Image(Frozen):
    """A chart with the words that replace it: every chat draws it as it can.

    Of answers over time (series, target), or of scores (bars, from which score on one is amber and green).
    """

    title: str
    series: tuple[Series, ...] = ()
    alt: str
    target: int = 95
    bars: tuple[Bar, ...] = ()
    amber: int = 50
    green: int = 80


class Item(Frozen):
    """One line of a list that is worked off: whom or what it is about, what there is to know, its own buttons."""

    title: str
    text: str = ""
    buttons: tuple[Button, ...] = ()


class Card(Frozen):
    """One thing said: rendered by each chat at its own best.

    banner ("EXERCISE") is shown first and last by every renderer. again: the encoded intent that shows it once more, by
    which a chat pages what is too long for it; row: the first row of its tables that is meant.
    """

    title: str
    tone: Tone = Tone.PLAIN
    banner: str = ""
    text: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    meters: tuple[Meter, ...] = ()
    tables: tuple[Table, ...] = ()
    items: tuple[Item, ...] = ()
    image: Image | None = None
    buttons: tuple[Button, ...] = ()
    form: Form | None = None
    footer: str = ""
    again: str = ""
    row: int = 0

    @property
    def presses(self) -> tuple[Button, ...]:
        """Every button of the card, those of its items first."""
        return (*(b for item in self.items for b in item.buttons), *self.buttons)

    def plain(self) -> str:
        """Return the card as plain text: for logs of what was said, SMS and reports."""
        parts: list[str] = [self.banner, self.title, *self.text]
        parts += [f"{f.label}: {f.value}" for f in self.facts]
        parts += [f"{m.label}: {m.bar} {m.value:,} of {m.total:,}" for m in self.meters]
        for table in self.tables:
            parts += [table.caption, " | ".join(table.columns), *(" | ".join(row) for row in table.rows)]
        parts += [": ".join(p for p in (item.title, item.text) if p) for item in self.items]
        parts += [self.image.alt if self.image else "", self.footer, self.banner]
        return "\n".join(p for p in parts if p)
