"""A year between disasters, on a clock moved by hand, with two machines that sweep at the same moment.

Everything comes back on its day: month ends, both changes of the clocks and a pause included. Some people answer at
once, some when they are reminded, some never; the journal must hold each asking, each reminder, each escalation once.
Each Monday the digest goes out, by one of the machines. Drills have a year of their own: test_year_of_drills.py.
"""

import asyncio
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.domain import intent as i
from bot.domain.readiness import Questionnaire
from bot.domain.runbook import Category
from bot.operations import digest
from bot.operations.asking import Asker
from bot.operations.perform import perform
from bot.operations.scene import Place
from bot.storage import duties
from bot.storage import tables as t
from tests.world import library

pytestmark = pytest.mark.asyncio
END = datetime(2027, 11, 5, 12, 0, tzinfo=UTC)
TASK = {"owner": "LOG", "categories": ["data_loss"]}
FORM = Questionnaire.model_validate(
    {
        "questions": [
            {"id": "X5", "question": "Is contact data current?", "why": "", "evidence": "", "every": "3 months", **TASK}
        ],
        "reviews": [{"id": "contacts", "title": "Contact list", "every": "6 months", **TASK}],
        "maintenance": [
            {"id": "restore", "title": "Restore a back-up", "every": "1 month", **TASK},
            {"id": "generator", "title": "Inspect the generator", "every": "2 weeks", "of": "recovery", **TASK},
        ],
        "attestations": [{"id": "plan", "title": "Own plan", "every": "12 months", "of": "outsourcer", **TASK}],
        "overlaps": [{"id": "hr", "area": "HR", "supports": "Pay", "owner": "LOG", "every": "12 months"}],
    }
)
FIRST = {
    "X5": date(2026, 11, 30), "contacts": date(2026, 12, 1), "restore": date(2026, 12, 31),
    "generator": date(2027, 6, 21), "plan": date(2027, 3, 29), "hr": date(2027, 2, 28),
    "facility_loss": date(2027, 5, 21),
}  # fmt: skip
MONTH_ENDS = [
    date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31),
    date(2027, 6, 30), date(2027, 7, 31), date(2027, 8, 31), date(2027, 9, 30), date(2027, 10, 31),
]  # fmt: skip


async def begin(world):
    """Lay the agenda out, each thing due on a day of our own."""
    desk, books = world.product.desk, library()
    runbooks = {Category.FACILITY_LOSS: books.runbooks[Category.FACILITY_LOSS]}
    desk.shelf.put(replace(books, readiness=FORM, runbooks=runbooks))
    machines = [Asker(desk), Asker(desk)]
    await both_sweep(world, machines)
    async with world.store.work(world.now) as work:
        for duty in await duties.standing(work):
            day = FIRST[duty.subject if duty.key == "runbook" else duty.key]
            at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
            await duties.put(work, duty, anchor_on=day, due_on=day, next_at=at - timedelta(hours=is_summer(day)))
    return machines


async def both_sweep(world, machines):
    """Let both machines do at the same moment what is due: ask, and where several may work send the week's digest."""
    await asyncio.gather(*(machine.sweep() for machine in machines))
    if world.store.dialect == "postgresql":
        desk = world.product.desk
        rules = desk.policy.digest.model_copy(
            update={"leaders": False, "roles": ("IC",)}
        )  # few: their letters take time
        few = replace(desk, policy=desk.policy.model_copy(update={"digest": rules}))
        await asyncio.gather(*(digest.sweep(few) for _ in machines))


def is_summer(day: date) -> int:
    """British summer time of 2027, by the law's own rule rather than by the product's calendar."""
    return int(date(2027, 3, 28) <= day < date(2027, 10, 31))


async def next_moment(world):
    async with world.store.read(world.now) as db:
        asked = await db.value(sa.select(sa.func.min(t.duties.c.next_at)))
        told = await db.value(sa.select(t.digests.c.due_at).where(t.digests.c.state == "waiting"))
    return min(at for at in (asked, told) if at is not None)


async def answer(world, act, key, duty):
    """What people do: the restore is reported at once, X5 when reminded, the attestation when the lead was told."""
    said = {
        ("ask", "restore"): i.EndDuty(duty=duty, outcome="done", text="42 minutes"),
        ("ask", "hr"): i.EndDuty(duty=duty, outcome="agreed", text="with the people director"),
        ("remind", "X5"): i.AnswerDuty(duty=duty, score=3, text="98 % valid"),
        ("escalate", "plan"): i.Attest(duty=duty, name="Rui", tested="2027-03-01", rto_min=240),
        ("ask", "runbook"): i.EndDuty(duty=duty, outcome="approved"),
    }.get((act, key))
    if said is not None:
        card = await perform(world.product.desk, "S003", said, Place("console"))
        assert card.tone == "good", card


async def chases(db, after=0):
    c, d = t.journal.c, t.duties.c
    subject = sa.literal("duty:") + sa.cast(d.id, sa.Text)
    query = sa.select(c.at, c.text, d.key, d.id).select_from(t.journal.join(t.duties, subject == c.subject))
    rows = await db.rows(query.where(c.verb == "chase").order_by(c.id).offset(after))
    return [(row["at"], row["text"].partition(":")[0], row["key"], row["id"]) for row in rows]


