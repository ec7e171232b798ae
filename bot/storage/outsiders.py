"""Whoever goes outside while a drill runs (an agent who is now a vendor's contact) hears nothing more of it."""

import sqlalchemy as sa

from bot.domain.delivery import DeliveryState
from bot.domain.letter import LetterState
from bot.storage import tables as t
from bot.storage.database import Work
from bot.storage.deliveries import DELIVERY, count, delivery_of


async def withdraw(work: Work) -> None:
    """Take back what drills, and letters, still have queued for people who are outside by now."""
    c, p = t.deliveries.c, t.people.c
    outside = sa.exists().where(p.id == c.person_id, p.kind == "outside")
    queued = sa.and_(c.state == DeliveryState.QUEUED, c.drill, outside)
    gone = {"state": DeliveryState.FAILED, "error": "withdrawn: a drill is for nobody outside"}
    taken = sa.update(t.deliveries).where(queued).values(**gone)
    count(work, [delivery_of(r) for r in await work.rows(taken.returning(*DELIVERY))], "queued", "failed")
    letter = t.letters.c
    theirs = sa.exists().where(p.id == letter.person_id, p.kind == "outside")
    waits = sa.update(t.letters).where(letter.state == LetterState.QUEUED, theirs)
    await work.run(waits.values(state=LetterState.FAILED))
