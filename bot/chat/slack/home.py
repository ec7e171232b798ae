"""The app's home page: what do I do now? For an agent their place, for a lead their calls, for the others the state."""

import structlog

from bot.chat.slack import blocks as b
from bot.chat.slack.answering import PLATFORM, Answering, Asker
from bot.chat.slack.blocks import Block
from bot.chat.slack.render import view_blocks
from bot.chat.slack.troubles import Trouble
from bot.domain import intent as i
from bot.domain.card import Card, Style
from bot.domain.person import Person, PersonKind
from bot.domain.wording.parts import button
from bot.operations.perform import perform
from bot.operations.scene import Place
from bot.storage import heard, incidents, people

_log = structlog.get_logger()
_EACH = 30


async def draw(answers: Answering, asker: Asker) -> None:
    """Draw somebody's home page as things stand."""
    kept: dict[str, str] = {}
    blocks: list[Block] = []
    for card in await _cards(answers, asker):
        blocks += [{"type": "divider"}] if blocks else []
        blocks += view_blocks(card, asker.reader, kept, _EACH)
    if kept:
        async with answers.desk.store.work(answers.desk.clock.now()) as work:
            await heard.keep(work, kept)
    view = {"type": "home", "blocks": blocks[: b.VIEW_BLOCKS]}
    try:
        await answers.line.call("views.publish", user_id=asker.user, view=view)
    except Trouble as trouble:
        _log.warning("home page was not drawn", trouble=trouble.word)


async def _cards(answers: Answering, asker: Asker) -> list[Card]:
    async with answers.desk.read() as db:
        person = await people.find(db, asker.person)
        leads = bool(await people.teams_led_by(db, asker.person)) if person else False
        burning = bool(await incidents.opened(db))
    wanted: list[i.Intent] = [i.Where()]
    if leads and burning:
        wanted.append(i.CallList())
    if person is not None and person.kind is PersonKind.STAFF:
        wanted.append(i.Status())
    cards = [await perform(answers.desk, asker.person, intent, Place(PLATFORM)) for intent in wanted]
    return [*cards, _doing(answers, person)] if person is not None else cards


def _doing(answers: Answering, person: Person) -> Card:
    """What somebody can do from here; the way to a declaration for those who may."""
    may = set(person.roles) & set(answers.desk.policy.may_declare)
    declare = (button("Declare a disaster…", i.Declare(), Style.DANGER),) if may else ()
    staff = person.kind is PersonKind.STAFF
    board = (button("Board", i.Board()), button("Status", i.Status())) if staff else ()
    return Card(title="From here", buttons=(*declare, *board, button("Help", i.Help())))
