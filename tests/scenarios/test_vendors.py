"""Vendors attest their own plans by a signed link, without an account; nobody outside is ever written to."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.domain import intent as i
from bot.operations import planning, whatif
from bot.operations.perform import perform
from bot.operations.scene import Place
from bot.operations.situation import situation
from bot.storage import duties, incidents, roster, vendors
from bot.storage import tables as t
from tests.world import words_of

pytestmark = [pytest.mark.asyncio, pytest.mark.one_database]
GOOD = {
    "field.name": "Rui Prata", "field.tested": "2026-09-30", "field.rto_min": "240", "field.until": "2027-09-30",
    "field.report_link": "https://kestrel.example.com/report", "field.seats": "40", "field.skills": ["billing", "correspondence"],
}  # fmt: skip


async def settled(world):
    world.product.engine.woken.set()
    await world.settles()


@pytest.fixture
async def asked(world):
    """The vendor manager has the link for Kestrel's contact; the contact's browser has no cookie."""
    await settled(world)
    manager = world.person("S017")
    async with world.store.read(world.now) as db:
        duty = next(d for d in await duties.standing(db) if d.key == "outsourcer_plan")
    world.clock.moment = duty.next_at + timedelta(minutes=1)
    await settled(world)
    await manager.sees("Due from you", "8 attestations")
    card = (await perform(world.product.desk, manager.id, i.AttestLink(duty=duty.id), Place("console"))).plain()
    assert "the bot never writes to anybody outside" in card and "Kestrel duty manager" in card
    return duty, next(word for word in card.split() if word.startswith("http"))


async def kestrel(world):
    async with world.store.read(world.now) as db:
        return (await vendors.every(db))["kestrel-atendimento"]


async def test_a_contact_attests_without_an_account(world, asked):
    duty, link = asked
    key = link.split("key=")[1]
    async with world.browser() as browser:
        page = await browser.get(link)
        assert "Kestrel Atendimento" in page.text and "You are back in how many minutes" in page.text
        bad = GOOD | {
            "field.tested": "last year",
            "field.report_link": "javascript:alert(1)",
            "field.until": "2020-01-01",
        }
        wrong = words_of((await browser.post("/attest/submit", data=bad | {"key": key})).text)
        assert "year-month-day" in wrong and "A link starts with https://" in wrong and "has passed" in wrong
        done = words_of((await browser.post("/attest/submit", data=GOOD | {"key": key})).text)
        assert "Thank you: it is recorded" in done and "The score" not in done
    found = await kestrel(world)
    assert (found.rto_min, found.seats, found.skills, found.attested_by) == (
        240,
        40,
        ("billing", "correspondence"),
        "Rui Prata",
    )
    async with world.store.read(world.now) as db:
        assert (await duties.find(db, duty.id)).state == "waiting"
        assert (await duties.history(db, duty.id))[0].outcome == "attested"
    assert "back in 240 min" in await world.person("S017").types("/disaster readiness vendors")
    async with world.browser() as browser:
        await browser.get(world.product.desk.link("S017", "readiness"))
        listed = (await browser.get("/readiness/vendors.csv")).text
        assert "Kestrel Atendimento,outsourcer" in listed and "2026-09-30" in listed
        assert "40 seats" in words_of((await browser.get("/readiness")).text)


async def test_an_expired_or_wrong_link_says_so_and_leads_to_a_new_one(world, asked):
    _, link = asked
    await world.sleeps(minutes=15 * 24 * 60)
    async with world.browser() as browser:
        old = await browser.get(link)
        assert old.status_code == 410 and "This link has expired" in old.text
        for _ in range(2):  # pressed twice: told once
            again = await browser.post("/attest/again", data={"key": link.split("key=")[1]})
            assert "has been told" in again.text
        for bad in ("x", link.split("key=")[1][:-3], "%00"):
            assert "does not work" in (await browser.get(f"/attest?key={bad}")).text
    await settled(world)
    manager = world.person("S017")
    told = [s for s in await manager.everything() if "Kestrel Atendimento asks for a new link" in s]
    assert len(told) == 1
    assert "http" in await manager.presses("Link for their contact…", on="Kestrel Atendimento asks for a new link")


async def test_the_vendor_manager_keeps_the_register(world, asked):
    manager = world.person("S017")
    await manager.types("/disaster readiness vendors")
    await manager.presses("Edit…", on="Vendors and outsourcers")
    await manager.fills("Send", services="contact routing", contract="C-17", invocation="We invoke clause 9.")
    async with world.store.read(world.now) as db:
        kept = [v for v in (await vendors.every(db)).values() if v.contract == "C-17"]
    assert [v.invocation for v in kept] == ["We invoke clause 9."]
    await world.person("S011").types("/disaster readiness vendors")
    assert "This is for the vendor manager" in await world.person("S011").presses("Edit…", on="Vendors and outsourcers")


async def test_a_plan_counts_on_what_was_attested_and_says_who_did_and_when(world, called):
    """Everybody of Leeds lives beside Kestrel, and nowhere else has a place for them."""
    world.product.engine.woken.set()
    await world.settles()
    async with world.store.read(world.now) as db:
        duty = next(d for d in await duties.standing(db) if d.key == "outsourcer_plan")
    said = {"name": "Rui Prata", "tested": "2026-10-01", "rto_min": 240, "until": "2026-11-30"}
    attest = i.Attest(duty=duty.id, **said, seats=3, skills=("billing", "correspondence", "unheard_of"))
    await perform(world.product.desk, "S003", attest, Place("console"))
    async with world.store.work(world.now) as work:
        at_leeds = t.people.c.site == "leeds"
        await work.run(sa.update(t.people).where(at_leeds).values(travel={"kestrel": 20}, home={}, mobility=True))
    card = await called.planner.types("/disaster plan")
    assert "Kestrel Atendimento: 3 seats attested by Rui Prata on 2 Nov 2026, for billing and correspondence" in card
    assert "Kestrel Atendimento | 3 | 0 |" in card
    async with world.store.read(world.now) as db:
        incident = await incidents.get(db, 1)
        plan = await planning.made(world.product.desk, db, incident)
    assert {(p.destination, p.queue) for p in plan.placements} <= {("kestrel", "billing"), ("kestrel", "email")}
    assert any("Kestrel Atendimento attested no " in one.reason for one in plan.unplaced)
    assert (await of_kestrel(world)) == (
        "3 seats attested by Rui Prata on 2 Nov 2026, for billing and correspondence",
        True,
    )
    world.clock.moment += timedelta(days=30)
    said, sure = await of_kestrel(world)
    assert "expired on 30 Nov 2026: confirm" in said and not sure


async def of_kestrel(world):
    """What a plan counts on at Kestrel: the real one and the one that is only asked about read the same."""
    desk = world.product.desk
    async with world.store.read(world.now) as db:
        real = await situation(desk.policy, db, await incidents.get(db, 1))
        known = [*(await vendors.every(db)).values()]
        where = {"sites": ["leeds"], "queues": [], "category": "facility_loss"}
        asked = whatif.situation(await roster.read(db), desk.policy, known, **where, at=world.now)
    (here,), (if_,) = ([d for d in one.destinations if d.id == "kestrel"] for one in (real, asked))
    assert (here.seats, here.skills, here.attested, here.sure) == (if_.seats, if_.skills, if_.attested, if_.sure)
    assert here.seats == 3 and set(here.skills) == {"billing", "correspondence"}
    return here.attested, here.sure
