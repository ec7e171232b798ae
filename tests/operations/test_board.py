"""The board's figures are what the rows say, and cost the same however many people there are."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from bot.domain import intent as i
from bot.domain.delivery import DeliveryState, Outcome, Sent, Subject
from bot.domain.move import HOLDS_SEAT, MoveState
from bot.domain.notice import Answer
from bot.domain.pace import LaneKey, Pace
from bot.domain.text import plural
from bot.operations import board, picture, sample
from bot.operations.perform import perform
from bot.operations.roster import import_roster, load
from bot.operations.scene import Place
from bot.storage import claims, deliveries, incidents, tallies
from bot.storage import tables as t
from bot.storage.database import connect, sqlite_url
from bot.storage.migration import migrate
from tests.world import START, World, product_settings

pytestmark = pytest.mark.one_database

DM = Place("console")
IC = "S001"


async def does(world: World, intent: i.Intent, person: str = IC) -> str:
    card = await perform(world.product.desk, person, intent, DM)
    assert card.title != "That did not work", card.plain()
    return card.plain()


async def rows(world: World, query: sa.Executable) -> Sequence:
    async with world.store.read(world.now) as db:
        return await db.rows(query)


async def shown(world: World) -> board.IncidentBoard:
    async with world.product.desk.read() as db:
        view = await board.one(world.product.desk, db, "inc-2026-0001")
    return view.incidents[0]


async def declared(world: World, drill: str = "") -> None:
    """A fire, and everybody at the site asked whether they are safe."""
    await world.person(IC).types(f'/disaster declare facility_loss leeds sev1 {drill} "fire on floor 2"')
    await world.settles()
    by_key = {r["key"]: r["id"] for r in await rows(world, sa.select(t.steps.c.key, t.steps.c.id))}
    await does(world, i.FinishStep(step=by_key["LS1"], evidence="everybody is out"))
    await does(world, i.SendStep(step=by_key["LS3"]))
    await world.settles()


async def lost(world: World) -> None:
    """What waits is claimed by a process that is killed."""
    terms = claims.Terms("killed", 500, timedelta(0), Pace(floor=900, start=900, cap=900), 0.1, world.clock)
    async with world.product.desk.work() as work:
        await claims.claim(work, LaneKey("console", ""), terms)
    async with world.product.desk.work() as work:
        await deliveries.expire(work, "another")


async def test_each_board_says_of_its_own_messages_alone_that_nobody_knows_whether_they_arrived(world: World) -> None:
    await declared(world)
    await does(world, i.Update(incident=1, text="the stairs are clear"))
    async with world.product.desk.work() as work:
        await deliveries.refresh(work, 1, Subject.NOTICE)
    await lost(world)
    await does(world, i.Declare(category="facility_loss", severity=3, sites=("york",), known="smoke", drill=True))
    async with world.product.desk.read() as db:
        practised, real = (await board.boards(world.product.desk, db)).incidents
    assert practised.drill
    assert not practised.troubles
    assert real.deliveries.unknown
    assert await rows(
        world, sa.select(t.deliveries.c.id).where(t.deliveries.c.state == "unknown", t.deliveries.c.edits > 0)
    )
    (said,) = real.troubles
    assert f"Nobody knows whether {plural(real.deliveries.unknown, 'message')} on Console arrived" in said


async def asked(world: World, ask: str) -> list[tuple[str, int]]:
    """Return who still owes an answer, and to which notice."""
    r, n = t.recipients.c, t.notices.c
    query = sa.select(r.person_id, r.notice_id).select_from(t.recipients.join(t.notices, n.id == r.notice_id))
    return [
        tuple(row.values()) for row in await rows(world, query.where(r.state == "waiting", n.ask == ask).order_by(r.id))
    ]


async def answer(world: World, ask: str, answers: dict[Answer, int]) -> None:
    """Let so many of those asked answer, one a second."""
    waiting = iter(await asked(world, ask))
    for said, n in answers.items():
        for _ in range(n):
            person, notice = next(waiting)
            world.clock.moment += timedelta(seconds=1)
            await does(world, i.Say(notice=notice, answer=said), person)


async def relocated(world: World) -> None:
    """A plan is made and approved; its first wave is told."""
    await does(world, i.PlanAgain(incident=1))
    await world.searched()
    await does(world, i.ApprovePlan(plan=(await rows(world, sa.select(t.plans.c.id)))[-1]["id"]))
    await world.settles()


async def reports(world: World, n: int, *states: MoveState) -> None:
    """Let so many movers report these states, one after the other."""
    query = sa.select(t.moves.c.id, t.moves.c.person_id).where(t.moves.c.state == "moving").order_by(t.moves.c.id)
    for row in (await rows(world, query))[:n]:
        for state in states:
            await does(world, i.SetMove(move=row["id"], state=state), row["person_id"])


async def test_the_figures_are_those_of_the_rows(world):
    await declared(world)
    await answer(world, "safety", {Answer.SAFE: 20, Answer.HELP: 2})
    await relocated(world)
    await answer(world, "move", {Answer.SAFE: 9, Answer.UNABLE: 1})
    await reports(world, 6, MoveState.ARRIVED, MoveState.LOGGED_IN)
    await reports(world, 2, MoveState.ARRIVED)
    await world.settles()
    seen = await shown(world)
    roll = await rows(world, sa.select(t.roll.c.state).where(t.roll.c.scope == "hit"))
    states = [r["state"] for r in roll]
    assert (seen.roll.expected, seen.roll.safe, seen.roll.help) == (
        len(roll),
        states.count("safe"),
        states.count("help"),
    )
    moved = [r["state"] for r in await rows(world, sa.select(t.moves.c.state))]
    assert (seen.relocation.arrived, seen.relocation.logged_in, seen.relocation.failed) == (2, 6, 1)
    assert seen.relocation.total == len(moved)
    assert sum(q.live for q in seen.queues) == 6 + len(await rows(world, _rest()))
    hit, p = {q.id for q in seen.hit}, t.people.c
    at_nine = p.shift.not_in(("mon-fri 07:00-15:00", "mon-fri 09:00-17:00"))  # it is Monday, nine o'clock
    off = await rows(world, sa.select(p.queue).where(p.id.in_(_rest()), at_nine))
    assert seen.off_shift == (sum(row["queue"] in hit for row in off), sum(q.live for q in seen.hit))
    assert f"{seen.off_shift.off} of the {seen.off_shift.live} people who count as live are off" in seen.off_shift.words
    first, where = seen.notices[0], next(n for n in seen.notices if n.subject == "Where you work now")
    assert (first.subject, first.targeted, first.delivered) == ("Are you safe?", len(roll), len(roll))
    assert where.answered == 10
    assert (seen.commander, seen.phase, seen.title) == (
        world.person(IC).name,
        "Life safety",
        "Loss of a building, Leeds",
    )


def _rest() -> sa.Executable:
    return sa.select(t.roll.c.person_id).where(t.roll.c.scope == "rest", t.roll.c.kind == "agent")


async def test_what_is_counted_equals_a_fresh_count(world):
    await declared(world)
    await answer(world, "safety", {Answer.SAFE: 12})
    await relocated(world)
    await answer(world, "move", {Answer.SAFE: 8, Answer.UNABLE: 2})
    await reports(world, 5, MoveState.LOGGED_IN)
    await relocated(world)
    await world.passes(minutes=6, step=3)
    async with world.store.read(world.now) as db:
        counts, times = await tallies.of(db, 1), await tallies.by_minute(db, 1)
        fresh, held = await by_destination(world), await tallies.seats_held(db)
        live = await db.rows(sa.select(t.moves.c.queue_id).where(t.moves.c.state.in_(("logged_in", "taking_contacts"))))
        given = await db.rows(sa.select(t.recipients.c.notice_id).where(t.recipients.c.answer.is_not(None)))
    counted = {d: {s: n for s, n in part.items() if s in HOLDS_SEAT} for d, part in counts["seat"].items()}
    assert {d: part for d, part in counted.items() if part} == fresh
    assert held[1] == {d: sum(part.values()) for d, part in fresh.items()}
    assert sum(n for part in times["seated"].values() for _, n in part) == len(live)
    assert sum(n for part in times["answered"].values() for _, n in part) == len(given)
    assert "answered" not in counts
    assert "seated" not in counts
    card = await perform(world.product.desk, IC, i.Moves(incident=1), DM)
    released = [
        int(row[-1]) for table in card.tables if "released: by this plan" in table.caption for row in table.rows
    ]
    m = t.moves.c
    gone = await rows(
        world, sa.select(m.plan_id).where(m.state.in_(("failed", "released")), m.destination_id.is_not(None))
    )
    newest = max(row["id"] for row in await rows(world, sa.select(t.plans.c.id)))
    assert sum(released) == sum(row["plan_id"] == newest for row in gone) < len(gone), "older plans' are not its own"


async def by_destination(world: World) -> dict[str, dict[str, int]]:
    """Count afresh how many moves that hold a seat go where, by state."""
    found: dict[str, dict[str, int]] = {}
    for row in await rows(world, sa.select(t.moves).where(t.moves.c.state.in_(HOLDS_SEAT))):
        part = found.setdefault(row["destination_id"], {})
        part[row["state"]] = part.get(row["state"], 0) + 1
    return found


async def test_who_is_written_to_twice_was_reached_once(world):
    await declared(world)
    await world.passes(minutes=6)
    seen = await shown(world)
    first = seen.notices[0]
    assert first.delivered == first.targeted
    assert seen.deliveries.sent > first.targeted
    assert (seen.deliveries.queued, seen.deliveries.failed, seen.deliveries.repeats) == (0, 0, 0)


async def test_a_message_that_may_have_come_twice_is_shown(world):
    class Forgetful:
        """A platform that breaks once, and can't be asked what arrived."""

        platform, tenant, at_once, remembers, once, broken = "console", "", 250, False, False, 1

        async def send(self, batch):
            if self.broken:
                self.broken -= 1
                raise ConnectionResetError
            return [Sent(delivery_id=o.delivery_id, outcome=Outcome.SENT, external_id="1") for o in batch]

        async def found(self, _ids):
            return {}

        async def open_room(self, name, _people):
            return f"room:{name}"

        async def invite(self, _address, _people):
            return None

    world.product.engine.messengers["console"] = Forgetful()
    await declared(world)
    await world.passes(minutes=2)
    seen = await shown(world)
    counted = await rows(world, sa.select(sa.func.sum(t.deliveries.c.repeats).label("n")))
    assert seen.deliveries.repeats == counted[0]["n"] > 0
    assert seen.deliveries.unknown == 0


