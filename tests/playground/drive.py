"""Drive the bot through the Playground's HTTP interface and take pictures: python -m tests.playground.drive.

Declare, walk steps, call the roll and answer as several people, SITREP, stand-down. Writes var/playground/*.png.
Messages to others than the one who sits before it are not shown by the Playground: they are looked up in our own rows.
"""

import asyncio
import json
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from playwright.async_api import Page, async_playwright

from bot.domain.intent import Say, encode
from bot.domain.notice import Answer
from tests.browser.windows import ARGS
from tests.fakes.teams import seen
from tests.fakes.teams.pressing import action_of
from tests.playground.stage import ME, MINE, Stage, stage

OUT = Path("var/playground")
_PATIENCE = 30.0
_ZONE = "Europe/London"


class NotThere(AssertionError):
    """What was waited for did not come."""


@dataclass
class Message:
    """One message as the Playground shows it."""

    conversation: str
    id: str
    card: Any

    def has(self, words: str, button: str = "") -> bool:
        """Whether it says this and has this button."""
        pressed = (*seen.buttons(self.card), seen.submit(self.card))
        return words in seen.words(self.card, _ZONE) and (not button or button in pressed)


@dataclass
class Commander:
    """Who sits before the Playground."""

    at: Stage
    http: aiohttp.ClientSession
    messages: dict[str, Message] = field(default_factory=dict)

    async def listen(self) -> None:
        """Keep what the Playground shows, until cancelled."""
        stream = f"{self.at.playground}/_ws_conversation/v1/conversations/stream".replace("http", "ws", 1)
        async with self.http.ws_connect(stream, max_msg_size=0) as socket:
            async for one in socket:
                self._heard(json.loads(one.data))

    def _heard(self, told: Mapping[str, Any]) -> None:
        message = told.get("message") or {}
        for attachment in message.get("attachments") or ():
            where = message.get("postConversationId") or told["actionConversationId"]
            self.messages[message["messageId"]] = Message(where, message["messageId"], attachment["content"])

    async def says(self, text: str) -> None:
        """Type a line to the bot."""
        said = {"from": {"id": f"29:{ME}"}, "text": text, "textFormat": "plain"}
        await self._post(f"_conversation/v1/conversations/{MINE}/messages", said)

    async def sees(self, words: str, button: str = "") -> Message:
        """Wait for a message."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            found = [m for m in self.messages.values() if m.has(words, button)]
            if found:
                return found[-1]
            await asyncio.sleep(0.1)
        shown = "\n—\n".join(seen.words(m.card, _ZONE)[:300] for m in list(self.messages.values())[-6:])
        raise NotThere(f"{words!r} [{button}] is not there. The last messages:\n{shown}")

    async def presses(self, button: str, on: str, **values: str) -> None:
        """Press a button; values: what its form asks for, sent with the button that the form has."""
        message = await self.sees(on, button)
        await self._pressed(message, button, {})
        if values:
            await self.sends(message, values)

    async def sends(self, form: Message, values: Mapping[str, str]) -> None:
        """Send a form that is filled in."""
        await self._pressed(form, seen.submit(form.card), {f"f.{name}": v for name, v in values.items()})

    async def _pressed(self, message: Message, button: str, values: Mapping[str, str]) -> None:
        action = action_of(message.card, button)
        data = {**action["data"], **values}
        message.card = await self.invoke(ME, message.conversation, message.id, {"verb": action["verb"], "data": data})

    async def invoke(self, person: str, conversation: str, message: str, action: Mapping[str, Any]) -> Any:
        """Press as somebody; return the card that stands in the message's place."""
        said = {
            "name": "adaptiveCard/action", "from": {"id": f"29:{person}"}, "conversation": {"id": conversation},
            "replyToId": message, "value": {"action": {"type": "Action.Execute", **action}, "trigger": "manual"},
        }  # fmt: skip
        return (await self._post("_conversation/v1/invoke", said))["value"]

    async def _post(self, path: str, said: Mapping[str, Any]) -> Any:
        async with self.http.post(f"{self.at.playground}/{path}", json=said) as answer:
            if answer.status != 200:
                raise NotThere(f"{path}: {answer.status} {(await answer.text())[:300]}")
            return await answer.json()


