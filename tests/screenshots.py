"""Play a fire at Leeds on the demo and take pictures of its pages: python -m tests.screenshots [folder].

Writes docs/screenshots/*.png. Everything is bounded; the demo and its data are gone at the end.
"""

import os
import re
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Locator, expect, sync_playwright

from tests.browser.windows import ARGS, DESK, FORM, PHONE, WALL, Window
from tests.kill.demo import HTTP, ROOT, Demo, until

OUT = ROOT / "docs" / "screenshots"
LONG_PHONE, WIDE = (PHONE[0], 1180), (1440, 1480)
KNOWN = (
    "Fire on floor 2 of Canal Wharf; alarm at once, everybody is leaving the building. The fire service is on its way."
)


class Album:
    """Windows on one demo, and where their pictures go."""

    def __init__(self, browser: Browser, demo: Demo, folder: Path) -> None:
        self._browser, self._home, self._folder = browser, f"http://127.0.0.1:{demo.port}", folder

    def opens(self, path: str, size: tuple[int, int] = DESK, theme: str = "light") -> Window:
        """Open a window on a page."""
        return Window.opened(self._browser, self._home, size, color_scheme=theme).goes(path)

    def picture(self, window: Window, name: str) -> None:
        """Take a picture of what a window shows."""
        window.tab.mouse.move(0, 0)
        window.tab.wait_for_timeout(700)  # what moves comes to rest
        path = self._folder / f"{name}.png"
        window.tab.screenshot(path=path)
        print(f"{path.name}: {path.stat().st_size // 1024} KB")

    def simulates(self, speed: str) -> None:
        """Let the agents live: "off", "1", "10" or "60" times as fast."""
        HTTP.post(f"{self._home}/console/api/simulate", json={"speed": speed}).raise_for_status()


def welcome(album: Album) -> None:
    """What a newcomer sees first."""
    window = album.opens("/console")
    album.picture(window, "console-welcome")
    window.close()


def declares(album: Album) -> Window:
    """The commander fills in the form; return their window, in the room."""
    window = album.opens("/console/S001")
    form = window.declares()
    window.picks(FORM, "Loss of a building", "1 – worst", "Leeds", "Real")
    window.writes(FORM, KNOWN)
    form.evaluate("form => form.scrollIntoView({ block: 'start' })")
    window.tab.set_viewport_size({"width": DESK[0], "height": 1250})
    album.picture(window, "console-declare")
    window.tab.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    window.sends(FORM, "Declare")
    told = window.sees("INC-", "is declared").inner_text()
    window.enters(re.findall(r"INC-\d{4}-\d{4}", told)[0].lower())
    return window


def works(window: Window) -> None:
    """The first half hour: out of the building, the roll, the leaders, the decisions."""
    ends(window, "LS1", "Alarm at 14:02, full evacuation, zones 1 to 9 swept.")
    window.presses("LS3 ·", "Preview and send…")
    window.presses("Preview of LS3", "Send to")
    ends(window, "LS2", "FR-20871")
    ends(window, "DA2", "Diana Kelly commands, Wayne Bell deputises, Igor Brózda writes. Severity 1, real.")
    window.presses("DA3 ·", "Yes, both work")
    window.presses("NT2 ·", "Send the SITREP now")
    window.sees("SITREP 1 is on its way")
    window.presses("Q1 ·", "Tier 1 first")
    window.presses("Q2 ·", "Relocate now")


def ends(window: Window, step: str, evidence: str) -> None:
    """Finish a step with its evidence."""
    window.presses(f"{step} ·", "Done…")
    window.answers(f"{step} done", evidence)
    window.sees(f"{step} is done")


def plans(album: Album, window: Window) -> None:
    """The plan of moves, looked at and approved."""
    ends(window, "LS3", "Roster, badges and visitors counted; the fire officer has the names.")
    window.presses("Q3 ·", "The names are with the first responders")
    window.presses("RL1 ·", "See the plan…")
    plan = window.sees("Plan 1 of", "Destinations")
    window.tab.set_viewport_size({"width": DESK[0], "height": 1500})
    plan.evaluate("plan => plan.scrollIntoView({ block: 'start' })")
    album.picture(window, "console-plan")
    window.tab.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    window.presses("Plan 1 of", "Approve and tell wave 1")
    window.sees("Plan 1 is approved")
    ends(window, "SM1", "Leeds numbers to Manchester and York until midnight; test call at 14:20.")


def room(album: Album, window: Window) -> None:
    """The room with its steps."""
    window.says("/disaster steps")
    window.sees("Steps")
    album.picture(window, "console-steps")
    window.card("NT1 ·").evaluate("step => step.scrollIntoView({ block: 'start' })")
    album.picture(window, "console-room")


def agent(album: Album) -> None:
    """An agent's instruction on a phone: of somebody who goes to another place and has not answered yet."""
    window = album.opens("/console", LONG_PHONE)
    for number in range(1, 480):
        window.goes(f"/console/A{number:05}")
        told = window.card("Where you work now")
        if told.count() and "Address:" in told.inner_text() and "Answered" not in told.inner_text():
            told.evaluate("told => told.scrollIntoView({ block: 'start' })")
            break
    album.picture(window, "console-agent")
    window.close()


def boards(album: Album, reference: str) -> None:
    """The leaders' board on every screen."""
    for name, size, theme in (
        ("board", WIDE, "light"),
        ("board-dark", WIDE, "dark"),
        ("board-phone", LONG_PHONE, "light"),
        ("board-wall", WALL, "light"),
    ):
        window = album.opens(f"/board/{reference}", size, theme)
        album.picture(window, name)
        window.close()


def seats(figure: Locator, least: int, bound: float) -> Callable[[], bool]:
    """Whether so many agents are at work again, or it has taken long enough."""
    end = time.monotonic() + bound
    return lambda: int(figure.inner_text().replace(",", "")) >= least or time.monotonic() > end


def play(album: Album) -> None:
    """The whole of it, in order."""
    welcome(album)
    commander = declares(album)
    reference = str(commander.tab.url).rsplit("room-", 1)[1].upper()
    album.simulates("60")
    works(commander)
    plans(album, commander)
    board = album.opens(f"/board/{reference}")
    until(seats(board.figure("At a working seat"), 20, 45), "agents at work again", bound=60, every=0.5)
    album.simulates("off")
    room(album, commander)
    expect(board.tab.locator("#pulse")).to_have_text("Live")
    boards(album, reference)
    agent(album)
    for window in (commander, board):
        window.close()


def main(folder: Path) -> None:
    """Start the demo and the browser, play, end both."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        sys.exit("There is no chromium: install it, or name it in CHROMIUM.")
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as data, Demo(Path(data)) as demo, sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=chromium, args=ARGS)
        play(Album(browser, demo, folder))
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else OUT)