async def test_answers_become_a_line(world):
    await declared(world)
    before = await shown(world)
    assert [line.label for line in before.answers] == ["Answered #1", "Forecast"]
    assert before.answers[1].points[-1].percent > 80, "at today's pace nearly everybody would have answered"
    await answer(world, "safety", {Answer.SAFE: 10})
    world.clock.moment += timedelta(minutes=5)
    await answer(world, "safety", {Answer.SAFE: 5})
    line = (await shown(world)).answers[0]
    expected = before.roll.expected
    assert line.label == "Answered #1"
    assert (line.points[0].minute, line.points[0].percent) == (0, 0)
    assert line.points[-1].percent == pytest.approx(15 * 100 / expected)
    assert 10 * 100 / expected == pytest.approx(line.points[1].percent)
    assert [p.minute for p in line.points] == sorted(p.minute for p in line.points)


async def test_the_clock_remembers_when_the_minimum_was_reached(world):
    await declared(world)
    await relocated(world)
    await answer(world, "move", {Answer.SAFE: len(await asked(world, "move"))})
    was = {q.id: q for q in (await shown(world)).hit if not q.at_minimum}
    world.clock.moment = START + timedelta(minutes=45)
    await reports(world, 500, MoveState.LOGGED_IN)
    back = [q for q in (await shown(world)).hit if q.id in was and q.at_minimum]
    assert back
    assert all(q.back_at == START + timedelta(minutes=46) for q in back)
    assert {q.clock(world.now).word for q in back if q.rto_at < q.back_at} <= {"met late"}


