"""How a scenario talks to Slack: people in the fake's window, behind which slack-bolt and slack_sdk are the real ones."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.chat.slack.blocks import Reader
from bot.chat.slack.forms import ERROR
from bot.chat.slack.render import SIGNS
from bot.domain import when
from bot.domain.roster import Roster
from bot.operations.desk import Desk
from bot.storage import people
from tests.chats import Asked, NotTaken, Seen
from tests.fakes.slack.client import Refused, Slack

MODAL = "window"


def user_of(person: str) -> str:
    """Return a person's account."""
    return f"U{person}"


def accounts(roster: Roster) -> list[dict[str, Any]]:
    """Return an account for everybody."""
    return [{"id": user_of(p.id), "name": p.name, "email": p.email or f"{p.id}@example.org"} for p in roster.people]


class SlackChat:
    """Slack, as people see it: their conversation with the bot (and the modal over it), and their channels."""

    platform = "slack"

    def __init__(self, slack: Slack, desk: Desk) -> None:
        self.slack, self._desk = slack, desk

    async def _reader(self, person: str) -> Reader:
        """In whose zone Slack shows somebody times."""
        async with self._desk.read() as db:
            known = await people.find(db, person)
        return Reader(known.tz if known else "UTC", self._desk.clock.now())

    async def places(self, person: str) -> list[str]:
        """Return where somebody can talk: "dm" first, then their channels."""
        rooms = await self.slack.see("places", user=user_of(person))
        return ["dm", *(f"room-{room['name']}" for room in rooms)]

    async def look(self, person: str, place: str) -> list[Seen]:
        """Return what somebody sees in a place, the oldest first; an open modal is seen with the direct messages."""
        seen = await self._see("channel", user=user_of(person), channel=_channel(place))
        reader = await self._reader(person)
        found = [_message(m, place, reader) for m in seen["messages"] if m["thread_ts"] is None]
        if place == "dm":
            window = await self._see("window", user=user_of(person))
            found += [_view(v, reader) for v in window["modals"][-1:]]
        return sorted(found, key=lambda s: s.order)

    async def thread(self, person: str, above: Seen) -> list[Seen]:
        """Return what stands in the thread under a message."""
        seen = await self._see("channel", user=user_of(person), channel=_channel(above.place))
        reader = await self._reader(person)
        return [_message(m, above.place, reader) for m in seen["messages"] if m["thread_ts"] == above.id]

    async def say(self, person: str, place: str, line: str) -> Seen | None:
        """Type a line: a command, or words for the bot or for people."""
        if not line.startswith("/disaster"):
            done = await self._act("say", user=user_of(person), channel=_channel(place), text=line)
            return await self._answer(person, place, done) if place == "dm" else None
        text = line.removeprefix("/disaster").strip()
        done = await self._act("command", user=user_of(person), channel=_channel(place), text=text)
        return await self._answer(person, place, done)

    async def press(self, person: str, seen: Seen, button: str) -> Seen:
        """Press a button."""
        user = user_of(person)
        if seen.place == MODAL:
            done = await self._act("press_in_view", user=user, view_id=seen.id, label=button)
            return await self._answer(person, "dm", done)
        done = await self._act("press", user=user, channel=_channel(seen.place), ts=seen.id, label=button)
        return await self._answer(person, seen.place, done)

    async def submit(self, person: str, seen: Seen, values: Mapping[str, Sequence[str]]) -> Seen:
        """Send a form; return what stands in its place."""
        said = {name: [v for v in value if v] for name, value in values.items()}
        done = await self._act("submit", user=user_of(person), view_id=seen.id, values=said)
        assert done["acked"], f"Slack waited in vain: {done}"
        window = await self._see("window", user=user_of(person))
        return _view(window["modals"][-1], await self._reader(person))

    async def _answer(self, person: str, place: str, done: Mapping[str, Any]) -> Seen:
        assert done["acked"], f"Slack waited in vain: {done}"
        assert done["answered"], f"{person} was given nothing to see: {done}"
        seen = await self.look(person, place)
        seen += await self.look(person, "dm") if place != "dm" else []
        return max(seen, key=lambda s: s.order)

    async def _act(self, verb: str, **said: Any) -> Any:
        try:
            return await self.slack.act(verb, **said)
        except Refused as no:
            raise NotTaken(str(no)) from no

    async def _see(self, what: str, **which: str) -> Any:
        try:
            return await self.slack.see(what, **which)
        except Refused as no:
            raise NotTaken(str(no)) from no


