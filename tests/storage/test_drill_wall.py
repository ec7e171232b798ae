"""A drill reaches nobody outside: whatever runbook, ladder, step, role, wording, room or adoption asks for it."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.domain.card import Card
from bot.domain.intent import Declare
from bot.domain.person import OUTSIDE, Audience
from bot.domain.policy import ChaseBy, Rung
from bot.domain.runbook import Ask, Message
from bot.domain.wording.parts import EXERCISE
from bot.operations import (
    clock_reminders,
    compose,
    digest,
    drill_actions,
    drill_quiet,
    followups,
    helping,
    picture,
    progress,
    reminders,
    rerouting,
    sending,
    sitreps,
)
from bot.operations import injects as inject_verbs
from bot.operations.desk import Desk
from bot.operations.perform import perform
from bot.storage import deliveries, incidents, rooms
from bot.storage import tables as t
from bot.storage.crowds import Crowd
from bot.storage.database import Clash
from tests.storage.drill_attempts import HERE, Attempt
from tests.world import World

PEOPLE = ("A00002", "S001", "S014", "reg-data", "fire-leeds", "channel-web", "landlord-leeds")


async def told(world: World, *, drill: bool) -> dict[Audience, int]:
    """Address every audience; return how many outside people each message is for."""
    intent = Declare(category="facility_loss", severity=1, sites=("leeds",), known="fire", drill=drill)
    await perform(world.product.desk, "S001", intent, HERE)
    outside: dict[Audience, int] = {}
    async with world.product.desk.work() as work:
        incident = (await incidents.opened(work))[0]
        facts = (await picture.picture(world.product.desk, work, incident)).facts
        for audience in Audience:
            crowd = Crowd(incident=incident, audience=audience, plan=0 if audience is Audience.UNPLACED else None)
            message = Message(audience=audience, subject="x", text="y")
            notice = await sending.send(world.product.desk, work, crowd, message, facts, "S001")
            both = t.recipients.join(t.people, t.people.c.id == t.recipients.c.person_id)
            mine = sa.select(sa.func.count()).select_from(both)
            outside[audience] = await work.value(
                mine.where(t.recipients.c.notice_id == notice.id, t.people.c.kind == "outside")
            )
    return outside


async def crossed(world: World) -> list[int]:
    """The messages of drills that are for somebody outside: by their person, their address, or what they say."""
    d, p, i = t.deliveries.c, t.people.c, t.identities.c
    drills = sa.select(t.incidents.c.id).where(t.incidents.c.drill)
    person = d.person_id.in_(sa.select(p.id).where(p.kind == "outside"))
    theirs = sa.exists().where(i.platform == d.platform, i.address == d.address, i.person_id == p.id)
    address = sa.exists().where(i.platform == d.platform, i.address == d.address, i.outside)
    lent = theirs.where(p.kind == "outside")
    async with world.store.read(world.now) as db:
        return await db.column(sa.select(d.id).where(d.incident_id.in_(drills), person | address | lent | d.outside))


async def test_a_drill_is_for_nobody_outside(world):
    assert await told(world, drill=True) == dict.fromkeys(Audience, 0)
    assert not await crossed(world)
    await world.settles()


async def test_the_real_thing_is(world):
    found = await told(world, drill=False)
    assert {a for a in OUTSIDE if not found[a]} == set()
    assert found[Audience.EVERYONE] == sum(found[audience] for audience in OUTSIDE)
    assert not any(found[a] for a in (Audience.AGENTS, Audience.LEADERS, Audience.RESPONDERS))


WAYS = ("console", "slack", "teams", "email", "sms", "whatsapp", "signal", "voice")
LIES = st.fixed_dictionaries({
    "drill": st.booleans(), "outside": st.booleans(), "person_id": st.sampled_from(PEOPLE),
    "address": st.sampled_from(["reg-data", "A00002", "sms-fire-leeds"]), "platform": st.sampled_from(["console", "sms"]),
})  # fmt: skip


async def test_the_database_believes_no_delivery_that_calls_itself_inside(world, drill):
    lies = {
        "drill": True,
        "outside": False,
        "platform": "console",
        "subject": "card",
        "card": {"title": "x"},
        "priority": 1,
    }
    for more in (
        {"person_id": "reg-data", "address": "x"},
        {"person_id": "A00002", "address": "reg-data"},
        {"person_id": "A00002", "address": "A00002", "drill": False},
        {"person_id": None, "address": "A00002", "outside": True},
    ):
        with pytest.raises(Clash, match="drill"):
            async with world.product.desk.work() as work:
                await deliveries.add(work, 1, **{**lies, **more})
    with pytest.raises(Clash, match="drill_wall"):
        async with world.product.desk.work() as work:
            await work.run(sa.update(t.deliveries).where(t.deliveries.c.person_id == "S014").values(address="reg-data"))
    with pytest.raises(Clash, match="drill_wall"):
        async with world.product.desk.work() as work:
            await rooms.invite(work, 1, ["reg-data"])
    assert drill.commander.id == "S001"


MESSAGES = st.builds(
    Message, audience=st.sampled_from(Audience), subject=st.just("x"), ask=st.sampled_from(Ask),
    text=st.sampled_from(["y", "{first_name}, go", "{{ sites }}"]),
)  # fmt: skip
OUTSIDERS = st.sampled_from([p for p in PEOPLE if not p.startswith(("A", "S"))] + ["out-kestrel"])
SAYINGS = ("REAL INCIDENT", "1", "help", "/disaster drill tabletop fire_on_floor_two leeds", "/disaster status")
ACTS = st.one_of(
    st.tuples(st.just("send"), MESSAGES, st.booleans()),
    st.tuples(st.just("card"), st.sampled_from(PEOPLE)),
    st.tuples(st.just("letter"), st.sampled_from(PEOPLE)),
    st.tuples(st.just("inject"), st.sampled_from(["REG", "VM", "LNO"])),
    st.tuples(st.just("lists"), st.sampled_from(PEOPLE)),
    st.tuples(st.just("role"), st.sampled_from(["PIO", "REG", "SO"]), st.sampled_from(PEOPLE)),
    st.tuples(st.just("step"), st.lists(MESSAGES, min_size=1, max_size=3, unique_by=lambda m: m.audience)),
    st.tuples(st.just("adopt"), st.lists(MESSAGES, min_size=1, max_size=3, unique_by=lambda m: m.audience)),
    st.tuples(st.just("reword"), st.sampled_from(Audience)),
    st.tuples(st.just("room"), st.sampled_from(PEOPLE)),
    st.tuples(st.just("fails")),
    st.tuples(st.just("attests"), OUTSIDERS),
    st.tuples(st.just("says"), OUTSIDERS, st.sampled_from(SAYINGS)),
    st.tuples(st.just("leads"), OUTSIDERS),
    st.tuples(st.just("organises"), OUTSIDERS),
    st.tuples(st.just("poses"), OUTSIDERS, st.sampled_from(["leaders", "responders", "agents"])),
    st.tuples(st.just("help")),
    st.tuples(st.just("sitrep")),
    st.tuples(st.just("lies"), LIES),
)
LADDERS = st.lists(
    st.builds(
        Rung,
        after_min=st.integers(0, 5),
        by=st.sampled_from(ChaseBy),
        routes=st.lists(st.sampled_from(WAYS), max_size=2),
    ),
    max_size=3,
)


# Whatever chance leaves out: each way once, for somebody outside.
EVERY_WAY = [
    ("letter", "reg-data"), ("card", "reg-data"), ("role", "REG", "reg-data"), ("inject", "REG"), ("room", "fire-leeds"),
    ("send", Message(audience=Audience.AGENTS, subject="x", text="y", ask=Ask.SAFETY), True), ("fails",),
    ("send", Message(audience=Audience.REGULATOR, subject="x", text="y", ask=Ask.ACK), False),
    ("attests", "out-kestrel"), ("leads", "fire-leeds"), ("poses", "reg-data", "leaders"), ("help",), ("sitrep",),
    ("organises", "out-kestrel"), *(("says", "out-kestrel", line) for line in SAYINGS[1:]),
]  # fmt: skip


BY_ITSELF = (
    followups.sweep, progress.sweep, inject_verbs.sweep, helping.sweep, sitreps.sweep, reminders.sweep,
    clock_reminders.sweep, rerouting.sweep,
)  # fmt: skip
SELDOM = (drill_quiet.sweep, drill_actions.score_ended, drill_actions.chase, digest.sweep)


async def lend(world: World) -> None:
    """Give everybody an address on every way, those of outsiders claiming that they are inside; and teams channels."""
    async with world.product.desk.work() as work:
        people, teams = await work.column(sa.select(t.people.c.id)), await work.column(sa.select(t.teams.c.id))
        row_ = {"outside": False, "lost_at": None, "lost_why": None}
        for way in WAYS[1:]:
            mine = [{**row_, "platform": way, "person_id": p, "address": f"{way}-{p}"} for p in people]
            await work.add_missing(t.identities, mine)
        for chat in ("slack", "teams"):
            posts = [{"team_id": team, "platform": chat, "address": f"{chat}-{team}"} for team in teams]
            await work.add_missing(t.channels, posts)
        stranger = sa.and_(t.identities.c.platform == "sms", t.identities.c.person_id == "S014")
        await work.run(sa.update(t.identities).where(stranger).values(outside=True))


@pytest.mark.one_database
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, min_size=1, max_size=5), ladder=LADDERS, ways=st.permutations(WAYS))
@example(
    acts=EVERY_WAY, ladder=[Rung(after_min=n, by=by) for n, by in enumerate(("group", "direct", "lead"))], ways=WAYS
)
async def test_nobody_outside_is_reached_whatever_is_tried(world, drill, acts, ladder, ways):
    await lend(world)
    desk = world.product.desk
    policy = desk.policy.model_copy(update={"ladder": dict.fromkeys(Audience, tuple(sorted(ladder, key=_minutes)))})
    one = Attempt(world, replace(desk, policy=policy, platforms=tuple(ways)))
    for what, *how in acts:
        await one.does(what, *how)
        await world.sleeps(minutes=3)
        for goes_by_itself in BY_ITSELF:
            await goes_by_itself(one.desk)
    for _ in range(3):  # the first look says when, the second a week later sends; what nobody ends is asked about, ends
        for goes_by_itself in (*BY_ITSELF, *SELDOM):
            await goes_by_itself(one.desk)
        await world.sleeps(minutes=8 * 24 * 60)
    assert not await crossed(world)
    assert not await written(world)
    for card in await cards(one.desk):
        lines = card.plain().splitlines()
        assert lines[0] == lines[-1] == EXERCISE
    assert drill.commander.id == "S001"


async def written(world: World) -> list[int]:
    """The letters to somebody outside: by their person, or their address."""
    c, p, i = t.letters.c, t.people.c, t.identities.c
    theirs = sa.exists().where(
        i.platform == c.platform, i.address == c.address, i.person_id == p.id, p.kind == "outside"
    )
    outside = c.person_id.in_(sa.select(p.id).where(p.kind == "outside"))
    async with world.store.read(world.now) as db:
        return await db.column(sa.select(c.id).where(outside | theirs))


async def cards(desk: Desk) -> list[Card]:
    """Whatever waits to be sent, as it would be."""
    async with desk.read() as db:
        rows = await db.rows(sa.select(*deliveries.DELIVERY).where(t.deliveries.c.state == "queued"))
        return [out.card for out in await compose.outgoing(desk, db, [deliveries.delivery_of(r) for r in rows])]


def _minutes(rung: Rung) -> int:
    return rung.after_min