async def test_an_incident_that_is_over_stands_as_it_ended(world):
    await declared(world)
    await relocated(world)
    await answer(world, "move", {Answer.SAFE: 7})
    await reports(world, 5, MoveState.LOGGED_IN)
    before = await shown(world)
    await does(world, i.StandDown(incident=1, sure=True))
    world.clock.moment += timedelta(hours=3)
    after = await shown(world)
    assert not after.open
    assert after.relocation == before.relocation
    assert before.waves
    assert after.waves == (), "seats were given back: no wave is left"
    async with world.product.desk.read() as db:
        ended = await picture.picture(world.product.desk, db, await incidents.find(db, "INC-2026-0001"))
    assert ended.facts.relocated == 7 + before.relocation.told
    page = await perform(world.product.desk, "S001", i.Moves(incident=1), Place("console"))
    assert "Plan again" not in [b.label for b in page.buttons], "nothing of what is over can be changed"
    assert [(q.id, q.live, q.back_at) for q in after.queues] == [(q.id, q.live, q.back_at) for q in before.queues]
    async with world.product.desk.read() as db:
        view = await board.boards(world.product.desk, db)
    assert view.incidents == ()
    assert [(c.reference, c.title, c.cancelled) for c in view.closed] == [
        ("INC-2026-0001", "Loss of a building, Leeds", False)
    ]


