"""Draw every card as Slack and as Teams, and take pictures: python -m tests.gallery [word in a name …].

Writes var/gallery/chat/NAME.png. It needs node; npm's packages are installed beside it when they are not there.
"""

import asyncio
import base64
import json
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from bot.chat.slack import blocks, forms, render
from bot.chat.teams import elements
from bot.chat.teams.render import About, drawn
from bot.domain import chart_png
from bot.domain.card import Card
from tests.browser.windows import ARGS
from tests.gallery.story import cards

WEB = Path(__file__).parent / "web"
OUT = Path("var/gallery/chat")
NOW = datetime(2026, 11, 2, 9, 45, tzinfo=UTC)
_FORE = {
    "default": {"default": "#242424", "subtle": "#616161"}, "attention": {"default": "#c4314b", "subtle": "#c4314b"},
    "warning": {"default": "#8a6400", "subtle": "#8a6400"}, "good": {"default": "#237b4b", "subtle": "#237b4b"},
}  # fmt: skip
_BACK = {"default": "#ffffff", "emphasis": "#f0f0f0", "good": "#e7f2da", "warning": "#fbf6d9", "attention": "#fcf4f6"}
HOST = {
    "containerStyles": {name: {"backgroundColor": back, "foregroundColors": _FORE} for name, back in _BACK.items()},
    "fontFamily": "Segoe UI, system-ui, sans-serif",
    "fontSizes": {"small": 12, "default": 14, "medium": 16, "large": 20, "extraLarge": 24},
    "spacing": {"small": 4, "default": 8, "medium": 12, "large": 16, "extraLarge": 20, "padding": 12},
    "actions": {"maxActions": 6, "actionsOrientation": "horizontal", "actionAlignment": "left", "buttonSpacing": 8},
    "separator": {"lineThickness": 1, "lineColor": "#e1dfdd"},
    "supportsInteractivity": True,
}


def main(words: list[str]) -> None:
    """Draw the cards whose names hold one of the words; all without words."""
    if not shutil.which("npm"):
        sys.exit(
            "The gallery needs node and npm. Install them (Debian: apt-get install nodejs npm), then run it again."
        )
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(cards(Path(folder)))
    chosen = {name: card for name, card in found.items() if not words or any(word in name for word in words)}
    _build()
    script = f"const CARDS = {json.dumps([_shown(*each) for each in chosen.items()])}; const HOST = {json.dumps(HOST)};"
    (WEB / "out" / "cards.js").write_text(script, encoding="utf-8")
    shutil.copy(WEB / "page.html", WEB / "out" / "index.html")
    _pictures(list(chosen))
    print(f"{len(chosen)} cards in {OUT}")


def _build() -> None:
    if not (WEB / "node_modules").exists():
        subprocess.run(["npm", "ci", "--no-fund", "--no-audit", "--ignore-scripts"], cwd=WEB, check=True)
    subprocess.run(["npm", "run", "--silent", "build"], cwd=WEB, check=True)


def _shown(name: str, card: Card) -> dict[str, Any]:
    """Return one card as both platforms get it; Slack's picture from the page itself, because there is no Slack."""
    reader = blocks.Reader("Europe/London", NOW)
    kept: dict[str, str] = {}
    slack = render.message(card, reader, picture="F00000000" if card.image else "")
    for block in slack.blocks:
        if block["type"] == "image" and card.image is not None:
            block["image_url"] = f"data:image/png;base64,{base64.b64encode(chart_png.drawn(card.image)).decode()}"
            del block["slack_file"]
    modal = forms.modal(card, reader, None, kept) if card.form else None
    teams = drawn(card, elements.Reader("Europe/London", NOW), About(dialogs=False))
    return {"name": name, "slack": slack.blocks, "modal": modal, "teams": teams}


def _pictures(names: list[str]) -> None:
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        tab = browser.new_page(viewport={"width": 1212, "height": 1000})
        tab.on("pageerror", lambda error: sys.exit(f"the page broke: {error}"))
        tab.goto((WEB / "out" / "index.html").resolve().as_uri())
        tab.wait_for_timeout(500)
        for name in names:
            tab.locator(f"[id='{name}']").screenshot(path=OUT / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
