"""The demo's people answer by themselves, the same ones the same way for a seed; a switch turns them off."""

from datetime import timedelta

import pytest

from bot.chat.console.simulation import Simulation

pytestmark = pytest.mark.one_database


async def lives(world, minutes, speed="1"):
    """Let simulated people live for a while."""
    await world.http.post("/console/api/simulate", json={"speed": speed})
    people = Simulation(world.product.desk, seed=7)
    for _ in range(minutes * 4):
        world.clock.moment += timedelta(seconds=15)
        await people.beat()
        world.product.engine.woken.set()
    await world.settles()
    return people


async def called(fire):
    await fire.safety.presses("Skip…", on="LS1 ·")
    await fire.safety.fills("Skip this step", reason="all are out already")
    await fire.safety.presses("Preview and send…", on="LS3 ·")
    await fire.safety.presses("Send to 60 people")
    await fire.safety.sees("Sending to 60 people")


async def test_most_answer_at_human_speed_and_some_never(world, fire):
    await called(fire)
    await lives(world, 1)
    first = await fire.safety.types("/disaster roll")
    await lives(world, 9)
    later = await fire.safety.types("/disaster roll")
    counted = [int(card.text.split(" of 60")[0].split()[-1]) for card in (first, later)]
    assert 5 < counted[0] < counted[1] <= 60
    assert any(line.startswith("answer A0") for line in await world.journal())


async def test_the_switch_turns_them_off(world, fire):
    await called(fire)
    await lives(world, 5, "off")
    assert "0 of 60" in await fire.safety.types("/disaster roll")
    assert (await world.http.post("/console/api/simulate", json={"speed": "9000"})).status_code == 422


async def test_faster_is_the_same_sooner(world, fire):
    await called(fire)
    await lives(world, 1, "60")
    card = await fire.safety.types("/disaster roll")
    assert int(card.text.split(" of 60")[0].split()[-1]) > 40
