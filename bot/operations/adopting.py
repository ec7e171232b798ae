"""An incident keeps the version of the runbook that it was declared with, until its commander adopts another."""

from datetime import timedelta

from bot.domain import intent as i
from bot.domain.adoption import Adoption, adopt
from bot.domain.card import Card
from bot.domain.delivery import Subject
from bot.domain.drill import narrowed
from bot.domain.incident import Incident
from bot.domain.journal import Verb
from bot.domain.refusal import Refused, Why
from bot.domain.runbook import Category, Runbook, StepPlan
from bot.domain.runbook_diff import Diff, compare
from bot.domain.step import Step, StepState
from bot.domain.wording import adoptions as wording
from bot.operations import outbox, picture, progress
from bot.operations.desk import Desk
from bot.operations.scene import Scene
from bot.operations.steps import row
from bot.storage import drills, incidents, steps, versions
from bot.storage.database import Db, Work

_BREATH = timedelta(minutes=5)  # what the new version would have wanted long ago is due in a while


async def declared_with(db: Db, category: Category, reference: str = "") -> Runbook:
    """Return the version of an incident, or of the newest one of a category; raises Refused."""
    found = await incidents.find(db, reference) if reference else await incidents.newest(db, category)
    if found is None:
        said = f"There is no incident {reference}." if reference else f"Nothing of {category} was ever declared."
        raise Refused(said, instead="Compare with another folder: disaster runbook diff … --with folder")
    if found.category != category:
        raise Refused(f"{found.reference} is of {found.category}.", instead=f"disaster runbook diff {found.category}")
    return await _version(db, found)


async def _version(db: Db, incident: Incident) -> Runbook:
    book = await versions.find(db, incident.runbook_digest)
    if book is None:
        raise Refused(f"{incident.reference} was declared before versions were kept.", instead="It goes on as it is.")
    return book


async def _in_force(desk: Desk, db: Db, incident: Incident) -> Runbook | None:
    """Return the runbook in force, of which a drill runs only what its kind practises."""
    book = desk.library.get(incident.category)
    drill = await drills.of_incident(db, incident.id) if incident.drill and book else None
    return narrowed(drill.kind, book, drill.audiences) if book and drill else book


async def review(scene: Scene, intent: i.ReviewRunbook) -> Card:  # noqa: ARG001
    """Show what the version in force would change."""
    incident = scene.incident
    new = await _in_force(scene.desk, scene.db, incident)
    if new is None or new.digest == incident.runbook_digest:
        return wording.newest(incident)
    return wording.review(incident, new, compare(await _version(scene.db, incident), new))


async def take_on(scene: Scene, intent: i.AdoptRunbook) -> Card:
    """Go over to the version that was looked at: steps, values and wording change, what is done stays."""
    desk, work, incident = scene.desk, scene.work, scene.incident
    new = await _in_force(desk, work, incident)
    if new is None or new.digest != intent.digest:
        raise Refused("The runbook has changed once more.", instead="Look again: /disaster runbook", why=Why.TAKEN)
    if new.digest == incident.runbook_digest:
        raise Refused(f"{incident.reference} runs version {new.version} already.", why=Why.TAKEN)
    old = await _version(work, incident)
    found = compare(old, new)
    await _rewrite(work, incident, new)
    fresh = await incidents.get(work, incident.id)
    await _take_over(scene, fresh, adopt(old, new, await steps.of(work, incident.id)), new)
    said = f"adopted version {new.version} of the runbook, after {old.version}: {found.summary()}"
    work.note(incident.id, scene.actor.id, Verb.DECISION, said, f"incident:{incident.id}")
    card = wording.adopted(new, scene.actor.name, found)
    await outbox.to_rooms(work, incident, Subject.CARD, card=card)
    ready = await progress.advance(desk, work, fresh)
    await progress.redraw(desk, work, fresh)
    return card.evolve(text=(*card.text, *progress.summary(ready)))


async def _rewrite(work: Work, incident: Incident, book: Runbook) -> None:
    values = {"runbook_title": book.title, "runbook_version": book.version, "runbook_values": dict(book.values)}
    await incidents.write(work, incident.id, **values, runbook_digest=book.digest)
    await versions.keep(work, book)


async def _take_over(scene: Scene, incident: Incident, adoption: Adoption, book: Runbook) -> None:
    """Write the steps as the new version has them."""
    work = scene.work
    rows = await picture.ground(work, incident)
    known = {step.id: step for step in rows.steps}
    for key, position in adoption.positions.items():
        await steps.write(work, key, position=position)
    for key, plan in adoption.changed.items():
        await _change(work, incident, known[key], plan, rows)
    for step in adoption.dropped:
        ending = {"ended_at": work.now, "ended_by": scene.actor.id, "evidence": f"not in version {book.version}"}
        await steps.move(work, step, StepState.NOT_APPLICABLE, **ending)
    late = work.now + _BREATH
    new = [(place, plan, progress.due_at(incident, plan, rows)) for place, plan in adoption.added]
    await steps.add(work, [row(incident, p.id, p, place, max(due, late) if due else None) for place, p, due in new])


async def _change(work: Work, incident: Incident, step: Step, plan: StepPlan, rows: picture.Ground) -> None:
    values: dict[str, object] = {"plan": plan.model_dump(mode="json")}
    if plan.due != step.plan.due:
        due = progress.due_at(incident, plan, rows)
        values |= {"due_at": max(due, work.now + _BREATH) if due else None, "reminded": 0}
    await steps.write(work, step.id, **values)


async def offer_all(desk: Desk) -> int:
    """Offer each open incident the version in force, once, where that is not the one it runs; return how many."""
    async with desk.read() as db:
        opened = await incidents.opened(db)
        found = [(incident, await _offer(desk, db, incident)) for incident in opened]
    count = 0
    for incident, (new, differs) in [(one, offered) for one, offered in found if offered is not None]:
        async with desk.work(alone=True) as work:
            if await versions.offer(work, incident.id, new.digest):
                await outbox.to_rooms(work, incident, Subject.CARD, card=wording.offer(incident, new, differs))
                count += 1
    return count


async def _offer(desk: Desk, db: Db, incident: Incident) -> tuple[Runbook, Diff] | None:
    new = await _in_force(desk, db, incident)
    if new is None or new.digest in (incident.runbook_digest, incident.runbook_offered):
        return None
    old = await versions.find(db, incident.runbook_digest)
    return (new, compare(old, new)) if old is not None else None
