"""Further on in the story of the fire at Leeds: the roll is called, the moves are planned."""

import pytest


@pytest.fixture
async def called(world, fire):
    """The roll is called: everybody of Leeds has been asked whether they are safe."""
    await fire.safety.presses("Done…", on="LS1 ·")
    await fire.safety.fills("Done", evidence="08:58, all out")
    await fire.safety.presses("Preview and send…", on="LS3 ·")
    await fire.safety.presses("Send to 60 people")
    return fire


@pytest.fixture
async def planned(world, called):
    """A plan of moves is approved, its first wave told."""
    await called.safety.presses("Done…", on="LS3 ·")
    await called.safety.fills("Done", evidence="60 on the roster, 60 badges, no visitors")
    await called.commander.presses("Done…", on="DA2 ·")
    await called.commander.fills("Done", evidence="as the card says; real")
    await called.commander.presses("Relocate now")
    await called.safety.presses("The names are with the first responders")
    await called.planner.presses("See the plan…")
    await called.planner.presses("Approve and tell wave 1")
    return called
