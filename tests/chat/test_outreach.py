"""E-mail, SMS and voice: what arrives, what becomes of what does not, and the page behind the link."""

import re
from urllib.parse import urlsplit

import httpx
import pytest
import sqlalchemy as sa

from bot.domain.card import Card
from bot.domain.delivery import Gone, Outcome, Outgoing
from bot.storage import lanes
from bot.storage import tables as t
from tests.fakes.outreach.client import Services, running
from tests.outreach_world import close, some_agents, with_outreach
from tests.world import World, call_the_roll, words_of

pytestmark = pytest.mark.one_database
_LINK = re.compile(r"http://127\.0\.0\.1:8080/a\?t=[\w.-]+")


@pytest.fixture(scope="module")
def running_services():
    with running() as services:
        yield services


@pytest.fixture
def services(running_services: Services):
    yield running_services
    running_services.forget()


@pytest.fixture
async def reached(world: World, services: Services):
    """The world with e-mail, SMS and voice."""
    yield await with_outreach(world, services, "email", "sms", "voice")
    close(world)


async def asked_by(services: Services, world: World, agent, route: str = "sms") -> dict[str, str]:
    """The first message that somebody got on a route, after the console has had its time."""
    await world.passes(minutes=6, step=2)
    to = agent.person.email if route == "email" else agent.person.phone.replace(" ", "")
    return next(one for one in services.seen(route) if one["to"] == to)


def link_in(text: str) -> str:
    return _LINK.search(text)[0]


def path(link: str) -> str:
    return f"{urlsplit(link).path}?{urlsplit(link).query}"


def buttons(page: str) -> dict[str, str]:
    """What the buttons of a page send, by their words."""
    return {words: value for value, words in re.findall(r'name="button" value="([^"]+)">([^<]+)</button>', page)}


async def answers(page: httpx.Response, http: httpx.AsyncClient, words: str) -> httpx.Response:
    """Press a button of a page the way a browser does without scripting."""
    action = re.search(r'<form method="post" action="([^"]+)"', page.text)[1].replace("&amp;", "&")
    found = next(v for k, v in buttons(page.text).items() if words in k.replace("&#39;", "'"))
    return await http.post(action, data={"button": found})


async def said(world: World, agent) -> list[str]:
    async with world.store.read(world.now) as db:
        query = sa.select(t.recipients.c.state).where(t.recipients.c.person_id == agent.id)
        return await db.column(query.order_by(t.recipients.c.id))


async def test_the_silent_get_a_text_a_mail_and_a_call_and_answer_by_link(reached, services, called):
    ana = some_agents(reached)[0]
    text = await asked_by(services, reached, ana)
    assert "Are you safe?" in text["text"]
    assert "Or reply 1 I'm safe, 2 Need help." in text["text"]
    assert len(text["text"]) < 600
    (mail,) = [m for m in services.seen("email") if m["to"] == ana.person.email]
    assert "Are you safe?" in mail["title"]
    assert "Answer here" in mail["html"]
    assert link_in(mail["html"]) != link_in(text["text"]), "each message has its own"
    assert services.seen("voice") == []
    await reached.passes(minutes=3)
    (call,) = [c for c in services.seen("voice") if c["to"] == ana.person.phone.replace(" ", "")]
    assert call["text"].startswith("Message from Northwind Care.")
    assert "http" not in call["text"]
    async with reached.browser() as phone:
        page = await phone.get(path(link_in(text["text"])))
        assert "Are you safe?" in words_of(page.text)
        assert "<script" not in page.text
        assert len(page.text) < 6_000
        assert await said(reached, ana) == ["waiting"], "looking is no answer: mail scanners look too"
        done = await answers(page, phone, "I'm safe")
        assert "Thank you: you are marked safe" in words_of(done.text)
        assert await said(reached, ana) == ["answered"]
        assert "Answered: I'm safe. You can change it." in words_of((await phone.get(path(link_in(text["text"])))).text)
        again = await phone.get(path(link_in(text["text"])).replace("/a?", "/a/press?"))
        assert "Answered: I'm safe." in words_of(again.text), "the answer's own address leads back to the message"
        help_ = await answers(done, phone, "Need help")
        assert "We have your call for help" in words_of(help_.text)
    assert "needs help" in await reached.lead_of(ana).sees(f"{ana.name} needs help")


