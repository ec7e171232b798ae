"""10,000 answers within a minute while 10,000 messages go out and every sweep runs: none lost, each quick, SITREPs on time."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import sqlalchemy as sa

from bot.clock import SystemClock
from bot.domain import intent as i
from bot.domain.notice import Answer
from bot.domain.pace import Pace
from bot.operations.perform import perform, typed
from bot.operations.scene import Place
from bot.storage import tables as t
from bot.storage.database import Store
from tests.bench.databases import PLATFORM, SEED
from tests.bench.incident import COMMANDER, memory, steps_of
from tests.bench.scene import Scene, opened

SECONDS = 55.0  # in which all of them answer
_SITREPS = (10.0, 30.0)  # seconds after the first answer at which one is due
_HERE = Place(PLATFORM)
Figures = Mapping[str, float]


async def measured(store: Store) -> Figures:
    """Return what became of the answers, how long each took, how late SITREPs were, and what the send did meanwhile."""
    async with store.read(SystemClock().now()) as db:
        sites = await db.column(sa.select(t.sites.c.id).where(t.sites.c.kind == "site"))
        rate = int(await db.value(sa.select(sa.func.count()).where(t.people.c.kind == "agent"))) / SECONDS
    async with opened(store, Pace(floor=rate, start=rate, cap=rate)) as scene:
        asked = await _asked(scene, sites)
        people = len(asked[1])
        before = memory()
        engine = asyncio.create_task(scene.engine.run())
        storm, lateness = _Storm(scene, *asked), asyncio.create_task(_sitreps(scene))
        begun = time.perf_counter()
        await storm.run()
        seconds = time.perf_counter() - begun
        late = await lateness
        while scene.console.accepted < people:
            await asyncio.sleep(0.1)
        sent_in = time.perf_counter() - begun
        engine.cancel()
        await asyncio.gather(engine, return_exceptions=True)
        lost = people - await _answered(scene, asked[0])
        grown = memory() - before
    took = sorted(storm.took)
    at = {f"p{share}_ms": took[int(len(took) * share / 100) - 1] * 1000 for share in (50, 99)}
    found = {"answers": people, "seconds": seconds, "lost": lost, "sent_seconds": sent_in, "sitrep_late_s": max(late)}
    return found | at | {"memory_mib": grown}


async def _asked(scene: Scene, sites: Sequence[str]) -> tuple[int, list[str]]:
    """Declare at every site and call the roll; return the notice and who is asked. Nothing of it is sent yet."""
    await typed(scene.desk, COMMANDER, f'/disaster declare facility_loss {" ".join(sites)} sev1 "flood"', _HERE)
    await scene.settle()
    steps = await steps_of(scene)
    await perform(scene.desk, COMMANDER, i.FinishStep(step=steps["LS1"], evidence="all out"), _HERE)
    await scene.settle()
    scene.console.accepted = 0
    await perform(scene.desk, COMMANDER, i.SendStep(step=steps["LS3"]), _HERE)
    async with scene.desk.read() as db:
        notice = int(await db.value(sa.select(t.notices.c.id).where(t.notices.c.ask == "safety")))
        people = await db.column(sa.select(t.recipients.c.person_id).where(t.recipients.c.notice_id == notice))
    Random(SEED).shuffle(people)
    return notice, people


async def _answered(scene: Scene, notice: int) -> int:
    c = t.recipients.c
    async with scene.desk.read() as db:
        return int(await db.value(sa.select(sa.func.count()).where(c.notice_id == notice, c.state == "answered")))


async def _sitreps(scene: Scene) -> list[float]:
    """Have SITREPs fall due meanwhile; return by how many seconds each came late to its last reader."""
    late, begun = [], scene.desk.clock.now()
    for after in _SITREPS:
        due = begun + timedelta(seconds=after)
        async with scene.desk.work() as work:
            await work.run(sa.update(t.incidents).values(sitrep_due_at=due, sitrep_state="auto"))
        late.append(await _came(scene, due) - due.timestamp())
    return late


async def _came(scene: Scene, due: datetime) -> float:
    """Wait until a SITREP that was due has reached everybody; return when."""
    n, d = t.notices.c, t.deliveries.c
    of = sa.select(n.id).where(n.audience == "leaders", n.card.is_not(None), n.sent_at >= due)
    query = sa.select(sa.func.count(), sa.func.count(d.sent_at), sa.func.max(d.sent_at)).where(d.notice_id.in_(of))
    while True:
        await asyncio.sleep(0.5)
        async with scene.desk.read() as db:
            wanted, sent, last = (await db.connection.execute(query)).one()
        if wanted and wanted == sent:
            return float(last.timestamp())


@dataclass
class _Storm:
    """Everybody answers at a moment of their own, whether the bot is busy or not."""

    scene: Scene
    notice: int
    people: Sequence[str]
    took: list[float] = field(default_factory=list)

    async def run(self) -> None:
        """Answer; how long it took is counted from the moment of the press."""
        begun, tasks = time.perf_counter(), []
        for n, person in enumerate(self.people):
            at = begun + n * SECONDS / len(self.people)
            if (wait := at - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            tasks.append(asyncio.create_task(self._say(person, at)))
        await asyncio.gather(*tasks)

    async def _say(self, person: str, at: float) -> None:
        card = await perform(self.scene.desk, person, i.Say(notice=self.notice, answer=Answer.SAFE), _HERE)
        self.took.append(time.perf_counter() - at)
        assert card.title.startswith("Thank you"), card.plain()


def judged(kind: str, at: Figures) -> list[tuple[str, str, bool]]:
    """Return each aim, what was measured, and whether it is met."""
    n, lost, p99, late = f"{at['answers']:,.0f}", at["lost"], at["p99_ms"], at["sitrep_late_s"]
    words = f"{lost:.0f} lost of {n} in {at['seconds']:.0f} s"
    return [
        (f"{kind}: answers within 60 s while as many are sent, none lost", words, lost == 0 and at["seconds"] <= 60),
        (f"{kind}: answers take < 250 ms", f"p50 {at['p50_ms']:.0f} ms, p99 {p99:.0f} ms", p99 < 250),
        (f"{kind}: SITREPs on time meanwhile", f"at most {late:.1f} s after their time", late <= 10),
    ]
