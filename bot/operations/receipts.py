"""Receipts: what a service had taken did not arrive. Its address is left out, its reader goes the next way."""

from bot.domain.delivery import Gone
from bot.domain.outreach import Route
from bot.domain.phone import e164
from bot.operations import outcomes
from bot.operations.desk import Desk
from bot.storage import addresses, heard, identities, rerouting
from bot.storage.database import Work

_WORDS = {Route.EMAIL: "the mail came back", Route.SMS: "the carrier did not deliver it"}


async def undelivered(desk: Desk, route: Route, given: str, key: str, why: Gone) -> None:
    """Take that a message did not arrive; key: the service's own id of this news, which is taken once."""
    async with desk.work() as work:
        address = await _known(desk, work, route, given)
        if address is None or not await heard.take(work, route.value, key):
            return
        await addresses.lose(work, {route.value: [(address, why)]})
        lost = await rerouting.bounce(work, route.value, address, _WORDS[route])
        await outcomes.fail(desk, work, lost, dict.fromkeys((one.id for one in lost), why))
        await heard.finish(work, route.value, key)


async def _known(desk: Desk, work: Work, route: Route, given: str) -> str | None:
    """Return the address as we have it: numbers are written in many ways, mail services change capitals."""
    if route is Route.SMS:
        return e164(given, desk.policy.phone_country)
    return await identities.spelt(work, route.value, given)
