"""What somebody sees first on a chat: what they do now, whom they call, how it goes, what they can begin."""

from bot.domain import intent as i
from bot.domain.card import Card, Style
from bot.domain.person import Person, PersonKind
from bot.domain.wording.parts import button
from bot.operations.desk import Desk
from bot.operations.perform import perform
from bot.operations.scene import Place
from bot.storage import incidents, people


async def cards(desk: Desk, person: str, platform: str) -> list[Card]:
    """Return an agent's place, a team lead's calls, the state for staff, and the ways on from here."""
    async with desk.read() as db:
        known = await people.find(db, person)
        leads = bool(await people.teams_led_by(db, person)) if known else False
        burning = bool(await incidents.opened(db))
    wanted: list[i.Intent] = [i.Where()]
    if leads and burning:
        wanted.append(i.CallList())
    if known is not None and known.kind is PersonKind.STAFF:
        wanted.append(i.Status())
    found = [await perform(desk, person, intent, Place(platform)) for intent in wanted]
    return [*found, _doing(desk, known)] if known is not None else found


def _doing(desk: Desk, person: Person) -> Card:
    """What somebody can do from here; the way to a declaration for those who may."""
    may = set(person.roles) & set(desk.policy.may_declare)
    declare = (button("Declare a disaster…", i.Declare(), Style.DANGER),) if may else ()
    staff = person.kind is PersonKind.STAFF
    board = (button("Board", i.Board()), button("Status", i.Status())) if staff else ()
    return Card(title="From here", buttons=(*declare, *board, button("Help", i.Help())))
