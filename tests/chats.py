"""How a scenario talks to a chat: a small driver for each platform, behind which the product is real."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from bot.domain.card import Card
from bot.operations import perform


def broken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next typed line come to nothing, as when the database is away for a moment."""
    typed, left = perform.typed, [1]

    async def breaking(*asked: Any) -> Card:
        if left:
            left.pop()
            raise OperationalError("INSERT", {}, Exception("database is locked"))
        return await typed(*asked)

    monkeypatch.setattr(perform, "typed", breaking)


class NotTaken(AssertionError):
    """The chat itself said no: the line, press or form never reached the bot."""


@dataclass(frozen=True)
class Asked:
    """One field of a form as a person sees it; options: label and hint by value."""

    label: str
    hint: str
    error: str
    value: tuple[str, ...]
    options: Mapping[str, str]


@dataclass(frozen=True)
class Seen:
    """One message as a person sees it; order: later messages have higher numbers."""

    id: str
    place: str
    order: int
    text: str
    by: str = "bot"
    buttons: tuple[str, ...] = ()
    fields: Mapping[str, Asked] = field(default_factory=dict)
    submit: str = ""
    pinned: bool = False

    def __contains__(self, words: str) -> bool:
        """Whether these words stand in it."""
        return words in self.text

    def __str__(self) -> str:
        """Return it as a failed test shows it."""
        asked = [
            f"  ({f.label}: {', '.join(f.value)}{f' ✗ {f.error}' if f.error else ''})" for f in self.fields.values()
        ]
        pressed = [f"  [{b}]" for b in (*self.buttons, self.submit) if b]
        return "\n".join((f"{self.by} in {self.place}: {self.text}", *asked, *pressed))


class Chat(Protocol):
    """What a person can do on a platform; whoever acts gets back what the bot answers them."""

    platform: str

    async def places(self, person: str) -> list[str]:
        """Return where somebody can talk: "dm" first, then their rooms."""

    async def look(self, person: str, place: str) -> list[Seen]:
        """Return what somebody sees in a place, the oldest first."""

    async def say(self, person: str, place: str, line: str) -> Seen | None:
        """Type a line; return the bot's answer, if it gives one."""

    async def press(self, person: str, seen: Seen, button: str) -> Seen:
        """Press a button; return the bot's answer."""

    async def submit(self, person: str, seen: Seen, values: Mapping[str, Sequence[str]]) -> Seen:
        """Send a form; return what stands in its place."""


class ConsoleChat:
    """The demo's console, through its JSON API."""

    platform = "console"

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def places(self, person: str) -> list[str]:
        """Return the keys of somebody's places."""
        return [place["key"] for place in (await self._view(person, "dm"))["places"]]

    async def look(self, person: str, place: str) -> list[Seen]:
        """Return what somebody sees in a place, the oldest first."""
        view = await self._view(person, place)
        pinned = [view["pinned"]] if view["pinned"] else []
        return sorted((_seen(m, place) for m in (*pinned, *view["messages"])), key=lambda s: s.order)

    async def say(self, person: str, place: str, line: str) -> Seen | None:
        """Type a line."""
        await self._post("say", person=person, place=place, text=line)
        last = (await self.look(person, place))[-1]
        return last if last.by == "bot" else None

    async def press(self, person: str, seen: Seen, button: str) -> Seen:
        """Press a button."""
        await self._post("press", person=person, place=seen.place, message=seen.id, button=seen.buttons.index(button))
        return (await self.look(person, seen.place))[-1]

    async def submit(self, person: str, seen: Seen, values: Mapping[str, Sequence[str]]) -> Seen:
        """Send a form."""
        fields = {name: list(said) for name, said in values.items()}
        await self._post("submit", person=person, place=seen.place, message=seen.id, fields=fields)
        return next(s for s in await self.look(person, seen.place) if s.id == seen.id)

    async def _view(self, person: str, place: str) -> Any:
        answer = await self.http.get(f"/console/api/people/{person}/{place}")
        return _taken(answer)

    async def _post(self, verb: str, **said: Any) -> Any:
        return _taken(await self.http.post(f"/console/api/{verb}", json=said))


def _taken(answer: httpx.Response) -> Any:
    if answer.status_code != httpx.codes.OK:
        raise NotTaken(f"{answer.request.url.path}: {answer.status_code} {answer.text}")
    return answer.json()


def _seen(message: Any, place: str) -> Seen:
    by = message["author"]["name"] if message["author"] else "bot"
    base = Seen(str(message["id"]), place, message["id"], message["text"], by, pinned=False)
    if message["card"] is None:
        return base
    card = Card.model_validate(message["card"])
    asked = card.form.fields if card.form else ()
    fields = {
        f.name: Asked(f.label, f.hint, f.error, f.value, {o.value: f"{o.label} {o.hint}" for o in f.options})
        for f in asked
    }
    return Seen(
        base.id, place, base.order, card.plain(), by, tuple(b.label for b in card.presses), fields,
        card.form.submit if card.form else "",
    )  # fmt: skip