def _channel(place: str) -> str:
    return place.removeprefix("room-")


def said_in(blocks: Sequence[Mapping[str, Any]], reader: Reader) -> str:
    """Return what blocks say, a line each."""
    return "\n".join(line for block in blocks for line in _lines(block, reader))


def _lines(block: Mapping[str, Any], reader: Reader) -> list[str]:
    match block["type"]:
        case "header":
            return [_unsigned(block["text"]["text"])]
        case "context":
            return [one["text"] for one in block["elements"]]
        case "image":
            return [block["alt_text"]]
        case "rich_text":
            lines = ["".join(_word(e, reader) for e in part["elements"]).rstrip("\n") for part in block["elements"]]
            return [_row(line) for part in lines for line in part.split("\n")]
        case _:
            return []


def _row(line: str) -> str:
    """A table's row reads alike, whether it stands in columns or, too wide for them, on a line of its own."""
    return line[2:].replace(" · ", " | ") if line.startswith("• ") else re.sub(r" *│ ", " | ", line)


_FORMS = {"{time}": when.at, "{date_short} {time}": when.day_and_time, "{date_short_pretty} {time}": when.soon}


def _word(element: Mapping[str, Any], reader: Reader) -> str:
    if element["type"] == "date":
        return reader.told(_FORMS[element["format"]](datetime.fromtimestamp(element["timestamp"], UTC)))
    return str(element.get("text") or element.get("url") or "")


def _unsigned(title: str) -> str:
    sign = next((s for s in SIGNS.values() if s and title.startswith(s)), "")
    return title.removeprefix(sign)


def buttons_of(blocks: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the labels of the buttons."""
    return tuple(e["text"]["text"] for b in blocks if b["type"] == "actions" for e in b["elements"])


def _message(message: Mapping[str, Any], place: str, reader: Reader) -> Seen:
    blocks = message["blocks"]
    text = said_in(blocks, reader) if blocks else message["text"]
    return Seen(
        message["ts"], place, message["order"], text, message["author"], buttons_of(blocks), pinned=message["pinned"]
    )


def _view(window: Mapping[str, Any], reader: Reader) -> Seen:
    view, blocks = window["view"], window["view"]["blocks"]
    text = f"{view['title']['text']}\n{said_in(blocks, reader)}" if "title" in view else said_in(blocks, reader)
    fields = {
        block["block_id"]: _asked(block, window, [line for b in blocks[n + 1 : n + 2] for line in _lines(b, reader)])
        for n, block in enumerate(blocks)
        if block["type"] == "input"
    }
    submit = view["submit"]["text"] if "submit" in view else ""
    return Seen(window["id"], MODAL, window["order"], text, "bot", buttons_of(blocks), fields, submit)


async def searched(slack: Slack, person: str, form: Seen, name: str, words: str) -> dict[str, str]:
    """Type in a field that is searched; return what is offered: label by value."""
    said = {"view_id": form.id, "name": name, "words": words}
    done = await slack.act("search", user=user_of(person), **said)
    assert done["acked"], f"Slack waited in vain: {done}"
    return {o["value"]: o["text"]["text"] for o in done["options"]}


def _asked(block: Mapping[str, Any], window: Mapping[str, Any], below: Sequence[str]) -> Asked:
    element, name = block["element"], block["block_id"]
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    options = {
        o["value"]: f"{o['text']['text']} {o.get('description', {}).get('text', '')}"
        for g in groups
        for o in g["options"]
    }
    drawn = [line for line in below if line.startswith(ERROR)]
    error = window["errors"].get(name) or (drawn[0].removeprefix(ERROR) if drawn else "")
    hint = block.get("hint", {}).get("text", "")
    return Asked(block["label"]["text"], hint, error, tuple(window["said"][name]), options)