def asked(at: Stage, person: str) -> tuple[str, str, int, int]:
    """Return where somebody was asked something: conversation, message, delivery, notice; waits until it is out."""
    query = (
        "SELECT c.conversation, d.external_id, d.id, d.notice_id FROM deliveries d JOIN teams_chats c "
        "ON c.address = d.address WHERE d.person_id = ? AND d.notice_id IS NOT NULL AND d.external_id IS NOT NULL"
    )
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with closing(sqlite3.connect(at.data / "disaster.db")) as db, suppress(sqlite3.OperationalError):
            row = db.execute(query, (person,)).fetchone()
            if row and row[0]:
                return row
        time.sleep(0.1)
    raise NotThere(f"{person} was asked nothing")


async def answers(diana: Commander, person: str, answer: Answer) -> str:
    """Answer the roll-call as somebody, and return what they are told."""
    where, message, delivery, notice = await asyncio.to_thread(asked, diana.at, person)
    intent = encode(Say(notice=notice, answer=answer))
    told = await diana.invoke(person, where, message, {"verb": "do", "data": {"d": delivery, "i": intent}})
    return seen.words(told, _ZONE)


async def played(at: Stage, folder: Path) -> None:
    """Play a small fire from the declaration to the stand-down, before a window that is looked at."""
    async with aiohttp.ClientSession() as http, async_playwright() as play:
        diana = Commander(at, http)
        listening = asyncio.create_task(diana.listen())
        browser = await play.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        window = await browser.new_page(viewport={"width": 1280, "height": 1500})
        await window.goto(at.playground, wait_until="load")
        await window.wait_for_timeout(3000)
        for chapter in (_declares, _works, _ends):
            await chapter(diana)
            await _picture(window, folder, chapter.__name__.strip("_"))
        listening.cancel()
        await browser.close()


async def _picture(window: Page, folder: Path, name: str) -> None:
    """Take pictures of the chat with the bot and of the incident's thread."""
    for place in ("Personal Chat", "Incidents"):
        await window.get_by_text(place, exact=True).first.click()
        await window.wait_for_timeout(1500)
        await window.screenshot(path=folder / f"{name}-{place.split()[0].lower()}.png")


async def _declares(diana: Commander) -> None:
    await diana.says("declare")
    told = {"category": "facility_loss", "severity": "1", "sites": "leeds", "known": "fire on floor 2"}
    form = await diana.sees("Declare a disaster")
    fields = seen.fields(form.card, _ZONE)
    told["drill"] = next(iter(fields["drill"].options))  # the first says that it is real
    await diana.sends(form, told)
    await diana.sees("is declared")


async def _works(diana: Commander) -> None:
    await diana.presses("Done…", "LS1 ·", evidence="08:58, all out")
    await diana.presses("Preview and send…", "LS3 ·")
    await diana.presses("Send to 528 people", "Preview of LS3")
    agents = [p for p in diana.at.people if p.startswith("A")]
    for person, answer in zip(agents, (Answer.SAFE, Answer.SAFE, Answer.HELP), strict=True):
        print(f"{person}:", (await answers(diana, person, answer)).split("\n")[0])
    await diana.says("status")
    await diana.sees(" 3 of 528")
    await diana.says("sitrep")
    await diana.sees("SITREP 1 is on its way")


async def _ends(diana: Commander) -> None:
    where, message, delivery, _ = await asyncio.to_thread(asked, diana.at, "E001")
    print("the leader was sent the SITREP:", bool(message), delivery, where[:2])
    await diana.says("stand-down")
    await diana.presses("Stand down now", "Stand down INC-")
    await diana.sees("is over")
    await diana.sees("Phase: stood down")  # the first post of the thread


def main() -> None:
    """Play it, and say where the pictures are."""
    with stage(OUT) as at:
        asyncio.run(played(at, OUT))
    print(f"pictures in {OUT}")


if __name__ == "__main__":
    main()
