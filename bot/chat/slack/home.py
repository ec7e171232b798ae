"""The app's home page: what do I do now? For an agent their place, for a lead their calls, for the others the state."""

import structlog

from bot.chat.slack import blocks as b
from bot.chat.slack.answering import PLATFORM, Answering, Asker
from bot.chat.slack.blocks import Block
from bot.chat.slack.render import view_blocks
from bot.chat.slack.troubles import Trouble
from bot.operations import home
from bot.storage import heard

_log = structlog.get_logger()
_EACH = 30


async def draw(answers: Answering, asker: Asker) -> None:
    """Draw somebody's home page as things stand."""
    kept: dict[str, str] = {}
    blocks: list[Block] = []
    for card in await home.cards(answers.desk, asker.person, PLATFORM):
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
