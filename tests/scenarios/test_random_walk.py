"""People press whatever they see, in any order, with anything in the forms: nothing breaks and every count holds."""

from random import Random

import pytest

from bot.domain.intent import decode
from tests.chats import NotTaken, Seen
from tests.world import Somebody, World

CAST = ("S001", "S003", "S005", "S007", "S009", "S011", "S014", "S016", "S017")
WORDS = (
    "done at 09:10",
    "42",
    "09:10",
    "https://example.org/x",
    "",
    "x" * 3001,
    "{first_name} {{ 7 }}",
    "S012",
    "😀 \u202e",
)
LINES = (
    "status", "steps", "roll", "moves", "calls", "plan", "where", "board", "sitrep", "update all quiet", "recover", "help",
    "role PIO S012", "step add look again", 'declare application_failure acd sev2 "no calls"', "status INC-2026-0001", "nonsense",
)  # fmt: skip


async def presses(dice: Random, somebody: Somebody, seen: list[Seen]) -> None:
    """Press any button, or send any form."""
    able = [s for s in seen if s.buttons or s.submit]
    if not able:
        return
    message = dice.choice(able[-12:])
    if message.submit:
        values = {name: _value(dice, asked.options) for name, asked in message.fields.items() if dice.random() < 0.8}
        await somebody.world.chat.submit(somebody.id, message, values)
    else:
        calm = [b for b in message.buttons if "Stand down" not in b and "Cancel" not in b] or list(message.buttons)
        await somebody.world.chat.press(somebody.id, message, dice.choice(calm))


def _value(dice: Random, options: dict[str, str]) -> list[str]:
    return [dice.choice(list(options))] if options and dice.random() < 0.9 else [dice.choice(WORDS)]


async def walk(world: World, dice: Random, steps: int) -> None:
    """Let anybody do anything."""
    agents = [a.id for a in world.agents("leeds", 12)]
    leads = [world.lead_of(world.person(a)).id for a in agents[:1]]
    for n in range(steps):
        somebody = world.person(dice.choice((*CAST, *CAST, *agents, *leads)))
        if dice.random() < 0.2:
            await somebody.types(f"/disaster {dice.choice(LINES)}")
        else:
            await presses(dice, somebody, await somebody.everything())
        if n % 8 == 7:
            await world.passes(minutes=dice.choice((1, 5, 15)), step=5)
            await world.adds_up()


@pytest.mark.parametrize("seed", range(3))
async def test_nothing_that_people_do_breaks_it(world, fire, seed):
    assert decode('{"kind":"help"}')
    await walk(world, Random(seed), 48)
    journal = await world.journal()
    assert len(journal) > 10
    await world.person("S001").types("/disaster stand-down INC-2026-0001")
    with pytest.raises(NotTaken):
        await world.chat.press("S001", Seen(id="0", place="dm", order=0, text="", buttons=("x",)), "x")