async def test_a_link_shows_its_own_person_alone_and_nothing_when_it_is_wrong_or_old(reached, services, called):
    ana, ben = some_agents(reached, 2)
    text = await asked_by(services, reached, ana)
    theirs = next(o for o in services.seen("sms") if o["to"] == ben.person.phone.replace(" ", ""))
    async with reached.browser() as phone:
        mine = await phone.get(path(link_in(text["text"])))
        assert ana.name.split()[0] in mine.text
        assert ben.name not in mine.text
        other = await phone.get(path(link_in(theirs["text"])))
        value = buttons(other.text)["I&#39;m safe"]
        stolen = await phone.post(path(link_in(text["text"])).replace("/a?", "/a/press?"), data={"button": value})
        assert stolen.status_code == 404, "a press of another message's page"
        assert await said(reached, ben) == await said(reached, ana) == ["waiting"]
        link = path(link_in(text["text"]))
        for wrong in ("/a", "/a?t=", "/a?t=1", link[:-1], link.replace("?t=", "?t=9"), "/a?t=" + "x" * 5000):
            page = await phone.get(wrong)
            assert page.status_code == 404
            assert "This link does not work any more" in page.text
            assert "+44 113 496 0100" in page.text
        assert (await phone.post("/a/press", data={})).status_code == 422
        other_site = {"sec-fetch-site": "cross-site"}
        assert (await phone.post(link.replace("/a?", "/a/press?"), headers=other_site)).status_code == 403
        await reached.sleeps(minutes=73 * 60)
        assert (await phone.get(link)).status_code == 404


async def test_a_drill_says_exercise_first_and_last_on_every_way(reached, services, drill):
    await call_the_roll(drill)
    ana = some_agents(reached)[0]
    text = await asked_by(services, reached, ana)
    assert text["text"].startswith("EXERCISE")
    assert text["text"].rstrip().endswith("EXERCISE")
    async with reached.browser() as phone:
        page = words_of((await phone.get(path(link_in(text["text"])))).text)
    assert page.index("EXERCISE") < page.index("Are you safe?") < page.rindex("EXERCISE")
    outside = {p.person.email for a in ("landlord", "vendors") for p in reached.of_audience(a)}
    assert outside
    assert not outside & {m["to"] for m in services.seen("email")}


@pytest.mark.parametrize(
    ("route", "fault", "outcome", "reason", "whole"),
    [
        ("email", "", Outcome.SENT, None, False),
        ("email", "550", Outcome.GONE, Gone.NO_ADDRESS, False),
        ("email", "554", Outcome.GONE, Gone.REFUSED, False),
        ("email", "451", Outcome.HELD, None, False),
        ("email", "421", Outcome.HELD, None, True),
        ("email", "reset", Outcome.UNKNOWN, None, False),
        ("sms", "", Outcome.SENT, None, False),
        ("sms", "429", Outcome.HELD, None, True),
        ("sms", "401", Outcome.HELD, None, True),
        ("sms", "503", Outcome.HELD, None, True),
        ("sms", "400", Outcome.GONE, Gone.REFUSED, False),
        ("sms", "500", Outcome.UNKNOWN, None, False),
        ("sms", "reset", Outcome.UNKNOWN, None, False),
    ],
)
async def test_what_became_of_a_message_is_told_truly(reached, services, route, fault, outcome, reason, whole, capfd):
    services.fails(**({route: fault} if fault else {}))
    to = "ana+x@example.org" if route == "email" else "+447700900123"
    card = Card(title="error=429 Connection refused", text=("(550, 'no such user')", "error=503 <b>"))
    (sent,) = await reached.product.engine.messengers[route].send([Outgoing(delivery_id=1, address=to, card=card)])
    assert (sent.outcome, sent.reason, sent.whole_lane) == (outcome, reason, whole)
    assert to not in sent.error
    assert to not in "".join(capfd.readouterr())


async def test_an_address_can_not_break_out_of_the_route(reached, services):
    evil = ("a@b.org&to=c@d.org?cc=e@f.org/g@h.org", "a@b.org,c@d.org", "a@b.org c@d.org", "", "+447700900123/+4412345")
    for route in ("email", "sms"):
        messenger = reached.product.engine.messengers[route]
        cards = [Outgoing(delivery_id=n, address=to, card=Card(title="x")) for n, to in enumerate(evil, 1)]
        assert {s.reason for s in await messenger.send(cards)} == {Gone.NO_ADDRESS}
    assert services.seen() == []


