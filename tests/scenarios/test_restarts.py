"""Stopped at any moment, the product goes on where it was: nothing lost, nothing doubled, nothing half-written."""

import asyncio
from collections import Counter

import pytest
import sqlalchemy as sa

from bot.chat.console.sender import ConsoleMessenger
from bot.engine import dispatcher
from bot.storage import tables as t

LINE = '/disaster declare facility_loss york sev1 "flood"'


class Dying(ConsoleMessenger):
    """The console, on which the process is killed: before the first card of a batch leaves, or after the last."""

    moment = "before"

    async def send(self, batch):
        if self.moment == "after":
            await super().send(batch)
        raise asyncio.CancelledError


async def asked(fire):
    """The roll is called; nothing has been sent yet."""
    await fire.safety.presses("Skip…", on="LS1 ·")
    await fire.safety.fills("Skip this step", reason="all are out already")
    await fire.safety.presses("Preview and send…", on="LS3 ·")
    await fire.safety.presses("Send to 60 people")


async def dies(world, moment):
    """The dispatcher is killed in the middle of a batch."""
    messenger = Dying(world.store, world.clock)
    messenger.moment = moment
    sender = dispatcher.Dispatcher(world.product.desk, {"console": messenger})
    with pytest.raises(asyncio.CancelledError):
        await sender.run_once()


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_killed_while_sending_everybody_still_gets_it_once(world, fire, moment, monkeypatch):
    monkeypatch.setattr(dispatcher, "BATCH", 25)
    await asked(fire)
    await dies(world, moment)
    await world.restarts()
    await dies(world, "after" if moment == "before" else "before")
    await world.restarts()
    for agent in world.agents("leeds", 60):
        assert len([s for s in await agent.everything() if "Are you safe?" in s]) == 1, agent.name


async def test_an_answer_is_not_lost_by_a_restart(world, fire):
    await asked(fire)
    ana = world.agents("leeds", 1)[0]
    await ana.presses("I'm safe")
    await world.restarts()
    assert "Answered: I'm safe" in await ana.sees("Are you safe?")
    assert "1 of 60" in await fire.safety.types("/disaster roll")


async def test_steps_go_on_where_they_were(world, fire):
    await fire.safety.presses("Start", on="LS1 ·")
    await world.sleeps(minutes=45)
    await world.restarts()
    await fire.safety.sees("LS1 · Evacuate", "State: in progress")
    reminded = Counter(
        s.text.splitlines()[0] for s in await fire.commander.everything() if s.text.startswith("Overdue")
    )
    assert reminded["Overdue: LS1 · Evacuate, shelter or lock down"] == 1
    await world.restarts()
    again = Counter(s.text.splitlines()[0] for s in await fire.commander.everything() if s.text.startswith("Overdue"))
    assert again == reminded


async def test_the_silent_are_chased_once_for_all_that_was_missed(world, fire):
    await asked(fire)
    await world.settles()
    await world.sleeps(minutes=25)
    await world.restarts()
    agent = world.agents("leeds", 1)[0]
    lead = world.lead_of(agent)
    assert len([s for s in await lead.everything() if "Please call" in s]) == 1
    assert len([s for s in await agent.everything() if "Are you safe?" in s]) == 2, "what was missed is sent as one"


async def test_a_declaration_cut_off_at_any_moment_is_whole_or_not_there(world):
    ines, cut = world.person("S001"), 0
    for turns in (*range(0, 120, 10), *range(120, 700, 60)):
        task = asyncio.create_task(ines.types(LINE))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        cut += isinstance((await asyncio.gather(task, return_exceptions=True))[0], asyncio.CancelledError)
        async with world.store.read(world.now) as db:
            declared = await db.value(sa.select(sa.func.count()).select_from(t.incidents))
            steps = await db.value(sa.select(sa.func.count()).select_from(t.steps))
        assert declared == (steps > 0)
        await world.adds_up()
        if declared:
            break
    assert cut > 3
    assert "INC-2026-0001" in await ines.types("/disaster status" if declared else LINE)


async def test_after_a_pause_leads_and_owners_are_called_in_before_who_stands_above_them(world, fire):
    await asked(fire)
    await world.settles()
    await world.sleeps(minutes=45)
    await world.restarts()
    silent = world.agents("leeds", 1)[0]
    assert silent.name in await world.lead_of(silent).sees("Please call")
    await fire.safety.sees("people still silent", "call lists")
    step = next(
        s.text.splitlines()[0] for s in await fire.commander.everything() if "owner has been reminded" in s.text
    )
    told = [p for p in (fire.deputy, fire.scribe, fire.operations, fire.it, fire.voice, fire.safety, fire.liaison)
            if any(s.text.startswith(step) for s in await p.everything())]  # fmt: skip
    assert told, f"nobody but the commander read “{step}”"
