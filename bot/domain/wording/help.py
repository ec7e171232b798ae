"""What can be typed."""

from bot.domain.card import Card, Table
from bot.domain.command import EXAMPLE
from bot.domain.person import Person, PersonKind

_FOR_STAFF = (
    ("declare", "declare a disaster or a drill; with nothing behind it a form opens"),
    ("status", "how it goes, in one card"),
    ("steps", "the steps, with buttons"),
    ("step add …", "add a step by hand"),
    ("roll", "who is accounted for"),
    ("reach", "who has fewer than two proven ways to be reached, by site or team"),
    ("calls", "your silent people, to call"),
    ("channel", "choose the channel in which your team is written to first"),
    ("clocks", "which authorities may have to be told, and by when"),
    ("moves", "who moves where, and how far they are"),
    ("plan", "plan the moves anew"),
    ("update …", "record what is newly known, for the next SITREP"),
    ("sitrep", "send the SITREP now"),
    ("role …", "give a role: /disaster role PIO"),
    ("board", "a link to the live board"),
    ("recover", "begin the return to normal; resume puts it off"),
    ("take-command", "become the commander when nobody else can be reached"),
    ("stand-down", "end it: everybody ever told is told"),
    ("runbook", "see whether a newer version of the runbook is in force"),
    ("drill", "run or plan a drill; with nothing behind it a form opens"),
    ("drills", "the drills ahead and behind"),
    ("readiness", "how ready we are between disasters; readiness mine: what is asked of you"),
    ("calendar", "what falls to you between disasters, for your own calendar"),
    ("digest", "the week between disasters at a glance: score, what is due, who can't be reached"),
    ("cancel", "call off what was declared in error"),
)
_FOR_ALL = (
    ("real incident", "stop the drill that you are in: something real has happened"),
    ("where", "what do I do now, where do I go?"),
    ("help", "this list"),
)


def help_card(person: Person, hotline: str) -> Card:
    """Return the list for this person."""
    rows = _FOR_ALL if person.kind is PersonKind.AGENT else (*_FOR_STAFF, *_FOR_ALL)
    table = Table(columns=("Type", "and you get"), rows=tuple((f"/disaster {verb}", gets) for verb, gets in rows))
    text = () if person.kind is PersonKind.AGENT else (f"Example: {EXAMPLE}",)
    return Card(title="What you can type", tables=(table,), text=text, footer=f"By phone: {hotline}")


def said_to_all(word: str) -> Card:
    """Hint, to the one who wrote it, that a command without the slash went to everybody in the room."""
    text = f"Everybody in the room reads “{word}” now. To ask me, type /disaster {word}; only you see the answer."
    return Card(title="Was that for me?", text=(text,))
