"""Each of the thirteen is declared, walked and stood down: every step by the product's own operations, on real rows."""

import pytest

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.incident import Incident, IncidentState
from bot.domain.runbook import Category, EvidenceKind, StepKind
from bot.domain.step import ENDED, LIVE, Step, StepState
from bot.operations import perform, progress
from bot.operations.scene import Place
from bot.storage import incidents, notices, plans, steps
from tests.world import World

SQLITE = pytest.mark.one_database
WHERE = {
    "demand_surge": "emergency", "component_failure": "acd", "application_failure": "acd", "network_failure": "leeds",
    "data_loss": "crm", "security_breach": "leeds", "vendor_failure": "emergency",
}  # fmt: skip
SAYS = {
    EvidenceKind.NONE: None, EvidenceKind.TEXT: "done as written", EvidenceKind.NUMBER: "42",
    EvidenceKind.TIME: "09:20", EvidenceKind.REFERENCE: "REF-1", EvidenceKind.LINK: "https://example.org/report",
    EvidenceKind.SIGN_OFF: "the inspector",
}  # fmt: skip
FIRST, LAST = 0, -1  # which answer every decision gets


class Walk:
    """One incident, walked by its commander."""

    def __init__(self, world: World, answer: int) -> None:
        self.world, self.answer, self.incident = world, answer, 1

    async def does(self, intent: i.Intent) -> Card:
        card = await perform.perform(self.world.product.desk, "S001", intent, Place("console"))
        assert card.title != "That did not work", f"{intent}: {card.text}"
        return card

    async def open(self) -> list[Step]:
        async with self.world.product.desk.read() as db:
            return [s for s in await steps.of(db, self.incident) if s.state in LIVE]

    async def declared(self) -> Incident:
        async with self.world.product.desk.read() as db:
            return await incidents.get(db, self.incident)

    async def to_the_end(self) -> None:
        for _ in range(300):
            going = await self.open()
            fresh = [s for s in going if "_again_" not in s.key]
            state = (await self.declared()).state
            if fresh or (going and state is IncidentState.RECOVERING):
                await self.works((fresh or going)[0])
            elif state is IncidentState.STOOD_DOWN and not going:
                return
            else:
                await self.waits(state)
        raise AssertionError(f"no end: {[s.key for s in await self.open()]}")

    async def waits(self, state: IncidentState) -> None:
        """Let time make steps ready; when even that does nothing, begin the return."""
        await self.world.sleeps(minutes=70)
        if not await progress.sweep(self.world.product.desk) and state is IncidentState.ACTIVE:
            await self.does(i.Recover(incident=self.incident, sure=True))

    async def works(self, step: Step) -> None:
        match step.plan.kind:
            case StepKind.DECISION:
                await self.does(i.Decide(step=step.id, option=step.plan.options[self.answer].value))
            case StepKind.STATUS:
                await self.does(i.Sitrep(step=step.id))
            case StepKind.RELOCATE:
                await self.moves(step)
            case StepKind.NOTIFY if step.key == "SD1":
                await self.world.settles()  # what was said arrives before the end takes it back
                await self.does(i.StandDown(incident=self.incident, sure=True))
            case StepKind.NOTIFY | StepKind.ROLL_CALL if step.state is StepState.READY:
                await self.does(i.SendStep(step=step.id))
            case _:
                await self.does(i.FinishStep(step=step.id, evidence=SAYS[step.plan.evidence.kind]))

    async def moves(self, step: Step) -> None:
        card = await perform.perform(
            self.world.product.desk, "S001", i.PlanAgain(incident=self.incident), Place("console")
        )
        if "nobody to move" in " ".join(card.text):
            await self.does(i.SkipStep(step=step.id, reason="nobody is to be moved"))
            return
        async with self.world.product.desk.read() as db:
            plan = await plans.latest(db, self.incident)
        await self.does(i.ApprovePlan(plan=plan["id"]))


async def walked(world: World, category: Category, answer: int, kind: str = "") -> Walk:
    where = WHERE.get(category, "leeds")
    card = await world.person("S001").types(f'/disaster declare {category} {where} sev1 {kind} "as in the rehearsal"')
    assert "is declared" in card
    walk = Walk(world, answer)
    await walk.to_the_end()
    return walk


@SQLITE
@pytest.mark.parametrize("category", Category)
async def test_each_of_the_thirteen_is_declared_walked_and_stood_down(world, category):
    walk = await walked(world, category, FIRST)
    async with world.product.desk.read() as db:
        assert [s.key for s in await steps.of(db, walk.incident) if s.state not in ENDED] == []
        told = {n.audience for n in await notices.of(db, walk.incident)}
    assert {"agents", "leaders", "everyone"} <= told
    assert (await walk.declared()).private is (category in {"life_safety_event", "security_breach"})


@SQLITE
@pytest.mark.parametrize("category", ["facility_loss", "life_safety_event"])
async def test_a_drill_of_it_is_walked_too_and_nobody_outside_hears_of_it(world, category):
    await walked(world, category, LAST, "drill")
    await world.settles()
    for audience in ("customers", "regulator", "first_responders", "vendors", "outsourcers", "landlord"):
        for somebody in world.of_audience(audience):
            assert await somebody.everything() == []
    heard = [s for s in await world.agents("leeds", 1)[0].everything() if "roll" in s or "safe" in s]
    assert heard
    assert all("EXERCISE" in s for s in heard)
