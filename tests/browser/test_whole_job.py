"""Commander, leader and agent go through the whole job, each in a window of their own, nothing loaded anew."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.browser.looks import cut, taller
from tests.browser.windows import AGAIN, DESK, FORM, WALL, Window

pytestmark = pytest.mark.xdist_group("browser")


@dataclass
class Story:
    """Who sits where. The agent and their neighbour work in one team at Leeds, which their lead leads."""

    commander: Window
    leader: Window
    board: Window
    agent: Window
    neighbour: Window
    lead: Window
    safety: Window
    reference: str = ""

    @property
    def room(self) -> str:
        """The name of the incident's room."""
        return self.reference.lower()


@pytest.fixture
def story(opens: Callable[..., Window]) -> Story:
    """Everybody at their window, on an ordinary day."""
    return Story(
        commander=opens().is_("S001"),
        leader=opens().is_("E001"),
        board=opens().goes("/board"),
        agent=opens().is_("A00001"),
        neighbour=opens().is_("A00002"),
        lead=opens().is_("L001"),
        safety=opens().goes("/console"),
    )


def test_commander_leader_and_agent_go_through_the_whole_job(story: Story) -> None:
    story.commander.marks()
    the_commander_declares(story)
    the_room_opens(story)
    the_leader_opens_the_board(story)
    the_safety_officer_evacuates(story)
    the_roll_is_called(story)
    the_agent_is_safe(story)
    the_neighbour_needs_help(story)
    the_lead_calls_the_silent(story)
    the_leaders_are_told(story)
    decisions_are_taken(story)
    the_moves_are_planned(story)
    the_agent_moves(story)
    they_return(story)
    it_ends(story)


def the_commander_declares(story: Story) -> None:
    commander = story.commander
    form = commander.declares()
    expect(form).to_contain_text("Nothing is sent until you press Declare.")
    expect(form).to_contain_text("every message says EXERCISE")
    commander.sends(FORM, "Declare")
    commander.sees(AGAIN, "4 answers need correcting")
    expect(commander.fault(AGAIN, "What happened")).to_contain_text("This is needed.")
    commander.picks(AGAIN, "Loss of a building", "1 – worst", "Real")
    commander.writes(AGAIN, "Fire on floor 2; everybody is leaving the building.")
    commander.sends(AGAIN, "Declare")
    expect(commander.fault(AGAIN, "Sites hit")).to_contain_text("tick at least one site")
    commander.picks(AGAIN, "Leeds")
    commander.sends(AGAIN, "Declare")
    told = commander.sees("INC-", "is declared", "The commander is Diana Kelly.")
    story.reference = re.findall(r"INC-\d{4}-\d{4}", told.inner_text())[0]


def the_room_opens(story: Story) -> None:
    commander = story.commander
    expect(commander.tab.locator("a.place").filter(has_text=story.room)).to_be_visible()
    assert commander.untouched()
    commander.enters(story.room)
    commander.marks()
    expect(commander.pinned()).to_contain_text(f"{story.reference} · Loss of a building · Leeds")
    expect(commander.pinned()).to_contain_text("Commander Diana Kelly")
    commander.sees("LS1 · Evacuate, shelter or lock down", "safety officer", "Alarm time, the order given")


def the_leader_opens_the_board(story: Story) -> None:
    board = story.board
    board.tab.get_by_role("link", name="Loss of a building, Leeds").click()
    expect(board.figure("Accounted for")).to_have_text("0")
    expect(board.tab.locator("#pulse")).to_have_text("Live")
    board.marks()


def the_safety_officer_evacuates(story: Story) -> None:
    commander, safety = story.commander, story.safety
    owner = commander.card("LS1 ·").locator(".facts dd").first.inner_text()
    safety.finds(owner.split(" (", maxsplit=1)[0])
    safety.enters(story.room)
    safety.presses("LS1 ·", "Start")
    commander.sees("LS1 ·", "in progress")
    safety.presses("LS1 ·", "Done…")
    expect(safety.card("LS1 done").locator("textarea")).to_be_focused()
    safety.answers("LS1 done", "Alarm at 14:02, all out, zones 1 to 9 swept.")
    safety.sees("LS1 is done", "LS3 Call the roll")
    commander.sees("LS1 ·", "done", "zones 1 to 9 swept")
    assert commander.untouched()


def the_roll_is_called(story: Story) -> None:
    safety = story.safety
    safety.presses("LS3 ·", "Preview and send…")
    shown = safety.sees(
        "Preview of LS3", "Are you safe?", "Do not go back in for belongings.", "Nothing has been sent yet."
    )
    assert re.search(r"\d+ people, each asked to answer; takes (a few|about \d+) seconds", shown.inner_text())
    safety.presses("Preview of LS3", "Send to")
    safety.sees("Sending to")


def the_agent_is_safe(story: Story) -> None:
    story.agent.sees("Are you safe?", "Fire on floor 2", "Need help")
    story.agent.presses("Are you safe?", "I'm safe")
    story.agent.sees("Thank you: you are marked safe")
    story.agent.sees("Are you safe?", "Answered: I'm safe.")
    expect(story.board.figure("Accounted for")).to_have_text("1")


