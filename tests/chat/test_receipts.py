"""What mail and SMS services say later of what they had taken."""

import json

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.outreach import receipts
from bot.domain.delivery import Gone
from bot.storage import tables as t
from tests.chat.test_texted import BASIC, BEARER, services
from tests.outreach_world import close, some_agents, with_outreach

__all__ = ["services"]
DSN = """\
From: MAILER-DAEMON@mx.example.org
To: disaster@example.org
Subject: Undelivered Mail Returned to Sender
Message-ID: <b1@mx.example.org>
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

I'm sorry.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown

Final-Recipient: rfc822; late@example.org
Action: delayed
Status: 4.4.1

--x--
"""


def test_a_mail_that_came_back_names_whom_it_did_not_reach_and_nobody_else():
    (said,) = receipts.in_mail(DSN.format("Ana@Example.org").encode())
    assert (said.address, said.word, said.gone) == ("Ana@Example.org", "5.1.1", Gone.NO_ADDRESS)
    assert receipts.in_mail(b"Subject: Out of office\n\nI'm away until Monday.") == []
    assert receipts.in_mail(DSN.format("no address").encode()) == []


@given(st.binary(max_size=400), st.sampled_from(["", "json"]))
def test_whatever_a_stranger_sends_breaks_nothing(body, kind):
    assert isinstance(receipts.in_mail(DSN.encode()[:350] + body), list)
    for news in receipts.given(body, kind) or ():
        receipts.in_news(news)
    assert receipts.given(b"[" * 16_000, "json") is None


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ({"to": "a@b.c", "status": "bounced", "id": "1"}, Gone.NO_ADDRESS),
        ({"email": "a@b.c", "event": "spamreport", "sg_event_id": "1"}, Gone.BLOCKED),
        ({"Email": "a@b.c", "Type": "HardBounce", "MessageID": "1"}, Gone.NO_ADDRESS),
        (
            {"event-data": {"recipient": "a@b.c", "event": "failed", "severity": "permanent", "id": "1"}},
            Gone.NO_ADDRESS,
        ),
        ({"event-data": {"recipient": "a@b.c", "event": "failed", "severity": "temporary", "id": "1"}}, None),
        ({"to": "a@b.c", "status": "delivered", "id": "1"}, None),
        ({"to": "a@b.c", "status": "bounced"}, None),
    ],
)
def test_the_names_that_services_have_for_it_are_understood(said, gone):
    (news,) = receipts.given(json.dumps(said).encode(), "application/json") or ()
    found = receipts.in_news(news)
    assert (found and found.gone) == gone


@pytest.mark.one_database
async def test_a_mail_that_comes_back_sends_its_reader_the_next_way_and_reach_says_what_to_do(world, services, called):
    ana, ben, cem = some_agents(world, 3)  # Cem is reached in the chat: no mail goes to him
    await with_outreach(world, services, "email", "voice")
    async with world.store.work(world.now) as work:
        gone = sa.and_(t.identities.c.platform == "console", t.identities.c.person_id.in_((ana.id, ben.id)))
        await work.run(sa.update(t.identities).where(gone).values(lost_at=world.now, lost_why="blocked"))
    await world.passes(minutes=6)
    before = len(services.seen("voice"))
    back = {"content": DSN.format(ana.person.email.upper()).encode()}
    kind = {"content-type": "message/rfc822"}
    assert (await world.http.post("/outreach/email", **back, headers=kind)).status_code == 401
    for _ in range(2):
        assert (await world.http.post("/outreach/email", **back, headers=kind | BEARER)).status_code == 204
    forged = {"content": DSN.format(cem.person.email).encode()}
    assert (await world.http.post("/outreach/email", **forged, headers=kind | BEARER)).status_code == 204
    events = [{"email": ben.person.email, "event": "delivered", "sg_event_id": "e1"}, {"email": "x@y.z"}]
    assert (await world.http.post("/outreach/email", json=events, headers=BASIC)).status_code == 204
    assert (await world.http.post("/outreach/email", content=b"?", headers=BASIC)).status_code == 422
    assert (await world.http.post("/outreach/email", content=b"x" * 300_000, headers=BASIC)).status_code == 413
    await world.settles()
    assert [one["to"] for one in services.seen("voice")[before:]] == [ana.person.phone.replace(" ", "")]
    async with world.store.read(world.now) as db:
        c = t.identities.c
        assert await db.column(sa.select(c.person_id).where(c.platform == "email", c.lost_at.is_not(None))) == [ana.id]
    assert any("not delivered, 1 sent another way" in line for line in await world.journal())
    seen = await called.commander.types("/disaster reach")
    assert "E-mail: takes no messages" in seen
    assert "Ask for the right address, put it into the roster, and import it" in seen
    close(world)
    services.forget()
