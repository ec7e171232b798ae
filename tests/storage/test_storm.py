"""Everybody answers while a plan is approved and the incident's sweeps run: nobody is turned away, every count holds."""

import asyncio

import pytest
import sqlalchemy as sa

from bot.domain.card import Card
from bot.domain.intent import ApprovePlan, PlanAgain, Say
from bot.operations.perform import perform
from bot.operations.scene import Place
from bot.storage import tables as t

HERE = Place("console")


@pytest.mark.parametrize("round_", range(3))
async def test_answers_and_an_approval_at_the_same_moment(world, planned, round_):
    desk = world.product.desk
    await perform(desk, "S001", PlanAgain(incident=1), HERE)
    async with world.store.read(world.now) as db:
        plan = await db.value(sa.select(sa.func.max(t.plans.c.id)))
        asked = await db.rows(
            sa.select(t.recipients).where(t.recipients.c.state == "waiting").order_by(t.recipients.c.id)
        )
    answers = [perform(desk, r["person_id"], Say(notice=r["notice_id"], answer=_answer(r)), HERE) for r in asked]
    middle = len(answers) // (round_ + 2)
    work = [*answers[:middle], perform(desk, "S001", ApprovePlan(plan=plan), HERE), *answers[middle:]]
    sweeps = [sweep() for _, sweep in world.product.engine.sweeps().values()]
    cards = await asyncio.gather(*work, *sweeps)
    assert "is approved" in cards[middle].title, cards[middle].plain()
    refused = [c.plain() for c in cards if isinstance(c, Card) and "very moment" in c.plain()]
    assert refused == []
    await world.settles()


def _answer(row) -> str:
    return ("safe", "help")[row["id"] % 7 == 0] if row["notice_id"] < 3 else "ack"
