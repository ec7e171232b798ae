"""Sending letters: taken one by one in a transaction of their own, sent, written down."""

from collections.abc import Mapping

from bot.domain.card import Card
from bot.domain.delivery import Outcome, Outgoing
from bot.domain.letter import Letter, LetterState
from bot.engine.ports import Messenger
from bot.operations.desk import Desk
from bot.storage import letters

_BECOMES = {
    Outcome.SENT: LetterState.SENT, Outcome.GONE: LetterState.FAILED, Outcome.HELD: LetterState.QUEUED,
    Outcome.UNKNOWN: LetterState.SENT,  # they are few and repeat nothing vital: not doubled on a doubt
}  # fmt: skip


async def sweep(desk: Desk, messengers: Mapping[str, Messenger]) -> int:
    """Send the letters that wait; return how many went out."""
    async with desk.read() as db:
        found = [letter for letter in await letters.waiting(db) if letter.platform in messengers]
    return sum([await _send(desk, messengers[letter.platform], letter) for letter in found])


async def _send(desk: Desk, messenger: Messenger, letter: Letter) -> bool:
    async with desk.work() as work:
        if not await letters.take(work, letter):
            return False
    card = Card.model_validate(letter.card)
    # deliveries count up from one, letters down: a platform that remembers what it was sent can tell them apart
    (sent,) = await messenger.send([Outgoing(delivery_id=-letter.id, address=letter.address, card=card)])
    async with desk.work() as work:
        await letters.end(work, letter.id, _BECOMES[sent.outcome])
    return sent.outcome is Outcome.SENT
