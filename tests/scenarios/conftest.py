"""Where many stories begin: the fire at Leeds is declared, its room is open."""

from dataclasses import dataclass

import pytest

from tests.world import Somebody, World

ROOM = "room-inc-2026-0001"


@dataclass
class Fire:
    """The incident INC-2026-0001 and those who run it, by what they do."""

    commander: Somebody
    deputy: Somebody
    scribe: Somebody
    operations: Somebody
    planner: Somebody
    it: Somebody
    voice: Somebody
    safety: Somebody
    liaison: Somebody
    compliance: Somebody
    vendors: Somebody


def _held(world: World) -> Fire:
    return Fire(*world.cast("S001", "S003", "S004", "S005", "S007", "S009", "S011", "S014", "S015", "S016", "S017"))


@pytest.fixture
def fire(world: World) -> Fire:
    """A real fire at Leeds, declared at nine by its commander: the world is copied from one where that was done."""
    return _held(world)


@pytest.fixture
def drill(world: World) -> Fire:
    """The same as an exercise."""
    return _held(world)


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
