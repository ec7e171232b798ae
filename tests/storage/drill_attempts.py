"""Every way to try to get a drill's messages out to somebody outside."""

import contextlib
from dataclasses import replace

import sqlalchemy as sa

from bot.domain.card import Card
from bot.domain.incident import Incident
from bot.domain.intent import (
    AdoptRunbook,
    AssignRole,
    Attest,
    AttestLink,
    GiveDuty,
    Join,
    Reword,
    Say,
    SendStep,
    Sitrep,
)
from bot.domain.runbook import Message, StepPlan
from bot.domain.tabletop import Tabletop
from bot.operations import injects as inject_verbs
from bot.operations import outbox, picture, progress, sending, texted, vendors
from bot.operations.desk import Desk
from bot.operations.perform import perform, typed
from bot.operations.scene import Place
from bot.operations.steps import row
from bot.storage import addresses, deliveries, drills, duties, incidents, injects, letters, rooms, steps
from bot.storage import tables as t
from bot.storage.crowds import Crowd
from bot.storage.database import Clash, Work
from bot.storage.runbooks import Library
from bot.storage.shelf import Shelf
from tests.world import World, library

HERE = Place("console")


class Attempt:
    """Somebody who tries to get a drill's messages out, by every way there is; each act returns having written."""

    def __init__(self, world: World, desk: Desk) -> None:
        self.world, self.desk = world, desk

    async def does(self, what: str, *how) -> None:
        """Try one way; what is forced past the queries the database refuses, and only that ever comes so far."""
        with contextlib.suppress(*([Clash] if what in ("lies", "room") else [])):
            await getattr(self, what)(*how)

    async def incident(self, work: Work) -> Incident:
        return await incidents.get(work, 1)

    async def door(self, person: str, intent) -> None:
        await perform(self.desk, person, intent, HERE)

    async def send(self, message: Message, roll_call: bool) -> None:
        async with self.desk.work() as work:
            facts = (await picture.picture(self.desk, work, await self.incident(work))).facts
            plan = 0 if message.audience == "unplaced" else None
            crowd = Crowd(await self.incident(work), message.audience, roll_call=roll_call, plan=plan)
            await sending.send(self.desk, work, crowd, message, facts, "S001")

    async def card(self, person: str) -> None:
        async with self.desk.work() as work:
            await outbox.to_person(self.desk, work, await self.incident(work), person, Card(title="x"))

    async def letter(self, person: str) -> None:
        async with self.desk.work() as work:
            await letters.write(work, person, self.desk.platforms, Card(title="x"))

    async def inject(self, role: str) -> None:
        """Begin a tabletop whose question goes to a role that somebody outside may have been given."""
        said = {"id": "a", "at": 0, "title": "t", "text": "{{ sites }}", "to": role, "question": "q", "good": ["g"]}
        told = {"title": "t", "category": "facility_loss", "story": "s", "injects": [said]}
        async with self.desk.work() as work:
            running = await drills.of_incident(work, 1)
            if running is not None and not await injects.of(work, running.id):
                playing = running.evolve(tabletop=Tabletop.model_validate(told), organiser="reg-data")
                await inject_verbs.begin(self.desk, work, playing, await self.incident(work))

    async def lists(self, person: str) -> None:
        async with self.desk.work() as work:
            incident = await self.incident(work)
            await outbox.call_list_to(self.desk, work, incident, person)
            await outbox.step_to(self.desk, work, incident, (await steps.of(work, 1))[0].id, person)

    async def role(self, role: str, person: str) -> None:
        await self.door("S001", AssignRole(incident=1, role=role, person=person))
        async with self.desk.work() as work:
            await incidents.give_role(work, 1, role, person)
            await progress.redraw(self.desk, work, await self.incident(work))

    async def room(self, person: str) -> None:
        await self.door(person, Join(incident=1))
        async with self.desk.work() as work:
            await rooms.invite(work, 1, [person])

    async def step(self, messages: list[Message]) -> None:
        async with self.desk.work() as work:
            key = f"H{len(await steps.of(work, 1))}"
            incident = await self.incident(work)
            await steps.add(work, [row(incident, key, _auto(messages), 1, None)])
            await progress.advance(self.desk, work, incident)

    async def adopt(self, messages: list[Message]) -> None:
        book = library().get("facility_loss")
        async with self.desk.read() as db:
            plan = _auto(messages).model_copy(update={"id": f"X{len(await steps.of(db, 1))}"})
        new = book.model_copy(update={"steps": (*book.steps, plan)})
        desk = replace(self.desk, shelf=Shelf(Library({book.category: new})))
        await perform(desk, "S001", AdoptRunbook(incident=1, digest=new.digest), HERE)

    async def reword(self, audience: str) -> None:
        async with self.desk.read() as db:
            found = [s for s in await steps.of(db, 1) if any(m.audience == audience for m in s.plan.messages)]
        for step in found[:2]:
            await self.door("S001", Reword(step=step.id, audience=audience, subject="REAL", text="no drill: tell all"))
            await self.door("S001", SendStep(step=step.id))

    async def fails(self) -> None:
        """Whatever waits on somebody's only way fails, and goes their next way."""
        d, other = t.deliveries, t.deliveries.alias("other").c
        only = ~sa.exists().where(other.recipient_id == d.c.recipient_id, other.id != d.c.id)
        async with self.desk.work() as work:
            lost = sa.update(d).where(d.c.state == "queued", d.c.person_id.is_not(None), only).values(state="failed")
            found = [deliveries.delivery_of(r) for r in await work.rows(lost.returning(*deliveries.DELIVERY))]
            deliveries.count(work, found, "queued", "failed")
            await addresses.move_on(work, found, self.desk.platforms)

    async def attests(self, person: str) -> None:
        """Have outsiders asked for what they attest, by every hand that could write to them."""
        async with self.desk.read() as db:
            asked = [d for d in await duties.standing(db) if d.subject == "kestrel-atendimento"][:2]
        for duty in asked:
            await self.door("S017", AttestLink(duty=duty.id))
            await self.door("S003", GiveDuty(duty=duty.id, person=person))
            await self.door("out-kestrel", Attest(duty=duty.id, name="x", tested="2026-10-01", rto_min=9))
            await vendors.ask_again(self.desk, duty.id)

    async def says(self, person: str, line: str) -> None:
        """Somebody outside writes to the bot, in chat and by text: what answers them may not be the drill's."""
        await typed(self.desk, person, line, HERE)
        await texted.texted(self.desk, f"sms-{person}", line, f"{person} {line}")

    async def leads(self, person: str) -> None:
        async with self.desk.work() as work:
            await work.run(sa.update(t.teams).values(lead=person, deputy=person))

    async def organises(self, person: str) -> None:
        async with self.desk.work() as work:
            await work.run(sa.update(t.drills).values(organiser=person))
            await work.run(sa.update(t.drill_actions).values(owner=person))

    async def poses(self, person: str, audience: str) -> None:
        """Whoever is outside stands in the roster among those inside."""
        async with self.desk.work() as work:
            mine = sa.update(t.people).where(t.people.c.id == person)
            await work.run(mine.values(audience=audience, roles=["SO", "REG", "IC", "CM"], must_answer=True))

    async def help(self) -> None:
        """Agents call for help; then everybody waits for long."""
        async with self.desk.read() as db:
            asked = await db.rows(sa.select(t.recipients.c.notice_id, t.recipients.c.person_id).limit(3))
        for one in asked:
            await self.door(one["person_id"], Say(notice=one["notice_id"], answer="help"))

    async def sitrep(self) -> None:
        await self.door("S001", Sitrep(incident=1))

    async def lies(self, said: dict[str, object]) -> None:
        async with self.desk.work() as work:
            await deliveries.add(work, 1, **said, subject="card", card={"title": "x"}, priority=1)


def _auto(messages: list[Message]) -> StepPlan:
    return StepPlan(id="H", title="t", kind="notify", phase="activate", owner="IC", messages=tuple(messages), auto=True)
