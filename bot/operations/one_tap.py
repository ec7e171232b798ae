"""What somebody sees and does through a link that was sent to them: their own message, and nothing of anybody else."""

from dataclasses import dataclass

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.delivery import Delivery, Subject
from bot.domain.one_tap import for_link
from bot.domain.person import Person
from bot.operations import compose
from bot.operations.desk import Desk
from bot.operations.perform import perform, pressed
from bot.operations.scene import Place
from bot.storage import deliveries, moves, people
from bot.storage.database import Db


@dataclass(frozen=True)
class View:
    """What a link shows: to whom, and their cards, the newest first."""

    person: Person
    cards: tuple[Card, ...]


async def view(desk: Desk, delivery: int) -> View | None:
    """Return what a message's link shows now; None when it shows nothing any more. Nothing is changed by looking."""
    async with desk.read() as db:
        found = await _whose(db, delivery)
        goes = found is not None and await _goes(db, found[0], found[1])
    if found is None:
        return None
    message, person = found
    card = await compose.shown(desk, person.id, message.id)
    where = [await perform(desk, person.id, i.Where(), Place(message.platform))] if goes else []
    return _seen(desk, person, [*where, *([card] if card else [])])


async def press(desk: Desk, delivery: int, intent: str) -> View | None:
    """Do what a button of the page says, like a press in any chat; return what the page shows then."""
    async with desk.read() as db:
        found = await _whose(db, delivery)
    if found is None:
        return None
    message, person = found
    said = await pressed(desk, person.id, intent, Place(message.platform))
    card = await compose.shown(desk, person.id, message.id) if message.subject == Subject.NOTICE else None
    return _seen(desk, person, [said, *([card] if card else [])])


async def _whose(db: Db, delivery: int) -> tuple[Delivery, Person] | None:
    """Return a message and whom it was sent to; only what was said to one person has a link, and no step or list."""
    row = await deliveries.find(db, delivery)
    if row is None or row.person_id is None or row.subject not in (Subject.NOTICE, Subject.CARD):
        return None
    person = await people.find(db, row.person_id)
    return (await deliveries.newest_copy(db, row), person) if person is not None else None


async def _goes(db: Db, message: Delivery, person: Person) -> bool:
    """Whether they are on their way in this incident: then that comes first."""
    move = await moves.standing_of(db, person.id)
    return move is not None and move.incident_id == message.incident_id and move.destination_id is not None


def _seen(desk: Desk, person: Person, cards: list[Card]) -> View:
    tz, now = person.tz or desk.policy.tz, desk.clock.now()
    return View(person, tuple(for_link(card.read_in(tz, now)) for card in cards))
