"""Receipts: what a service had taken did not arrive. Its address is left out, its reader goes the next way."""

from datetime import timedelta

from bot.domain.delivery import Gone
from bot.domain.outreach import Route
from bot.domain.phone import e164
from bot.operations import outcomes
from bot.operations.desk import Desk
from bot.storage import addresses, heard, identities, rerouting
from bot.storage.database import Work

_COMES_BACK = timedelta(days=5)  # within which a mail that can't be delivered comes back (RFC 5321, 4.5.4.1)
_WORDS = {Route.EMAIL: "the mail came back", Route.SMS: "the carrier did not deliver it"}


async def undelivered(desk: Desk, route: Route, given: str, key: str, why: Gone, *, lately: bool = False) -> None:
    """Take that a message did not arrive; key: the service's own id of this news, which is taken once.

    lately: who says so is not known, so only an address that was written to of late is believed to have failed. What
    its reader does not want any more did arrive: it is the address alone that is left out.
    """
    async with desk.work() as work:
        address = await _known(desk, work, route, given)
        if address is None or (lately and not await rerouting.written_to(work, route.value, address, _COMES_BACK)):
            return
        if not await heard.take(work, route.value, key):
            return
        await addresses.lose(work, {route.value: [(address, why)]})
        refused = why is Gone.NO_ADDRESS
        lost = await rerouting.bounce(work, route.value, address, _WORDS[route]) if refused else []
        await outcomes.fail(desk, work, lost, dict.fromkeys((one.id for one in lost), why))
        await heard.finish(work, route.value, key)


async def _known(desk: Desk, work: Work, route: Route, given: str) -> str | None:
    """Return the address as we have it: numbers are written in many ways, mail services change capitals."""
    if route is Route.SMS:
        return e164(given, desk.policy.phone_country)
    return await identities.spelt(work, route.value, given)
