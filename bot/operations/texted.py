"""Answers by text message: whose number it is, what they are asked, what they mean. Each is taken once."""

from typing import Any

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.delivery import Gone, Priority, Subject
from bot.domain.journal import Verb
from bot.domain.outreach import Route
from bot.domain.phone import e164
from bot.domain.runbook import Ask
from bot.domain.texted import answer_in, stops
from bot.domain.wording import outreach as wording
from bot.domain.wording.drill_stop import is_call
from bot.operations.desk import Desk
from bot.operations.perform import perform
from bot.operations.scene import Place
from bot.storage import addresses, deliveries, heard, identities, letters, notices, routes

_HERE = Place(Route.SMS.value)
_NOBODY = "a text message came from a number that nobody in the roster has"


async def texted(desk: Desk, number: str, text: str, key: str) -> None:
    """Take a text message; key: the gateway's own id of it, by which the same is never taken twice."""
    async with desk.work() as work:
        if not await heard.take(work, _HERE.platform, key):
            return
    address = e164(number, desk.policy.phone_country) or ""
    async with desk.read() as db:
        person = await identities.person_at(db, _HERE.platform, address)
        asked = await notices.asked_of(db, person) if person else None
    if person is None:
        await _from_nobody(desk, key)
    elif stops(text):
        await _no_more(desk, address, key)
    else:
        await _reply(desk, person, asked, await _answered(desk, person, asked, text), key)


async def _answered(desk: Desk, person: str, asked: Any | None, text: str) -> Card:
    if is_call(text) and asked is not None and asked["drill"]:
        return await perform(desk, person, i.RealIncident(), _HERE)
    if asked is None:
        return wording.nothing_asked(desk.policy.hotline)
    answer = answer_in(text, Ask(asked["ask"]))
    if answer is None:
        return wording.choices(Ask(asked["ask"]), desk.policy.hotline, drill=asked["drill"])
    return await perform(desk, person, i.Say(notice=asked["id"], answer=answer), _HERE)


async def _reply(desk: Desk, person: str, asked: Any | None, card: Card, key: str) -> None:
    """Queue the answer on the way by which the question came; it goes before what can wait."""
    async with desk.work() as work:
        if asked is None:
            await letters.write(work, person, (_HERE.platform,), card)
        elif found := await routes.way_to(work, person, _HERE.platform, drill=asked["drill"]):
            said = {"subject": Subject.CARD, "card": card.model_dump(mode="json"), "priority": Priority.COMMAND}
            drill = {"drill": asked["drill"], "person_id": person}
            await deliveries.add(work, asked["incident_id"], **said, **found, **drill)
        await heard.finish(work, _HERE.platform, key)


async def _from_nobody(desk: Desk, key: str) -> None:
    """Count it, without the number; it is not answered: whoever wrote may be anybody."""
    async with desk.work() as work:
        work.note(None, "bot", Verb.REFUSED, _NOBODY, "sms")
        await heard.finish(work, _HERE.platform, key)


async def _no_more(desk: Desk, address: str, key: str) -> None:
    """Leave their number out: the carrier lets nothing through any more."""
    async with desk.work() as work:
        await addresses.lose(work, {_HERE.platform: [(address, Gone.BLOCKED)]})
        await heard.finish(work, _HERE.platform, key)