def the_neighbour_needs_help(story: Story) -> None:
    name = story.neighbour.tab.locator(".chat-who h1").inner_text()
    story.neighbour.presses("Are you safe?", "Need help")
    story.neighbour.sees("We have your call for help", "call the emergency services first")
    story.lead.sees(f"{name} needs help", "Phone", "Call now.")
    story.safety.enters("Direct messages")
    story.safety.sees(f"{name} needs help", "Phone", "Call now.")
    expect(story.board.tab.locator("#head")).to_contain_text("1 needs help")
    story.safety.presses(f"{name} needs help", "Helped")
    expect(story.board.tab.locator("#head")).not_to_contain_text("needs help")


def the_lead_calls_the_silent(story: Story) -> None:
    story.lead.tab.get_by_role("button", name="Calls").click()
    story.lead.sees("Please call", "not safe yet")
    story.lead.presses("Please call", "is safe")
    expect(story.board.figure("Accounted for")).to_have_text("3")
    assert story.board.untouched()


def the_leaders_are_told(story: Story) -> None:
    story.commander.presses("NT2 ·", "Send the SITREP now")
    story.commander.sees("SITREP 1 is on its way")
    story.leader.sees("SITREP 1 ·", "Leeds can't be used.", "Accounted for", "Next update")
    story.leader.presses("SITREP 1 ·", "I have read this")
    story.leader.sees("Thank you, noted")
    expect(story.board.tab.locator("#told tr").filter(has_text="SITREP 1")).to_contain_text("1 (")


def decisions_are_taken(story: Story) -> None:
    commander = story.commander
    commander.presses("DA2 ·", "Done…")
    commander.answers("DA2 done", "Diana Kelly commands, severity 1, real.")
    commander.presses("DA3 ·", "Yes, both work")
    commander.presses("LS3 ·", "Done…")
    commander.answers("LS3 done", "Roster and badges counted; the fire officer has the names.")
    commander.presses("Q2 ·", "Relocate now")
    commander.presses("Q3 ·", "The names are with the first responders")
    commander.sees("Q3 ·", "done")


def the_moves_are_planned(story: Story) -> None:
    commander = story.commander
    commander.presses("RL1 ·", "See the plan…")
    commander.sees("Plan 1 of", "Live seats by queue", "Destinations", "not approved yet")
    commander.presses("Plan 1 of", "Approve and tell wave 1")
    commander.sees("Plan 1 is approved", "Telling")
    commander.sees("RL1 ·", "done")
    assert commander.untouched()


def the_agent_moves(story: Story) -> None:
    agent, board = story.agent, story.board
    agent.sees("Where you work now", "Where:", "Log in:", "Call your team lead:")
    agent.presses("Where you work now", "I'm safe and moving")
    agent.sees("Thank you: you are marked safe and moving")
    agent.tab.get_by_role("button", name="Where do I go?").click()
    agent.sees("Where you work now", "State", "moving")
    agent.presses("Where you work now", "I have arrived")
    agent.sees("Noted at", "arrived")
    agent.presses("Noted at", "I'm logged in")
    agent.sees("Noted at", "logged in")
    agent.presses("Noted at", "I'm taking contacts")
    agent.sees("Thank you: you are taking contacts")
    expect(board.figure("At a working seat")).to_have_text("1")
    expect(board.tab.locator(".funnel li").filter(has_text="Taking contacts")).to_contain_text("1")
    fits(board)
    assert board.untouched()


def fits(board: Window) -> None:
    """Nothing is cut at a desk, and a screen on the wall, which nobody scrolls, shows all of it."""
    for wide, high in ((1100, 800), (1280, 800), WALL):
        board.tab.set_viewport_size({"width": wide, "height": high})
        assert cut(board.tab) == []
    assert taller(board.tab) == 0
    board.tab.set_viewport_size({"width": DESK[0], "height": DESK[1]})


def they_return(story: Story) -> None:
    commander = story.commander
    commander.opens_pinned()
    commander.pinned().locator("summary").filter(has_text="Begin the return").click()
    commander.pinned().get_by_role("button", name="Yes: Begin the return").click()
    expect(commander.pinned()).to_contain_text("returning to normal")
    expect(commander.tab.locator("#pinned > [open]")).to_have_count(0)
    commander.sees("RR1 ·", "Declare the building fit for use")
    expect(story.board.tab.locator("#head")).to_contain_text("Recovering")


def it_ends(story: Story) -> None:
    commander = story.commander
    commander.opens_pinned()
    commander.pinned().get_by_role("button", name="Stand down…").click()
    commander.sees(f"Stand down {story.reference}?", "nobody has heard from", "will be told that it is over")
    commander.presses(f"Stand down {story.reference}?", "Stand down now")
    commander.sees(f"{story.reference} is stood down", "disaster report")
    for everybody in (story.agent, story.neighbour, story.leader):
        everybody.sees(f"It is over: {story.reference} is closed", "stay out until")
    expect(story.board.tab.locator("#head")).to_contain_text("Stood down")
    assert commander.untouched()
    assert story.board.untouched()