async def test_whom_a_mail_does_not_reach_gets_a_text_at_once(reached, services, fire):
    """Somebody without a chat is written to by mail first; the mailbox is gone."""
    ana = some_agents(reached)[0]
    await without_a_chat(reached, ana)
    services.fails(**{ana.person.email: "550"})
    await call_the_roll(fire)
    await reached.settles()
    assert [one["to"] for one in services.seen("sms")] == [ana.person.phone.replace(" ", "")]
    async with reached.store.read(reached.now) as db:
        rows = await db.rows(
            sa.select(t.identities.c.platform, t.identities.c.lost_why).where(t.identities.c.person_id == ana.id)
        )
    assert {r["platform"]: r["lost_why"] for r in rows} == {"email": "no_address", "sms": None, "voice": None}


async def without_a_chat(world: World, *people) -> None:
    async with world.store.work(world.now) as work:
        mine = sa.and_(t.identities.c.person_id.in_([p.id for p in people]), t.identities.c.platform == "console")
        await work.run(sa.delete(t.identities).where(mine))


async def lane_of(world: World, platform: str):
    async with world.store.read(world.now) as db:
        return next(lane for lane in await lanes.of(db) if lane.platform == platform)


async def test_a_way_that_is_down_hands_its_people_on_and_comes_back_by_itself(reached, services, fire):
    ana, ben = some_agents(reached, 2)
    await without_a_chat(reached, ana, ben)
    services.fails(email="421")
    await call_the_roll(fire)
    await reached.settles()
    assert (await lane_of(reached, "email")).down_since is None, "a moment's trouble opens nothing"
    assert services.seen() == []
    await reached.passes(minutes=1.5, step=0.25)
    lane = await lane_of(reached, "email")
    assert lane.down_since is not None
    assert sorted(one["to"] for one in services.seen("sms")) == sorted(
        a.person.phone.replace(" ", "") for a in (ana, ben)
    )
    status = await fire.commander.types("/disaster status")
    assert "E-mail has not worked for" in status
    assert "written to another way" in status
    assert "E-mail has not worked for" in await reached.board(fire.commander, "INC-2026-0001")
    assert [line for line in await reached.journal() if "E-mail can't be used: 2 messages sent another way" in line]
    services.fails()
    await reached.passes(minutes=6, step=1)
    assert (await lane_of(reached, "email")).down_since is None
    assert sorted(one["to"] for one in services.seen("email")) == sorted(a.person.email for a in (ana, ben))
    assert "E-mail has not worked" not in await fire.commander.types("/disaster status")


class Silent:
    """A chat whose line is cut in the middle: nobody knows what arrived, and it can't be asked."""

    platform, tenant, at_once, remembers, once = "console", "", 250, True, True

    async def send(self, _batch):
        raise ConnectionError

    async def found(self, _sought):
        raise ConnectionError


async def test_a_chat_that_falls_silent_in_mid_send_does_not_keep_its_people_waiting(reached, services, fire):
    ana, ben = some_agents(reached, 2)
    await call_the_roll(fire)
    reached.product.engine.messengers["console"] = Silent()
    await reached.passes(minutes=1, step=0.1)
    mails = [one for one in services.seen("email") if one["to"] in (ana.person.email, ben.person.email)]
    assert len(mails) == 2
    assert all("You may have had this message already" in mail["html"] for mail in mails)
    await reached.passes(minutes=0.5, step=0.1)
    assert len(services.seen("email")) == 2, "each once"


async def test_whoever_has_no_other_way_waits_for_the_one_that_is_down(reached, services, fire):
    ana = some_agents(reached)[0]
    await without_a_chat(reached, ana)
    async with reached.store.work(reached.now) as work:
        await work.run(sa.update(t.people).where(t.people.c.id == ana.id).values(phone=""))
    services.fails(email="421")
    await call_the_roll(fire)
    await reached.passes(minutes=2, step=0.25)
    assert services.seen() == []
    assert "E-mail has not worked for" in await fire.commander.types("/disaster status")
    services.fails()
    await reached.passes(minutes=2, step=0.25)
    assert [one["to"] for one in services.seen()] == [ana.person.email]


async def test_without_a_route_there_is_none(world, called):
    assert world.product.desk.platforms == ("console",)
    await world.passes(minutes=9, step=3)
    async with world.store.read(world.now) as db:
        assert set(await db.column(sa.select(t.deliveries.c.platform).distinct())) == {"console"}
