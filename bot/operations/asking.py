"""Asking between disasters: whoever's day has come is asked, reminded, and then their lead is told; each once."""

from collections import defaultdict

from bot.domain.agenda import Entry
from bot.domain.duty import Act, Duty, Outcome, Turn, turn
from bot.domain.journal import Verb
from bot.domain.readiness import Register
from bot.domain.wording import duties as wording
from bot.operations.agenda import entries, lay_out, named, register
from bot.operations.desk import Desk
from bot.operations.keepers import Keepers, keepers
from bot.storage import duties, letters, people
from bot.storage.database import Work
from bot.storage.runbooks import Library

Mail = dict[tuple[str, Act, bool], list[tuple[Duty, Entry]]]


class Asker:
    """The sweep; it remembers for which files and which register the rows are in line, so that a beat costs little."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._laid: tuple[Library | None, Register | None] = (None, None)

    async def sweep(self) -> int:
        """Ask for all whose moment has come; return how many that were."""
        async with self._desk.read() as db:
            now, waiting = (self._desk.library, await register(self._desk, db)), await duties.due(db)
        if now[0] is not self._laid[0] or now[1] != self._laid[1]:
            await lay_out(self._desk)
            self._laid = now
            return await self.sweep()
        return await _ask(self._desk) if waiting else 0


async def _ask(desk: Desk) -> int:
    async with desk.work(alone=True) as work:
        some = named(await entries(desk, work), await duties.due(work))
        who = await keepers(desk, work, [d.owner_id for d, _ in some if d.owner_id], {d.role for d, _ in some})
        mail: Mail = defaultdict(list)
        count = sum([await _take(desk, work, duty, entry, who, mail) for duty, entry in some])
        await _post(desk, work, mail)
    return count


async def _take(desk: Desk, work: Work, duty: Duty, entry: Entry, who: Keepers, mail: Mail) -> bool:
    """Bring one duty a rung further; False when another machine did."""
    tz = entry.subject.tz or desk.policy.tz
    now = turn(duty, entry.every, tz, desk.policy.readiness, work.now)
    asked, gap = who.whom(duty)
    values = {"state": now.state, "due_on": now.due_on, "next_at": now.next_at, "asked_id": asked, "gap": gap}
    if not await duties.put(work, duty, **values):
        return False
    await _missed(work, duty, now)
    fresh = duty.evolve(**values)
    to = who.lead_of(asked) if now.act is Act.ESCALATE else asked
    if to is not None:
        mail[to, now.act, gap].append((fresh, entry))
    work.note(None, "bot", Verb.CHASE, f"{now.act}: {entry.label}", f"duty:{duty.id}")
    return True


async def _missed(work: Work, duty: Duty, now: Turn) -> None:
    if now.missed is not None:
        await duties.record(work, duty.id, outcome=Outcome.MISSED, evidence_on=now.missed, by="bot")


async def _post(desk: Desk, work: Work, mail: Mail) -> None:
    """Write one letter to each for all that is asked of them at this moment."""
    names = await people.named(work, {d.asked_id for some in mail.values() for d, _ in some if d.asked_id})
    for (person, act, gap), some in mail.items():
        if act is Act.ESCALATE:
            card = wording.escalated(some, [names.get(d.asked_id or "", "nobody") for d, _ in some])
        else:
            card = wording.asked(act, some, gap=gap)
        await letters.write(work, person, desk.chats, card)
