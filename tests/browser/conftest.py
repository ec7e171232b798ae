"""The real demo in a process of its own, and a browser to look at it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.windows import ARGS, Window
from tests.kill.demo import Demo


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where chromium is; without one these tests are left out, but never in CI."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if found is None:
        none = "There is no chromium: install it, or name it in CHROMIUM."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(none)
    return str(found)


@pytest.fixture(scope="module")
def demo(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo with few agents, none of whom answers by themselves; it starts while the browser does."""
    running = Demo(Path(tmp_path_factory.mktemp("demo")), agents=200)
    running.launch()
    yield running
    running.kill()


@pytest.fixture(scope="module")
def browser(chromium: str, demo: Demo) -> Iterator[Browser]:
    """Chromium. Its event loop runs for as long as it does, so it ends before any test that has a loop of its own."""
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=chromium, args=ARGS)
        demo.wait_ready()
        yield started
        started.close()


@pytest.fixture
def opens(browser: Browser, demo: Demo) -> Iterator[Callable[..., Window]]:
    """Open windows on the demo; at the end none may have complained."""
    windows: list[Window] = []

    def one(**more: object) -> Window:
        windows.append(Window.opened(browser, f"http://127.0.0.1:{demo.port}", **more))
        return windows[-1]

    yield one
    for window in windows:
        window.close()
