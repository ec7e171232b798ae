"""A script that plays people through the console's JSON API (docs/console.md), as any newcomer's could."""

from dataclasses import dataclass
from typing import Any

from tests.kill.demo import HTTP, until


@dataclass(frozen=True)
class Button:
    """Something to press: the message's id and the button's number on it."""

    message: int
    number: int


@dataclass
class Player:
    """One person in front of the console."""

    port: int
    person: str

    def _call(self, path: str, **sent: Any) -> dict[str, Any]:
        url = f"http://127.0.0.1:{self.port}/console/api/{path}"
        answer = HTTP.post(url, json={"person": self.person, **sent})
        answer.raise_for_status()
        return dict(answer.json())

    def says(self, place: str, text: str) -> None:
        """Type a line."""
        self._call("say", place=place, text=text)

    def presses(self, button: Button) -> str:
        """Press a button; return the title of the answer."""
        return str(self._call("press", message=button.message, button=button.number)["card"]["title"])

    def submits(self, message: int, **fields: str) -> str:
        """Send a form; return the title of the answer."""
        return str(self._call("submit", message=message, fields=fields)["card"]["title"])

    def sees(self, place: str) -> list[dict[str, Any]]:
        """Return the messages of a place that carry a card, the newest first."""
        url = f"http://127.0.0.1:{self.port}/console/api/people/{self.person}/{place}"
        answer = HTTP.get(url)
        if answer.status_code == 404:
            return []
        return [m for m in reversed(answer.raise_for_status().json()["messages"]) if m["card"]]

    def finds(self, place: str, title: str, label: str) -> Button:
        """Wait for a message with this title and a button with this label."""
        return until(lambda: self._find(place, title, label), f"a message {title} with the button {label}")

    def _find(self, place: str, title: str, label: str) -> Button | None:
        for message in self.sees(place):
            labels = [b["label"] for b in message["card"]["buttons"]]
            for number, words in enumerate(labels):
                if message["card"]["title"].startswith(title) and words.startswith(label):
                    return Button(message["id"], number)
        return None

    def finds_form(self, place: str, title: str) -> int:
        """Wait for a form with this title; return its message."""
        return until(lambda: self._find_form(place, title), f"a form {title}")

    def _find_form(self, place: str, title: str) -> int | None:
        return next(
            (m["id"] for m in self.sees(place) if m["card"]["form"] and m["card"]["title"].startswith(title)), None
        )


@dataclass(frozen=True)
class Room:
    """An incident's room, and what the commander does in it."""

    who: Player
    incident: int
    key: str

    def calls_the_roll(self) -> Button:
        """Finish the evacuation with its evidence, preview the roll-call; return the button that sends it."""
        self.who.presses(self.who.finds(self.key, "LS1 ·", "Done"))
        self.who.submits(
            self.who.finds_form(self.key, "LS1 done"), evidence="alarm at once, all out, zones 1 to 9 swept"
        )
        return self.previews_the_roll()

    def previews_the_roll(self) -> Button:
        """Ask for the preview; return the button that sends it."""
        self.who.presses(self.who.finds(self.key, "LS3 ·", "Preview"))
        return self.who.finds(self.key, "Preview of LS3", "Send to")

    def asks_to_cancel(self) -> int:
        """Ask to call the incident off; return the form that does."""
        self.who.says(self.key, "/disaster cancel")
        return self.who.finds_form(self.key, "Cancel")
