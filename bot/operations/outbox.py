"""Putting messages into the outbox: into an incident's rooms, or to one person."""

from typing import Any

from bot.domain.card import Card
from bot.domain.delivery import THREADED, Priority, Subject
from bot.domain.incident import Incident
from bot.domain.step import Step
from bot.domain.wording.parts import exercised
from bot.operations import rerouting
from bot.operations.desk import Desk
from bot.storage import deliveries, rooms, routes
from bot.storage.database import Work


async def to_rooms(
    work: Work,
    incident: Incident,
    subject: Subject,
    *,
    card: Card | None = None,
    step: int | None = None,
    plan: int | None = None,
    pinned: bool = False,
) -> None:
    """Queue a message for every room of the incident; a room that is not open yet gets it when it is."""
    for room in await rooms.of(work, incident.id):
        await deliveries.add(
            work,
            incident.id,
            subject=subject,
            card=marked(card, incident).model_dump(mode="json") if card else None,
            step_id=step,
            plan_id=plan,
            room_id=room["id"],
            platform=room["platform"],
            address=room["address"],
            pinned=pinned,
            drill=incident.drill,
            priority=Priority.ROOM,
        )


async def under_step(work: Work, incident: Incident, step: Step, said: str) -> None:
    """Say what happened to a step in the thread under its card, where rooms have threads; the room stays readable."""
    if step.plan.restricted:
        return
    card = marked(Card(title="", text=(said,)), incident).model_dump(mode="json")
    for shown in await deliveries.step_cards(work, incident.id, step.id, THREADED):
        where = {name: shown[name] for name in ("platform", "address", "room_id")}
        more = {"subject": Subject.CARD, "card": card, "under": shown["id"], "drill": incident.drill}
        await deliveries.add(work, incident.id, priority=Priority.ROOM, **more, **where)


async def to_person(
    desk: Desk, work: Work, incident: Incident, person: str, card: Card, priority: Priority = Priority.COMMAND
) -> bool:
    """Queue a card for one person; False when they have no address, or a drill may not reach them."""
    said = {"subject": Subject.CARD, "card": marked(card, incident).model_dump(mode="json"), "priority": priority}
    return await _direct(desk, work, incident, person, said)


async def help_to(desk: Desk, work: Work, incident: Incident, person: str, card: Card, about: str) -> bool:
    """Call one person to somebody's help; once that is over, the card says so wherever it is shown."""
    said = {"subject": Subject.CARD, "card": marked(card, incident).model_dump(mode="json"), "about": about}
    return await _direct(desk, work, incident, person, {**said, "priority": Priority.LIFE_SAFETY})


async def reaches(desk: Desk, work: Work, incident: Incident, person: str) -> bool:
    """Whether a card could be queued for somebody."""
    return await routes.first(work, person, await rerouting.ways(desk, work), drill=incident.drill) is not None


async def step_to(desk: Desk, work: Work, incident: Incident, step: int, person: str) -> None:
    """Give one person a step's card, which is then kept up to date, unless they have it."""
    if not await deliveries.shown_to(work, incident.id, person, Subject.STEP, step):
        said = {"subject": Subject.STEP, "step_id": step, "priority": Priority.COMMAND}
        await _direct(desk, work, incident, person, said)


async def call_list_to(desk: Desk, work: Work, incident: Incident, lead: str) -> None:
    """Give a lead their call list, or bring the one they have up to date."""
    if await deliveries.shown_to(work, incident.id, lead, Subject.CALL_LIST):
        await deliveries.refresh(work, incident.id, Subject.CALL_LIST, person_id=lead)
        return
    await _direct(desk, work, incident, lead, {"subject": Subject.CALL_LIST, "priority": Priority.COMMAND})


async def _direct(desk: Desk, work: Work, incident: Incident, person: str, said: dict[str, Any]) -> bool:
    found = await routes.first(work, person, await rerouting.ways(desk, work), drill=incident.drill)
    if found is None:
        return False
    await deliveries.add(work, incident.id, **said, **found, person_id=person, drill=incident.drill)
    return True


def marked(card: Card, incident: Incident) -> Card:
    """Return the card with the drill's banner, where it is one."""
    return exercised(card) if incident.drill else card
