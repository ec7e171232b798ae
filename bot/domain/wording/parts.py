"""Pieces that many cards share: banners, buttons, people's names."""

from collections.abc import Mapping

from bot.domain.card import Button, Card, Style, Tone
from bot.domain.intent import Intent, encode
from bot.domain.refusal import Refused, Why
from bot.domain.text import plural

EXERCISE = "EXERCISE – this is a drill, nothing real has happened – EXERCISE"

NOT_KEPT = "That was not kept: the fault is ours, and it is in the log. Please send it again."


def banner(*, drill: bool) -> str:
    """Return what a drill's messages say first and last."""
    return EXERCISE if drill else ""


def exercised(card: Card) -> Card:
    """Return the card of a drill as it goes out: without the banner none does, whoever wrote it."""
    return card if card.banner else card.evolve(banner=EXERCISE)


def button(label: str, intent: Intent, style: Style = Style.NORMAL, confirm: str = "") -> Button:
    """Return a button that performs an intent."""
    return Button(label=label, intent=encode(intent), style=style, confirm=confirm)


def name_of(person: str | None, names: Mapping[str, str]) -> str:
    """Return a person's name; "the bot" for what it did by itself."""
    if person is None:
        return "nobody yet"
    return "the bot" if person == "bot" else names.get(person, person)


def refusal(no: Refused) -> Card:
    """Say no, and what to do instead; or ask which of several was meant."""
    title, tone = ("Already done", Tone.PLAIN) if no.why is Why.TAKEN else ("That did not work", Tone.WARN)
    if len(no.offer) > 1:
        title = "Which one?"
    return Card(title=title, tone=tone, text=tuple(t for t in (no.text, no.instead) if t), buttons=no.offer)


def done(title: str, *text: str) -> Card:
    """Say that it worked."""
    return Card(title=title, tone=Tone.GOOD, text=text)


def how_long(seconds: float) -> str:
    """Return how long sending takes, rounded up so that it is never promised too soon."""
    if seconds < 5:
        return "a few seconds"
    if seconds < 60:
        return f"about {-(-seconds // 5) * 5:.0f} seconds"
    return f"about {plural(int(-(-seconds // 60)), 'minute')}"