async def lives(world, machines):
    """Let a year go by: whenever something is due both machines sweep at once, and people do what they do."""
    told = []
    while (moment := await next_moment(world)) is not None and moment < END:
        pause = datetime(2027, 8, 2, tzinfo=UTC) <= moment < datetime(2027, 8, 23, 10, tzinfo=UTC)
        world.clock.moment = datetime(2027, 8, 23, 10, tzinfo=UTC) if pause else max(moment, world.now)
        await both_sweep(world, machines)
        async with world.store.read(world.now) as db:
            fresh = await chases(db, len(told))
        for _, act, key, duty in fresh:
            await answer(world, act, key, duty)
        told += fresh
    return told


async def test_a_year_of_asking_misses_nothing_and_asks_nothing_twice(world):
    told = await lives(world, await begin(world))
    assert len(told) == len(set(told)), "two machines, and nobody was asked twice"
    days = defaultdict(list)
    for at, act, key, _ in told:
        days[key, act].append(at)
    # The end of each month, at nine on the wall whichever time is kept there; done at once, so never chased.
    assert [at.date() for at in days["restore", "ask"]] == MONTH_ENDS
    assert [at.hour for at in days["restore", "ask"]] == [9 - is_summer(day) for day in MONTH_ENDS]
    assert not days["restore", "remind"]
    # Answered on the day of the reminder, three days later; due again three months after that, not after it was due.
    assert [str(at.date()) for at in days["X5", "ask"]] == ["2026-11-30", "2027-03-03", "2027-06-06", "2027-09-09"]
    assert [str(at.date()) for at in days["X5", "remind"]] == ["2026-12-03", "2027-03-06", "2027-06-09", "2027-09-12"]
    # Nobody ever looks at the contact list: asked, reminded after three days, the lead told after seven; then silence.
    assert [str(days["contacts", act][0].date()) for act in ("ask", "remind", "escalate")] == [
        "2026-12-01", "2026-12-04", "2026-12-08"
    ]  # fmt: skip
    assert [len(days["contacts", act]) for act in ("ask", "remind", "escalate")] == [1, 1, 1]
    # Attested in the end, and not asked again within the year; the same of the overlap and the runbook.
    assert [len(days["plan", act]) for act in ("ask", "remind", "escalate")] == [1, 1, 1]
    assert days["plan", "ask"][0] == datetime(2027, 3, 29, 8, tzinfo=UTC), "the day after the clocks went forward"
    assert len(days["hr", "ask"]) == 1 and len(days["runbook", "ask"]) == 1
    await the_generator(world, days)
    if world.store.dialect == "postgresql":
        await every_digest(world)
    await every_letter(world, told)


async def the_generator(world, days):
    """Every second Monday, never inspected: each day that passes is missed once; after a pause only the newest is asked."""
    every = [date(2027, 6, 21) + timedelta(weeks=2 * n) for n in range(10)]
    paused = [day for day in every if date(2027, 8, 2) <= day < date(2027, 8, 16)]
    asked = [at.date() for at in days["generator", "ask"]]
    assert date(2027, 8, 23) in asked, "at the end of the pause, for the sixteenth"
    assert asked == [date(2027, 8, 23) if d == date(2027, 8, 16) else d for d in every if d not in paused]
    async with world.store.read(world.now) as db:
        (duty,) = [d for d in await duties.standing(db) if d.key == "generator"]
        missed = [r.evidence_on for r in await duties.history(db, duty.id, 100) if r.outcome == "missed"]
    assert sorted(missed) == [d for d in every if d not in paused and d < max(asked)][: len(missed)]
    assert len(missed) == len(asked) - 1


async def every_digest(world):
    """Each Monday at eight on the wall, once, to the same readers; what fell into the pause once, when it was over."""
    mondays = [date(2026, 11, 9) + timedelta(weeks=n) for n in range(52)]
    paused = [date(2027, 8, day) for day in (9, 16, 23)]
    wanted = [datetime(d.year, d.month, d.day, 8 - is_summer(d), tzinfo=UTC) for d in mondays if d not in paused]
    async with world.store.read(world.now) as db:
        rows = await db.rows(sa.select(t.digests).where(t.digests.c.state == "sent").order_by(t.digests.c.due_at))
        cards = await db.rows(sa.select(t.letters.c.person_id, t.letters.c.queued_at, t.letters.c.card))
    assert [row["due_at"] for row in rows] == wanted
    late = {row["due_at"]: row["sent_at"] for row in rows if row["sent_at"] != row["due_at"]}
    assert late == {datetime(2027, 8, 2, 7, tzinfo=UTC): datetime(2027, 8, 23, 10, tzinfo=UTC)}
    got = [(c["person_id"], c["queued_at"]) for c in cards if c["card"]["title"].startswith("Readiness this week")]
    assert len(got) == len(set(got)) == sum(row["told"] for row in rows) >= 49 * 2, "nobody got one twice"


async def every_letter(world, told):
    """What the journal says was asked is what people got: one item for each, whatever letters they came in."""
    async with world.store.read(world.now) as db:
        cards = await db.column(sa.select(t.letters.c.card))
    assert sum(len(card["items"]) for card in cards) == len(told)
