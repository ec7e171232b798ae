"""Answers by text message, as a gateway passes them on."""

import base64

import pytest
import sqlalchemy as sa

from bot.storage import tables as t
from tests.fakes.outreach.client import running
from tests.outreach_world import SECRET, close, some_agents, with_outreach

pytestmark = pytest.mark.one_database
BEARER = {"authorization": f"Bearer {SECRET}"}
BASIC = {"authorization": "Basic " + base64.b64encode(f"twilio:{SECRET}".encode()).decode()}


@pytest.fixture(scope="module")
def services():
    with running() as running_services:
        yield running_services


@pytest.fixture
async def texting(world, services):
    """The world with SMS."""
    yield await with_outreach(world, services, "sms")
    close(world)
    services.forget()


async def texts(world, number: str, text: str, key: str) -> int:
    said = {"from": number, "text": text, "id": key}
    return (await world.http.post("/outreach/sms", json=said, headers=BEARER)).status_code


async def state_of(world, agent) -> tuple[str, str | None]:
    async with world.store.read(world.now) as db:
        query = sa.select(t.recipients.c.state, t.recipients.c.answer).where(t.recipients.c.person_id == agent.id)
        row = await db.first(query.order_by(t.recipients.c.id.desc()))
    return row["state"], row["answer"]


async def heard_back(world, services, agent) -> list[str]:
    await world.settles()
    return [one["text"] for one in services.seen("sms") if one["to"] == agent.person.phone.replace(" ", "")]


async def test_a_text_is_an_answer_like_any_other_taken_once(texting, services, called):
    ana, ben = some_agents(texting, 2)
    assert await texts(texting, ana.person.phone, "hm?", "m-0") == 204
    (choices,) = await heard_back(texting, services, ana)
    assert "Reply 1 I'm safe or 2 Need help." in choices
    assert await state_of(texting, ana) == ("waiting", None)
    assert await texts(texting, ana.person.phone.replace("+44 ", "0"), "1", "m-1") == 204
    assert await texts(texting, ana.person.phone, "2", "m-1") == 204, "the gateway repeats itself"
    assert await state_of(texting, ana) == ("answered", "safe")
    thanks = await heard_back(texting, services, ana)
    assert len(thanks) == 2
    assert "you are marked safe" in thanks[-1]
    form = {"From": ben.person.phone, "Body": "I am trapped, help", "MessageSid": "SM1"}
    assert (await texting.http.post("/outreach/sms", data=form, headers=BASIC)).status_code == 204
    assert await state_of(texting, ben) == ("answered", "help")
    assert "We have your call for help" in (await heard_back(texting, services, ben))[-1]
    assert f"{ben.name} needs help" in await texting.lead_of(ben).sees("needs help")


@pytest.mark.one_database
async def test_texts_that_come_together_are_all_taken_or_none(texting, services, called):
    ana, ben = some_agents(texting, 2)
    both = [{"from": one.person.phone, "text": text, "id": text} for one, text in ((ana, "1"), (ben, "2"))]
    half = [*both, {"from": ana.person.phone}]
    assert (await texting.http.post("/outreach/sms", json=half, headers=BEARER)).status_code == 422
    assert await state_of(texting, ben) == ("waiting", None)
    assert (await texting.http.post("/outreach/sms", json=both, headers=BEARER)).status_code == 204
    assert [await state_of(texting, one) for one in (ana, ben)] == [("answered", "safe"), ("answered", "help")]


async def test_who_is_not_known_is_counted_and_gets_no_word(texting, services, called):
    assert await texts(texting, "+447700900999", "1", "x-1") == 204
    assert await texts(texting, "nobody", "1", "x-2") == 204
    await texting.settles()
    assert services.seen("sms") == []
    notes = [line for line in await texting.journal() if "nobody in the roster" in line]
    assert len(notes) == 2
    assert "900999" not in "".join(notes)


async def test_whoever_lacks_the_secret_or_makes_no_sense_changes_nothing(texting, called):
    ana = some_agents(texting)[0]
    said = {"from": ana.person.phone, "text": "1", "id": "m-1"}
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Basic §"}, {"authorization": "Basic eA"}):
        encoded = {name: value.encode() for name, value in headers.items()}
        answer = await texting.http.post("/outreach/sms", json=said, headers=encoded)
        assert answer.status_code == 401
    for body in (b"", b"[]", b"{", b'{"from": "+447700900123"}', b"\xff\xfe", b'{"from": {}, "id": []}'):
        kind = {"content-type": "application/json"}
        assert (await texting.http.post("/outreach/sms", content=body, headers=BEARER | kind)).status_code == 422
    assert (await texting.http.post("/outreach/sms", content=b"x" * 20_000, headers=BEARER)).status_code == 413
    assert await state_of(texting, ana) == ("waiting", None)


async def test_who_texts_stop_gets_no_more_texts(texting, services, called):
    ana = some_agents(texting)[0]
    assert await texts(texting, ana.person.phone, "STOP", "m-1") == 204
    await texting.passes(minutes=6, step=3)
    assert ana.person.phone.replace(" ", "") not in {one["to"] for one in services.seen("sms")}


async def test_without_a_secret_nobody_listens(world, services, called):
    await with_outreach(world, services, "sms", secret="")
    assert await texts(world, "+447700900123", "1", "m-1") == 404
    close(world)


async def test_a_text_that_never_arrived_sends_its_reader_the_next_way_at_once(world, services, called):
    ana, ben = some_agents(world, 2)
    await with_outreach(world, services, "sms", "voice")
    async with world.store.work(world.now) as work:
        gone = sa.and_(t.identities.c.platform == "console", t.identities.c.person_id.in_((ana.id, ben.id)))
        await work.run(sa.update(t.identities).where(gone).values(lost_at=world.now, lost_why="blocked"))
    await world.passes(minutes=6)
    receipt = {"MessageSid": "SM7", "To": ana.person.phone, "From": "+15550100"}
    before = len(services.seen("voice"))
    for status in ("sent", "undelivered", "undelivered"):
        said = receipt | {"MessageStatus": status}
        assert (await world.http.post("/outreach/sms", data=said, headers=BASIC)).status_code == 204
    await world.settles()
    assert [one["to"] for one in services.seen("voice")[before:]] == [ana.person.phone.replace(" ", "")]
    async with world.store.read(world.now) as db:
        c = t.identities.c
        lost = sa.select(c.person_id).where(c.platform == "sms", c.lost_at.is_not(None))
        assert await db.column(lost) == [ana.id]
    close(world)
    services.forget()
