"""Draw every page from made-up views and take its picture: python tests/pages/gallery.py [word in a name …].

Writes var/gallery/NAME.html and NAME-SIZE-THEME.png, for looking at.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import boards
import made_up as m
from playwright.sync_api import Browser, sync_playwright

from bot.domain.console import Message, Simulation
from bot.web.render import STATIC, page

OUT = Path("var/gallery")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"desk": (1440, 900), "phone": (390, 844), "wall": (1920, 1080)}


def console_pages() -> Iterator[tuple[str, str]]:
    """The console's pages by name."""
    form = Message(id=11, at=m.ago(1), card=m.declare_form())
    wrong = Message(id=12, at=m.ago(1), private=True, card=m.declare_form(wrong=True))
    agent = Message(id=13, at=m.ago(9), card=m.agent_card(drill=True))
    said = Message(id=10, at=m.ago(2), author=m.DANA, mine=True, text="/disaster declare")
    views = {
        "console-welcome": m.welcome(),
        "console-none": m.welcome().model_copy(update={"groups": (), "start": None, "query": "zz<b>"}),
        "console-room": m.console(messages=m.room_messages()),
        "console-form": m.console(place=m.PLACES[0], messages=(said, form)),
        "console-wrong": m.console(place=m.PLACES[0], messages=(said, wrong)),
        "console-agent": m.console(m.ANA, m.PLACES[0], (agent,), simulation=Simulation()),
        "console-empty": m.console(m.SAM, m.PLACES[0]),
    }
    for name, view in views.items():
        yield name, page("console.html", view=view, stream="")


def pages() -> Iterator[tuple[str, str]]:
    """Every page by name."""
    yield from console_pages()
    for name, view in boards.views().items():
        yield name, page("board.html", view=view, stream="", refresh=10)
    for name, one in boards.ones().items():
        yield name, page("board_one.html", view=boards.board(one), incident=one, stream="", refresh=10)
    yield "401", page("401.html")
    yield (
        "error",
        page(
            "error.html",
            status=404,
            title="There is no such incident",
            text="INC-2026-0099 is not known here.",
            instead="Open the board to see which incidents are open.",
            link="/board",
        ),
    )


def picture(browser: Browser, name: str, size: str, theme: str) -> None:
    """Take one picture, the whole page long."""
    wide, high = SIZES[size]
    context = browser.new_context(
        viewport={"width": wide, "height": high},
        color_scheme="dark" if theme == "dark" else "light",
        locale="en-GB",
        timezone_id="Europe/London",
    )
    context.clock.set_fixed_time(m.NOW)
    tab = context.new_page()
    tab.goto((OUT / f"{name}.html").resolve().as_uri())
    tab.screenshot(path=OUT / f"{name}-{size}-{theme}.png", full_page=True)
    over = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
    if over > 0:
        sys.stderr.write(f"{name} {size}: {over} pixels too wide\n")
    context.close()


def write(name: str, html: str) -> None:
    """Write a page so that it opens from disk."""
    local = re.sub(r"/static/([\w.]+)\?v=\w+", lambda found: (STATIC / found[1]).resolve().as_uri(), html)
    (OUT / f"{name}.html").write_text(local)


def main(words: list[str]) -> None:
    """Draw and take pictures of the pages whose names hold one of the words; of all without words."""
    OUT.mkdir(parents=True, exist_ok=True)
    wanted = {n: h for n, h in pages() if not words or any(w in n for w in words)}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        for name, html in wanted.items():
            write(name, html)
            for size in ("desk", "phone", "wall") if name.startswith("board") else ("desk", "phone"):
                for theme in ("light", "dark"):
                    picture(browser, name, size, theme)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
