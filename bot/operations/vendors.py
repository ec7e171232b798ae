"""Vendors and outsourcers: the register, the link with which they attest their own plan, what they attested."""

from datetime import date

from bot.domain import intent as i
from bot.domain.agenda import Entry
from bot.domain.card import Card
from bot.domain.duty import Duty, Outcome
from bot.domain.readiness import Kind, Scope
from bot.domain.refusal import Refused
from bot.domain.vendor import Vendor
from bot.domain.wording import vendors as wording
from bot.domain.wording.parts import done
from bot.operations import duties, readiness
from bot.operations.agenda import today
from bot.operations.desk import Desk
from bot.operations.scene import Scene
from bot.storage import duties as duty_rows
from bot.storage import letters, people, places
from bot.storage import vendors as rows
from bot.storage.database import Db

_LINKS = ("report_link", "plan_link")


async def show(scene: Scene, intent: i.Vendors) -> Card:  # noqa: ARG001
    """Show the register."""
    return wording.register([*(await rows.every(scene.db)).values()], today(scene.desk, scene.db.now))


async def link(scene: Scene, intent: i.AttestLink) -> Card:  # noqa: ARG001
    """Make the link that a vendor's contact opens; the bot itself never writes to anybody outside."""
    duty, _, vendor = await _meant(scene)
    contact = vendor.contact
    if contact is None:
        raise Refused(f"{vendor.name} has no contact.", instead="Add one to stakeholders.csv.")
    address = scene.desk.link(f"{duty.id}:{contact.id}", "attest")
    return wording.link(vendor, contact, address, scene.desk.policy.readiness.link_days)


async def attest(scene: Scene, intent: i.Attest) -> Card:
    """Record what a vendor's contact attests, or the vendor manager in their name."""
    duty, entry, vendor = await _meant(scene)
    if intent.name is None or intent.tested is None or intent.rto_min is None:
        return wording.attestation_form(duty, entry, vendor, intent, await _skills(scene.db, vendor))
    on = today(scene.desk, scene.work.now)
    tested, until = _checked(intent, on)
    said = {
        "text": intent.text or f"Tested, back in {intent.rto_min} min, says {intent.name}",
        "link": intent.report_link or intent.plan_link or "", "evidence_on": tested, "expires_on": until,
    }  # fmt: skip
    await rows.put(
        scene.work, vendor.id, rto_min=intent.rto_min, tested_on=tested, expires_on=until, seats=intent.seats,
        plan_link=intent.plan_link or "", report_link=intent.report_link or "", attested_by=intent.name,
        skills=[skill for skill in await _skills(scene.db, vendor) if skill in intent.skills],
        attested_at=scene.work.now,
    )  # fmt: skip
    card = await duties.record(scene, duty, entry, Outcome.ATTESTED, said)
    fresh = await duty_rows.find(scene.db, duty.id)
    return wording.thanks(entry, vendor, fresh.due_on) if scene.actor.outside and fresh else card


async def _skills(db: Db, vendor: Vendor) -> list[str]:
    """Return the skills that an outsourcer may be able to give: those that queues ask for."""
    queues = (await places.queues(db)).values() if vendor.scope is Scope.OUTSOURCER else ()
    return sorted({queue.skill for queue in queues if queue.skill})


def _checked(intent: i.Attest, on: date) -> tuple[date, date | None]:
    """Return the two days that were typed; raises Refused with each fault beside its field."""
    tested, until = _day(intent.tested, on), _day(intent.until, on)
    faults = {name: text for name, text in (("tested", tested), ("until", until)) if isinstance(text, str)}
    if isinstance(tested, date) and tested > on:
        faults["tested"] = "That day is yet to come."
    if isinstance(until, date) and until < on:
        faults["until"] = "That day has passed: the evidence has expired."
    faults |= {name: "A link starts with https://" for name in _LINKS if _odd(getattr(intent, name))}
    if faults or isinstance(tested, str) or isinstance(until, str):
        raise Refused("Some of it needs another look.", fields=faults)
    return tested or on, until


def _day(typed: str | None, on: date) -> date | str | None:
    """Return the day that was typed, or what is wrong with it."""
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        return f"Write the day as year-month-day, such as {on.isoformat()}."


def _odd(address: str | None) -> bool:
    return bool(address) and not (address or "").startswith(("https://", "http://"))


async def edit(scene: Scene, intent: i.EditVendor) -> Card:
    """Change what the vendor manager keeps."""
    vendor = (await rows.every(scene.db)).get(intent.vendor)
    if vendor is None:
        raise Refused("That vendor is not in the register.", instead="/disaster readiness vendors lists them.")
    if intent.services is None and intent.contract is None and intent.invocation is None:
        return wording.edit_form(vendor)
    values = {name: getattr(intent, name) or "" for name in ("services", "contract", "invocation")}
    await rows.put(scene.work, vendor.id, **values)
    return done(f"{vendor.name} is up to date", "It stands in the register, and in the list for auditors.")


async def _meant(scene: Scene) -> tuple[Duty, Entry, Vendor]:
    duty, entry = await readiness.asked(scene)
    vendor = (await rows.every(scene.db)).get(duty.subject)
    if duty.kind is not Kind.ATTESTATION or vendor is None:
        raise Refused("Nobody attests that.", instead="/disaster readiness vendors shows the register.")
    return duty, entry, vendor


async def spoken_for(db: Db, duty: int, person: str) -> tuple[Duty, Vendor] | None:
    """Return what a link is about; None when it is asked no more, or the contact speaks for somebody else by now."""
    found = await duty_rows.find(db, duty)
    contact = await people.find(db, person)
    vendor = (await rows.every(db)).get(found.subject) if found else None
    here = vendor is not None and contact is not None and any(p.id == contact.id for p in vendor.contacts)
    return (found, vendor) if found is not None and vendor is not None and here else None


async def ask_again(desk: Desk, duty: int) -> bool:
    """Tell the vendor manager that a contact's link has expired; once a day at most, whoever presses."""
    async with desk.work(alone=True) as work:
        found = await duty_rows.find(work, duty)
        vendor = (await rows.every(work)).get(found.subject) if found else None
        if found is None or vendor is None or not await rows.asked_again(work, vendor.id):
            return False
        card = wording.asks_again(found, vendor)
        managers = await people.in_role(work, [found.role]) or await people.in_role(work, desk.policy.readiness.manager)
        return any([await letters.write(work, p.id, desk.chats, card) for p in managers[:1]])