async def test_seats_of_a_place_are_taken_by_its_own_people_and_by_every_incident(world):
    await declared(world)
    await relocated(world)
    supply = {s.name: s for s in (await shown(world)).supply}
    assert "Leeds" not in supply
    async with world.store.read(world.now) as db:
        held = await by_destination(world)
        own = await db.rows(sa.select(t.roll.c.site_id).where(t.roll.c.scope == "rest", t.roll.c.kind == "agent"))
        sites = await db.rows(sa.select(t.sites.c.id, t.sites.c.name))
    for site in sites:
        if site["name"] in supply:
            expected = sum(held.get(site["id"], {}).values()) + sum(r["site_id"] == site["id"] for r in own)
            assert supply[site["name"]].used == expected
    await answer(world, "move", {Answer.SAFE: len(await asked(world, "move"))})
    await reports(world, 500, MoveState.LOGGED_IN)
    seated = (await shown(world)).relocation.seated
    lost = sum(1 for row in await rows(world, sa.select(t.moves.c.state).where(t.moves.c.destination_id == "york")))
    await world.person("S003").types('/disaster declare facility_loss york sev2 "flood"')
    async with world.product.desk.read() as db:
        other, mine = (await board.boards(world.product.desk, db)).incidents
    assert {q.id: q.live for q in mine.queues} == {q.id: q.live for q in other.queues}, "side by side they agree"
    assert mine.relocation.seated == seated - lost < seated, "nobody works in a place that burns, whoever sent them"
    taken = {s.name: s.used for s in other.supply}
    assert all(taken[name] >= sum(held.get(s["id"], {}).values()) for s in sites if (name := s["name"]) in taken)
    assert "York" not in {*taken, *(s.name for s in mine.supply)}, "and nobody can be sent there"


async def test_steps_decisions_and_the_next_sitrep(world):
    await declared(world, "drill")
    await does(world, i.HoldSitrep(incident=1, hold=True))
    await world.passes(minutes=20, step=5)
    seen = await shown(world)
    assert seen.drill
    assert seen.sitrep.held
    assert seen.sitrep.count == 0
    assert seen.sitrep.due_at == START + timedelta(minutes=15)
    assert seen.steps.overdue > 0
    assert [s.due_at for s in seen.steps.next] == sorted(s.due_at for s in seen.steps.next)
    assert len(seen.steps.next) == 3
    assert all(s.assignee for s in seen.steps.next)
    assert seen.decisions
    assert seen.decisions[0].owner[0].isupper()
    open_ = await rows(world, sa.select(t.steps.c.id).where(t.steps.c.state.in_(("ready", "in_progress"))))
    assert seen.steps.open == len(open_)


async def test_what_differs_from_person_to_person_is_named(world):
    await declared(world)
    row = (await rows(world, sa.select(t.steps.c.id, t.steps.c.plan).where(t.steps.c.key == "NT3")))[0]
    assert row["plan"]
    async with world.store.work(world.now) as work:
        await work.run(sa.update(t.notices).values(subject="{first_name}, go to {destination}"))
    assert (await shown(world)).notices[0].subject == "[first name], go to [destination]"


async def test_no_such_incident(world):
    async with world.product.desk.read() as db:
        assert await board.one(world.product.desk, db, "INC-1999-0001") is None
        assert (await board.boards(world.product.desk, db)).incidents == ()


async def test_any_change_changes_the_stamp(world):
    async def stamp() -> tuple[object, ...]:
        async with world.product.desk.read() as db:
            return await board.stamp(db)

    seen = [await stamp()]
    await declared(world)
    seen.append(await stamp())
    await answer(world, "safety", {Answer.SAFE: 1})
    seen.append(await stamp())
    async with world.store.work(world.now) as work:
        work.shift(1, "delivery", "1", old=DeliveryState.SENT, new=DeliveryState.FAILED)
    seen.append(await stamp())
    async with world.store.work(world.now) as work:
        work.shift(1, "delivery", "1", old=DeliveryState.FAILED, new=DeliveryState.SENT)
    assert len(set(seen)) == 4
    assert await stamp() == seen[2]


async def test_statements_do_not_grow_with_people(tmp_path: Path):
    found = [await statements(tmp_path / str(n), n) for n in (60, 600)]
    assert found[0] == found[1] <= 23


async def statements(folder: Path, agents: int) -> int:
    """Return how many statements a refresh takes with so many agents."""
    sample.write(folder, agents, seed=7, on=START.date())
    store = connect(sqlite_url(str(folder / "test.db")))
    await migrate(store)
    await import_roster(store, START, load(folder, product_settings().policy)[0], platforms=["console"])
    world = World(store)
    await declared(world)
    await answer(world, "safety", {Answer.SAFE: agents // 10})
    await relocated(world)
    counted: list[str] = []
    event.listen(store.engine.sync_engine, "before_cursor_execute", lambda *args: counted.append(args[2]))
    async with world.product.desk.read() as db:
        await board.boards(world.product.desk, db)
    await world.http.aclose()
    await store.close()
    return len(counted)
