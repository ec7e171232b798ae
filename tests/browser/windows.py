"""Browser windows on the running demo, each with one person in front of it."""

import re
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect

PATIENCE = 20_000  # milliseconds: generous, for two cores that others share
ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK, PHONE, WALL = (1280, 860), (390, 844), (1920, 1080)
FORM, AGAIN = "Declare a disaster", "Please look again"  # a declaration's form, and the same with what is wrong
expect.set_options(timeout=PATIENCE)


@dataclass
class Window:
    """One browser window; faults: all that its console complained of, which must stay empty."""

    tab: Page
    home: str
    scripted: bool = True
    faults: list[str] = field(default_factory=list)

    @classmethod
    def opened(cls, browser: Browser, home: str, size: tuple[int, int] = DESK, **more: Any) -> Self:
        """Open a window; more: what Playwright's new_context takes, such as color_scheme."""
        sized = {"width": size[0], "height": size[1]}
        context = browser.new_context(viewport=sized, locale="en-GB", timezone_id="Europe/London", **more)
        context.set_default_timeout(PATIENCE)
        window = cls(context.new_page(), home, more.get("java_script_enabled", True))
        window.tab.on("console", window._complains)
        window.tab.on("pageerror", lambda error: window.faults.append(str(error)))
        window.tab.on("requestfailed", window._fails)
        return window

    def _complains(self, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            self.faults.append(f"{said.type}: {said.text}")

    def _fails(self, request: Request) -> None:
        # A page that is left aborts its stream and what it had sent: no fault.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"{request.url}: {request.failure}")

    def close(self) -> None:
        """Close it; whatever its console complained of fails the test."""
        self.tab.context.close()
        assert self.faults == []

    def goes(self, path: str) -> Self:
        """Open a page of the demo, and wait until it is live."""
        self.tab.goto(self.home + path)
        return self.lives()

    def lives(self) -> Self:
        """Wait until what happens elsewhere comes in by itself, where it can."""
        if self.scripted and self.tab.locator("[data-live]").count():
            expect(self.tab.locator("#pulse")).to_have_text("Live")
        return self

    def is_(self, person: str, place: str = "dm") -> Self:
        """Sit down as somebody, by their id."""
        return self.goes(f"/console/{person}/{place}")

    def finds(self, name: str) -> Self:
        """Sit down as somebody, by the search."""
        self.goes(f"/console?q={quote(name)}")
        self.tab.locator("a.person").filter(has_text=name).first.click()
        expect(self.tab.locator(".chat-who")).to_contain_text(name)
        return self.lives()

    def enters(self, room: str) -> None:
        """Go to a room by its tab."""
        self.tab.locator("a.place").filter(has_text=room).click()
        expect(self.tab.locator("a.place[aria-current]")).to_contain_text(room)
        self.lives()

    def says(self, line: str) -> None:
        """Type a line and send it."""
        self.tab.locator("#text").fill(line)
        self.tab.get_by_role("button", name="Send", exact=True).click()

    def declares(self) -> Locator:
        """Ask for the form of a declaration; return it once it is there."""
        title = self.tab.locator(".card-title").filter(has_text=FORM)
        before = title.count()
        self.tab.get_by_role("button", name="Declare…").click()
        expect(title).to_have_count(before + 1)
        return self.card(FORM)

    def card(self, title: str) -> Locator:
        """The newest message whose card's title begins with these words."""
        begins = re.compile(rf"^\W*(Urgent: |Attention: |Good: )?{re.escape(title)}")
        return self.tab.locator(".message").filter(has=self.tab.locator(".card-title", has_text=begins)).last

    def sees(self, title: str, *words: str) -> Locator:
        """Wait for a card with this title, with all these words on it."""
        card = self.card(title)
        expect(card).to_be_visible()
        for one in words:
            expect(card).to_contain_text(one)
        return card

    def presses(self, title: str, label: str) -> None:
        """Press the button with this label on the newest card with this title; a second time where it asks whether."""
        card = self.card(title)
        folded = card.locator("summary").filter(has_text=label)
        card.locator("summary, button").filter(has_text=label).first.click()
        if folded.count():
            card.get_by_role("button", name=f"Yes: {label}").click()

    def picks(self, title: str, *choices: str) -> None:
        """Tick choices of a form, each by the words that it begins with."""
        for words in choices:
            begins = re.compile(rf"^\s*{re.escape(words)}")
            self.card(title).locator("label.choice").filter(has_text=begins).click()

    def writes(self, title: str, text: str) -> None:
        """Write into a form's text."""
        self.card(title).locator("textarea").fill(text)

    def sends(self, title: str, label: str) -> None:
        """Send a form."""
        self.card(title).get_by_role("button", name=label, exact=True).click()

    def answers(self, title: str, text: str, label: str = "Done") -> None:
        """Write into the form that has opened, and send it."""
        self.writes(title, text)
        self.sends(title, label)

    def fault(self, title: str, legend: str) -> Locator:
        """What is wrong beside one field of a form."""
        return self.card(title).locator(".is-wrong").filter(has_text=legend).locator(".error")

    def figure(self, label: str) -> Locator:
        """The big figure with this label on the board."""
        return self.tab.locator(".figure-box").filter(has_text=label).locator(".figure b")

    def pinned(self) -> Locator:
        """The card on top of a room."""
        return self.tab.locator("#pinned")

    def opens_pinned(self) -> None:
        """Unfold it."""
        self.pinned().locator("> details > summary").click()

    def marks(self) -> None:
        """Remember that this page is not loaded anew."""
        self.tab.evaluate("window.untouched = true")

    def untouched(self) -> bool:
        """Whether it is still the page that was marked."""
        return bool(self.tab.evaluate("window.untouched === true"))
