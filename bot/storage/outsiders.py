"""Whoever goes outside while a drill runs (an agent who is now a vendor's contact) hears nothing more of it."""

from collections import Counter

import sqlalchemy as sa

from bot.domain.delivery import DeliveryState
from bot.domain.letter import LetterState
from bot.domain.notice import NoticeState, RecipientState
from bot.storage import letters
from bot.storage import tables as t
from bot.storage.database import Work
from bot.storage.deliveries import DELIVERY, count, delivery_of
from bot.storage.routes import outside

_OWING = (RecipientState.WAITING, RecipientState.UNREACHABLE)


async def part(work: Work) -> None:
    """Take back all that drills still have for people who are outside by now."""
    await withdraw(work)
    await _ask_no_more(work)


async def withdraw(work: Work) -> None:
    """Take back what drills, and letters, have queued for people who are outside by now.

    What was being sent when they went may come back into the queue: it is looked for again and again.
    """
    c, i = t.deliveries.c, t.incidents.c
    waits = sa.select(c.incident_id).where(t.QUEUED).distinct()  # read off the index, however many wait
    practised = await work.column(sa.select(i.id).where(i.drill, i.id.in_(waits)))
    if practised:
        queued = sa.and_(t.QUEUED, c.drill, c.incident_id.in_(practised), outside(c.person_id))
        gone = {"state": DeliveryState.FAILED, "error": "withdrawn: a drill is for nobody outside"}
        taken = sa.update(t.deliveries).where(queued).values(**gone)
        count(work, [delivery_of(r) for r in await work.rows(taken.returning(*DELIVERY))], "queued", "failed")
    theirs = sa.and_(letters.goes_out(work.now), outside(t.letters.c.person_id))
    await work.run(sa.update(t.letters).where(theirs).values(state=LetterState.FAILED))


async def _ask_no_more(work: Work) -> None:
    """Free them of what drills asked them: nobody calls them about it, or waits for them."""
    r, n = t.recipients, t.notices.c
    live = sa.select(n.id).where(n.drill, n.state == NoticeState.LIVE)
    where = sa.and_(r.c.notice_id.in_(live), r.c.state.in_(_OWING), outside(r.c.person_id))
    query = sa.select(r.c.incident_id, r.c.notice_id, r.c.state).where(where).order_by(r.c.id).with_for_update()
    for (incident, notice, state), owing in Counter(tuple(row.values()) for row in await work.rows(query)).items():
        work.shift(incident, "recipient", str(notice), old=state, new=RecipientState.TOLD, n=owing)
    await work.run(sa.update(r).where(where).values(state=RecipientState.TOLD, next_at=None))
