"""People's addresses on outreach routes, kept as the roster has them."""

import asyncio

from bot.domain.outreach import OUTREACH, Route, wanted
from bot.domain.person import PersonKind
from bot.operations.desk import Desk
from bot.storage import heard, identities, people


async def sweep(desk: Desk) -> int:
    """Give everybody the addresses that the roster says, on the routes that there are; return how many changed."""
    routes = [Route(platform) for platform in desk.platforms if platform in OUTREACH]
    if not routes:
        return 0
    async with desk.read() as db:
        contacts = await people.contacts(db)
    # Thousands of numbers take a second to read the first time: not in the loop that answers people.
    async with desk.store.work(desk.clock.now()) as work:
        await heard.forget(work)
    found = {r: await asyncio.to_thread(wanted, r, contacts, desk.policy.phone_country) for r in routes}
    return sum([await _written(desk, route, addresses) for route, addresses in found.items()])


async def _written(desk: Desk, route: Route, found: dict[str, tuple[str, str]]) -> int:
    async with desk.read() as db:
        before = await identities.standing(db, route)
    outside = PersonKind.OUTSIDE
    changed = {person: to for person, to in found.items() if before.get(person) != (to[0], to[1] == outside)}
    gone = [person for person in before if person not in found]
    if changed or gone:
        async with desk.work() as work:
            await identities.unlink(work, route, gone)
            await identities.link(work, route, changed)
    return len(changed) + len(gone)
