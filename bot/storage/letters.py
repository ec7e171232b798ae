"""Queries of letters to people."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.domain.card import Card
from bot.domain.letter import LEASE, Letter, LetterState
from bot.storage import routes
from bot.storage import tables as t
from bot.storage.database import Db, Work
from bot.storage.routes import outside

_LETTER = [t.letters.c[name] for name in Letter.model_fields]


async def write(work: Work, person: str, platforms: Collection[str], card: Card) -> bool:
    """Queue a letter; False when its reader has no address."""
    found = await routes.first(work, person, tuple(platforms), drill=True)  # nobody outside is ever written a letter
    if found is None:
        return False
    row = {"platform": found["platform"], "address": found["address"], "card": card.model_dump(mode="json")}
    await work.add(t.letters, person_id=person, state=LetterState.QUEUED, queued_at=work.now, **row)
    return True


async def write_to_all(work: Work, people: Sequence[str], platforms: Sequence[str], card: Card) -> int:
    """Queue the same letter for many, in two statements; return to how many it goes."""
    found = await routes.first_of(work, people, platforms)
    said = {"state": LetterState.QUEUED, "queued_at": work.now, "card": card.model_dump(mode="json")}
    await work.add_all(t.letters, [said | {"person_id": key} | found[key] for key in people if key in found])
    return len(found)


def goes_out(now: datetime) -> sa.ColumnElement[bool]:
    """Which letters are to go out: queued, or taken and left by somebody who is gone."""
    c = t.letters.c
    return sa.or_(c.state == LetterState.QUEUED, sa.and_(c.state == LetterState.SENDING, c.tried_at < now - LEASE))


async def waiting(db: Db) -> list[Letter]:
    """Return the letters that are to go out."""
    query = sa.select(*_LETTER).where(goes_out(db.now)).order_by(t.letters.c.id).limit(50)
    return [Letter.model_validate(row) for row in await db.rows(query)]


async def take(work: Work, letter: Letter) -> bool:
    """Take a letter to send it; False when somebody else took it first, or its reader is outside by now."""
    c = t.letters.c
    same = c.tried_at.is_(None) if letter.tried_at is None else c.tried_at == letter.tried_at
    where = sa.and_(c.id == letter.id, c.state == letter.state, same, ~outside(c.person_id))
    values = {"state": LetterState.SENDING, "tried_at": work.now}
    return await work.run(sa.update(t.letters).where(where).values(**values)) == 1


async def end(work: Work, letter: int, state: LetterState) -> None:
    """Write down what became of a letter that was taken."""
    c = t.letters.c
    where = sa.and_(c.id == letter, c.state == LetterState.SENDING)
    await work.run(sa.update(t.letters).where(where).values(state=state))
