"""Call lists: whom to call, what is not known of them, and buttons for what they say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain import intent as i
from bot.domain.card import Button, Card, Item, Style, Tone
from bot.domain.incident import Incident
from bot.domain.notice import Answer
from bot.domain.runbook import Ask
from bot.domain.text import plural
from bot.domain.when import soon
from bot.domain.wording.parts import banner, button

SHOWN = 12


@dataclass(frozen=True)
class ToCall:
    """Somebody who owes an answer: to which notice (the one that matters most), and what it asks.

    silent: the roll has not heard of them; lost: no message reaches them; goes: where they are sent, in words;
    role: what they are to the team, when that matters ("team lead").
    """

    person: str
    name: str
    phone: str
    notice: int
    ask: Ask
    silent: bool = True
    lost: bool = False
    goes: str = ""
    role: str = ""


@dataclass(frozen=True)
class InNeed:
    """Somebody who needs help, and since when that is known."""

    person: str
    name: str
    phone: str
    since: datetime | None = None


_SILENT = "They have not answered. Call them, then press what they say. It is logged that you answered for them."
_OTHERS = _SILENT.replace("They have", "The others have", 1)
_HELP_FIRST = "Who needs help comes first: call them now. In danger, the emergency services come before you."


def call_list(incident: Incident, people: Sequence[ToCall], in_need: Sequence[InNeed] = ()) -> Card:
    """Return whom somebody should call, each with what is not known of them and the buttons to answer for them.

    Who needs help comes first.
    """
    mark = banner(drill=incident.drill)
    total = len(in_need) + len(people)
    if not total:
        text = ("Nobody whom you call owes an answer to a message, and nobody of yours needs help.",)
        return Card(title="Nobody to call now", tone=Tone.GOOD, banner=mark, text=text)
    first = f"The first {SHOWN} of {total:,}. " if total > SHOWN else ""
    about = f"{incident.reference} · {incident.runbook_title}"
    return Card(
        title=f"Please call {plural(total, 'person', 'people')}" + _who_need(len(in_need)),
        tone=Tone.BAD if in_need else Tone.WARN,
        banner=mark,
        text=(*([_HELP_FIRST] if in_need else []), *([_OTHERS if in_need else _SILENT] if people else [])),
        items=(*(_needs(incident, one) for one in in_need), *map(_item, people))[:SHOWN],
        footer=f"{about}. {first}The list shortens as they answer.",
    )


def _who_need(n: int) -> str:
    return f": {n:,} {'needs' if n == 1 else 'need'} help" if n else ""


def _needs(incident: Incident, one: InNeed) -> Item:
    since = f"said so at {soon(one.since)}" if one.since else ""
    helped = button(
        f"{one.name.split()[0]} was helped and is safe",
        i.Helped(incident=incident.id, person=one.person),
        Style.PRIMARY,
    )
    text = " · ".join(part for part in (one.phone or "no phone number", since) if part)
    return Item(title=f"{one.name} needs help", text=text, buttons=(helped,))


def _item(one: ToCall) -> Item:
    name = f"{one.name}, {one.role}" if one.role else one.name
    parts = [one.phone or "no phone number", *_unanswered(one)]
    tell = f". Tell them: {one.goes}" if one.goes else ""
    return Item(title=name, text=" · ".join(parts) + tell, buttons=_buttons(one))


def _unanswered(one: ToCall) -> list[str]:
    """What is not known of somebody: "not safe yet", "not told to move"."""
    asked = {
        Ask.MOVE: "not told to move" if one.lost else "not moving yet",
        Ask.ACK: "not told to stand by" if one.lost else "has not read the message",
    }.get(one.ask, "")
    lost = "no message reaches them" if one.lost else ""
    return [words for words in ("not safe yet" if one.silent else "", asked, lost) if words]


def _buttons(one: ToCall) -> tuple[Button, ...]:
    first = one.name.split()[0]
    if one.ask is Ask.ACK:
        return (button(f"{first} knows", i.Say(notice=one.notice, answer=Answer.ACK, person=one.person)),)
    moving = " and moving" if one.ask is Ask.MOVE else ""
    safe = i.Say(notice=one.notice, answer=Answer.SAFE, person=one.person)
    help_ = i.Say(notice=one.notice, answer=Answer.HELP, person=one.person)
    return (
        button(f"{first} is safe{moving}", safe, Style.PRIMARY),
        button(f"{first} needs help", help_, Style.DANGER),
    )
