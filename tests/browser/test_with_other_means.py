"""The same pages for whoever has no scripting, a phone, only a keyboard, or a dark screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.looks import faint, small, wider
from tests.browser.windows import AGAIN, FORM, PHONE, WALL, Window
from tests.kill.demo import until

pytestmark = pytest.mark.xdist_group("browser")
OpensWindow = Callable[..., Window]


def shows(window: Window, title: str) -> None:
    """Load a page again until the bot has said something: without scripting nothing comes by itself."""

    def there() -> bool:
        window.tab.reload()
        return window.card(title).count() > 0

    until(there, title, bound=20, every=0.2)


def the_room(window: Window, reference: str) -> str:
    """The address of an incident's room, once it is open."""
    tab = window.tab.locator("a.place").filter(has_text=reference.lower())
    until(lambda: window.tab.reload() and tab.count(), "a room", bound=20, every=0.2)
    return f"room-{reference.lower()}"


def declared(window: Window) -> str:
    """The reference in the newest declaration."""
    return window.sees("INC-", "is declared").locator(".card-title").inner_text().split("INC-")[1].split()[0]


def test_all_of_it_works_with_scripting_off(opens: OpensWindow) -> None:
    commander, agent, board = (opens(java_script_enabled=False) for _ in range(3))
    commander.is_("S002").declares()
    commander.sends(FORM, "Declare")
    expect(commander.fault(AGAIN, "What happened")).to_contain_text("This is needed.")
    commander.picks(AGAIN, "Loss of a building", "1 – worst", "York", "Drill")
    commander.writes(AGAIN, "Water on every floor.")
    commander.sends(AGAIN, "Declare")
    reference = f"INC-{declared(commander)}"
    commander.is_("S002", the_room(commander, reference))
    shows(commander, "LS1 ·")
    commander.presses("LS1 ·", "Done…")
    commander.answers("LS1 done", "Alarm at 14:02, all out.")
    commander.sees("LS1 is done")
    shows(commander, "LS3 ·")
    commander.presses("LS3 ·", "Preview and send…")
    commander.presses("Preview of LS3", "Send to")
    commander.sees("Sending to")
    agent.goes("/console?q=york").tab.locator("a.person").filter(has_text="agent").first.click()
    expect(agent.tab.locator(".chat-who")).to_contain_text("york")
    shows(agent, "Are you safe?")
    expect(agent.card("Are you safe?")).to_contain_text("EXERCISE")
    agent.presses("Are you safe?", "I'm safe")
    agent.sees("Thank you: you are marked safe")
    board.goes(f"/board/{reference}")
    assert board.tab.locator("noscript meta[http-equiv=refresh]").count() == 1
    expect(board.figure("Accounted for")).to_have_text("1")


def test_it_fits_a_phone_and_a_finger(opens: OpensWindow) -> None:
    phone = opens(size=PHONE, has_touch=True).goes("/console")
    fits(phone)
    phone.tab.locator("a.person").filter(has_text="deputy commander").first.tap()
    expect(phone.tab.locator(".people")).to_be_hidden()
    phone.says('/disaster declare application_failure crm sev2 drill "Nobody can open a customer"')
    reference = f"INC-{declared(phone)}"
    fits(phone)
    phone.declares()
    fits(phone)
    phone.enters(reference.lower())
    phone.opens_pinned()
    phone.sees("DA2 ·")
    fits(phone)
    phone.tab.locator(".back").tap()
    expect(phone.tab.locator(".people-list")).to_be_visible()
    for page in ("/board", f"/board/{reference}"):
        fits(phone.goes(page))


def fits(window: Window) -> None:
    """Nothing is wider than the window, nothing is too small to touch."""
    assert wider(window.tab) == 0
    assert small(window.tab) == []


def test_a_keyboard_is_enough_to_declare(opens: OpensWindow) -> None:
    window = opens().is_("S003")
    keys = window.tab.keyboard

    def tabs_to(selector: str) -> None:
        for _ in range(120):
            if window.tab.locator(f"{selector}:focus").count():
                return
            keys.press("Tab")
        raise AssertionError(f"Tab never comes to {selector}")

    window.tab.locator("#text").focus()
    keys.type("/disaster declare")
    keys.press("Enter")
    form = window.sees(FORM)
    expect(form.locator(".field").first.locator("input:focus")).to_have_count(1)
    for name in dict.fromkeys(field.get_attribute("name") for field in form.locator("[name^='field.']").all()):
        match str(name).removeprefix("field."):
            case "sites":
                tabs_to(f"[name='{name}'][value=manchester]")
                keys.press("Space")
            case "known":
                tabs_to("textarea")
                keys.type("Smoke in the stairwell.")
            case "category" | "severity" | "drill":
                tabs_to(f"[name='{name}']")
                keys.press("ArrowDown")
    tabs_to(".form-end .button")
    keys.press("Enter")
    window.sees("INC-", "is declared", "EXERCISE")


@pytest.mark.parametrize(("theme", "site"), [("light", "bradford"), ("dark", "manchester")])
def test_every_word_can_be_read(opens: OpensWindow, theme: str, site: str) -> None:
    window = opens(color_scheme=theme).goes("/console")
    assert faint(window.tab) == []
    window.is_("S002").declares()
    window.sends(FORM, "Declare")
    window.sees(AGAIN)
    assert faint(window.tab) == []
    window.says(f'/disaster declare application_failure {site} sev2 drill "Nobody can log in"')
    reference = f"INC-{declared(window)}"
    window.enters(reference.lower())
    window.opens_pinned()
    window.pinned().locator("summary").filter(has_text="Begin the return").click()
    window.says("/disaster steps")
    window.sees("Steps")
    assert faint(window.tab) == []
    for page in ("/board", f"/board/{reference}"):
        assert faint(window.goes(page).tab) == []


def test_the_board_fits_a_wall(opens: OpensWindow) -> None:
    wall = opens(size=WALL).goes("/board")
    assert wider(wall.tab) == 0
    assert faint(wall.tab) == []
